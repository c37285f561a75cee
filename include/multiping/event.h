/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the engine has to say. Each probe gets exactly one verdict; what comes on top (a
 * late reply, a duplicate, a forgery) is an event of its own and never changes it.
 */
#ifndef MULTIPING_EVENT_H
#define MULTIPING_EVENT_H

#include <stdint.h>

#include <multiping/addr.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mping_target;

enum mping_event_type {
    /* Verdicts. */
    MPING_EV_REPLY = 1,         /* the host answered in time; err is 0 */
    MPING_EV_LOST = 2,          /* no reply, and nothing on our side explains it */
    MPING_EV_UNREACHABLE = 3,   /* no reply, and an ICMP error said why: icmp_*, peer */
    MPING_EV_SEND_ERROR = 4,    /* it never left; err is -errno or MPING_EEXCLUDED */
    MPING_EV_RESOLVE_ERROR = 5, /* the name did not resolve, so no probe was made: reason */
    MPING_EV_CANCELED = 6,      /* still out when the target was canceled */
    MPING_EV_UNKNOWN = 7,       /* no reply, but one may have been missed: reason */

    /* Beside the verdicts. */
    MPING_EV_LATE = 16,       /* a true reply after the verdict; rtt_ns tells how late */
    MPING_EV_DUPLICATE = 17,  /* a further true reply to an answered probe */
    MPING_EV_MISMATCH = 18,   /* looks like a reply but is none: reason, peer */
    MPING_EV_ICMP_ERROR = 19, /* an ICMP error quotes a probe still out; a hint, no verdict */

    /* The life of a target. */
    MPING_EV_SENT = 32,     /* the probe has left */
    MPING_EV_RESOLVED = 33, /* the name has an address now, or another one, or after
                               MPING_EV_STALE an answer again: dst */
    MPING_EV_FINISHED = 34, /* the last event of a target; err tells why it ended, 0 if done */
    MPING_EV_STALE = 35     /* a name with an address could not be looked up again: reason. The
                               address goes on; once, until the next MPING_EV_RESOLVED */
};

/* The bit of an event type in mping_target_opts.events. */
#define MPING_EVENT_BIT(type) (UINT64_C(1) << (type))
/* All verdicts. */
#define MPING_EVENTS_VERDICTS UINT64_C(0xfe)
/* What a target reports unless told otherwise: everything but MPING_EV_SENT. */
#define MPING_EVENTS_DEFAULT                                                     \
    (MPING_EVENTS_VERDICTS | MPING_EVENT_BIT(MPING_EV_LATE) |                    \
     MPING_EVENT_BIT(MPING_EV_DUPLICATE) | MPING_EVENT_BIT(MPING_EV_MISMATCH) |  \
     MPING_EVENT_BIT(MPING_EV_ICMP_ERROR) | MPING_EVENT_BIT(MPING_EV_RESOLVED) | \
     MPING_EVENT_BIT(MPING_EV_FINISHED) | MPING_EVENT_BIT(MPING_EV_STALE))

/* Why a verdict is unknown, a packet is no reply, or a name has no address. */
enum mping_reason {
    MPING_REASON_NONE = 0,

    /* MPING_EV_UNKNOWN */
    MPING_REASON_RX_DROP = 1,  /* the kernel dropped received packets while the probe was out */
    MPING_REASON_STALL = 2,    /* this process was not running when the deadline passed */
    MPING_REASON_SUSPEND = 3,  /* the machine slept while the probe was out */
    MPING_REASON_SEQ_WRAP = 4, /* 65,536 probes later its sequence number was needed again */
    MPING_REASON_TX_DROP =
        5,                 /* the kernel dropped packets on their way out, and cannot tell which */
    MPING_REASON_LINK = 6, /* the interface it left through was down or went away meanwhile */

    /* MPING_EV_MISMATCH */
    MPING_REASON_SOURCE = 16,    /* proof is right, but another address answered: peer */
    MPING_REASON_CHECKSUM = 17,  /* the ICMP checksum is wrong (RFC 1071) */
    MPING_REASON_PROOF = 18,     /* the payload does not carry what we sent */
    MPING_REASON_TRUNCATED = 19, /* so short that it does not hold the whole proof */
    MPING_REASON_CODE = 20,      /* an echo reply with a code other than 0 */
    MPING_REASON_UNSENT = 21,    /* no such probe is known: never sent, or long forgotten */
    MPING_REASON_FOREIGN = 22,   /* not for this engine at all; only counted */

    /* MPING_EV_RESOLVE_ERROR, MPING_EV_STALE */
    MPING_REASON_NOT_A_NAME = 32,     /* no host name can look like that */
    MPING_REASON_NO_SUCH_NAME = 33,   /* the name does not exist */
    MPING_REASON_NO_ADDRESS = 34,     /* it has no address of the wanted family */
    MPING_REASON_NO_ANSWER = 35,      /* not within resolve_timeout_ns */
    MPING_REASON_NO_SERVER = 36,      /* no name server can be reached */
    MPING_REASON_SERVER_FAILED = 37,  /* SERVFAIL, or an answer that makes no sense */
    MPING_REASON_SERVER_REFUSED = 38, /* REFUSED */
    MPING_REASON_NO_THREAD = 39 /* none could be started for the lookup: a limit of this machine */
};

/* Where a time stamp was taken. */
enum mping_stamp {
    MPING_STAMP_NONE = 0,
    MPING_STAMP_USER = 1,   /* by this process, beside the system call */
    MPING_STAMP_KERNEL = 2, /* by the kernel, when the packet passed it */
    MPING_STAMP_CALL = 3 /* by this process, before the call that has sent the packet with others:
                            it left then or a little later. Taken where the usual estimate would
                            be later than the reply, or than the kernel's stamp of one behind it */
};

/*
 * One event. 256 bytes for good: new fields take the place of reserved ones. Borrowed:
 * valid until the callback returns, or after mping_next() for as long as the caller likes.
 * `host` may point to `host_text` of this very event, so a copy must not use it: ask
 * mping_target_host(). Otherwise it lives as long as the target. Fields that an event has nothing
 * to say about are 0, `ttl`, `tos` and `rtt_ns` -1.
 */
struct mping_event {
    enum mping_event_type type;
    int err;                     /* 0, MPING_E* or -errno */
    struct mping_target *target; /* the engine's until mping_close(); NULL from mping_once() */
    void *user;                  /* mping_target_opts.user */
    const char *host;            /* as given to mping_add() */
    struct mping_addr dst;       /* where the probe went */
    struct mping_addr src;       /* our own address, as the reply was addressed to it */
    struct mping_addr peer;      /* who sent the packet that this event is about */
    uint64_t count;              /* number of the target's probe, from 0, never wraps */
    int64_t sent_ns;             /* when it left, CLOCK_MONOTONIC */
    int64_t sent_wall_ns;        /* the same as CLOCK_REALTIME, for showing only */
    int64_t received_ns;         /* when this event's packet arrived, CLOCK_MONOTONIC */
    int64_t timeout_ns;          /* how long the probe waits at most; 0: for ever */
    int64_t rtt_ns;              /* received_ns - sent_ns, of a reply always above 0 */
    uint32_t icmp_bytes;         /* ICMP header and payload as received */
    uint32_t icmp_info;          /* ICMP errors, bytes 4 to 7 (RFC 792, RFC 1191, RFC 4443):
                                    MTU, pointer or gateway, host byte order */
    uint16_t id;                 /* ICMP identifier, host byte order */
    uint16_t seq;                /* ICMP sequence number: count modulo 65,536 */
    int16_t ttl;                 /* TTL or hop limit of the received packet */
    int16_t tos;                 /* TOS or traffic class of the received packet */
    uint8_t icmp_type;           /* of the received packet; errors: IPv4 or IPv6 numbering */
    uint8_t icmp_code;           /* of the received packet */
    uint8_t reason;              /* enum mping_reason */
    uint8_t attempt;             /* attempts mode: which try, from 0 */
    uint8_t tx_stamp;            /* enum mping_stamp of sent_ns */
    uint8_t rx_stamp;            /* enum mping_stamp of received_ns */
    uint8_t truncated;          /* 1: a true reply, but shorter than its probe: some hosts cut it */
    uint8_t longer;             /* 1: a true reply with more behind what the probe carried */
    uint32_t icmp_originate_ms; /* MPING_FLAG_TIMESTAMP: of the reply, as RFC 792 has them: */
    uint32_t icmp_receive_ms;   /* milliseconds since midnight UTC, or something else if the */
    uint32_t icmp_transmit_ms;  /* high bit is set */
    uint32_t reserved32;        /* 0 */
    char host_text[16];         /* the host, if it is an IPv4 address; else empty */
    uint64_t reserved64[6];     /* 0 */
};

/* "lost", "reply", ...: the name of the type in lower case. Static string. Any thread. */
MPING_API const char *mping_event_name(enum mping_event_type type);

/* "receive drop", "wrong source", ...: the reason for people. Static string. Any thread. */
MPING_API const char *mping_reason_text(enum mping_reason reason);

#ifdef __cplusplus
}
#endif
#endif
