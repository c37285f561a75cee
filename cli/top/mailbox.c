/* SPDX-License-Identifier: Apache-2.0 */
#include "top/mailbox.h"

#include <string.h>
#include <unistd.h>

#include "text/text.h"

void top_mailbox_init(struct top_mailbox *box, int wake_fd)
{
    *box = (struct top_mailbox){.wake_fd = wake_fd};
    pthread_mutex_init(&box->lock, NULL);
}

void top_mailbox_done(struct top_mailbox *box)
{
    pthread_mutex_destroy(&box->lock);
}

static void copy(char to[TOP_LETTER_BYTES], const char *from)
{
    struct app_text text = app_text_init(to, TOP_LETTER_BYTES);

    app_text_add(&text, from);
}

bool top_mailbox_post(struct top_mailbox *box, enum top_letter_kind kind, uint32_t host,
                      const char *text)
{
    const uint64_t one = 1;
    bool room;

    pthread_mutex_lock(&box->lock);
    room = box->n < TOP_LETTERS;
    if (room) {
        struct top_letter *letter = &box->letters[box->n++];

        letter->kind = kind;
        letter->host = host;
        copy(letter->text, text);
    }
    pthread_mutex_unlock(&box->lock);
    /* Fails only if the counter is full, and then the other is awake anyway. */
    return write(box->wake_fd, &one, sizeof(one)) > 0 && room;
}

bool top_mailbox_take(struct top_mailbox *box, struct top_letter *ret)
{
    bool any;

    pthread_mutex_lock(&box->lock);
    any = box->n > 0;
    if (any) {
        *ret = box->letters[0];
        box->n--;
        memmove(box->letters, box->letters + 1, box->n * sizeof(box->letters[0]));
    }
    pthread_mutex_unlock(&box->lock);
    return any;
}

void top_mailbox_tell(struct top_mailbox *box, const char *answer)
{
    pthread_mutex_lock(&box->lock);
    copy(box->answer, answer);
    pthread_mutex_unlock(&box->lock);
}

bool top_mailbox_answer(struct top_mailbox *box, char *ret)
{
    bool any;

    pthread_mutex_lock(&box->lock);
    any = box->answer[0] != '\0';
    copy(ret, box->answer);
    box->answer[0] = '\0';
    pthread_mutex_unlock(&box->lock);
    return any;
}
