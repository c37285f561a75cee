/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of a target list: what is a target, what is nothing, what is refused. */
#include "targets/list_line.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tap.h"

/* want: the target; "" for none; NULL for a line that is refused. */
static const struct {
    const char *line, *want;
} rows[] = {
    {"", ""},
    {" ", ""},
    {" \t \r", ""},
    {"#", ""},
    {"# a comment", ""},
    {"   # after blanks", ""},
    {"host", "host"},
    {"host\r", "host"},
    {"  host  ", "host"},
    {"\thost\t", "host"},
    {"host#comment", "host"},
    {"host # a comment with @ and -", "host"},
    {"127.0.0.1", "127.0.0.1"},
    {"::1", "::1"},
    {"fe80::1%eth0", "fe80::1%eth0"},
    {"ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255%fifteen-chars-x",
     "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255%fifteen-chars-x"},
    {"m\xc3\xbcller.example", "m\xc3\xbcller.example"},
    {"host site=fra", "host"},
    {"host\tsite=fra # c", "host"},
    {"@list", NULL},
    {" @list", NULL},
    {"-c", NULL},
    {"-", NULL},
    {"--", NULL},
    {"host\x1b[31m", NULL},
    {"ho\rst", NULL},
    {"ho\x7fst", NULL},
    {"ho\vst", NULL},
    {"ho\xc2\x9bst", NULL},
};

static bool is_target(const char *line, size_t len, const char *want)
{
    struct app_target_line found = {.host_len = 77};
    const char *problem = app_target_line(line, len, &found);

    if (!want)
        return problem != NULL && *problem != '\0';
    return problem == NULL && found.host_len == strlen(want) &&
           memcmp(found.host, want, found.host_len) == 0 && found.host >= line &&
           found.host + found.host_len == found.rest && found.rest + found.rest_len <= line + len;
}

/* From memory that ends with the line: it has no NUL. */
static void test_rows(void)
{
    for (unsigned r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
        size_t len = strlen(rows[r].line);
        char *exact = malloc(len ? len : 1);

        if (!exact)
            abort();
        memcpy(exact, rows[r].line, len);
        ok(is_target(exact, len, rows[r].want), "line %u: %s", r,
           rows[r].want ? (*rows[r].want ? "a target" : "nothing") : "refused");
        free(exact);
    }
}

static void test_nul(void)
{
    static const char line[] = {'h', 'o', '\0', 's', 't'};

    ok(is_target(line, sizeof(line), NULL), "a NUL inside is a control character");
    ok(app_host_problem("", 0) != NULL, "an empty host is none");
    ok(app_host_problem("a b", 3) != NULL, "nor is one with a blank");
    ok(app_host_problem("host\n", 5) != NULL && app_host_problem("host\n", 4) == NULL,
       "only so many bytes as given count");
    ok(app_host_problem("host\xc2", 5) == NULL && app_host_problem("host\xc2\x80", 5) == NULL,
       "nothing is read behind them");
}

/* Labels of 63, whole names of 253 and a dot, and one more of each. */
static void test_lengths(void)
{
    char name[300];
    unsigned wrong = 0;

    memset(name, 'a', sizeof(name));
    for (size_t len = 1; len < 200; len++)
        wrong += (app_host_problem(name, len) == NULL) != (len <= 63);
    ok(wrong == 0, "up to 63 characters without a dot (%u wrong)", wrong);
    for (size_t i = 63; i < sizeof(name); i += 64)
        name[i] = '.';
    for (size_t len = 1; len <= sizeof(name); len++)
        wrong += (app_host_problem(name, len) == NULL) != (len <= 254);
    ok(wrong == 0, "up to 254 with dots (%u wrong)", wrong);
}

static void test_huge(void)
{
    size_t len = 1 << 16;
    char *line = malloc(len);

    if (!line)
        abort();
    memset(line, 'x', len);
    ok(is_target(line, len, NULL), "a name of 64 KiB is refused");
    memset(line, '.', len);
    ok(is_target(line, len, NULL), "so are as many dots");
    memset(line, ' ', len);
    ok(is_target(line, len, ""), "and as many blanks are nothing");
    line[len - 1] = 'h';
    ok(is_target(line, len, "h"), "before a target, too");
    free(line);
}

/* Random lines: a target never has what was promised it has not. */
static void test_random(void)
{
    static const char alphabet[] = "ab.-:%@# \t\r\n\x1b\x7f\xc2\x80\x9f\xc3\xbc";
    uint64_t state = 47;
    unsigned wrong = 0, targets = 0;

    for (unsigned n = 0; n < 200000; n++) {
        char line[12];
        struct app_target_line found;
        size_t len = n % (sizeof(line) + 1);

        for (size_t i = 0; i < len; i++) {
            state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            line[i] = alphabet[(state >> 40) % (sizeof(alphabet) - 1)];
        }
        if (app_target_line(line, len, &found) != NULL || found.host_len == 0)
            continue;
        targets++;
        for (size_t i = 0; i < found.host_len; i++) {
            unsigned char c = (unsigned char)found.host[i];

            wrong += c <= ' ' || c == 0x7f || c == '#';
        }
        wrong += found.host[0] == '@' || found.host[0] == '-' ||
                 app_host_problem(found.host, found.host_len) != NULL;
    }
    ok(wrong == 0 && targets > 10000, "of 200,000 random lines %u are targets, %u wrong", targets,
       wrong);
}

int main(void)
{
    test_rows();
    test_nul();
    test_lengths();
    test_huge();
    test_random();
    return done_testing();
}
