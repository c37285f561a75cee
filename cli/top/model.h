/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All hosts and what is known of them, in memory that does not grow with the number of pings.
 * The engine's thread adds hosts and feeds events; any other thread may read meanwhile, and
 * neither ever waits for the other.
 */
#ifndef MULTIPING_CLI_TOP_MODEL_H
#define MULTIPING_CLI_TOP_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include <multiping/multiping.h>

#include "top/chunks.h"
#include "top/histogram.h"
#include "top/notes.h"
#include "top/ring.h"
#include "top/state.h"

struct top_host {
    struct top_state state;
    struct top_histogram histogram;
    top_result ring[TOP_RING];
    const char *name;   /* as given, fit to be shown; the model's */
    const char *labels; /* see labels.h; NULL: none; the caller's */
};

_Static_assert(sizeof(struct top_host) % 8 == 0, "it is copied word by word");

struct top_model {
    struct top_chunks hosts;  /* struct top_host */
    struct top_chunks blocks; /* struct top_histogram_block */
    struct top_notes notes;
    uint32_t epoch;   /* of the last reset, set by the view */
    uint32_t changes; /* of who is there and at what address */
    bool is_clone;    /* strings belong to another */
};

int top_model_init(struct top_model *model);
void top_model_done(struct top_model *model);

/*
 * Everything as it is now, for a view that stands still. -1 without memory. Strings stay those
 * of the first model.
 */
int top_model_clone(struct top_model *ret, const struct top_model *from);

/*
 * Engine's thread. Adds a host, whose labels (NULL: none) must outlive the model and whose address
 * may be known (NULL: it is not): its number, or -1 without memory. wall_ns 0: no note about it.
 */
int64_t top_model_add(struct top_model *model, const char *name, const char *labels,
                      const struct mping_addr *addr, int64_t now_ns, int64_t wall_ns);
/* Notes that the user wants it no more. */
void top_model_remove(struct top_model *model, uint32_t host, int64_t wall_ns);
/* Takes in an event of a host. */
void top_model_event(struct top_model *model, uint32_t host, const struct mping_event *event,
                     int64_t now_ns, int64_t wall_ns);

/* Any thread: makes all figures start again. It costs nothing: each host does so with its next
 * event, and is read as if it had. */
void top_model_reset(struct top_model *model);

/* Any thread. */
static inline uint32_t top_model_n(const struct top_model *model)
{
    return top_chunks_n(&model->hosts);
}

static inline const struct top_host *top_model_host(const struct top_model *model, uint32_t host)
{
    return top_chunks_at(&model->hosts, host);
}

/* A copy of the host's state. */
void top_model_state(const struct top_model *model, uint32_t host, struct top_state *ret);

/* The last results, oldest first, at most n of them; how many. */
unsigned top_model_results(const struct top_model *model, uint32_t host, top_result *ret,
                           unsigned n);

/* The time that `share` of the host's replies took at most; 0 without any. */
int64_t top_model_percentile_ns(const struct top_model *model, uint32_t host, double share);

#endif
