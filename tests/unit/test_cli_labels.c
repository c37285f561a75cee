/* SPDX-License-Identifier: Apache-2.0 */
/* Labels behind a target: what they read as, what is refused, and that they are kept. */
#include "targets/labels.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tap.h"

/* want: name=value; each, in order; NULL for what is refused. */
static const struct {
    const char *text, *want;
} rows[] = {
    {"", ""},
    {"  \t ", ""},
    {"# site=fra", ""},
    {"  # a comment", ""},
    {"site=fra", "site=fra;"},
    {" site=fra\track=12 ", "site=fra;rack=12;"},
    {"site=fra # rack=12", "site=fra;"},
    {"site=fra#1", "site=fra#1;"},
    {"_x.y-z9=a=b", "_x.y-z9=a=b;"},
    {"empty=", "empty=;"},
    {"empty= next=1", "empty=;next=1;"},
    {"note=\"two words\" a=b", "note=two words;a=b;"},
    {"note=\"a # b\"", "note=a # b;"},
    {"note=\"say \\\"hi\\\" \\\\\"", "note=say \"hi\" \\;"},
    {"note=\"\"", "note=;"},
    {"url=http://x/?a=b&c=d", "url=http://x/?a=b&c=d;"},
    {"ort=M\xc3\xbcnchen", "ort=M\xc3\xbcnchen;"},
    {"a=1 A=2", "a=1;A=2;"},
    {"host2", NULL},
    {"=x", NULL},
    {"1a=x", NULL},
    {"-a=x", NULL},
    {"a b=c", NULL},
    {"a =c", NULL},
    {"a=b c", NULL},
    {"a=1 b=2 a=3", NULL},
    {"a=a a=a", NULL},
    {"a=\"open", NULL},
    {"a=\"open\\\"", NULL},
    {"a=\"open\\", NULL},
    {"a=\"x\"y", NULL},
    {"a=\x1b[31m", NULL},
    {"a=\"x\ny\"", NULL},
    {"a=\x7f", NULL},
};

static void show(char *text, size_t size, const char *labels)
{
    const char *name, *value;
    size_t len = 0;

    text[0] = '\0';
    while (app_labels_next(&labels, &name, &value))
        len += (size_t)snprintf(text + len, size - len, "%s=%s;", name, value);
}

/* From and into memory that ends where it should. */
static bool reads_as(const char *text, const char *want)
{
    size_t len = strlen(text), used = 77;
    char *exact = malloc(len ? len : 1), *labels = malloc(len + 2), shown[256] = "";
    const char *problem;
    bool right;

    if (!exact || !labels)
        abort();
    memcpy(exact, text, len);
    problem = app_labels_parse(exact, len, labels, &used);
    if (problem == NULL)
        show(shown, sizeof(shown), used ? labels : NULL);
    right = want ? problem == NULL && strcmp(shown, want) == 0 && used <= len + 2 : problem != NULL;
    if (!right)
        diag("%s reads as %s (%s)", text, shown, problem ? problem : "fine");
    free(exact);
    free(labels);
    return right;
}

static void test_rows(void)
{
    for (unsigned r = 0; r < sizeof(rows) / sizeof(rows[0]); r++)
        ok(reads_as(rows[r].text, rows[r].want), "row %u: %s", r,
           rows[r].want ? "reads" : "is refused");
}

static void test_find(void)
{
    static const char labels[] = "site\0fra\0rack\0x12\0empty\0\0";

    ok(strcmp(app_labels_find(labels, "site"), "fra") == 0, "the first is found");
    ok(strcmp(app_labels_find(labels, "rack"), "x12") == 0, "and the next");
    ok(strcmp(app_labels_find(labels, "empty"), "") == 0, "an empty one is there");
    ok(app_labels_find(labels, "fra") == NULL, "a value is no name");
    ok(app_labels_find(NULL, "site") == NULL, "no labels, nothing found");
}

/* More than fits into a block, each kept as it was. */
static void test_store(void)
{
    enum { N = 20000 };
    static const char *kept[N];
    struct app_label_store store = {0};
    unsigned wrong = 0, shared = 0;
    bool failed;

    for (unsigned i = 0; i < N; i++) {
        char text[64], labels[66];
        size_t len;

        snprintf(text, sizeof(text), "rack=%u row=x", i / 2);
        app_labels_parse(text, strlen(text), labels, &len);
        kept[i] = app_label_store_add(&store, labels, len, &failed);
        wrong += failed;
    }
    for (unsigned i = 0; i < N; i++) {
        char want[16];

        snprintf(want, sizeof(want), "%u", i / 2);
        wrong += strcmp(app_labels_find(kept[i], "rack"), want) != 0;
        shared += i > 0 && kept[i] == kept[i - 1];
    }
    ok(wrong == 0, "%d kept, %u wrong", N, wrong);
    ok(shared == N / 2, "the same ones in a row are kept once");
    ok(app_label_store_add(&store, NULL, 0, &failed) == NULL && !failed, "none are none");
    app_label_store_done(&store);
}

int main(void)
{
    test_rows();
    test_find();
    test_store();
    return done_testing();
}
