/* SPDX-License-Identifier: Apache-2.0 */
/* Names and texts of the public codes: each has its own, and no number gives NULL. */
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <multiping/multiping.h>

#include "tap.h"

enum { LAST_ERROR = MPING_EOTHERLINK, OWN_ERRORS = MPING_ETIMEDOUT - LAST_ERROR + 1 };

static bool is_text(const char *text)
{
    if (!text || !*text)
        return false;
    for (const char *s = text; *s; s++)
        if (*s < ' ' || *s > '~')
            return false;
    return true;
}

/* Whether both give the same text, for codes that must differ. */
static unsigned count_same(const char *const *texts, unsigned n)
{
    unsigned same = 0;

    for (unsigned i = 0; i < n; i++)
        for (unsigned j = 0; j < i; j++)
            same += strcmp(texts[i], texts[j]) == 0;
    return same;
}

static void test_errors(void)
{
    const char *texts[OWN_ERRORS], *names[OWN_ERRORS];
    unsigned missing = 0;

    for (int err = MPING_ETIMEDOUT; err >= LAST_ERROR; err--) {
        unsigned i = (unsigned)(MPING_ETIMEDOUT - err);

        texts[i] = mping_strerror(err);
        names[i] = mping_err_name(err);
        missing += !is_text(texts[i]) || strcmp(texts[i], "unknown error") == 0;
        missing += strncmp(names[i], "MPING_E", 7) != 0;
    }
    ok(missing == 0, "all errors of our own have a text and a name (%u lack one)", missing);
    ok(count_same(texts, OWN_ERRORS) == 0 && count_same(names, OWN_ERRORS) == 0,
       "and each its own");
    ok(strcmp(mping_err_name(MPING_EUNKNOWN), "MPING_EUNKNOWN") == 0 &&
           strcmp(mping_err_name(MPING_ETIMEDOUT), "MPING_ETIMEDOUT") == 0,
       "the first and the last are who they are");
    ok(strcmp(mping_err_name(0), "MPING_OK") == 0 && is_text(mping_strerror(0)), "0 is MPING_OK");
}

static void test_system_errors(void)
{
    static const struct {
        int err;
        const char *name;
    } rows[] = {
        {-EPERM, "EPERM"},       {-ENETUNREACH, "ENETUNREACH"},
        {-EMSGSIZE, "EMSGSIZE"}, {-ENODEV, "ENODEV"},
        {-E2BIG, "E2BIG"},
    };

    for (unsigned r = 0; r < sizeof(rows) / sizeof(rows[0]); r++)
        ok(strcmp(mping_err_name(rows[r].err), rows[r].name) == 0 &&
               is_text(mping_strerror(rows[r].err)) &&
               strcmp(mping_strerror(rows[r].err), "unknown error") != 0,
           "%d is %s: %s", rows[r].err, rows[r].name, mping_strerror(rows[r].err));
}

/* Every other number: something printable, and the same that unknown ones give. */
static void test_unknown(void)
{
    static const int rows[] = {1,     EPERM,  INT_MAX, -4095,       -4096,  -10000,
                               -9999, -10021, -20000,  INT_MIN + 1, INT_MIN};
    unsigned bad = 0;

    for (unsigned r = 0; r < sizeof(rows) / sizeof(rows[0]); r++)
        ok(strcmp(mping_strerror(rows[r]), "unknown error") == 0 &&
               strcmp(mping_err_name(rows[r]), "unknown") == 0,
           "%d is unknown", rows[r]);
    for (int err = -20000; err <= 20000; err++)
        bad += !is_text(mping_strerror(err)) || !is_text(mping_err_name(err));
    ok(bad == 0, "from -20,000 to 20,000 all have a text and a name (%u do not)", bad);
}

static void test_events(void)
{
    static const enum mping_event_type types[] = {
        MPING_EV_REPLY,         MPING_EV_LOST,     MPING_EV_UNREACHABLE, MPING_EV_SEND_ERROR,
        MPING_EV_RESOLVE_ERROR, MPING_EV_CANCELED, MPING_EV_UNKNOWN,     MPING_EV_LATE,
        MPING_EV_DUPLICATE,     MPING_EV_MISMATCH, MPING_EV_ICMP_ERROR,  MPING_EV_SENT,
        MPING_EV_RESOLVED,      MPING_EV_FINISHED, MPING_EV_STALE,
    };
    enum { N = sizeof(types) / sizeof(types[0]) };
    const char *names[N];
    unsigned missing = 0, named = 0;

    for (unsigned i = 0; i < N; i++) {
        names[i] = mping_event_name(types[i]);
        missing += !is_text(names[i]) || strcmp(names[i], "?") == 0;
    }
    ok(missing == 0 && count_same(names, N) == 0, "every type of event has a name of its own");
    for (unsigned i = 0; i < 256; i++) {
        enum mping_event_type type = MPING_EV_REPLY;

        memcpy(&type, &i, sizeof(type));
        named += strcmp(mping_event_name(type), "?") != 0;
    }
    ok(named == N, "and no other number has one (%u have)", named);
}

static void test_reasons(void)
{
    const char *texts[256];
    unsigned n = 0, bad = 0;

    for (unsigned i = 1; i < 256; i++) {
        enum mping_reason reason = MPING_REASON_NONE;
        const char *text;

        memcpy(&reason, &i, sizeof(reason));
        text = mping_reason_text(reason);
        bad += !is_text(text);
        if (strcmp(text, "?") != 0)
            texts[n++] = text;
    }
    ok(bad == 0 && n == 21 && count_same(texts, n) == 0,
       "all reasons have a text of their own, other numbers \"?\" (%u)", n);
    ok(*mping_reason_text(MPING_REASON_NONE) == '\0', "no reason is no text");
}

static void test_version(void)
{
    char text[32];

    snprintf(text, sizeof(text), "%u.%u.%u", mping_version() >> 16, mping_version() >> 8 & 0xff,
             mping_version() & 0xff);
    ok(strcmp(text, mping_version_string()) == 0, "the version is %s, as number and as text", text);
}

int main(void)
{
    test_errors();
    test_system_errors();
    test_unknown();
    test_events();
    test_reasons();
    test_version();
    return done_testing();
}
