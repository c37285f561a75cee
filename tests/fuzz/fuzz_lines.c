/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lists of targets, and what a target stands for. The same bytes in other pieces give the same
 * targets with the same labels, and each is one that the command may use. Complaints end up
 * here instead of on standard error.
 */
#include "fuzz.h"
#include "process/problem.h"
#include "targets/labels.h"
#include "targets/list_line.h"
#include "targets/list_reader.h"
#include "targets/range/range.h"
#include "text/text.h"

enum { TAKEN_MAX = 1 << 16, RANGES_MAX = 64 };

/* All that was taken, one behind the other, and what was complained of. */
struct taken {
    char text[TAKEN_MAX];
    size_t len;
    unsigned n, complaints;
    char complaint[APP_COMPLAINT_MAX];
};

static struct taken *current;

int app_complain(const char *before, const char *foreign, const char *after)
{
    struct app_text text = app_text_init(current->complaint, sizeof(current->complaint));

    app_text_add(&text, before);
    app_text_foreign(&text, foreign);
    app_text_add(&text, after);
    CHECK(text.len > 0 && text.len + 1 < text.size);
    CHECK(!strpbrk(current->complaint, "\n\r\033"));
    current->complaints++;
    return -1;
}

static void keep(struct taken *taken, const char *bytes, size_t len)
{
    if (taken->len + len > sizeof(taken->text))
        return;
    memcpy(taken->text + taken->len, bytes, len);
    taken->len += len;
}

static void check_labels(const char *labels, size_t len)
{
    const char *cursor = labels, *name, *value;
    size_t n = 1;

    CHECK((labels != NULL) == (len > 0));
    CHECK(app_labels_len(labels) == len);
    while (labels && app_labels_next(&cursor, &name, &value)) {
        CHECK(*name && app_labels_find(labels, name));
        n += strlen(name) + strlen(value) + 2;
    }
    CHECK(!labels || n == len);
}

static const char *take(void *user, const char *host, const char *labels, size_t labels_len)
{
    struct taken *taken = user;
    size_t len = strlen(host);

    CHECK(len > 0 && !app_host_problem(host, len));
    CHECK(host[0] != '@' && host[0] != '-' && !strpbrk(host, " \t\r\n#"));
    check_labels(labels, labels_len);
    keep(taken, host, len + 1);
    if (labels)
        keep(taken, labels, labels_len);
    taken->n++;
    return strcmp(host, "no") == 0 ? "is refused" : NULL;
}

/* Feeds it all in pieces of at most piece bytes. */
static int feed(struct taken *taken, char end, const uint8_t *data, size_t size, size_t piece)
{
    struct app_line_reader reader = {.name = "list", .end = end};
    int err = 0;

    current = taken;
    taken->len = taken->n = taken->complaints = 0;
    for (size_t at = 0; at < size && err == 0; at += piece) {
        size_t n = size - at < piece ? size - at : piece;
        char *copy = malloc(n);

        CHECK(copy);
        memcpy(copy, data + at, n);
        err = app_lines_feed(&reader, copy, n, take, taken);
        CHECK(reader.len <= sizeof(reader.line));
        free(copy);
    }
    if (err == 0)
        err = app_lines_end(&reader, take, taken);
    CHECK(taken->complaints == (err < 0));
    return err;
}

static void check_lines(struct input *in)
{
    static struct taken whole, pieces;
    size_t piece = 1 + input_u8(in);
    char end = input_flag(in) ? '\0' : '\n';
    int err = feed(&whole, end, in->pos, in->left, in->left + 1);

    CHECK(feed(&pieces, end, in->pos, in->left, piece) == err);
    CHECK(whole.n == pieces.n && whole.len == pieces.len);
    CHECK(memcmp(whole.text, pieces.text, whole.len) == 0);
    if (err < 0)
        CHECK(strcmp(whole.complaint, pieces.complaint) == 0);
}

/* A host of a range: a name that may be used, or an address that can be read back. */
static void check_host(const struct app_range_host *host)
{
    char text[MPING_ADDR_TEXT_MAX];
    struct mping_addr again;

    CHECK(host->addr.family || host->name[0]);
    CHECK(strlen(host->name) <= APP_HOST_MAX);
    if (!host->addr.family)
        return;
    CHECK(mping_addr_parse(&again, mping_addr_format(&host->addr, text, sizeof(text))) == 0);
    CHECK(memcmp(&again, &host->addr, sizeof(again)) == 0);
}

static int take_range(void *user, struct app_range *range)
{
    static struct app_range_host first, one, last;
    unsigned *ranges = user;

    CHECK(range->count > 0 && range->count <= APP_RANGE_MAX);
    app_range_at(range, 0, &first);
    app_range_at(range, range->count / 2, &one);
    app_range_at(range, range->count - 1, &last);
    check_host(&first);
    check_host(&one);
    check_host(&last);
    if (range->kind == APP_RANGE_NAME)
        CHECK(range->count == 1);
    if (range->kind == APP_RANGE_OCTETS || range->kind == APP_RANGE_ADDRS) {
        CHECK(app_addr_compare(&first.addr, &last.addr) <= 0);
        CHECK(app_addr_distance(&first.addr, &last.addr) >= range->count - 1);
    }
    if (range->kind == APP_RANGE_ADDRS) {
        struct mping_addr there = app_addr_plus(&first.addr, range->count / 2);

        CHECK(app_addr_distance(&first.addr, &last.addr) == range->count - 1);
        CHECK(memcmp(&there, &one.addr, sizeof(there)) == 0);
    }
    app_range_done(range);
    return ++*ranges < RANGES_MAX ? 0 : -1;
}

static void check_range(struct input *in)
{
    char *text = input_string(in, 300);
    unsigned ranges = 0;
    const char *problem = app_range_read(text, take_range, &ranges);

    if (problem)
        CHECK((*problem == '\0') == (ranges == RANGES_MAX));
    else
        CHECK(ranges > 0);
    if (app_range_is_plain(text) && !problem)
        CHECK(ranges == 1);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = {data, size};

    if (input_flag(&in))
        check_range(&in);
    else
        check_lines(&in);
    return 0;
}
