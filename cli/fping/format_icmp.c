/* SPDX-License-Identifier: Apache-2.0 */
/* ICMP errors in fping's words. */
#include "fping/format_icmp.h"

#include <stdbool.h>
#include <stdio.h>
#include <sys/socket.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum {
    ICMP4_UNREACHABLE = 3,
    ICMP4_SOURCE_QUENCH = 4,
    ICMP4_REDIRECT = 5,
    ICMP4_TIME_EXCEEDED = 11,
    ICMP4_PARAMETER = 12,
    ICMP6_UNREACHABLE = 1,
    ICMP6_TOO_BIG = 2,
    ICMP6_TIME_EXCEEDED = 3,
    ICMP6_PARAMETER = 4,
};

static const char *const unreachable4[] = {
    "ICMP Network Unreachable",
    "ICMP Host Unreachable",
    "ICMP Protocol Unreachable",
    "ICMP Port Unreachable",
    "ICMP Unreachable (Fragmentation Needed)",
    "ICMP Unreachable (Source Route Failed)",
    "ICMP Unreachable (Destination Network Unknown)",
    "ICMP Unreachable (Destination Host Unknown)",
    "ICMP Unreachable (Source Host Isolated)",
    "ICMP Unreachable (Communication with Network Prohibited)",
    "ICMP Unreachable (Communication with Host Prohibited)",
    "ICMP Unreachable (Network Unreachable For Type Of Service)",
    "ICMP Unreachable (Host Unreachable For Type Of Service)",
    "ICMP Unreachable (Communication Administratively Prohibited)",
    "ICMP Unreachable (Host Precedence Violation)",
    "ICMP Unreachable (Precedence cutoff in effect)",
};

static const char *const unreachable6[] = {
    "No route to destination",
    "Communication with destination administratively prohibited",
    "Beyond scope of source address",
    "Address unreachable",
    "Port unreachable",
    "Source address failed ingress/egress policy",
    "Reject route to destination",
    "Error in Source Routing Header",
    "Headers too long",
    "Error in P-Route",
};

static const char *const exceeded6[] = {
    "Hop limit exceeded in transit",
    "Fragment reassembly time exceeded",
};

static const char *const parameter6[] = {
    "Erroneous header field encountered",
    "Unrecognized Next Header type encountered",
    "Unrecognized IPv6 option encountered",
    "IPv6 First Fragment has incomplete IPv6 Header Chain",
    "SR Upper-layer Header Error",
    "Unrecognized Next Header type encountered by intermediate node",
    "Extension header too big",
    "Extension header chain too long",
    "Too many extension headers",
    "Too many options in extension header",
    "Option too big",
};

/* "ICMPv6 TYPE (NAME)", or "ICMPv6 TYPE (Code N)" where the code has no name. */
static void put6(char *text, size_t size, const char *type, const char *const *names, size_t n,
                 unsigned code)
{
    if (code < n)
        (void)snprintf(text, size, "ICMPv6 %s (%s)", type, names[code]);
    else
        (void)snprintf(text, size, "ICMPv6 %s (Code %u)", type, code);
}

static const char *what4(const struct mping_event *event)
{
    switch (event->icmp_type) {
    case ICMP4_UNREACHABLE:
        return event->icmp_code < COUNT(unreachable4) ? unreachable4[event->icmp_code]
                                                      : "ICMP Unreachable (Invalid Code)";
    case ICMP4_SOURCE_QUENCH:
        return "ICMP Source Quench";
    case ICMP4_REDIRECT:
        return "ICMP Redirect";
    case ICMP4_TIME_EXCEEDED:
        return "ICMP Time Exceeded";
    default:
        return "ICMP Parameter Problem";
    }
}

static void what6(const struct mping_event *event, char *text, size_t size)
{
    unsigned code = event->icmp_code;

    switch (event->icmp_type) {
    case ICMP6_UNREACHABLE:
        put6(text, size, "Destination Unreachable", unreachable6, COUNT(unreachable6), code);
        break;
    case ICMP6_TOO_BIG:
        (void)snprintf(text, size, "ICMPv6 Packet Too Big");
        break;
    case ICMP6_TIME_EXCEEDED:
        put6(text, size, "Time Exceeded", exceeded6, COUNT(exceeded6), code);
        break;
    default:
        put6(text, size, "Parameter Problem", parameter6, COUNT(parameter6), code);
    }
}

size_t fping_icmp_text(char *text, size_t size, const struct mping_event *event, const char *name)
{
    bool v6 = event->dst.family == AF_INET6;
    char from[MPING_ADDR_TEXT_MAX], what[128];
    int len;

    mping_addr_format(&event->peer, from, sizeof(from));
    if (v6)
        what6(event, what, sizeof(what));
    else
        (void)snprintf(what, sizeof(what), "%s", what4(event));
    len = snprintf(text, size, "%s from %s for %s sent to %s", what, from,
                   v6 ? "ICMPv6 Echo Request" : "ICMP Echo", name);
    return len < (int)size ? (size_t)len : size - 1;
}
