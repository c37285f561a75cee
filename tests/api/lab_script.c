/* SPDX-License-Identifier: Apache-2.0 */
#include "lab_script.h"

#include <string.h>
#include <sys/socket.h>

#include "lab_peer.h"

enum { ICMP_HEADER = 8 };

static void set_last_byte(uint8_t *addr, int family, uint8_t value)
{
    addr[family == AF_INET ? 3 : 15] = value;
}

static struct lab_packet bad_checksum(const struct lab_packet *request)
{
    struct lab_packet reply = lab_packet_reply(request);

    reply.bad_checksum = true;
    return reply;
}

static struct lab_packet bad_proof(const struct lab_packet *request)
{
    struct lab_packet reply = lab_packet_reply(request);

    memset(reply.icmp + ICMP_HEADER, 0x7f, 16);
    return reply;
}

static struct lab_packet bad_tail(const struct lab_packet *request)
{
    struct lab_packet reply = lab_packet_reply(request);

    reply.icmp[reply.icmp_len - 1] ^= 0x10;
    return reply;
}

static struct lab_packet header_only(const struct lab_packet *request)
{
    struct lab_packet reply = lab_packet_reply(request);

    reply.icmp_len = ICMP_HEADER;
    return reply;
}

static struct lab_packet cut(const struct lab_packet *request)
{
    struct lab_packet reply = lab_packet_reply(request);

    reply.icmp_len = ICMP_HEADER + 16;
    return reply;
}

static struct lab_packet other_source(const struct lab_packet *request)
{
    struct lab_packet reply = lab_packet_reply(request);

    set_last_byte(reply.src, reply.family, LAB_STRANGER);
    return reply;
}

static struct lab_packet code_1(const struct lab_packet *request)
{
    struct lab_packet reply = lab_packet_reply(request);

    reply.icmp[1] = 1;
    return reply;
}

static struct lab_packet unsent_seq(const struct lab_packet *request)
{
    struct lab_packet reply = lab_packet_reply(request);

    lab_echo_set_seq(&reply, (uint16_t)(lab_echo_seq(request) + 1000));
    return reply;
}

static struct lab_packet other_id(const struct lab_packet *request)
{
    struct lab_packet reply = lab_packet_reply(request);

    lab_echo_set_id(&reply, (uint16_t)~lab_echo_id(request));
    return reply;
}

static struct lab_packet echo_back(const struct lab_packet *request)
{
    struct lab_packet back = lab_packet_reply(request);

    back.icmp[0] = request->icmp[0];
    return back;
}

static struct lab_packet unreachable_other(const struct lab_packet *request)
{
    struct lab_packet other = *request;

    set_last_byte(other.dst, other.family, LAB_STRANGER);
    return lab_packet_unreachable(&other);
}

static struct lab_packet longer(const struct lab_packet *request)
{
    struct lab_packet reply = lab_packet_reply(request);

    memset(reply.icmp + reply.icmp_len, 0xee, 8);
    reply.icmp_len += 8;
    return reply;
}

static struct lab_packet ttl_tos(const struct lab_packet *request)
{
    struct lab_packet reply = lab_packet_reply(request);

    reply.ttl = LAB_TTL;
    reply.tos = LAB_TOS;
    return reply;
}

const struct lab_script_row *lab_script(int script)
{
    static const struct lab_script_row rows[LAB_SCRIPTS] = {
        [LAB_ANSWER] = {{lab_packet_reply}, false, 0},
        [LAB_BAD_CHECKSUM] = {{bad_checksum}, false, 0},
        [LAB_BAD_PROOF] = {{bad_proof}, false, 0},
        [LAB_BAD_TAIL] = {{bad_tail}, false, 0},
        [LAB_HEADER_ONLY] = {{header_only}, false, 0},
        [LAB_CUT] = {{cut}, false, 0},
        [LAB_OTHER_SOURCE] = {{other_source}, false, 0},
        [LAB_CODE_1] = {{code_1}, false, 0},
        [LAB_UNSENT_SEQ] = {{unsent_seq}, false, 0},
        [LAB_OTHER_ID] = {{other_id}, false, 0},
        [LAB_ECHO_BACK] = {{echo_back}, false, 0},
        [LAB_TWICE] = {{lab_packet_reply, lab_packet_reply}, false, 0},
        [LAB_ONE_BEHIND] = {{lab_packet_reply}, true, 0},
        [LAB_UNREACHABLE] = {{lab_packet_unreachable}, false, 0},
        [LAB_UNREACHABLE_OTHER] = {{unreachable_other}, false, 0},
        [LAB_ERROR_THEN_ANSWER] = {{lab_packet_unreachable, lab_packet_reply}, false, 0},
        [LAB_BAD_THEN_ANSWER] = {{bad_proof, lab_packet_reply}, false, 0},
        [LAB_EVERY_THIRD] = {{lab_packet_reply}, false, 3},
        [LAB_LONGER] = {{longer}, false, 0},
        [LAB_TTL_TOS] = {{ttl_tos}, false, 0},
    };

    return &rows[script >= 0 && script < LAB_SCRIPTS ? script : LAB_SWALLOW];
}
