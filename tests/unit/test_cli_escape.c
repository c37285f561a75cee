/* SPDX-License-Identifier: Apache-2.0 */
/* Strings from outside: nothing acts on a terminal, nothing is lost, nothing is too long. */
#include "text/escape.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tap.h"

static const struct {
    const char *what, *in, *want;
} rows[] = {
    {"nothing", "", ""},
    {"a name", "host-1.example.org", "host-1.example.org"},
    {"an address", "fe80::1%eth0", "fe80::1%eth0"},
    {"blanks and signs stay", " !\"#$%&'()*+,-./:;<=>?@[]^_`{|}~",
     " !\"#$%&'()*+,-./:;<=>?@[]^_`{|}~"},
    {"the backslash", "a\\b", "a\\x5cb"},
    {"what looks like our own", "\\x1b", "\\x5cx1b"},
    {"line feed", "a\nb", "a\\x0ab"},
    {"return", "a\rb", "a\\x0db"},
    {"tab", "a\tb", "a\\x09b"},
    {"bell and backspace", "\a\b", "\\x07\\x08"},
    {"colour", "\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"},
    {"title", "\x1b]0;pwned\x07", "\\x1b]0;pwned\\x07"},
    {"DEL",
     "a\x7f"
     "b",
     "a\\x7fb"},
    {"C1 as a byte",
     "\x9b"
     "31m",
     "\\x9b31m"},
    {"C1 in UTF-8",
     "\xc2\x9b"
     "31m",
     "\\xc2\\x9b31m"},
    {"first and last of C1", "\xc2\x80\xc2\x9f\xc2\xa0", "\\xc2\\x80\\xc2\\x9f\xc2\xa0"},
    {"UTF-8 of two, three, four bytes", "\xc3\xbc\xe2\x82\xac\xf0\x9f\x90\xa7",
     "\xc3\xbc\xe2\x82\xac\xf0\x9f\x90\xa7"},
    {"Latin 1", "m\xfcller", "m\\xfcller"},
    {"overlong slash", "\xc0\xaf", "\\xc0\\xaf"},
    {"overlong ESC of two", "\xc0\x9b", "\\xc0\\x9b"},
    {"overlong ESC of three", "\xe0\x80\x9b", "\\xe0\\x80\\x9b"},
    {"overlong ESC of four", "\xf0\x80\x80\x9b", "\\xf0\\x80\\x80\\x9b"},
    {"overlong C1", "\xe0\x82\x9b", "\\xe0\\x82\\x9b"},
    {"half a surrogate pair", "\xed\xa0\x80", "\\xed\\xa0\\x80"},
    {"the last before and the first after", "\xed\x9f\xbf\xee\x80\x80", "\xed\x9f\xbf\xee\x80\x80"},
    {"beyond U+10FFFF", "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"},
    {"five bytes", "\xf8\x88\x80\x80\x80", "\\xf8\\x88\\x80\\x80\\x80"},
    {"cut after one of two", "a\xc3", "a\\xc3"},
    {"cut after two of three", "\xe2\x82", "\\xe2\\x82"},
    {"cut after three of four", "\xf0\x9f\x90", "\\xf0\\x9f\\x90"},
    {"cut by a letter", "\xe2\x82z", "\\xe2\\x82z"},
    {"tails without a head", "\x80\xbf", "\\x80\\xbf"},
    {"FE and FF", "\xfe\xff", "\\xfe\\xff"},
    {"soft hyphen",
     "a\xc2\xad"
     "b",
     "a\\xc2\\xadb"},
    {"zero width space",
     "a\xe2\x80\x8b"
     "b",
     "a\\xe2\\x80\\x8bb"},
    {"zero width joiner", "\xe2\x80\x8d", "\\xe2\\x80\\x8d"},
    {"right-to-left mark", "\xe2\x80\x8f", "\\xe2\\x80\\x8f"},
    {"right-to-left override", "\xe2\x80\xaegro", "\\xe2\\x80\\xaegro"},
    {"isolate", "\xe2\x81\xa6x\xe2\x81\xa9", "\\xe2\\x81\\xa6x\\xe2\\x81\\xa9"},
    {"Arabic letter mark", "\xd8\x9c", "\\xd8\\x9c"},
    {"line and paragraph separators", "\xe2\x80\xa8\xe2\x80\xa9", "\\xe2\\x80\\xa8\\xe2\\x80\\xa9"},
    {"word joiner", "\xe2\x81\xa0", "\\xe2\\x81\\xa0"},
    {"byte order mark", "\xef\xbb\xbfhost", "\\xef\\xbb\\xbfhost"},
    {"variation selector", "\xef\xb8\x8f", "\\xef\\xb8\\x8f"},
    {"tag", "\xf3\xa0\x81\x81", "\\xf3\\xa0\\x81\\x81"},
    {"Hangul filler", "\xe3\x85\xa4", "\\xe3\\x85\\xa4"},
    {"halfwidth Hangul filler", "\xef\xbe\xa0", "\\xef\\xbe\\xa0"},
    {"Hangul choseong filler", "\xe1\x85\x9f", "\\xe1\\x85\\x9f"},
    {"combining grapheme joiner", "\xcd\x8f", "\\xcd\\x8f"},
    {"Mongolian variation selector", "\xe1\xa0\x8b", "\\xe1\\xa0\\x8b"},
    {"musical format", "\xf0\x9d\x85\xb3", "\\xf0\\x9d\\x85\\xb3"},
    {"shorthand format", "\xf0\x9b\xb2\xa0", "\\xf0\\x9b\\xb2\\xa0"},
    {"last code point", "\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf"},
};

static void test_rows(void)
{
    for (unsigned r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
        char out[APP_ESCAPED_MAX + 1];
        size_t len = app_escape(out, sizeof(out), rows[r].in);

        ok(len == strlen(out) && strcmp(out, rows[r].want) == 0, "%s", rows[r].what);
    }
}

static int hex_value(char c)
{
    return c >= 'a' ? c - 'a' + 10 : c - '0';
}

/* Takes the escapes back; the length of what was there. */
static size_t unescape(char *out, const char *escaped)
{
    size_t len = 0;

    while (*escaped) {
        if (escaped[0] == '\\') {
            out[len++] = (char)(hex_value(escaped[2]) << 4 | hex_value(escaped[3]));
            escaped += 4;
        } else {
            out[len++] = *escaped++;
        }
    }
    out[len] = '\0';
    return len;
}

/* Whether a byte could act on any terminal, or is not part of a whole character. */
static bool is_harmless(const char *text)
{
    const unsigned char *s = (const unsigned char *)text;

    while (*s) {
        size_t tails = *s >= 0xf0 ? 3 : *s >= 0xe0 ? 2 : *s >= 0xc0 ? 1 : 0;

        if (*s < 0x20 || *s == 0x7f || (*s >= 0x80 && tails == 0))
            return false;
        if (*s == 0xc2 && s[1] < 0xa0)
            return false;
        for (s++; tails > 0; tails--, s++)
            if ((*s & 0xc0) != 0x80)
                return false;
    }
    return true;
}

/* Random bytes, mostly of the kind that begins or goes on with UTF-8. */
static void test_random(void)
{
    unsigned lossy = 0, harmful = 0;
    uint64_t state = 41;

    for (unsigned n = 0; n < 200000; n++) {
        char in[17], out[APP_ESCAPED_MAX + 1], back[APP_ESCAPED_MAX + 1];
        size_t len = n % sizeof(in);

        for (size_t i = 0; i < len; i++) {
            state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            in[i] = (char)((state >> 40) % 255 + 1);
            if (state >> 63)
                in[i] = (char)(0x80 | (state >> 50 & 0x3f));
        }
        in[len] = '\0';
        app_escape(out, sizeof(out), in);
        harmful += !is_harmless(out);
        unescape(back, out);
        lossy += strcmp(back, in) != 0;
    }
    ok(harmful == 0, "200,000 random strings come out harmless (%u do not)", harmful);
    ok(lossy == 0, "and can be taken back (%u cannot)", lossy);
}

/* A long string cut to every size: whole characters only, and never beyond its memory. */
static void test_sizes(void)
{
    static const char *const units[] = {"a",    "\xc3\xbc", "\xe2\x82\xac", "\xf0\x9f\x90\xa7",
                                        "\x1b", "\xc2\x9b"};
    static const size_t unit_out[] = {1, 2, 3, 4, 4, 8};
    unsigned wrong = 0;

    for (unsigned u = 0; u < 6; u++) {
        char in[2000] = "";

        for (unsigned i = 0; i < 400; i++)
            strcat(in, units[u]);
        for (size_t size = 1; size < 400; size++) {
            char *out = malloc(size);
            size_t room = size - 1 < APP_ESCAPED_MAX ? size - 1 : APP_ESCAPED_MAX;
            size_t len;

            if (!out)
                abort();
            len = app_escape(out, size, in);
            wrong += len != room / unit_out[u] * unit_out[u] || strlen(out) != len;
            wrong += !is_harmless(out);
            free(out);
        }
    }
    ok(wrong == 0, "cut between characters, whatever the room (%u wrong)", wrong);
}

static void test_long(void)
{
    char *in = malloc(1 << 20), out[APP_ESCAPED_MAX + 1];

    if (!in)
        abort();
    memset(in, 'x', (1 << 20) - 1);
    in[(1 << 20) - 1] = '\0';
    ok(app_escape(out, sizeof(out), in) == APP_ESCAPED_MAX, "of a megabyte 253 bytes are shown");
    free(in);
}

int main(void)
{
    test_rows();
    test_random();
    test_sizes();
    test_long();
    return done_testing();
}
