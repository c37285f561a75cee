/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the view asks of the engine's thread, and what that has to answer. Few and short: the
 * lock is held for a copy only.
 */
#ifndef MULTIPING_CLI_TOP_MAILBOX_H
#define MULTIPING_CLI_TOP_MAILBOX_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

enum {
    TOP_LETTERS = 16,
    TOP_LETTER_BYTES = 256,
};

enum top_letter_kind {
    TOP_LETTER_ADD,    /* text: a host */
    TOP_LETTER_REMOVE, /* host */
};

struct top_letter {
    enum top_letter_kind kind;
    uint32_t host;
    char text[TOP_LETTER_BYTES];
};

struct top_mailbox {
    pthread_mutex_t lock;
    int wake_fd; /* an eventfd of the engine's thread, the caller's */
    struct top_letter letters[TOP_LETTERS];
    unsigned n;
    char answer[TOP_LETTER_BYTES]; /* for the user; "": none */
};

void top_mailbox_init(struct top_mailbox *box, int wake_fd);
void top_mailbox_done(struct top_mailbox *box);

/* View: false if too many wait. */
bool top_mailbox_post(struct top_mailbox *box, enum top_letter_kind kind, uint32_t host,
                      const char *text);
/* View: takes an answer, false if there is none. ret has TOP_LETTER_BYTES. */
bool top_mailbox_answer(struct top_mailbox *box, char *ret);

/* Engine's thread. */
bool top_mailbox_take(struct top_mailbox *box, struct top_letter *ret);
void top_mailbox_tell(struct top_mailbox *box, const char *answer);

#endif
