/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MULTIPING_APP_TEXT_ICMP_TEXT_H
#define MULTIPING_APP_TEXT_ICMP_TEXT_H

#include <stdint.h>

#include "text/text.h"

/*
 * What an ICMP error says, in ping's words where it has some, such as "Destination Host
 * Unreachable"; "ICMP type 3 code 99" for what has no name. family is AF_INET or AF_INET6,
 * info the MTU, pointer or gateway of the error, in host byte order.
 */
void app_icmp_text(struct app_text *text, uint16_t family, uint8_t type, uint8_t code,
                   uint32_t info);

#endif
