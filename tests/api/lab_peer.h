/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Peers behind the TUN device. What one does is told by the last byte of its address:
 * 198.51.100.12 and 2001:db8::c both play script 12. A thread of the lab answers.
 */
#ifndef MULTIPING_TESTS_API_LAB_PEER_H
#define MULTIPING_TESTS_API_LAB_PEER_H

#include <stdbool.h>

#include "lab_packet.h"

enum lab_script {
    LAB_SWALLOW,           /* nothing */
    LAB_ANSWER,            /* the right reply */
    LAB_BAD_CHECKSUM,      /* the right reply with a wrong ICMP checksum */
    LAB_BAD_PROOF,         /* first 16 payload bytes 0x7f: a time far in the future, to some */
    LAB_BAD_TAIL,          /* last payload byte changed */
    LAB_HEADER_ONLY,       /* no payload */
    LAB_CUT,               /* 16 bytes of payload only */
    LAB_OTHER_SOURCE,      /* the reply comes from script address LAB_STRANGER */
    LAB_CODE_1,            /* reply with ICMP code 1 */
    LAB_UNSENT_SEQ,        /* sequence number 1,000 ahead */
    LAB_OTHER_ID,          /* id with all bits turned */
    LAB_ECHO_BACK,         /* the request itself comes back as a request */
    LAB_TWICE,             /* two right replies */
    LAB_ONE_BEHIND,        /* each request is answered when the next one comes */
    LAB_UNREACHABLE,       /* ICMP error "host unreachable" */
    LAB_UNREACHABLE_OTHER, /* the same, quoting a packet to LAB_STRANGER */
    LAB_ERROR_THEN_ANSWER, /* the ICMP error, then the right reply */
    LAB_BAD_THEN_ANSWER,   /* a reply as LAB_BAD_PROOF, then the right one */
    LAB_EVERY_THIRD,       /* answers requests 3, 6, 9, ... */
    LAB_LONGER,            /* 8 bytes more than asked for */
    LAB_TTL_TOS,           /* the right reply with TTL LAB_TTL and TOS LAB_TOS */
    LAB_SCRIPTS,
    LAB_STRANGER = 200, /* plays nothing */
};

enum { LAB_TTL = 57, LAB_TOS = 0xb8 };

/* Room for the text of an address. */
enum { LAB_HOST_MAX = 64 };

/* Starts the thread. NULL, or why not. lab_start() comes first. */
const char *lab_peer_start(void);
void lab_peer_stop(void);

/* The address of a script as text. Returns text. */
const char *lab_peer_host(char text[LAB_HOST_MAX], int family, int script);

/* How many requests the peer has seen. */
unsigned lab_peer_requests(int family, int script);

/* The last request that the peer has seen; false if there was none. */
bool lab_peer_last(int family, int script, struct lab_packet *ret_packet);

#endif
