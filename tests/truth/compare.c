/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "simnet/ledger.h"
#include "truth/census.h"

/*
 * simnet notes the time before it hands a packet to the kernel, and how long that took. With the
 * deadline in between, or that near to it, a reply may be called either way.
 */
#define CLOSE_NS INT64_C(1000000)
/* Stamps of the kernel are converted from the wall clock; this is far more than it costs. */
#define EARLY_NS INT64_C(50000)

enum { SHOWN_MAX = 20 };

/* Whether it is a type that says that a probe will not be answered. */
static bool is_final(const struct sn_record *record)
{
    if (record->family == 6)
        return record->error_type >= 1 && record->error_type <= 4;
    return record->error_type == 3 || record->error_type == 11 || record->error_type == 12;
}

static enum mping_event_type truth(const struct sn_record *record, const struct census_probe *probe,
                                   int64_t timeout_ns)
{
    int64_t deadline_ns = probe->sent_ns + timeout_ns;

    if (!record)
        return MPING_EV_LOST;
    if (record->reply_ns && record->reply_ns <= deadline_ns)
        return MPING_EV_REPLY;
    if (record->error_ns && record->error_ns <= deadline_ns && is_final(record))
        return MPING_EV_UNREACHABLE;
    return MPING_EV_LOST;
}

static bool spans(int64_t from_ns, uint32_t took_us, int64_t deadline_ns)
{
    return from_ns && from_ns - CLOSE_NS < deadline_ns &&
           deadline_ns < from_ns + (int64_t)took_us * 1000 + CLOSE_NS;
}

static bool is_close(const struct sn_record *record, const struct census_probe *probe,
                     int64_t timeout_ns)
{
    int64_t deadline_ns = probe->sent_ns + timeout_ns;

    return record && (spans(record->reply_ns, record->reply_took_us, deadline_ns) ||
                      spans(record->error_ns, record->error_took_us, deadline_ns));
}

/* What is wrong with the verdict, NULL if nothing. */
static const char *flaw(struct census *census, const struct sn_record *record,
                        const struct census_probe *probe)
{
    int64_t timeout_ns = census->plan.timeout_ns;
    enum mping_event_type expected = truth(record, probe, timeout_ns);

    if (probe->type == MPING_EV_UNKNOWN || probe->type == MPING_EV_SEND_ERROR)
        return NULL;
    if (probe->type == MPING_EV_REPLY &&
        (!record || !record->reply_ns || probe->received_ns < record->reply_ns - EARLY_NS)) {
        census->false_alive++;
        return "an answer that nobody gave";
    }
    if (probe->type == MPING_EV_REPLY && probe->received_ns - probe->sent_ns > timeout_ns)
        return "a reply after the deadline";
    if (probe->type == expected) {
        if (expected == MPING_EV_UNREACHABLE &&
            (probe->icmp_type != record->error_type || probe->icmp_code != record->error_code))
            return "another ICMP error";
        return NULL;
    }
    if (is_close(record, probe, timeout_ns)) {
        census->close++;
        return NULL;
    }
    census->false_lost += probe->type == MPING_EV_LOST;
    return "another verdict";
}

static void show(const struct census *census, uint64_t index, const struct sn_record *record,
                 const char *what)
{
    const struct census_probe *probe = &census->probes[index];
    struct mping_addr addr = census_addr(&census->plan, index / census->plan.count);
    char text[MPING_ADDR_TEXT_MAX];
    const struct sn_record none = {0};

    if (census->wrong > SHOWN_MAX)
        return;
    record = record ? record : &none;
    printf("# %s: %s number %" PRIu64 ", verdict %s reason %d error %d/%d received %" PRId64
           " ns late stamp %d; truth: in %" PRId64 ", reply %" PRId64 ", error %" PRId64
           " %d/%d, %d forged\n",
           what, mping_addr_format(&addr, text, sizeof(text)), index % census->plan.count,
           probe->type ? mping_event_name(probe->type) : "none", probe->reason, probe->icmp_type,
           probe->icmp_code, probe->received_ns ? probe->received_ns - probe->sent_ns : 0,
           probe->late_stamp, record->in_ns - probe->sent_ns,
           record->reply_ns ? record->reply_ns - probe->sent_ns : 0,
           record->error_ns ? record->error_ns - probe->sent_ns : 0, record->error_type,
           record->error_code, record->forged);
}

static void judge(struct census *census, uint64_t index, const struct sn_record *record)
{
    const struct census_probe *probe = &census->probes[index];
    const char *what;

    if (!probe->type) {
        census->missing++;
        return;
    }
    what = flaw(census, record, probe);
    if (what) {
        census->wrong++;
        show(census, index, record, what);
    }
}

/* Which probe a request was; UINT64_MAX if none of ours. */
static uint64_t probe_of(const struct census *census, const struct sn_record *record)
{
    uint64_t target =
        census_find(&census->plan, record->family == 6 ? AF_INET6 : AF_INET, record->dst);
    uint64_t index = target * census->plan.count + record->seq;

    if (target == UINT64_MAX || record->seq >= census->plan.count ||
        census->probes[index].id != record->id)
        return UINT64_MAX;
    return index;
}

static int wait_for_quiet(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    char answer[64];
    ssize_t n = -1;

    strncpy(address.sun_path, path, sizeof(address.sun_path) - 1);
    if (fd < 0)
        return -errno;
    if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0 &&
        send(fd, "quiet\n", 6, 0) == 6)
        n = recv(fd, answer, sizeof(answer), 0);
    close(fd);
    return n == 6 ? 0 : -EPROTO;
}

/* Judges all probes that have a record; the others are those still unseen. */
static int judge_all(struct census *census, const struct sn_ledger *ledger)
{
    uint64_t written = atomic_load(&ledger->header->written);
    uint64_t total = census->plan.targets * census->plan.count;
    uint8_t *seen;

    if (written > ledger->header->capacity)
        return -EOVERFLOW;
    seen = calloc(total, 1);
    if (!seen)
        return -ENOMEM;
    for (uint64_t number = 1; number <= written; number++) {
        const struct sn_record *record = sn_ledger_at(ledger, number);
        uint64_t index = record ? probe_of(census, record) : UINT64_MAX;

        if (index == UINT64_MAX)
            continue;
        census->requests++;
        census->strange += seen[index];
        seen[index] = 1;
        judge(census, index, record);
    }
    for (uint64_t index = 0; index < total; index++)
        if (!seen[index])
            judge(census, index, NULL);
    free(seen);
    return 0;
}

int census_compare(struct census *census)
{
    struct sn_ledger ledger;
    int r = wait_for_quiet(census->plan.control);

    if (r < 0)
        return r;
    r = sn_ledger_open(&ledger, census->plan.ledger);
    if (r < 0)
        return r;
    r = judge_all(census, &ledger);
    sn_ledger_close(&ledger);
    return r;
}
