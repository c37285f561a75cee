/* SPDX-License-Identifier: Apache-2.0 */
/* ICMP packets as the lab's peers see and make them; written apart from the library. */
#ifndef MULTIPING_TESTS_API_LAB_PACKET_H
#define MULTIPING_TESTS_API_LAB_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LAB_PACKET_MAX = 2048 };

/* An IP packet that holds one ICMP message; addresses use 4 or 16 bytes. */
struct lab_packet {
    int family;
    uint8_t src[16], dst[16];
    uint8_t ttl, tos;
    bool dont_fragment; /* IPv4 only */
    bool bad_checksum;  /* lab_packet_build() spoils the ICMP checksum */
    size_t icmp_len;
    uint8_t icmp[LAB_PACKET_MAX];
};

/* The fields of an echo message. */
uint16_t lab_echo_id(const struct lab_packet *packet);
uint16_t lab_echo_seq(const struct lab_packet *packet);
void lab_echo_set_id(struct lab_packet *packet, uint16_t id);
void lab_echo_set_seq(struct lab_packet *packet, uint16_t seq);

/* Takes an unfragmented echo request apart; false if the bytes are anything else. */
bool lab_packet_parse(struct lab_packet *ret_packet, const uint8_t *data, size_t len);

/* Writes the packet with all checksums right; returns its length, at most LAB_PACKET_MAX + 40. */
size_t lab_packet_build(const struct lab_packet *packet, uint8_t *ret_data);

/* Makes the reply that a well-behaved host gives to a request. */
struct lab_packet lab_packet_reply(const struct lab_packet *request);

/*
 * Makes the ICMP error "host unreachable" (IPv4 3/1, IPv6 1/3) that the request's destination
 * sends about it, with the whole request quoted.
 */
struct lab_packet lab_packet_unreachable(const struct lab_packet *request);

#endif
