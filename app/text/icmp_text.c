/* SPDX-License-Identifier: Apache-2.0 */
#include "text/icmp_text.h"

#include <stddef.h>
#include <sys/socket.h>

/* What icmp_info holds and how it is shown. */
enum info { INFO_NONE, INFO_MTU, INFO_POINTER, INFO_GATEWAY };

struct icmp_name {
    uint8_t type;
    uint8_t code;
    enum info info;
    const char *text;
};

/* RFC 792, RFC 1122 section 3.2.2.1, RFC 1812 section 5.2.7.1. */
static const struct icmp_name names4[] = {
    {3, 0, INFO_NONE, "Destination Net Unreachable"},
    {3, 1, INFO_NONE, "Destination Host Unreachable"},
    {3, 2, INFO_NONE, "Destination Protocol Unreachable"},
    {3, 3, INFO_NONE, "Destination Port Unreachable"},
    {3, 4, INFO_MTU, "Frag needed and DF set"},
    {3, 5, INFO_NONE, "Source Route Failed"},
    {3, 6, INFO_NONE, "Destination Net Unknown"},
    {3, 7, INFO_NONE, "Destination Host Unknown"},
    {3, 8, INFO_NONE, "Source Host Isolated"},
    {3, 9, INFO_NONE, "Destination Net Prohibited"},
    {3, 10, INFO_NONE, "Destination Host Prohibited"},
    {3, 11, INFO_NONE, "Destination Net Unreachable for Type of Service"},
    {3, 12, INFO_NONE, "Destination Host Unreachable for Type of Service"},
    {3, 13, INFO_NONE, "Packet filtered"},
    {3, 14, INFO_NONE, "Precedence Violation"},
    {3, 15, INFO_NONE, "Precedence Cutoff"},
    {4, 0, INFO_NONE, "Source Quench"},
    {5, 0, INFO_GATEWAY, "Redirect Network"},
    {5, 1, INFO_GATEWAY, "Redirect Host"},
    {5, 2, INFO_GATEWAY, "Redirect Type of Service and Network"},
    {5, 3, INFO_GATEWAY, "Redirect Type of Service and Host"},
    {11, 0, INFO_NONE, "Time to live exceeded"},
    {11, 1, INFO_NONE, "Frag reassembly time exceeded"},
    {12, 0, INFO_POINTER, "Parameter problem"},
    {12, 1, INFO_NONE, "Parameter problem: required option missing"},
    {12, 2, INFO_NONE, "Parameter problem: bad length"},
};

/* RFC 4443, RFC 6554 (1, 7), RFC 7112 (4, 3), RFC 8883 (4, 4 and on). */
static const struct icmp_name names6[] = {
    {1, 0, INFO_NONE, "Destination unreachable: No route"},
    {1, 1, INFO_NONE, "Destination unreachable: Administratively prohibited"},
    {1, 2, INFO_NONE, "Destination unreachable: Beyond scope of source address"},
    {1, 3, INFO_NONE, "Destination unreachable: Address unreachable"},
    {1, 4, INFO_NONE, "Destination unreachable: Port unreachable"},
    {1, 5, INFO_NONE, "Destination unreachable: Source address failed policy"},
    {1, 6, INFO_NONE, "Destination unreachable: Reject route"},
    {1, 7, INFO_NONE, "Destination unreachable: Error in source routing header"},
    {2, 0, INFO_MTU, "Packet too big"},
    {3, 0, INFO_NONE, "Time exceeded: Hop limit"},
    {3, 1, INFO_NONE, "Time exceeded: Fragment reassembly"},
    {4, 0, INFO_POINTER, "Parameter problem: Wrong header field"},
    {4, 1, INFO_POINTER, "Parameter problem: Unknown header"},
    {4, 2, INFO_POINTER, "Parameter problem: Unknown option"},
    {4, 3, INFO_POINTER, "Parameter problem: Incomplete header chain"},
    {4, 4, INFO_POINTER, "Parameter problem: Too many headers"},
};

static const struct icmp_name *find(const struct icmp_name *names, size_t n, uint8_t type,
                                    uint8_t code)
{
    for (size_t i = 0; i < n; i++) {
        if (names[i].type == type && names[i].code == code)
            return &names[i];
    }
    return NULL;
}

static void add_gateway(struct app_text *text, uint32_t gateway)
{
    for (int shift = 24; shift >= 0; shift -= 8) {
        app_text_count(text, gateway >> shift & 0xff);
        if (shift > 0)
            app_text_char(text, '.');
    }
}

static void add_info(struct app_text *text, enum info kind, uint32_t info)
{
    static const char *const heads[] = {
        [INFO_MTU] = " (mtu = ",
        [INFO_POINTER] = " (pointer = ",
        [INFO_GATEWAY] = " (new nexthop: ",
    };

    if (kind == INFO_NONE)
        return;
    app_text_add(text, heads[kind]);
    if (kind == INFO_GATEWAY)
        add_gateway(text, info);
    else
        app_text_count(text, info);
    app_text_char(text, ')');
}

void app_icmp_text(struct app_text *text, uint16_t family, uint8_t type, uint8_t code,
                   uint32_t info)
{
    const struct icmp_name *name =
        family == AF_INET6 ? find(names6, sizeof(names6) / sizeof(names6[0]), type, code)
                           : find(names4, sizeof(names4) / sizeof(names4[0]), type, code);

    if (name == NULL) {
        app_text_add(text, "ICMP type ");
        app_text_count(text, type);
        app_text_add(text, " code ");
        app_text_count(text, code);
        return;
    }
    app_text_add(text, name->text);
    add_info(text, name->info, info);
}
