/* SPDX-License-Identifier: Apache-2.0 */
#include "targets/range/octets.h"

#include <string.h>

bool app_octets_is_one(const char *text)
{
    return text[strspn(text, "0123456789.,*-")] == '\0' && strchr(text, '.') != NULL &&
           strpbrk(text, ",*-") != NULL;
}

/* Up to three digits: NULL, or what is wrong. */
static const char *read_value(const char **at, unsigned *ret_value)
{
    const char *s = *at;
    unsigned value = 0;

    if (*s == '0' && s[1] >= '0' && s[1] <= '9')
        return "a number with a leading zero, which is octal to some and decimal to others";
    while (*s >= '0' && *s <= '9' && value <= 255)
        value = value * 10 + (unsigned)(*s++ - '0');
    if (s == *at || value > 255)
        return "an octet is not between 0 and 255";
    *at = s;
    *ret_value = value;
    return NULL;
}

/* "*", "7" or "7-9", marked in set. */
static const char *read_part(const char **at, bool set[256])
{
    unsigned from = 0, to = 255;
    const char *problem = NULL;

    if (**at == '*') {
        ++*at;
    } else {
        problem = read_value(at, &from);
        to = from;
        if (problem == NULL && **at == '-') {
            ++*at;
            problem = read_value(at, &to);
        }
    }
    if (problem != NULL)
        return problem;
    if (to < from)
        return "a range of octets ends before it begins";
    for (unsigned value = from; value <= to; value++)
        set[value] = true;
    return NULL;
}

static const char *read_octet(const char **at, struct app_octets *octets, int octet)
{
    bool set[256] = {false};
    const char *problem;

    for (;;) {
        problem = read_part(at, set);
        if (problem != NULL)
            return problem;
        if (**at != ',')
            break;
        ++*at;
    }
    octets->n[octet] = 0;
    for (unsigned value = 0; value < 256; value++) {
        if (set[value])
            octets->values[octet][octets->n[octet]++] = (uint8_t)value;
    }
    return NULL;
}

const char *app_octets_read(struct app_octets *ret_octets, const char *text)
{
    for (int octet = 0; octet < 4; octet++) {
        const char *problem = read_octet(&text, ret_octets, octet);

        if (problem != NULL)
            return problem;
        if (*text != (octet < 3 ? '.' : '\0'))
            return "a range of IPv4 addresses is a-b, or has four octets";
        text++;
    }
    return NULL;
}

uint64_t app_octets_count(const struct app_octets *octets)
{
    return (uint64_t)octets->n[0] * octets->n[1] * octets->n[2] * octets->n[3];
}

void app_octets_at(const struct app_octets *octets, uint64_t i, uint8_t ret_ip[4])
{
    for (int octet = 3; octet >= 0; octet--) {
        ret_ip[octet] = octets->values[octet][i % octets->n[octet]];
        i /= octets->n[octet];
    }
}
