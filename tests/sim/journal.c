/* SPDX-License-Identifier: Apache-2.0 */
#include "journal.h"

#include <stdlib.h>

enum { START = 256 };

static void *must(void *memory)
{
    if (!memory)
        abort();
    return memory;
}

void journal_init(struct journal *journal)
{
    *journal = (struct journal){.steps_cap = START, .events_cap = START};
    journal->steps = must(malloc(START * sizeof(*journal->steps)));
    journal->events = must(malloc(START * sizeof(*journal->events)));
}

void journal_done(struct journal *journal)
{
    free(journal->steps);
    free(journal->events);
}

static void grow_steps(struct journal *journal)
{
    size_t cap = journal->steps_cap * 2;
    struct step *steps = must(malloc(cap * sizeof(*steps)));

    for (size_t i = 0; i < journal->steps_n; i++)
        steps[i] = *journal_step(journal, i);
    free(journal->steps);
    journal->steps = steps;
    journal->steps_cap = cap;
    journal->steps_head = 0;
}

static void grow_events(struct journal *journal)
{
    size_t cap = journal->events_cap * 2;
    struct mping_event *events = must(malloc(cap * sizeof(*events)));

    for (size_t i = 0; i < journal->events_n; i++)
        events[i] = *journal_event_at(journal, i);
    free(journal->events);
    journal->events = events;
    journal->events_cap = cap;
    journal->events_head = 0;
}

void journal_add(struct journal *journal, struct step step)
{
    if (journal->steps_n == journal->steps_cap)
        grow_steps(journal);
    step.last = false;
    step.events_end = UINT64_MAX;
    journal->steps[(journal->steps_head + journal->steps_n++) % journal->steps_cap] = step;
}

void journal_close(struct journal *journal, uint64_t events_end)
{
    struct step *step = journal->steps_n ? journal_step(journal, journal->steps_n - 1) : NULL;

    if (!step || step->last)
        return;
    step->last = true;
    step->events_end = events_end;
}

void journal_event(struct journal *journal, const struct mping_event *event)
{
    if (journal->events_n == journal->events_cap)
        grow_events(journal);
    journal->events[(journal->events_head + journal->events_n++) % journal->events_cap] = *event;
    journal->events_taken++;
}

struct step *journal_step(struct journal *journal, size_t n)
{
    return n < journal->steps_n ? &journal->steps[(journal->steps_head + n) % journal->steps_cap]
                                : NULL;
}

struct mping_event *journal_event_at(struct journal *journal, size_t n)
{
    return n < journal->events_n
               ? &journal->events[(journal->events_head + n) % journal->events_cap]
               : NULL;
}

void journal_drop_steps(struct journal *journal, size_t n)
{
    journal->steps_head = (journal->steps_head + n) % journal->steps_cap;
    journal->steps_n -= n;
}

void journal_drop_events(struct journal *journal, size_t n)
{
    journal->events_head = (journal->events_head + n) % journal->events_cap;
    journal->events_n -= n;
    journal->events_judged += n;
}
