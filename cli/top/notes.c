/* SPDX-License-Identifier: Apache-2.0 */
#include "top/notes.h"

#include <stdlib.h>

#include "text/icmp_text.h"
#include "top/format.h"

int top_notes_init(struct top_notes *notes)
{
    *notes = (struct top_notes){.all = calloc(TOP_NOTES, sizeof(struct top_note))};
    return notes->all != NULL ? 0 : -1;
}

void top_notes_done(struct top_notes *notes)
{
    free(notes->all);
    *notes = (struct top_notes){0};
}

int top_notes_clone(struct top_notes *ret, const struct top_notes *from)
{
    if (top_notes_init(ret) < 0)
        return -1;
    ret->n = top_notes_n(from);
    for (uint32_t i = 0; i < TOP_NOTES; i++)
        top_read(&ret->all[i], &from->all[i].version, sizeof(struct top_note));
    return 0;
}

uint32_t top_notes_add(struct top_notes *notes, struct top_note *note)
{
    note->number = notes->n + 1;
    top_publish(&notes->all[notes->n % TOP_NOTES].version, note, sizeof(*note));
    top_show(&notes->n, notes->n + 1);
    return note->number;
}

uint32_t top_notes_n(const struct top_notes *notes)
{
    return top_see(&notes->n);
}

bool top_notes_get(const struct top_notes *notes, uint32_t number, struct top_note *ret)
{
    if (number == 0 || number > top_notes_n(notes))
        return false;
    top_read(ret, &notes->all[(number - 1) % TOP_NOTES].version, sizeof(*ret));
    return ret->number == number;
}

static void add_addr(struct app_text *text, const struct mping_addr *addr)
{
    char shown[MPING_ADDR_TEXT_MAX];

    app_text_foreign(text, mping_addr_format(addr, shown, sizeof(shown)));
}

static void add_up(struct app_text *text, const struct top_note *note)
{
    app_text_add(text, "up again after ");
    top_format_span(text, note->ns);
    app_text_add(text, ", ");
    app_text_count(text, note->n);
    app_text_add(text, note->n == 1 ? " probe" : " probes");
}

static void add_reason(struct app_text *text, const char *what, const struct top_note *note)
{
    app_text_add(text, what);
    app_text_add(text, mping_reason_text((enum mping_reason)note->code));
}

static void add_ttl(struct app_text *text, const struct top_note *note)
{
    app_text_add(text, "TTL ");
    app_text_number(text, note->from);
    app_text_add(text, " -> ");
    app_text_number(text, note->to);
}

static void add_unreachable(struct app_text *text, const struct top_note *note)
{
    app_icmp_text(text, note->addr.family, note->icmp_type, note->icmp_code, note->info);
    app_text_add(text, ", says ");
    add_addr(text, &note->addr);
}

void top_note_text(struct app_text *text, const struct top_note *note)
{
    switch ((enum top_note_kind)note->kind) {
    case TOP_NOTE_DOWN:
        app_text_add(text, "down: no reply to ");
        app_text_count(text, note->n);
        app_text_add(text, " probes");
        break;
    case TOP_NOTE_UP:
        add_up(text, note);
        break;
    case TOP_NOTE_UNREACHABLE:
        add_unreachable(text, note);
        break;
    case TOP_NOTE_ERROR:
        app_text_add(text, "cannot send: ");
        app_text_add(text, mping_strerror(note->code));
        break;
    case TOP_NOTE_UNRESOLVED:
        add_reason(text, "cannot resolve: ", note);
        break;
    case TOP_NOTE_UNKNOWN:
        add_reason(text, "outcome unknown: ", note);
        break;
    case TOP_NOTE_TTL:
        add_ttl(text, note);
        break;
    case TOP_NOTE_ADDRESS:
        app_text_add(text, "address ");
        add_addr(text, &note->addr);
        break;
    case TOP_NOTE_MISMATCH:
        add_reason(text, "wrong reply: ", note);
        app_text_add(text, ", from ");
        add_addr(text, &note->addr);
        break;
    case TOP_NOTE_DUPLICATE:
        app_text_add(text, "duplicate reply");
        break;
    case TOP_NOTE_ADDED:
        app_text_add(text, "added");
        break;
    case TOP_NOTE_ENDED:
        app_text_add(text, "no more probes");
        break;
    case TOP_NOTE_REMOVED:
        app_text_add(text, "removed");
        break;
    case TOP_NOTE_KIND_COUNT:
        break;
    }
}
