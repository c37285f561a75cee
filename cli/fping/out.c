/* SPDX-License-Identifier: Apache-2.0 */
#include "fping/out.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <multiping/error.h>

#include "fping/status.h"
#include "process/output.h"

enum {
    LINE_MAX_BYTES = 2048, /* more than any line but those of -C */
    DATA_MIN = 16 << 10,
    DATA_MAX = 64 << 20, /* beyond this the pings wait for the reader */
};

/* Bytes for one stream in a row. */
struct run {
    enum fping_stream stream;
    size_t len;
};

struct block {
    char *data;
    size_t len, size;
    struct run *runs;
    size_t run_count, run_size;
};

struct fping_out {
    pthread_mutex_t lock; /* guards all below but drain */
    pthread_cond_t changed;
    pthread_t thread;
    struct block fill;
    struct block drain; /* the thread's */
    struct block aside;
    int error;
    bool released, started, flushed, closing;
};

struct fping_out *fping_out_new(void)
{
    struct fping_out *out = calloc(1, sizeof(*out));

    if (!out)
        return NULL;
    pthread_mutex_init(&out->lock, NULL);
    pthread_cond_init(&out->changed, NULL);
    return out;
}

static void free_block(struct block *block)
{
    free(block->data);
    free(block->runs);
    *block = (struct block){0};
}

static int write_block(const struct block *block)
{
    const char *data = block->data;
    int error = 0;

    for (size_t i = 0; i < block->run_count; i++) {
        int r = app_write_all((int)block->runs[i].stream, data, block->runs[i].len);

        if (r < 0 && !error)
            error = -r;
        data += block->runs[i].len;
    }
    return error;
}

/* Locked, but not while it writes. */
static void drain(struct fping_out *out)
{
    struct block full = out->fill;
    int error;

    out->fill = out->drain;
    out->fill.len = out->fill.run_count = 0;
    out->drain = full;
    out->flushed = false;
    pthread_cond_broadcast(&out->changed); /* there is room */
    pthread_mutex_unlock(&out->lock);
    error = write_block(&out->drain);
    pthread_mutex_lock(&out->lock);
    if (!out->error)
        out->error = error;
}

static void *writer(void *argument)
{
    struct fping_out *out = argument;

    pthread_mutex_lock(&out->lock);
    while (!out->closing) {
        if (out->flushed && out->fill.len)
            drain(out);
        else
            pthread_cond_wait(&out->changed, &out->lock);
    }
    pthread_mutex_unlock(&out->lock);
    return NULL;
}

/* Locked. Room for one run and len bytes more; false without memory. */
static bool reserve(struct block *block, size_t len)
{
    size_t size = block->size ? block->size : DATA_MIN;

    while (size < block->len + len)
        size *= 2;
    if (size != block->size) {
        char *data = realloc(block->data, size);

        if (!data)
            return false;
        block->data = data;
        block->size = size;
    }
    if (block->run_count == block->run_size) {
        size_t count = block->run_size ? 2 * block->run_size : 64;
        struct run *runs = realloc(block->runs, count * sizeof(*runs));

        if (!runs)
            return false;
        block->runs = runs;
        block->run_size = count;
    }
    return true;
}

/* Locked. */
static void append(struct block *block, enum fping_stream stream, const char *data, size_t len)
{
    struct run *last = block->run_count ? &block->runs[block->run_count - 1] : NULL;

    assert(block->data && block->runs);
    memcpy(block->data + block->len, data, len);
    block->len += len;
    if (last && last->stream == stream)
        last->len += len;
    else
        block->runs[block->run_count++] = (struct run){.stream = stream, .len = len};
}

/* Locked. Starts the thread, or wakes it. */
static void set_off(struct fping_out *out)
{
    out->flushed = true;
    if (out->started) {
        pthread_cond_broadcast(&out->changed);
        return;
    }
    out->started = pthread_create(&out->thread, NULL, writer, out) == 0;
    if (!out->started)
        drain(out);
}

void fping_out_bytes(struct fping_out *out, enum fping_stream stream, const char *data, size_t len)
{
    pthread_mutex_lock(&out->lock);
    while (out->released && out->fill.len > DATA_MAX) {
        set_off(out);
        if (out->started)
            pthread_cond_wait(&out->changed, &out->lock);
    }
    if (reserve(&out->fill, len))
        append(&out->fill, stream, data, len);
    else
        out->error = ENOMEM;
    pthread_mutex_unlock(&out->lock);
}

void fping_out_print(struct fping_out *out, enum fping_stream stream, const char *format, ...)
{
    char line[LINE_MAX_BYTES];
    va_list args;
    int len;

    va_start(args, format);
    /* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized) */
    len = vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    if (len >= (int)sizeof(line))
        len = (int)sizeof(line) - 1;
    if (len > 0)
        fping_out_bytes(out, stream, line, (size_t)len);
}

void fping_out_set_aside(struct fping_out *out)
{
    out->aside = out->fill;
    out->fill = (struct block){0};
}

void fping_out_release(struct fping_out *out)
{
    const char *data = out->aside.data;

    for (size_t i = 0; i < out->aside.run_count; i++) {
        fping_out_bytes(out, out->aside.runs[i].stream, data, out->aside.runs[i].len);
        data += out->aside.runs[i].len;
    }
    free_block(&out->aside);
    pthread_mutex_lock(&out->lock);
    out->released = true;
    pthread_mutex_unlock(&out->lock);
}

void fping_out_flush(struct fping_out *out)
{
    pthread_mutex_lock(&out->lock);
    if (out->released && out->fill.len && !out->flushed)
        set_off(out);
    pthread_mutex_unlock(&out->lock);
}

int fping_out_free(struct fping_out *out)
{
    int error;

    if (!out)
        return 0;
    if (out->started) {
        pthread_mutex_lock(&out->lock);
        out->closing = true;
        pthread_cond_broadcast(&out->changed);
        pthread_mutex_unlock(&out->lock);
        pthread_join(out->thread, NULL);
    }
    error = write_block(&out->fill);
    if (out->error)
        error = out->error;
    free_block(&out->fill);
    free_block(&out->drain);
    free_block(&out->aside);
    pthread_cond_destroy(&out->changed);
    pthread_mutex_destroy(&out->lock);
    free(out);
    return error;
}

int fping_write_error(const char *program, int error)
{
    (void)fprintf(stderr, "%s: write error: %s\n", program, mping_strerror(-error));
    return FPING_EXIT_SYSTEM;
}
