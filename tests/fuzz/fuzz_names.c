/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses and names as people write them, and what a name server's answer becomes. */
#include <arpa/inet.h>
#include <netinet/in.h>

#include <multiping/multiping.h>

#include "fuzz.h"
#include "resolve/internal.h"
#include "session/internal.h"

static void check_addr(const char *text)
{
    struct mping_addr addr, again;
    char shown[MPING_ADDR_TEXT_MAX], shown_again[MPING_ADDR_TEXT_MAX];
    uint8_t plain[4] = {0}, theirs[16];
    int err = mping_addr_parse(&addr, text);

    /* The C library's own reader of IPv4 takes the same and no more. */
    CHECK(mping_addr_parse_plain(text, plain) == (inet_pton(AF_INET, text, theirs) == 1));
    if (err < 0)
        return;
    CHECK(addr.family == AF_INET || addr.family == AF_INET6);
    CHECK(inet_pton(addr.family, text, theirs) != 1 ||
          memcmp(theirs, addr.ip, addr.family == AF_INET ? 4 : 16) == 0);
    mping_addr_format(&addr, shown, sizeof(shown));
    CHECK(strlen(shown) < sizeof(shown) - 1);
    CHECK(mping_addr_parse(&again, shown) == 0);
    CHECK(memcmp(&addr, &again, sizeof(addr)) == 0);
    CHECK(strcmp(shown, mping_addr_format(&again, shown_again, sizeof(shown_again))) == 0);
}

static void check_name(const char *text)
{
    char name[MPING_NAME_MAX + 2], again[MPING_NAME_MAX + 2];
    struct mping_addr addrs[2];
    size_t n = 0;

    if (mping_name_check(text, name)) {
        CHECK(strlen(name) == strlen(text) && strlen(name) <= MPING_NAME_MAX + 1);
        for (size_t i = 0; name[i]; i++)
            CHECK(name[i] == text[i] || name[i] == (text[i] | 0x20));
        CHECK(mping_name_check(name, again) && strcmp(name, again) == 0);
    }
    for (int i = 0; i < 3; i++) {
        int family = i == 0 ? AF_UNSPEC : i == 1 ? AF_INET : AF_INET6;

        if (!mping_name_is_local(text, family, addrs, &n))
            continue;
        CHECK(n <= 2);
        for (size_t k = 0; k < n; k++)
            CHECK(!family || addrs[k].family == family);
    }
}

enum { NODES_MAX = 64 };

union node_addr {
    struct sockaddr sa;
    struct sockaddr_in in;
    struct sockaddr_in6 in6;
};

static void fill_addr(union node_addr *addr, struct input *in)
{
    memset(addr, 0, sizeof(*addr));
    switch (input_below(in, 4)) {
    case 0:
        addr->in.sin_family = AF_INET;
        addr->in.sin_addr.s_addr = input_u8(in) % 8; /* few, so that some come twice */
        break;
    case 1:
        addr->in6.sin6_family = AF_INET6;
        addr->in6.sin6_addr.s6_addr[0] = input_flag(in) ? 0xfe : 0x20;
        addr->in6.sin6_addr.s6_addr[1] = 0x80;
        addr->in6.sin6_addr.s6_addr[15] = input_u8(in) % 8;
        addr->in6.sin6_scope_id = input_u8(in) % 4;
        break;
    default:
        addr->sa.sa_family = (sa_family_t)input_uint(in, 2);
    }
}

static void check_answer(struct input *in)
{
    static union node_addr addrs[NODES_MAX];
    static struct ares_addrinfo_node nodes[NODES_MAX];
    struct ares_addrinfo info = {0};
    struct mping_addr *found = NULL;
    size_t n = 0, given = 0;
    int family = input_flag(in) ? input_flag(in) ? AF_INET : AF_INET6 : AF_UNSPEC, err;

    for (; in->left && given < NODES_MAX; given++) {
        fill_addr(&addrs[given], in);
        nodes[given] = (struct ares_addrinfo_node){.ai_family = addrs[given].sa.sa_family,
                                                   .ai_addr = &addrs[given].sa,
                                                   .ai_next = info.nodes};
        info.nodes = &nodes[given];
    }
    err = mping_answer_copy(&info, family, &found, &n);
    CHECK(err == 0 || err == MPING_ERESOLVE);
    CHECK((err == 0) == (n > 0) && n <= given);
    for (size_t i = 0; i < n; i++) {
        CHECK(!family || found[i].family == family);
        CHECK(i == 0 || found[i - 1].family == found[i].family || found[i].family == AF_INET6);
        for (size_t k = 0; k < i; k++)
            CHECK(memcmp(&found[i], &found[k], sizeof(found[i])) != 0);
    }
    free(found);
}

static void check_failure(struct input *in)
{
    enum mping_reason reason;
    int err = mping_answer_error((int)(int8_t)input_u8(in), &reason);

    CHECK(err == MPING_ENOMEM || err == MPING_ERESOLVE);
    CHECK((err == MPING_ENOMEM) == (reason == MPING_REASON_NONE));
    CHECK(strcmp(mping_reason_text(reason), "?") != 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = {data, size};
    char *text;

    switch (input_below(&in, 4)) {
    case 0:
        check_answer(&in);
        return 0;
    case 1:
        check_failure(&in);
        return 0;
    default:
        text = input_string(&in, 1024);
        check_addr(text);
        check_name(text);
        free(text);
        return 0;
    }
}
