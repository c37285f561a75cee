/* SPDX-License-Identifier: Apache-2.0 */
/* What goes out: escapes that can be undone, numbers that can be read back, JSON strings. */
#include <errno.h>
#include <sys/socket.h>

#include "format/text_event.h"
#include "fuzz.h"
#include "text/escape.h"
#include "text/text.h"

static unsigned hex_value(char c)
{
    CHECK((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
    return c <= '9' ? (unsigned)(c - '0') : (unsigned)(c - 'a') + 10;
}

/* Takes the escapes out again: the text it was, or the beginning of it. */
static size_t unescape(char *out, const char *shown)
{
    size_t len = 0;

    for (; *shown; len++) {
        if (*shown != '\\') {
            out[len] = *shown++;
            continue;
        }
        CHECK(shown[1] == 'x');
        out[len] = (char)(hex_value(shown[2]) << 4 | hex_value(shown[3]));
        shown += 4;
    }
    return len;
}

static void check_escape(const char *string, size_t room)
{
    char shown[512], back[512];
    size_t len = app_escape(shown, room, string), back_len;

    CHECK(len < room && len <= APP_ESCAPED_MAX && shown[len] == '\0' && strlen(shown) == len);
    for (size_t i = 0; i < len; i++)
        CHECK((unsigned char)shown[i] >= 0x20 && shown[i] != 0x7f);
    back_len = unescape(back, shown);
    CHECK(back_len <= strlen(string) && memcmp(back, string, back_len) == 0);
    /* Nothing is left out that would have had room: a character is at most 4 bytes. */
    if (back_len < strlen(string))
        CHECK(len + 16 > room - 1 || len + 16 > APP_ESCAPED_MAX);
}

static void check_numbers(struct input *in)
{
    unsigned decimals = input_below(in, 19);
    uint64_t value = input_uint(in, 8), part = input_uint(in, 8), scale = 1;
    char memory[64], *end;
    struct app_text text = app_text_init(memory, sizeof(memory));
    uint64_t whole, fraction = 0;

    for (unsigned i = 0; i < decimals; i++)
        scale *= 10;
    app_text_fixed(&text, value, decimals);
    errno = 0;
    whole = strtoull(memory, &end, 10);
    if (decimals) {
        CHECK(*end == '.' && strlen(end + 1) == decimals);
        fraction = strtoull(end + 1, &end, 10);
    }
    CHECK(!*end && !errno && whole == value / scale && fraction == value % scale);

    text = app_text_init(memory, sizeof(memory));
    app_text_number(&text, (int64_t)value);
    CHECK(strtoll(memory, &end, 10) == (int64_t)value && !*end);

    text = app_text_init(memory, sizeof(memory));
    if (part > value)
        part %= value + (value < UINT64_MAX);
    app_text_percent(&text, part, value);
    CHECK((strcmp(memory, "0%") == 0 || strcmp(memory, "0") == 0) == (value && part == 0));
    CHECK((strncmp(memory, "100", 3) == 0) == (value && part == value));
}

/* One line for each event, whatever is in it. */
static void check_line(struct input *in)
{
    static const enum mping_event_type types[] = {
        MPING_EV_REPLY,    MPING_EV_LOST,       MPING_EV_UNREACHABLE, MPING_EV_SEND_ERROR,
        MPING_EV_CANCELED, MPING_EV_UNKNOWN,    MPING_EV_LATE,        MPING_EV_DUPLICATE,
        MPING_EV_MISMATCH, MPING_EV_ICMP_ERROR, MPING_EV_SENT,        MPING_EV_FINISHED,
    };
    struct mping_event event = {.type = MPING_EV_REPLY};
    char memory[APP_LINE_MAX], *host;
    struct app_text text = app_text_init(memory, sizeof(memory));
    uint8_t *bytes = (uint8_t *)&event;

    for (size_t i = 0; i < sizeof(event) && in->left > 8; i++)
        bytes[i] = input_u8(in);
    host = input_string(in, 300);
    event.host = host;
    event.type = types[input_below(in, sizeof(types) / sizeof(types[0]))];
    event.dst.family = event.dst.family % 2 ? AF_INET6 : AF_INET;
    event.peer.family = event.peer.family % 2 ? AF_INET6 : AF_INET;
    event.rtt_ns = event.rtt_ns < 0 ? 0 : event.rtt_ns;
    event.timeout_ns = event.timeout_ns < 0 ? 0 : event.timeout_ns;
    event.dst.scope_id = event.peer.scope_id = 0;
    app_event_line(&text, &event);
    CHECK(text.len == strlen(memory) && text.len + 1 < sizeof(memory));
    if (text.len)
        CHECK(strchr(memory, '\n') == memory + text.len - 1);
    free(host);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = {data, size};
    size_t room;
    char *string;

    switch (input_below(&in, 3)) {
    case 0:
        check_numbers(&in);
        break;
    case 1:
        check_line(&in);
        break;
    default:
        room = 1 + input_u8(&in) * 2u;
        string = input_string(&in, 1024);
        check_escape(string, room > 512 ? 512 : room);
        free(string);
    }
    return 0;
}
