/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What happened, newest last: hosts that went down and came up, new addresses, other TTLs. The
 * latest TOP_NOTES of all hosts are kept; each names the one before it about the same host.
 */
#ifndef MULTIPING_CLI_TOP_NOTES_H
#define MULTIPING_CLI_TOP_NOTES_H

#include <stdbool.h>
#include <stdint.h>

#include <multiping/multiping.h>

#include "text/text.h"
#include "top/share.h"

enum { TOP_NOTES = 16384 };

enum top_note_kind {
    TOP_NOTE_ADDED,
    TOP_NOTE_DOWN,        /* n probes in a row without a reply */
    TOP_NOTE_UP,          /* after n such probes, for ns */
    TOP_NOTE_UNREACHABLE, /* code and type, by addr */
    TOP_NOTE_ERROR,       /* code: errno */
    TOP_NOTE_UNRESOLVED,  /* code: enum mping_reason */
    TOP_NOTE_UNKNOWN,     /* likewise */
    TOP_NOTE_TTL,         /* from one to another */
    TOP_NOTE_ADDRESS,     /* addr */
    TOP_NOTE_MISMATCH,    /* code: enum mping_reason, by addr */
    TOP_NOTE_DUPLICATE,
    TOP_NOTE_ENDED,
    TOP_NOTE_REMOVED,
    TOP_NOTE_KIND_COUNT
};

struct top_note {
    struct top_version version;
    int64_t wall_ns; /* CLOCK_REALTIME */
    int64_t ns;
    uint64_t n;
    struct mping_addr addr;
    uint32_t number; /* from 1 */
    uint32_t host;
    uint32_t before; /* the note before about this host; 0: none */
    int32_t code;
    uint32_t info; /* of ICMP errors */
    int16_t from, to;
    uint8_t kind; /* enum top_note_kind */
    uint8_t icmp_type, icmp_code;
    uint8_t padding[5];
};

_Static_assert(sizeof(struct top_note) % 8 == 0, "it is copied word by word");

struct top_notes {
    struct top_note *all; /* TOP_NOTES */
    uint32_t n;           /* ever made */
};

int top_notes_init(struct top_notes *notes);
void top_notes_done(struct top_notes *notes);
int top_notes_clone(struct top_notes *ret, const struct top_notes *from);

/* Engine's thread: adds a note, whose number it returns. */
uint32_t top_notes_add(struct top_notes *notes, struct top_note *note);

/* Any thread: how many were ever made; a copy of one, false if it is gone. */
uint32_t top_notes_n(const struct top_notes *notes);
bool top_notes_get(const struct top_notes *notes, uint32_t number, struct top_note *ret);

/* "down: 3 probes without a reply", without time and host. */
void top_note_text(struct app_text *text, const struct top_note *note);

#endif
