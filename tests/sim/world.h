/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fake network: what is on its way, ordered by virtual time, and the two sockets where
 * it arrives. Addresses are computed from host numbers and back; nothing is stored per host.
 */
#ifndef MPING_SIM_WORLD_H
#define MPING_SIM_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <multiping/addr.h>

#define MS INT64_C(1000000)
#define SECOND INT64_C(1000000000)
#define NEVER INT64_MAX
#define NOBODY UINT32_MAX /* no target, no host */

/* Hosts: a kind in the two highest bits, a number below 2^24 in the rest. */
enum host_kind { HOST_V4, HOST_V6, HOST_LINK_LOCAL };

enum {
    HOST_KIND_SHIFT = 30,
    HOST_STRANGER = 0xf00000, /* hosts from here on are never targets */
    LOCAL_SCOPE = 7,
    OTHER_SCOPE = 8,
};

/* What a happening is. */
enum kind {
    /* Packets that the core must believe. */
    PACKET_GENUINE = 1, /* the reply as it should be */
    PACKET_LONGER,      /* with bytes appended: still carries all that was sent */

    /* Replies that no pinger must believe. */
    PACKET_BAD_PROOF,    /* a bit of the proof turned, checksum right */
    PACKET_BAD_PAYLOAD,  /* a bit of what follows turned, checksum right */
    PACKET_BAD_CHECKSUM, /* raw IPv4 only; elsewhere the kernel drops it */
    PACKET_TRUNCATED,    /* payload missing, checksum right: true if it holds the proof */
    PACKET_CUT,          /* longer than the receiver's buffer: true if that holds all we sent */
    PACKET_BAD_CODE,     /* code other than 0 */
    PACKET_WRONG_SOURCE, /* right but for the sender */
    PACKET_WRONG_SCOPE,  /* right but for the link it came over */
    PACKET_FORGED,       /* right sender, id and seq, guessed payload */
    PACKET_UNSENT,       /* right sender and id, a seq never sent */
    PACKET_FOREIGN_ID,   /* right sender, an id that is none of ours */
    PACKET_FOREIGN_HOST, /* a reply of somebody nobody pinged */
    PACKET_REQUEST,      /* an echo request, as seen on loopback */
    PACKET_GARBAGE,      /* random bytes */

    /* ICMP errors. */
    PACKET_ERROR,       /* quotes a probe of ours */
    PACKET_ERROR_BOGUS, /* quotes something else */

    /* No packets. */
    HAPPENS_RESOLVED,
    HAPPENS_ATTACK,
    HAPPENS_ACTION,
    HAPPENS_NOTHING /* a packet that got lost on its way */
};

struct happening {
    int64_t at_ns;
    uint64_t order;  /* decides between equal times */
    uint64_t count;  /* of the probe it is about */
    uint64_t detail; /* random bits that decide between variants */
    uint32_t target; /* or NOBODY */
    uint32_t host;   /* who sends it */
    uint8_t kind;    /* enum kind */
    bool v6;
    bool by_queue; /* an ICMP error for the error queue */
};

struct socket_queue {
    struct happening *ring;
    uint32_t head, n, cap; /* cap: a power of two */
    uint32_t limit;        /* packets that fit before the kernel drops; 0: all */
    uint64_t drops;        /* packets it dropped */
    uint64_t drops_told;   /* of these: reported to the core */
};

struct world {
    int64_t now_ns;
    uint64_t order;
    struct happening *heap;
    size_t n, cap;
    struct socket_queue sockets[2]; /* IPv4, IPv6 */
    struct socket_queue errors[2];  /* their error queues */
};

void world_init(struct world *world, int64_t now_ns);
void world_done(struct world *world);

/* Plans a happening. at_ns may lie in the past: it happens at once. */
void world_plan(struct world *world, struct happening happening);
/* When the next one is due, NEVER if there is none. */
int64_t world_next_ns(const struct world *world);
/* Takes the next one due by now_ns; false if there is none. */
bool world_take(struct world *world, int64_t now_ns, struct happening *ret_happening);

/* Puts a packet into a socket; false: dropped for want of room. */
bool queue_put(struct socket_queue *queue, const struct happening *packet);
bool queue_take(struct socket_queue *queue, struct happening *ret_packet);

static inline bool is_packet(enum kind kind)
{
    return kind < HAPPENS_RESOLVED;
}

static inline uint32_t host_of(enum host_kind kind, uint32_t number)
{
    return (uint32_t)kind << HOST_KIND_SHIFT | number;
}

static inline enum host_kind host_kind(uint32_t host)
{
    return (enum host_kind)(host >> HOST_KIND_SHIFT);
}

static inline bool host_is_v6(uint32_t host)
{
    return host >> HOST_KIND_SHIFT != HOST_V4;
}

struct mping_addr host_addr(uint32_t host);
/* The host that has the address, NOBODY if none can. */
uint32_t host_by_addr(const struct mping_addr *addr);

#endif
