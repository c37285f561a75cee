/* SPDX-License-Identifier: Apache-2.0 */
/* Packets that wait for their time: a heap by due time, then by the order of coming. */
#ifndef MPING_SIMNET_QUEUE_H
#define MPING_SIMNET_QUEUE_H

#include <stddef.h>
#include <stdint.h>

#include "simnet/packet.h"

struct sn_held {
    int64_t due_ns;
    uint64_t order;  /* set by push */
    uint64_t record; /* number in the ledger */
    enum sn_what what;
    uint8_t type, code; /* errors */
    size_t len;
    uint8_t data[];
};

struct sn_queue {
    struct sn_held **heap;
    size_t n, room;
    uint64_t order;
};

/* Room for a packet of up to len bytes; NULL if there is no memory. */
struct sn_held *sn_held_new(size_t len);

/* Takes it over, and frees it where there is no memory: 0 or -ENOMEM. */
int sn_queue_push(struct sn_queue *queue, struct sn_held *held);

/* The next one that is due by now_ns, to be freed by the caller; NULL if there is none. */
struct sn_held *sn_queue_pop(struct sn_queue *queue, int64_t now_ns);

/* When the next one is due; INT64_MAX if there is none. */
int64_t sn_queue_due_ns(const struct sn_queue *queue);

void sn_queue_done(struct sn_queue *queue);

#endif
