/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Output that never holds up the pings: lines go into a bounded buffer, and a thread of its
 * own writes them; where the system gives none, the main one does, a little at a time and only
 * what is taken at once. A descriptor inherited from elsewhere stays in its mode, as others may
 * use it too. Lines that find no room are dropped whole, and counted.
 */
#ifndef MULTIPING_APP_PROCESS_OUTPUT_H
#define MULTIPING_APP_PROCESS_OUTPUT_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* There are two of them, one being filled while the other is being written. */
struct app_output_block {
    char *data;
    size_t len;
    size_t size;
};

struct app_output {
    int fd;
    int wake_fd; /* an eventfd, written when somebody waits for this output */
    pthread_t thread;
    pthread_mutex_t lock; /* guards what is below */
    pthread_cond_t work;
    struct app_output_block fill;
    struct app_output_block drain; /* the thread's while `writing` */
    uint64_t dropped;              /* lines */
    uint64_t taken, written;       /* bytes, since the beginning */
    int error;                     /* errno of the first failed write */
    size_t drained;                /* without a thread: bytes of `fill` that are written */
    bool started;
    bool threadless; /* no thread is to be had: whoever flushes writes what goes at once */
    bool idle;       /* the thread sleeps until there is work */
    bool writing;    /* drain holds something */
    bool closing;    /* write what is left and end */
    bool ended;      /* the thread has */
    bool want_wake;  /* somebody waits: tell when something has been written */
};

/* Makes an eventfd readable. */
void app_wake(int wake_fd);

/* fd and wake_fd stay the caller's. The thread starts with the first flush. */
int app_output_init(struct app_output *out, int fd, int wake_fd);

/* Appends lines, or drops them if there is no room. Any thread; never blocks. */
void app_output_lines(struct app_output *out, const char *data, size_t len);

/* Lets the thread write what has been appended. Any thread. */
void app_output_flush(struct app_output *out);

/*
 * For poll(): how long until the next flush, at most limit_ms, -1: without limit. Where the system
 * gave no thread (RLIMIT_NPROC) nobody else tells that the descriptor takes more.
 */
int app_output_wait_ms(struct app_output *out, int limit_ms);

/* Whether len bytes would find room now; if not, wake_fd will tell when to ask again. */
bool app_output_room(struct app_output *out, size_t len);

/* errno of the first failed write, after which all that follows vanishes; 0 while it works. */
int app_output_error(struct app_output *out);
uint64_t app_output_dropped(struct app_output *out);

/* Bytes appended so far, and how many of them have been written. */
uint64_t app_output_taken(struct app_output *out);
uint64_t app_output_written(struct app_output *out);

/* Starts the end: what is left is written. wake_fd tells when to ask whether it has ended. */
void app_output_close(struct app_output *out);
bool app_output_ended(struct app_output *out);

/* Frees it all once it has ended; before that the thread keeps its memory. */
void app_output_done(struct app_output *out);

/* Writes everything at once, blocking. 0 or -errno. */
int app_write_all(int fd, const char *data, size_t len);

#endif
