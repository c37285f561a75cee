/* SPDX-License-Identifier: Apache-2.0 */
#include "text/escape.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* Code points that are valid but not for showing. */
static const struct {
    uint32_t first;
    uint32_t last;
} hidden[] = {
    {0x00, 0x1f},       /* C0 */
    {0x5c, 0x5c},       /* the backslash, because it begins our own escapes */
    {0x7f, 0x9f},       /* DEL and C1 */
    {0xad, 0xad},       /* soft hyphen */
    {0x34f, 0x34f},     /* combining grapheme joiner */
    {0x61c, 0x61c},     /* Arabic letter mark */
    {0x115f, 0x1160},   /* Hangul fillers */
    {0x17b4, 0x17b5},   /* Khmer inherent vowels */
    {0x180b, 0x180f},   /* Mongolian variation selectors and vowel separator */
    {0x200b, 0x200f},   /* zero width, direction marks */
    {0x2028, 0x202e},   /* line and paragraph separators, direction embeddings */
    {0x2060, 0x206f},   /* word joiner, direction isolates, deprecated formats */
    {0x3164, 0x3164},   /* Hangul filler */
    {0xfe00, 0xfe0f},   /* variation selectors */
    {0xfeff, 0xfeff},   /* zero width no-break space, byte order mark */
    {0xffa0, 0xffa0},   /* halfwidth Hangul filler */
    {0xfff0, 0xfffb},   /* unassigned but ignorable, interlinear annotation */
    {0x1bca0, 0x1bca3}, /* shorthand format controls */
    {0x1d173, 0x1d17a}, /* musical format controls */
    {0xe0000, 0xe0fff}, /* tags, variation selectors */
};

static bool is_hidden(uint32_t point)
{
    for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++) {
        if (point >= hidden[i].first && point <= hidden[i].last)
            return true;
    }
    return false;
}

/* Bytes of the sequence that begins with this byte, 0 if none does. */
static size_t sequence_length(unsigned char first)
{
    if (first < 0x80)
        return 1;
    if (first >= 0xc2 && first <= 0xdf)
        return 2;
    if (first >= 0xe0 && first <= 0xef)
        return 3;
    return first >= 0xf0 && first <= 0xf4 ? 4 : 0;
}

size_t app_utf8_decode(const unsigned char *s, uint32_t *ret_point)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t len = sequence_length(s[0]);
    uint32_t point;

    if (len == 0)
        return 0;
    point = len == 1 ? s[0] : s[0] & (0xffu >> (len + 1));
    for (size_t i = 1; i < len; i++) {
        if ((s[i] & 0xc0) != 0x80)
            return 0;
        point = point << 6 | (s[i] & 0x3fu);
    }
    if (point < least[len] || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff))
        return 0;
    *ret_point = point;
    return len;
}

static void put_hex(char *out, unsigned char byte)
{
    static const char digits[] = "0123456789abcdef";

    out[0] = '\\';
    out[1] = 'x';
    out[2] = digits[byte >> 4];
    out[3] = digits[byte & 0xf];
}

size_t app_escape_char(char out[static APP_ESCAPED_CHAR_MAX], const char *string, size_t *ret_in)
{
    const unsigned char *s = (const unsigned char *)string;
    uint32_t point = 0;
    size_t in = app_utf8_decode(s, &point);

    *ret_in = in > 0 ? in : 1;
    if (in > 0 && !is_hidden(point)) {
        memcpy(out, s, in);
        return in;
    }
    for (size_t i = 0; i < *ret_in; i++)
        put_hex(out + 4 * i, s[i]);
    return 4 * *ret_in;
}

size_t app_escape(char *out, size_t out_size, const char *string)
{
    size_t room = out_size - 1 < APP_ESCAPED_MAX ? out_size - 1 : APP_ESCAPED_MAX;
    size_t len = 0;

    while (*string != '\0') {
        char one[APP_ESCAPED_CHAR_MAX];
        size_t in, need = app_escape_char(one, string, &in);

        if (need > room - len)
            break;
        memcpy(out + len, one, need);
        len += need;
        string += in;
    }
    out[len] = '\0';
    return len;
}
