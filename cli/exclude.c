/* SPDX-License-Identifier: Apache-2.0 */
#include "exclude.h"

#include <string.h>
#include <sys/socket.h>

#include "process/problem.h"
#include "targets/list_reader.h"
#include "targets/range/range.h"

enum { PIECES_MAX = 1 << 16 }; /* of one range: addresses apart from each other */

/* What is being read. */
struct reader {
    struct mping *engine;
    const char *problem;
};

static bool is_bit_set(const struct mping_addr *addr, unsigned from_end)
{
    unsigned last = addr->family == AF_INET ? 3 : 15;

    return addr->ip[last - from_end / 8] >> from_end % 8 & 1;
}

/* From an address on, the largest network that begins there and has at most count addresses. */
static unsigned host_bits(const struct mping_addr *first, uint64_t count)
{
    unsigned bits = 0, all = first->family == AF_INET ? 32 : 128;

    while (bits < all && bits < 63 && count >> (bits + 1) > 0 && !is_bit_set(first, bits))
        bits++;
    return bits;
}

static int exclude_run(struct reader *r, struct mping_addr first, uint64_t count)
{
    while (count > 0) {
        unsigned bits = host_bits(&first, count), all = first.family == AF_INET ? 32 : 128;
        int err = mping_exclude(r->engine, &first, all - bits);

        if (err < 0) {
            r->problem = mping_strerror(err);
            return -1;
        }
        first = app_addr_plus(&first, UINT64_C(1) << bits);
        count -= UINT64_C(1) << bits;
    }
    return 0;
}

static int exclude_range(void *user, struct app_range *range)
{
    struct reader *r = user;
    int result = 0;

    if (range->kind == APP_RANGE_ADDRS) {
        result = exclude_run(r, range->of.first, range->count);
    } else if (range->kind != APP_RANGE_OCTETS) {
        r->problem = mping_addr_problem(range->of.name); /* its link is not there */
        if (r->problem == NULL)
            r->problem = "only addresses can be excluded";
        result = -1;
    } else if (range->count > PIECES_MAX) {
        r->problem = "too many single addresses: write them as networks";
        result = -1;
    }
    for (uint64_t i = 0; range->kind == APP_RANGE_OCTETS && i < range->count && result == 0; i++) {
        struct app_range_host host;

        app_range_at(range, i, &host);
        result = exclude_run(r, host.addr, 1);
    }
    app_range_done(range);
    return result;
}

/* A network is excluded whole, unlike as a target. */
static const char *exclude_text(struct mping *engine, const char *text)
{
    struct reader r = {.engine = engine};
    struct mping_addr first;
    const char *problem;
    unsigned len;
    int err;

    if (strpbrk(text, "{}") != NULL)
        return "braces are for targets";
    if (strchr(text, '/') == NULL) {
        problem = app_range_read(text, exclude_range, &r);
        return problem != NULL && *problem == '\0' ? r.problem : problem;
    }
    problem = app_range_network(text, &first, &len);
    if (problem != NULL)
        return problem;
    err = mping_exclude(engine, &first, len);
    return err < 0 ? mping_strerror(err) : NULL;
}

static int complain(const char *text, const char *problem)
{
    char after[APP_COMPLAINT_MAX / 2];
    struct app_text tail = app_text_init(after, sizeof(after));

    app_text_add(&tail, "\": ");
    app_text_add(&tail, problem);
    return app_complain("--exclude \"", text, tail.data);
}

/* "10.0.0.0/8,192.0.2.1": a comma never is one between octets here. */
static int exclude_list(struct mping *engine, const char *list)
{
    while (*list != '\0') {
        char text[APP_LINE_READER_MAX];
        size_t len = strcspn(list, ",");
        const char *problem;

        if (len >= sizeof(text))
            return complain(list, "it is too long");
        memcpy(text, list, len);
        text[len] = '\0';
        problem = exclude_text(engine, text);
        if (problem != NULL)
            return complain(text, problem);
        list += len + (list[len] == ',');
    }
    return 0;
}

static const char *exclude_line(void *user, const char *text, const char *labels, size_t labels_len)
{
    (void)labels;
    (void)labels_len;
    return exclude_text(user, text);
}

int cli_exclude(struct mping *engine, const struct cli_settings *settings)
{
    for (size_t i = 0; i < settings->exclude.n; i++) {
        if (exclude_list(engine, settings->exclude.all[i]) < 0)
            return -1;
    }
    for (size_t i = 0; i < settings->exclude_file.n; i++) {
        if (app_lines_read_file(settings->exclude_file.all[i], '\n', exclude_line, engine) < 0)
            return -1;
    }
    return 0;
}

bool cli_excludes(const struct cli_settings *settings)
{
    return settings->exclude.n + settings->exclude_file.n > 0;
}
