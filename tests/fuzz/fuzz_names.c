/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses and names as people write them, and what a name server's answer becomes. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>

#include <multiping/multiping.h>

#include "fuzz.h"
#include "resolve/answer.h"
#include "resolve/hosts.h"
#include "resolve/name.h"
#include "resolve/resolv_conf.h"
#include "resolve/resolve.h"
#include "resolve/setup.h"
#include "resolve/state.h"
#include "session/addr.h"

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
    struct mping_addr addr;
    size_t n = 0;

    CHECK(!mping_name_is_plain(text) || strlen(text) <= MPING_NAME_MAX + 1);
    for (int i = 0; i < 3; i++) {
        int family = i == 0 ? AF_UNSPEC : i == 1 ? AF_INET : AF_INET6;

        if (!mping_name_is_numeric(text, family, &addr, &n))
            continue;
        CHECK(n <= 1);
        CHECK(!n || !family || addr.family == family);
    }
}

/* A server's packet, whatever it holds: addresses of the family that was asked for. */
static void check_answer(struct input *in)
{
    struct mping_job job = {.n_questions = 2};
    size_t len, n = 0;

    for (unsigned q = 0; q < 2; q++) {
        struct mping_question *question = &job.questions[q];
        uint8_t *data = input_copy(in, input_u8(in), &len);

        question->family = q ? AF_INET6 : AF_INET;
        question->status = mping_answer_read(question, data, (int)len);
        CHECK((question->status == ARES_SUCCESS) == (question->n > 0));
        for (size_t i = 0; i < question->n; i++)
            CHECK(question->addrs[i].family == question->family);
        n += question->n;
        free(data);
    }
    CHECK(mping_answer_merge(&job) == (n ? 0 : MPING_ERESOLVE));
    CHECK(job.n_addrs <= n && !job.n_addrs == !n);
    for (size_t i = 0; i < job.n_addrs; i++)
        for (size_t k = 0; k < i; k++)
            CHECK(memcmp(&job.addrs[i], &job.addrs[k], sizeof(job.addrs[i])) != 0);
    free(job.questions[0].addrs);
    free(job.questions[1].addrs);
    free(job.addrs);
}

/* The files of the system, whatever they hold: what is found has the family asked for. */
static void check_files(struct input *in)
{
    struct mping_setup setup = {.then_dns = true};
    struct mping_addr addr;
    char *text = input_string(in, 1024);
    FILE *file = fmemopen(text, *text ? strlen(text) : 1, "r");

    CHECK(file);
    (void)mping_hosts_read(&setup.hosts, file);
    for (size_t i = 0; i < setup.hosts.n; i++) {
        const char *name = setup.hosts.entries[i].name;

        CHECK(mping_hosts_find(&setup.hosts, name, AF_INET, &addr) != MPING_HOSTS_NONE);
        if (mping_hosts_find(&setup.hosts, name, AF_INET6, &addr) == MPING_HOSTS_PLAIN)
            CHECK(addr.family == AF_INET6);
    }
    rewind(file);
    mping_resolv_conf_defaults(&setup);
    CHECK(mping_resolv_conf_read(&setup, file) == 0);
    CHECK(setup.n_servers <= MPING_SERVERS_MAX && setup.n_search <= MPING_SEARCH_MAX);
    (void)fclose(file);
    free(text);
    mping_setup_done(&setup);
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

    switch (input_below(&in, 5)) {
    case 4:
        check_files(&in);
        return 0;
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
