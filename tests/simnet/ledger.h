/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The truth: one record for every echo request that arrived, and what came back for it. The
 * file is a ring of fixed records that others map while it is written; where it has wrapped
 * the oldest are gone. All numbers are in host byte order.
 */
#ifndef MPING_SIMNET_LEDGER_H
#define MPING_SIMNET_LEDGER_H

#include <stdatomic.h>
#include <stdint.h>

enum { SN_LEDGER_HEADER = 4096, SN_LEDGER_VERSION = 2 };
#define SN_LEDGER_MAGIC UINT64_C(0x31726764656c6e73) /* "snledgr1" */

/* At the head of the file, SN_LEDGER_HEADER bytes in all. */
struct sn_ledger_header {
    uint64_t magic;
    uint32_t version;
    uint32_t record_bytes;
    uint64_t capacity;        /* records, a power of two */
    uint64_t seed;            /* of the weather */
    _Atomic uint64_t written; /* records so far: number n is at (n - 1) % capacity */
};

/* Times are CLOCK_MONOTONIC, 0: never. */
struct sn_record {
    uint64_t number;  /* from 1; 0: not written yet */
    int64_t in_ns;    /* read from the device */
    int64_t reply_ns; /* the first true reply is about to be handed to the kernel */
    int64_t error_ns; /* likewise the first true ICMP error */
    uint8_t dst[16];  /* as in the packet; IPv4 uses the first four bytes */
    uint16_t id, seq;
    uint16_t bytes;                 /* of ICMP */
    uint8_t family;                 /* 4 or 6 */
    uint8_t class;                  /* F of the address, at most 255 */
    uint16_t replies;               /* true ones handed over so far */
    uint16_t forged;                /* and others */
    uint8_t error_type, error_code; /* of the first true error */
    uint8_t errors;                 /* true ones so far */
    uint8_t refused;                /* what the kernel would not take: nobody can have seen it */
    uint32_t reply_took_us;         /* until the kernel had it, rounded up: before that moment */
    uint32_t error_took_us;         /* everybody has received it who ever will */
};

_Static_assert(sizeof(struct sn_record) == 72, "the layout is a promise");

struct sn_ledger {
    struct sn_ledger_header *header;
    struct sn_record *records;
    uint64_t bytes;
};

/* Makes the file: 0 or -errno. */
int sn_ledger_create(struct sn_ledger *ledger, const char *path, uint64_t capacity, uint64_t seed);
/* Maps one that somebody else writes: 0 or -errno. */
int sn_ledger_open(struct sn_ledger *ledger, const char *path);
void sn_ledger_close(struct sn_ledger *ledger);

/* A new record, with its number set. It becomes visible by sn_ledger_publish(). */
struct sn_record *sn_ledger_next(struct sn_ledger *ledger);
void sn_ledger_publish(struct sn_ledger *ledger);

/* The record of that number; NULL if it is gone or not yet there. */
struct sn_record *sn_ledger_at(const struct sn_ledger *ledger, uint64_t number);

#endif
