/* SPDX-License-Identifier: Apache-2.0 */
#include "simnet/net.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "simnet/fate.h"

/* Packets read between two looks at the clock and the queue. */
enum { READS = 32 };

int64_t sn_now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* How long the kernel took to take in what was handed over at that time. */
static uint32_t took_us(int64_t since_ns)
{
    return (uint32_t)((sn_now_ns() - since_ns) / 1000 + 1);
}

static void note(struct sn_record *record, enum sn_what what, uint8_t type, uint8_t code,
                 int64_t now_ns)
{
    switch (what) {
    case SN_REPLY:
        if (record->replies++ == 0) {
            record->reply_took_us = took_us(now_ns);
            record->reply_ns = now_ns;
        }
        break;
    case SN_ERROR:
        if (record->errors++ == 0) {
            record->error_took_us = took_us(now_ns);
            record->error_ns = now_ns;
            record->error_type = type;
            record->error_code = code;
        }
        break;
    case SN_FORGED:
    case SN_BAD_ERROR:
        record->forged++;
    }
}

static void count(struct sn_net *net, enum sn_what what)
{
    net->replies += what == SN_REPLY;
    net->forged += what == SN_FORGED;
    net->errors += what == SN_ERROR;
    net->bad_errors += what == SN_BAD_ERROR;
}

/* The clock is read before the packet goes: nobody can have seen it earlier than it says. */
static void hand_over(struct sn_net *net, struct sn_record *record, const struct sn_held *held,
                      const uint8_t *data)
{
    int64_t now_ns = record ? sn_now_ns() : 0;

    if (write(net->fd, data, held->len) != (ssize_t)held->len) {
        net->refused++;
        if (record && record->refused < UINT8_MAX)
            record->refused++;
        return;
    }
    count(net, held->what);
    if (record)
        note(record, held->what, held->type, held->code, now_ns);
}

static size_t build(const struct sn_request *r, const struct sn_step *step, unsigned nth,
                    uint8_t *out)
{
    if (step->what == SN_ERROR || step->what == SN_BAD_ERROR)
        return sn_build_error(r, step->variant, step->type, step->code, out);
    return sn_build_reply(r, step->variant, nth, out);
}

static void hold(struct sn_net *net, const struct sn_request *r, const struct sn_step *step,
                 unsigned nth, uint64_t record, int64_t due_ns)
{
    struct sn_held *held = sn_held_new(r->len + SN_GROWTH_MAX);

    if (!held) {
        net->refused++;
        return;
    }
    held->due_ns = due_ns;
    held->record = record;
    held->what = step->what;
    held->type = step->type;
    held->code = step->code;
    held->len = build(r, step, nth, held->data);
    if (sn_queue_push(&net->queue, held) < 0)
        net->refused++;
}

static bool is_out(const struct sn_outage *outage, const struct sn_request *r)
{
    unsigned bytes = outage->bits / 8, rest = outage->bits % 8;

    return outage->address_len == r->address_len && memcmp(outage->address, r->dst, bytes) == 0 &&
           (rest == 0 || (outage->address[bytes] ^ r->dst[bytes]) >> (8 - rest) == 0);
}

static void decide(struct sn_net *net, const struct sn_request *r, int64_t now_ns,
                   struct sn_fate *fate)
{
    fate->n = 0;
    for (unsigned i = 0; i < net->outage_n; i++)
        if (is_out(&net->outages[i], r)) {
            net->in_outage++;
            return;
        }
    if (r->f >= SN_CLASS_WEATHER)
        sn_weather_fate(net->seed, r, fate);
    else
        sn_class_fate(r, now_ns, fate);
}

static struct sn_record *enter(struct sn_net *net, const struct sn_request *r, int64_t now_ns)
{
    struct sn_record *record;

    if (!net->has_ledger)
        return NULL;
    record = sn_ledger_next(&net->ledger);
    record->in_ns = now_ns;
    memcpy(record->dst, r->dst, r->address_len);
    record->id = r->id;
    record->seq = r->seq;
    record->bytes = (uint16_t)r->icmp_len;
    record->family = r->v6 ? 6 : 4;
    record->class = r->f < UINT8_MAX ? (uint8_t)r->f : UINT8_MAX;
    sn_ledger_publish(&net->ledger);
    return record;
}

static void answer(struct sn_net *net, struct sn_request *r, int64_t now_ns)
{
    struct sn_record *record = enter(net, r, now_ns);
    struct sn_fate fate;

    decide(net, r, now_ns, &fate);
    if (fate.n == 1 && fate.steps[0].delay_ns == 0 && fate.steps[0].copies == 0 &&
        fate.steps[0].what == SN_REPLY && fate.steps[0].variant == SN_PLAIN) {
        struct sn_held held = {.what = SN_REPLY, .len = r->len};

        sn_reply_in_place(r);
        hand_over(net, record, &held, r->data);
        return;
    }
    for (unsigned i = 0; i < fate.n; i++)
        for (unsigned copy = 0; copy <= fate.steps[i].copies; copy++)
            hold(net, r, &fate.steps[i], copy, record ? record->number : 0,
                 now_ns + fate.steps[i].delay_ns);
}

bool sn_net_read(struct sn_net *net)
{
    static uint8_t data[SN_PACKET_MAX];

    for (int i = 0; i < READS; i++) {
        struct sn_request request;
        ssize_t n = read(net->fd, data, sizeof(data));

        if (n < 0)
            return i > 0;
        if (!sn_request_parse(&request, data, (size_t)n)) {
            net->others++;
            continue;
        }
        net->requests++;
        answer(net, &request, sn_now_ns());
    }
    return true;
}

void sn_net_release(struct sn_net *net)
{
    int64_t now_ns = sn_now_ns();
    struct sn_held *held;

    while ((held = sn_queue_pop(&net->queue, now_ns))) {
        struct sn_record *record =
            net->has_ledger ? sn_ledger_at(&net->ledger, held->record) : NULL;

        hand_over(net, record, held, held->data);
        free(held);
    }
}
