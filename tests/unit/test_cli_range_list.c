/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of ranges: any host by its index, and each but once after folding. */
#include "targets/range/list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "tap.h"

struct adding {
    struct app_range_list *list;
    const char *labels;
};

static int take(void *user, struct app_range *range)
{
    const struct adding *adding = user;

    return app_range_list_add(adding->list, range, adding->labels, app_labels_len(adding->labels));
}

static void add(struct app_range_list *list, const char *text, const char *labels)
{
    struct adding adding = {list, labels};

    if (app_range_read(text, take, &adding) != NULL)
        ok(0, "%s is read", text);
}

/* All hosts of a list: "a b c". */
static const char *show(const struct app_range_list *list)
{
    static char text[4096];
    size_t len = 0;

    text[0] = '\0';
    for (uint64_t i = 0; i < list->count; i++) {
        struct app_range_host host;
        char addr[MPING_ADDR_TEXT_MAX];
        const char *labels;

        app_range_list_at(list, i, &host, &labels);
        if (host.addr.family)
            mping_addr_format(&host.addr, addr, sizeof(addr));
        len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s%s%s", i ? " " : "",
                                host.addr.family ? addr : host.name, labels ? "=" : "",
                                labels ? app_labels_find(labels, "l") : "");
    }
    return text;
}

static const struct {
    const char *texts[6];
    const char *list, *folded;
    size_t entries; /* of the list */
} rows[] = {
    {{"10.0.0.1"}, "10.0.0.1", "10.0.0.1", 1},
    {{"10.0.0.1", "10.0.0.2", "10.0.0.3"},
     "10.0.0.1 10.0.0.2 10.0.0.3",
     "10.0.0.1 10.0.0.2 10.0.0.3",
     1},
    {{"10.0.0.3", "10.0.0.1", "10.0.0.3"}, "10.0.0.3 10.0.0.1 10.0.0.3", "10.0.0.1 10.0.0.3", 3},
    {{"10.0.0.0/29", "10.0.0.4-10.0.0.9"},
     "10.0.0.1 10.0.0.2 10.0.0.3 10.0.0.4 10.0.0.5 10.0.0.6 10.0.0.4 10.0.0.5 10.0.0.6 10.0.0.7 "
     "10.0.0.8 10.0.0.9",
     "10.0.0.1 10.0.0.2 10.0.0.3 10.0.0.4 10.0.0.5 10.0.0.6 10.0.0.7 10.0.0.8 10.0.0.9",
     2},
    {{"10.0.0.2,4", "10.0.0.1-5"},
     "10.0.0.2 10.0.0.4 10.0.0.1 10.0.0.2 10.0.0.3 10.0.0.4 10.0.0.5",
     "10.0.0.1 10.0.0.2 10.0.0.3 10.0.0.4 10.0.0.5",
     2},
    {{"b", "a", "B", "10.0.0.1", "::1", "::0-::2"},
     "b a B 10.0.0.1 ::1 :: ::1 ::2",
     "10.0.0.1 :: ::1 ::2 a b",
     6},
    {{"h{1..3}", "H2", "10.0.0.{1..2}", "10.0.0.2"},
     "h1 h2 h3 H2 10.0.0.1 10.0.0.2 10.0.0.2",
     "10.0.0.1 10.0.0.2 h1 h2 h3",
     4},
    {{"0.0.0.0", "255.255.255.255", "255.255.255.255", "::"},
     "0.0.0.0 255.255.255.255 255.255.255.255 ::",
     "0.0.0.0 255.255.255.255 ::",
     4},
};

static void test_rows(void)
{
    for (unsigned r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
        struct app_range_list list = {0};

        for (unsigned i = 0; i < 6 && rows[r].texts[i]; i++)
            add(&list, rows[r].texts[i], NULL);
        ok(strcmp(show(&list), rows[r].list) == 0 && list.n == rows[r].entries,
           "row %u: the hosts in order, in %zu entries", r, rows[r].entries);
        ok(app_range_list_fold(&list, NULL, NULL) == 0 &&
               strcasecmp(show(&list), rows[r].folded) == 0,
           "row %u: each once: %s", r, show(&list));
        app_range_list_done(&list);
    }
}

static void test_labels(void)
{
    static const char a[] = "l\0a\0", b[] = "l\0b\0";
    struct app_range_list list = {0};

    add(&list, "10.0.0.1", a);
    add(&list, "10.0.0.2", a);
    add(&list, "10.0.0.3", b);
    add(&list, "10.0.0.4", NULL);
    add(&list, "10.0.0.2-10.0.0.5", b);
    ok(list.n == 4, "what has the same labels joins, what has others does not");
    ok(strcmp(show(&list), "10.0.0.1=a 10.0.0.2=a 10.0.0.3=b 10.0.0.4 10.0.0.2=b 10.0.0.3=b "
                           "10.0.0.4=b 10.0.0.5=b") == 0,
       "labels: %s", show(&list));
    ok(app_range_list_fold(&list, NULL, NULL) == 0 && list.count == 5, "folded to 5");
    app_range_list_done(&list);
    ok(app_range_list_fold(&list, NULL, NULL) == 0 && list.count == 0, "an empty list folds, too");
    app_range_list_done(&list);
}

/* :: is ::1, and link-local addresses without a link are on 7. A app_own_fn. */
static struct mping_addr own(const void *user, const struct mping_addr *addr)
{
    static const struct mping_addr none = {.family = AF_INET6};
    struct mping_addr its = *addr;

    (void)user;
    if (memcmp(addr, &none, sizeof(none)) == 0)
        its.ip[15] = 1;
    if (addr->family == AF_INET6 && addr->ip[0] == 0xfe && addr->scope_id == 0)
        its.scope_id = 7;
    return its;
}

static void add_on_link(struct app_range_list *list, const char *text, uint32_t link)
{
    struct app_range range = {.kind = APP_RANGE_ADDRS, .count = 1};

    (void)mping_addr_parse(&range.of.first, text);
    range.of.first.scope_id = link;
    (void)app_range_list_add(list, &range, NULL, 0);
}

static void test_same_address(void)
{
    static const struct {
        const char *texts[4];
        uint64_t count;
    } same[] = {
        {{"fe80::1"}, 2},
        {{"fe80::2"}, 3},
        {{"fe80::/126"}, 5},
        {{"fe80::{1..2}"}, 3},
        {{"::", "::1"}, 3},
        {{"::/126", "::1", "::3"}, 5},
        {{"::0-::1", "fe80::1"}, 3},
        {{"fe80::1", "fe80::1"}, 2},
    };

    for (unsigned r = 0; r < sizeof(same) / sizeof(same[0]); r++) {
        struct app_range_list list = {0};

        for (unsigned i = 0; i < 4 && same[r].texts[i]; i++)
            add(&list, same[r].texts[i], NULL);
        add_on_link(&list, "fe80::1", 7);
        add_on_link(&list, "fe80::1", 8);
        ok(app_range_list_fold(&list, own, NULL) == 0 && list.count == same[r].count,
           "%s and fe80::1 on the links 7 and 8 are %llu, folded: %s", same[r].texts[0],
           (unsigned long long)same[r].count, show(&list));
        app_range_list_done(&list);
    }
}

/* Many entries: the search finds what counting does. */
static void test_many(void)
{
    enum { N = 3000 };
    struct app_range_list list = {0};
    unsigned wrong = 0;
    uint64_t i = 0;

    for (unsigned n = 0; n < N; n++) {
        char text[64];

        snprintf(text, sizeof(text), "10.%u.%u.0-10.%u.%u.%u", n / 250, n % 250, n / 250, n % 250,
                 n % 7);
        add(&list, text, NULL);
    }
    for (unsigned n = 0; n < N; n++) {
        for (unsigned last = 0; last <= n % 7; last++, i++) {
            struct app_range_host host;
            const char *labels;

            app_range_list_at(&list, i, &host, &labels);
            wrong +=
                host.addr.ip[1] != n / 250 || host.addr.ip[2] != n % 250 || host.addr.ip[3] != last;
        }
    }
    ok(wrong == 0 && i == list.count, "%llu hosts of %d ranges: %u wrong", (unsigned long long)i, N,
       wrong);
    app_range_list_done(&list);
}

int main(void)
{
    test_rows();
    test_labels();
    test_same_address();
    test_many();
    return done_testing();
}
