/* SPDX-License-Identifier: Apache-2.0 */
#include "top/model.h"

#include <stdlib.h>
#include <string.h>

#include "text/escape.h"

int top_model_init(struct top_model *model)
{
    *model = (struct top_model){0};
    if (top_chunks_init(&model->hosts, sizeof(struct top_host)) == 0 &&
        top_chunks_init(&model->blocks, sizeof(struct top_histogram_block)) == 0 &&
        top_notes_init(&model->notes) == 0)
        return 0;
    top_model_done(model);
    return -1;
}

/* What points to const is its own all the same. */
static void free_string(const char *string)
{
    free((void *)(uintptr_t)string); /* NOLINT(performance-no-int-to-ptr) */
}

void top_model_done(struct top_model *model)
{
    for (uint32_t i = 0; !model->is_clone && i < model->hosts.n; i++) {
        const struct top_host *host = top_model_host(model, i);

        free_string(host->name);
    }
    top_chunks_done(&model->hosts);
    top_chunks_done(&model->blocks);
    top_notes_done(&model->notes);
}

int top_model_clone(struct top_model *ret, const struct top_model *from)
{
    *ret = (struct top_model){.is_clone = true, .epoch = top_get(&from->epoch)};
    ret->changes = top_get(&from->changes);
    /* Blocks are cloned after the hosts that point to them, so none is missing. */
    if (top_chunks_clone(&ret->hosts, &from->hosts) == 0 &&
        top_chunks_clone(&ret->blocks, &from->blocks) == 0 &&
        top_notes_clone(&ret->notes, &from->notes) == 0) {
        for (uint32_t i = 0; i < ret->hosts.n; i++) {
            struct top_host *host = top_chunks_at(&ret->hosts, i);

            top_read(&host->state, &top_model_host(from, i)->state.version, sizeof(host->state));
        }
        return 0;
    }
    top_model_done(ret);
    return -1;
}

static void note(struct top_model *model, uint32_t host, struct top_state *state,
                 struct top_note *note)
{
    note->host = host;
    note->before = state->note;
    state->note = top_notes_add(&model->notes, note);
}

static void publish(struct top_host *host, const struct top_state *state)
{
    top_publish(&host->state.version, state, sizeof(*state));
}

static char *copy_shown(const char *string)
{
    char shown[APP_ESCAPED_MAX + 1];

    app_escape(shown, sizeof(shown), string);
    return strdup(shown);
}

int64_t top_model_add(struct top_model *model, const char *name, const char *labels,
                      const struct mping_addr *addr, int64_t now_ns, int64_t wall_ns)
{
    struct top_host *host = top_chunks_new(&model->hosts);
    struct top_note added = {.kind = TOP_NOTE_ADDED, .wall_ns = wall_ns};
    if (host == NULL)
        return -1;
    host->name = copy_shown(name);
    if (host->name == NULL)
        return -1;
    host->labels = labels;
    top_state_init(&host->state, now_ns);
    host->state.epoch = top_get(&model->epoch);
    if (addr != NULL)
        host->state.addr = *addr;
    if (wall_ns > 0)
        note(model, model->hosts.n, &host->state, &added);
    top_chunks_show(&model->hosts);
    top_set(&model->changes, model->changes + 1);
    return model->hosts.n - 1;
}

void top_model_remove(struct top_model *model, uint32_t host, int64_t wall_ns)
{
    struct top_host *record = top_chunks_at(&model->hosts, host);
    struct top_state state = record->state;
    struct top_note removed = {.kind = TOP_NOTE_REMOVED, .wall_ns = wall_ns};

    if (state.removed)
        return;
    state.removed = 1;
    note(model, host, &state, &removed);
    publish(record, &state);
    top_set(&model->changes, model->changes + 1);
}

/* What an event has to tell about itself, into a note whose kind is known. */
static void tell(struct top_note *n, const struct mping_event *event)
{
    n->addr = event->type == MPING_EV_RESOLVED ? event->dst : event->peer;
    n->code = event->type == MPING_EV_SEND_ERROR ? event->err : event->reason;
    n->info = event->icmp_info;
    n->icmp_type = event->icmp_type;
    n->icmp_code = event->icmp_code;
}

/* The kind of note that a verdict is worth if the one before was another; COUNT: none. */
static enum top_note_kind kind_of_verdict(enum mping_event_type type)
{
    switch (type) {
    case MPING_EV_UNREACHABLE:
        return TOP_NOTE_UNREACHABLE;
    case MPING_EV_SEND_ERROR:
        return TOP_NOTE_ERROR;
    case MPING_EV_RESOLVE_ERROR:
        return TOP_NOTE_UNRESOLVED;
    case MPING_EV_UNKNOWN:
        return TOP_NOTE_UNKNOWN;
    default:
        return TOP_NOTE_KIND_COUNT;
    }
}

/* What is worth a note of the way from one state to the next; COUNT: nothing. */
static enum top_note_kind kind_of(const struct top_state *before, const struct top_state *after,
                                  const struct mping_event *event)
{
    bool was_bad = top_state_is_bad(before), is_bad = top_state_is_bad(after);

    switch (event->type) {
    case MPING_EV_RESOLVED:
        return memcmp(&before->addr, &after->addr, sizeof(before->addr)) != 0 ? TOP_NOTE_ADDRESS
                                                                              : TOP_NOTE_KIND_COUNT;
    case MPING_EV_FINISHED:
        return after->removed ? TOP_NOTE_KIND_COUNT : TOP_NOTE_ENDED;
    case MPING_EV_MISMATCH: /* the first, then ever fewer of them */
        return (after->mismatches & before->mismatches) == 0 ? TOP_NOTE_MISMATCH
                                                             : TOP_NOTE_KIND_COUNT;
    case MPING_EV_DUPLICATE:
        return (after->duplicates & before->duplicates) == 0 ? TOP_NOTE_DUPLICATE
                                                             : TOP_NOTE_KIND_COUNT;
    case MPING_EV_REPLY:
        return was_bad ? TOP_NOTE_UP : TOP_NOTE_KIND_COUNT;
    case MPING_EV_LOST:
        return is_bad && before->condition != TOP_DOWN ? TOP_NOTE_DOWN : TOP_NOTE_KIND_COUNT;
    default:
        return before->verdict != after->verdict ? kind_of_verdict(event->type)
                                                 : TOP_NOTE_KIND_COUNT;
    }
}

static void note_change(struct top_model *model, uint32_t host, const struct top_state *before,
                        struct top_state *after, const struct mping_event *event, int64_t wall_ns)
{
    enum top_note_kind kind = kind_of(before, after, event);
    struct top_note n = {.kind = (uint8_t)kind, .wall_ns = wall_ns};

    if (kind != TOP_NOTE_KIND_COUNT) {
        tell(&n, event);
        n.n = kind == TOP_NOTE_UP ? before->run : after->run;
        n.ns = after->since_ns - before->since_ns;
        note(model, host, after, &n);
    }
    if (event->type == MPING_EV_REPLY && before->ttl >= 0 && after->ttl != before->ttl) {
        n = (struct top_note){.kind = TOP_NOTE_TTL, .wall_ns = wall_ns};
        n.from = before->ttl;
        n.to = after->ttl;
        note(model, host, after, &n);
    }
}

void top_model_event(struct top_model *model, uint32_t host, const struct mping_event *event,
                     int64_t now_ns, int64_t wall_ns)
{
    struct top_host *record = top_chunks_at(&model->hosts, host);
    struct top_state before = record->state, after;
    uint32_t epoch = top_get(&model->epoch);
    top_result result = top_result_of(event);

    if (before.epoch != epoch) {
        top_state_reset(&before, epoch, now_ns);
        top_histogram_clear(&record->histogram, &model->blocks);
    }
    after = before;
    top_state_event(&after, event, now_ns);
    if (result != TOP_RESULT_NONE) {
        top_set(&record->ring[after.results % TOP_RING], result);
        after.results++;
    }
    if (event->type == MPING_EV_REPLY)
        top_histogram_add(&record->histogram, &model->blocks, event->rtt_ns);
    note_change(model, host, &before, &after, event, wall_ns);
    publish(record, &after);
    if (memcmp(&before.addr, &after.addr, sizeof(after.addr)) != 0)
        top_set(&model->changes, model->changes + 1);
}

void top_model_reset(struct top_model *model)
{
    top_set(&model->epoch, top_get(&model->epoch) + 1);
}

void top_model_state(const struct top_model *model, uint32_t host, struct top_state *ret)
{
    uint32_t epoch = top_get(&model->epoch);

    top_read(ret, &top_model_host(model, host)->state.version, sizeof(*ret));
    if (ret->epoch != epoch)
        top_state_reset(ret, epoch, ret->since_ns);
}

unsigned top_model_results(const struct top_model *model, uint32_t host, top_result *ret,
                           unsigned n)
{
    const struct top_host *record = top_model_host(model, host);
    struct top_state state;

    top_model_state(model, host, &state);
    if (n > TOP_RING)
        n = TOP_RING;
    if (n > state.results)
        n = (unsigned)state.results;
    for (unsigned i = 0; i < n; i++)
        ret[i] = top_get(&record->ring[(state.results - n + i) % TOP_RING]);
    return n;
}

int64_t top_model_percentile_ns(const struct top_model *model, uint32_t host, double share)
{
    const struct top_host *record = top_model_host(model, host);

    if (top_get(&record->state.epoch) != top_get(&model->epoch))
        return 0;
    return top_histogram_percentile_ns(&record->histogram, &model->blocks, share);
}
