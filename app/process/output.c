/* SPDX-License-Identifier: Apache-2.0 */
#include "process/output.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    BLOCK_MIN = 64 << 10, /* size of a block at first, and enough to write at once */
    BLOCK_MAX = 4 << 20,
    GATHER_NS = 10 * 1000 * 1000, /* between writes, so that a flood makes few of them */
    PIECE_BYTES = 4096,           /* PIPE_BUF: what a pipe that is ready takes without a wait */
    AGAIN_MS = 10,                /* without a thread: until the descriptor is asked again */
};

int app_output_init(struct app_output *out, int fd, int wake_fd)
{
    pthread_condattr_t attr;
    int r;

    *out = (struct app_output){.fd = fd, .wake_fd = wake_fd};
    pthread_mutex_init(&out->lock, NULL);
    r = pthread_condattr_init(&attr);
    if (r != 0)
        return -r;
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    r = pthread_cond_init(&out->work, &attr);
    pthread_condattr_destroy(&attr);
    return -r;
}

/* A descriptor that somebody else has made non-blocking is waited for. */
static int write_some(int fd, const char *data, size_t len, size_t *ret_done)
{
    ssize_t n = write(fd, data, len);

    *ret_done = n > 0 ? (size_t)n : 0;
    if (n < 0 && errno == EAGAIN) {
        struct pollfd pfd = {.fd = fd, .events = POLLOUT};

        return poll(&pfd, 1, -1) < 0 && errno != EINTR ? -errno : 0;
    }
    return n < 0 && errno != EINTR ? -errno : 0;
}

int app_write_all(int fd, const char *data, size_t len)
{
    while (len > 0) {
        size_t done;
        int r = write_some(fd, data, len, &done);

        if (r < 0)
            return r;
        data += done;
        len -= done;
    }
    return 0;
}

void app_wake(int wake_fd)
{
    const uint64_t one = 1;

    /* Else it fails only if the counter is full, and then the reader is awake anyway. */
    while (write(wake_fd, &one, sizeof(one)) < 0 && errno == EINTR)
        ;
}

/* Locked. */
static void wake_waiting(struct app_output *out)
{
    if (out->want_wake)
        app_wake(out->wake_fd);
    out->want_wake = false;
}

/* Locked. Gives the block being filled to the writer, who alone calls this. */
static void swap_blocks(struct app_output *out)
{
    struct app_output_block full = out->fill;

    out->fill = out->drain;
    out->fill.len = 0;
    out->drain = full;
}

/* Locked. Sleeps until there is work; returns whether there is. */
static bool wait_for_work(struct app_output *out)
{
    while (out->fill.len == 0 && !out->closing) {
        out->idle = true;
        pthread_cond_wait(&out->work, &out->lock);
        out->idle = false;
    }
    return out->fill.len > 0;
}

/* Locked. After a write: lets more lines gather before the next one. */
static void gather(struct app_output *out)
{
    struct timespec until;

    if (out->closing || out->fill.len >= BLOCK_MIN)
        return;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += GATHER_NS;
    if (until.tv_nsec >= 1000000000) {
        until.tv_nsec -= 1000000000;
        until.tv_sec++;
    }
    pthread_cond_timedwait(&out->work, &out->lock, &until);
}

/* Locked, but not while it writes. In pieces, so that a slow reader is seen to take something. */
static int write_drain(struct app_output *out)
{
    int r = 0;

    out->writing = true;
    for (size_t done = 0; r == 0 && done < out->drain.len;) {
        size_t len = out->drain.len - done < BLOCK_MIN ? out->drain.len - done : BLOCK_MIN;

        pthread_mutex_unlock(&out->lock);
        r = app_write_all(out->fd, out->drain.data + done, len);
        pthread_mutex_lock(&out->lock);
        done += len;
        out->written += r == 0 ? len : 0;
        wake_waiting(out);
    }
    out->writing = false;
    return r;
}

static void *writer(void *argument)
{
    struct app_output *out = argument;

    pthread_mutex_lock(&out->lock);
    while (wait_for_work(out)) {
        int r;

        swap_blocks(out);
        r = write_drain(out);
        if (r < 0) {
            out->error = -r;
            out->want_wake = true;
            break;
        }
        gather(out);
    }
    out->ended = true;
    wake_waiting(out);
    pthread_mutex_unlock(&out->lock);
    return NULL;
}

/* Locked. Without a thread: makes room where the descriptor has taken something. */
static void drop_drained(struct app_output *out)
{
    out->fill.len -= out->drained;
    if (out->fill.len > 0)
        memmove(out->fill.data, out->fill.data + out->drained, out->fill.len);
    out->drained = 0;
}

/* Locked. Without a thread: what the descriptor takes without making us wait. */
static void write_some_here(struct app_output *out)
{
    struct pollfd pfd = {.fd = out->fd, .events = POLLOUT};

    while (out->error == 0 && out->drained < out->fill.len && poll(&pfd, 1, 0) > 0) {
        size_t left = out->fill.len - out->drained, done;
        int r = write_some(out->fd, out->fill.data + out->drained,
                           left < PIECE_BYTES ? left : PIECE_BYTES, &done);

        out->drained += done;
        out->written += done;
        out->error = -r;
        if (done > 0 || r < 0)
            wake_waiting(out);
    }
    if (out->drained >= BLOCK_MIN || out->drained == out->fill.len)
        drop_drained(out);
    out->ended = out->error != 0 || (out->closing && out->fill.len == 0);
}

/* Locked. */
static void start(struct app_output *out)
{
    out->started = pthread_create(&out->thread, NULL, writer, out) == 0;
    out->threadless = !out->started;
}

/* Locked. Whether len bytes fit, after the block has grown if it may. */
static bool make_room(struct app_output *out, size_t len)
{
    struct app_output_block *block = &out->fill;
    size_t size = block->size > 0 ? block->size : BLOCK_MIN;
    char *data;

    if (len > BLOCK_MAX - block->len)
        return false;
    while (size < block->len + len)
        size *= 2;
    if (size == block->size)
        return true;
    data = realloc(block->data, size);
    if (data == NULL)
        return false;
    block->data = data;
    block->size = size;
    return true;
}

void app_output_lines(struct app_output *out, const char *data, size_t len)
{
    pthread_mutex_lock(&out->lock);
    if (out->error == 0 && make_room(out, len)) {
        memcpy(out->fill.data + out->fill.len, data, len);
        out->fill.len += len;
        out->taken += len;
        if (out->fill.len >= BLOCK_MIN && !out->writing)
            pthread_cond_signal(&out->work);
    } else if (out->error == 0) {
        out->dropped++;
    }
    pthread_mutex_unlock(&out->lock);
}

/* Locked. Lets what there is be written: by the thread, or here. */
static void begin_write(struct app_output *out)
{
    if (out->fill.len > 0 && !out->started && !out->ended && !out->threadless)
        start(out);
    else if (out->fill.len > 0 && out->idle)
        pthread_cond_signal(&out->work);
    if (out->threadless)
        write_some_here(out);
}

void app_output_flush(struct app_output *out)
{
    pthread_mutex_lock(&out->lock);
    begin_write(out);
    pthread_mutex_unlock(&out->lock);
}

int app_output_wait_ms(struct app_output *out, int limit_ms)
{
    bool again;

    pthread_mutex_lock(&out->lock);
    again = out->threadless && !out->ended && (out->fill.len > 0 || out->want_wake);
    pthread_mutex_unlock(&out->lock);
    return again && (limit_ms < 0 || limit_ms > AGAIN_MS) ? AGAIN_MS : limit_ms;
}

bool app_output_room(struct app_output *out, size_t len)
{
    bool room;

    pthread_mutex_lock(&out->lock);
    room = out->error != 0 || len <= BLOCK_MAX - out->fill.len;
    out->want_wake = out->want_wake || !room;
    pthread_mutex_unlock(&out->lock);
    return room;
}

int app_output_error(struct app_output *out)
{
    int error;

    pthread_mutex_lock(&out->lock);
    error = out->error;
    pthread_mutex_unlock(&out->lock);
    return error;
}

static uint64_t read_locked(struct app_output *out, const uint64_t *counter)
{
    uint64_t value;

    pthread_mutex_lock(&out->lock);
    value = *counter;
    pthread_mutex_unlock(&out->lock);
    return value;
}

uint64_t app_output_dropped(struct app_output *out)
{
    return read_locked(out, &out->dropped);
}

uint64_t app_output_taken(struct app_output *out)
{
    return read_locked(out, &out->taken);
}

uint64_t app_output_written(struct app_output *out)
{
    return read_locked(out, &out->written);
}

void app_output_close(struct app_output *out)
{
    pthread_mutex_lock(&out->lock);
    out->closing = true;
    begin_write(out);
    if (!out->started && !out->threadless)
        out->ended = true;
    pthread_cond_signal(&out->work);
    pthread_mutex_unlock(&out->lock);
}

bool app_output_ended(struct app_output *out)
{
    bool ended;

    pthread_mutex_lock(&out->lock);
    if (out->threadless && !out->ended)
        write_some_here(out);
    ended = out->ended;
    out->want_wake = out->want_wake || !ended;
    pthread_mutex_unlock(&out->lock);
    return ended;
}

void app_output_done(struct app_output *out)
{
    if (!app_output_ended(out))
        return;
    if (out->started)
        pthread_join(out->thread, NULL);
    free(out->fill.data);
    free(out->drain.data);
    pthread_cond_destroy(&out->work);
    pthread_mutex_destroy(&out->lock);
}
