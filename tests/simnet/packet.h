/* SPDX-License-Identifier: Apache-2.0 */
/* Echo requests as they come in, and every kind of packet that can come back. */
#ifndef MPING_SIMNET_PACKET_H
#define MPING_SIMNET_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    SN_IP4_HEADER = 20,
    SN_IP6_HEADER = 40,
    SN_ICMP_HEADER = 8,
    SN_PACKET_MAX = 65535 + SN_IP6_HEADER,
    SN_GROWTH_MAX = 128 /* a packet that comes back is at most so much longer */
};

/* A whole echo request. The bytes are the reader's and may be changed. */
struct sn_request {
    uint8_t *data; /* from the IP header on */
    size_t len;
    uint8_t *icmp;
    size_t icmp_len;
    bool v6;
    uint8_t address_len; /* 4 or 16 */
    const uint8_t *src, *dst;
    uint16_t id, seq;
    unsigned f, p, h; /* of the destination: 10.F.P.H, fd00:F:P::H */
};

/* What a packet that comes back is worth to whoever sent the request. */
enum sn_what {
    SN_REPLY,    /* the true reply */
    SN_FORGED,   /* looks like one */
    SN_ERROR,    /* a true ICMP error about the request */
    SN_BAD_ERROR /* an ICMP error that must not be believed */
};

enum sn_variant {
    SN_PLAIN,

    /* Replies that are true all the same. */
    SN_LONGER,      /* 16 bytes more than asked for */
    SN_SHORTENED,   /* to P bytes of payload: true if these hold the proof, the first eight */
    SN_ONE_SHORT,   /* likewise */
    SN_EIGHT_BYTES, /* of payload */
    SN_OPTION_NOP,  /* IP options, or extension headers, in front */
    SN_OPTION_ROUTE,
    SN_OPTION_STAMP,

    /* Forged replies. */
    SN_FIRST_BYTE, /* of the payload is another, checksum right */
    SN_LAST_BYTE,
    SN_CHECKSUM,    /* wrong */
    SN_HEADER_ONLY, /* nothing behind the ICMP header */
    SN_CODE,        /* not 0 */
    SN_OTHER_ID,
    SN_OTHER_SEQ, /* one that was never sent */
    SN_ZEROS,     /* as payload */
    SN_ONES,
    SN_REQUEST,    /* the request itself comes back */
    SN_TYPE,       /* ICMP timestamp reply; MLD done for IPv6 */
    SN_FOUR_BYTES, /* of ICMP */
    SN_NEXT_SEQ,   /* this payload under the next number */
    SN_NEIGHBOUR,  /* another address answers */
    SN_ROUTER,
    SN_OPTION_BAD, /* IP options that contradict themselves */

    /* Quotes: the first ones are true, the others are not. */
    SN_QUOTE_EIGHT,         /* no more than eight bytes of ICMP */
    SN_QUOTE_OPTION,        /* the quoted packet had options */
    SN_QUOTE_WORN,          /* TTL and checksum as a router leaves them */
    SN_QUOTE_BEHIND_OPTION, /* the error itself has options */
    SN_QUOTE_NO_ICMP,
    SN_QUOTE_HALF, /* an ICMP header */
    SN_QUOTE_OTHER_DST,
    SN_QUOTE_OTHER_SRC,
    SN_QUOTE_OTHER_ID,
    SN_QUOTE_OTHER_SEQ,
    SN_QUOTE_UDP,
    SN_QUOTE_BAD_HEADER,
    SN_QUOTE_REPLY, /* an echo reply is quoted */
    SN_QUOTE_NOTHING,
    SN_QUOTE_CHECKSUM, /* of the error is wrong */
    SN_QUOTE_FRAGMENT  /* that is not the first */
};

/* Takes a packet apart; false if it is no whole echo request. */
bool sn_request_parse(struct sn_request *ret_request, uint8_t *data, size_t len);

/* Makes the true reply out of the request, in place. The fast way for the usual case. */
void sn_reply_in_place(struct sn_request *request);

/* What a reply whose payload is left as it was, but perhaps not all of it, is worth. */
enum sn_what sn_what_is_left(const struct sn_request *request, enum sn_variant variant);

/* What comes back, written to out, which has room for request->len + SN_GROWTH_MAX bytes.
 * nth tells neighbours apart. Returns its length. */
size_t sn_build_reply(const struct sn_request *request, enum sn_variant variant, unsigned nth,
                      uint8_t *out);
size_t sn_build_error(const struct sn_request *request, enum sn_variant variant, uint8_t type,
                      uint8_t code, uint8_t *out);

#endif
