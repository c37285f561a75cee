/* SPDX-License-Identifier: Apache-2.0 */
/* The output thread against pipes: whole lines or none, counted, and a word when it fails. */
#include "process/output.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "tap.h"

enum {
    WAIT_MS = 10000, /* for what is to come; far more than it takes */
    LINE_BYTES = 100,
    MANY = 100000 /* lines: more than all buffers hold */
};

struct pipe_end {
    int read_fd, write_fd, wake_fd;
    struct app_output out;
};

static void open_pipe(struct pipe_end *p, int flags)
{
    int fds[2];

    if (pipe2(fds, O_CLOEXEC) < 0)
        abort();
    p->read_fd = fds[0];
    p->write_fd = fds[1];
    if (fcntl(p->write_fd, F_SETFL, flags) < 0)
        abort();
    p->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (p->wake_fd < 0 || app_output_init(&p->out, p->write_fd, p->wake_fd) != 0)
        abort();
}

/* Waits for a word on wake_fd and takes it. */
static bool is_woken(int wake_fd)
{
    struct pollfd pfd = {.fd = wake_fd, .events = POLLIN};
    uint64_t n;

    return poll(&pfd, 1, WAIT_MS) == 1 && read(wake_fd, &n, sizeof(n)) == (ssize_t)sizeof(n);
}

/* Closes the output and waits until it has ended, by the word it gives. */
static bool finish(struct pipe_end *p)
{
    bool ended;

    app_output_close(&p->out);
    while (!(ended = app_output_ended(&p->out)) && is_woken(p->wake_fd))
        ;
    app_output_done(&p->out);
    close(p->write_fd);
    close(p->wake_fd);
    return ended;
}

/* Line n of LINE_BYTES: its number and a filling that depends on it. */
static void make_line(char line[LINE_BYTES + 1], unsigned n)
{
    int len = snprintf(line, LINE_BYTES + 1, "%08u ", n);

    memset(line + len, (int)('a' + n % 26), LINE_BYTES - (size_t)len - 1);
    line[LINE_BYTES - 1] = '\n';
    line[LINE_BYTES] = '\0';
}

/* What came through a pipe, line by line. */
struct reader {
    pthread_t thread;
    int fd;
    useconds_t pause_us; /* between reads */
    unsigned lines, torn, disorder;
    unsigned next; /* the least number that may come */
};

static void check_line(struct reader *r, const char *got)
{
    char want[LINE_BYTES + 1];
    unsigned n = (unsigned)strtoul(got, NULL, 10);

    make_line(want, n);
    r->torn += memcmp(got, want, LINE_BYTES) != 0;
    r->disorder += n < r->next;
    r->next = n + 1;
    r->lines++;
}

static void *read_all(void *argument)
{
    struct reader *r = argument;
    char data[64 * LINE_BYTES];
    size_t have = 0;
    ssize_t n;

    while ((n = read(r->fd, data + have, sizeof(data) - have)) > 0) {
        size_t at = 0;

        have += (size_t)n;
        for (; have - at >= LINE_BYTES; at += LINE_BYTES)
            check_line(r, data + at);
        have -= at;
        memmove(data, data + at, have);
        if (r->pause_us)
            usleep(r->pause_us);
    }
    r->torn += have != 0;
    return NULL;
}

static void start_reader(struct reader *r, int fd, useconds_t pause_us)
{
    *r = (struct reader){.fd = fd, .pause_us = pause_us};
    if (pthread_create(&r->thread, NULL, read_all, r) != 0)
        abort();
}

/* As many lines as there are, with a reader who takes his time or not, and either kind of fd. */
static void test_stream(const char *what, int flags, useconds_t pause_us, bool wait_for_room)
{
    struct pipe_end p;
    struct reader r;
    uint64_t dropped;
    char line[LINE_BYTES + 1];

    open_pipe(&p, flags);
    start_reader(&r, p.read_fd, pause_us);
    for (unsigned n = 0; n < MANY; n++) {
        make_line(line, n);
        while (wait_for_room && !app_output_room(&p.out, LINE_BYTES) && is_woken(p.wake_fd))
            ;
        app_output_lines(&p.out, line, LINE_BYTES);
        if (n % 64 == 0)
            app_output_flush(&p.out);
    }
    dropped = app_output_dropped(&p.out);
    ok(app_output_error(&p.out) == 0, "%s: no error", what);
    ok(finish(&p), "%s: it ends", what);
    pthread_join(r.thread, NULL);
    close(p.read_fd);
    ok(r.torn == 0 && r.disorder == 0, "%s: no line is torn or out of order", what);
    ok(r.lines + dropped == MANY, "%s: %u lines and %llu dropped make %d", what, r.lines,
       (unsigned long long)dropped, MANY);
    if (wait_for_room)
        ok(dropped == 0, "%s: who waits for room loses nothing", what);
}

/* Writes whole lines until the pipe takes no more; returns how many. */
static unsigned fill_pipe(int fd)
{
    char line[LINE_BYTES + 1];
    unsigned n = 0;

    fcntl(fd, F_SETFL, O_NONBLOCK);
    for (make_line(line, 0); write(fd, line, LINE_BYTES) == LINE_BYTES; make_line(line, ++n))
        ;
    fcntl(fd, F_SETFL, 0);
    return n;
}

static void wait_for_writer(struct app_output *out)
{
    bool writing = false;

    for (int ms = 0; !writing && ms < WAIT_MS; ms++) {
        pthread_mutex_lock(&out->lock);
        writing = out->writing;
        pthread_mutex_unlock(&out->lock);
        usleep(1000);
    }
}

/* Nobody reads: room runs out, lines are dropped and counted; then all that was taken comes. */
static void test_full(void)
{
    struct pipe_end p;
    struct reader r;
    char line[LINE_BYTES + 1];
    unsigned n;

    open_pipe(&p, 0);
    n = fill_pipe(p.write_fd);
    make_line(line, n++);
    app_output_lines(&p.out, line, LINE_BYTES);
    app_output_flush(&p.out);
    wait_for_writer(&p.out);
    for (; n < MANY && app_output_room(&p.out, LINE_BYTES); n++) {
        make_line(line, n);
        app_output_lines(&p.out, line, LINE_BYTES);
        app_output_flush(&p.out);
    }
    ok(n < MANY && app_output_dropped(&p.out) == 0, "nobody reads: room for %u lines", n);
    make_line(line, n);
    for (unsigned i = 0; i < 10; i++)
        app_output_lines(&p.out, line, LINE_BYTES);
    ok(app_output_dropped(&p.out) == 10, "then ten lines are dropped and counted");
    start_reader(&r, p.read_fd, 0);
    ok(is_woken(p.wake_fd), "somebody reads: who waits for room is woken");
    ok(finish(&p), "it ends");
    pthread_join(r.thread, NULL);
    close(p.read_fd);
    ok(r.lines == n && r.torn == 0 && r.disorder == 0, "and the %u lines have come", r.lines);
}

/* A line that no buffer ever holds, and one that just fits. */
static void test_big(void)
{
    const size_t most = 4 << 20;
    char *data = malloc(most + 1);
    struct pipe_end p;
    int null_fd;

    if (!data)
        abort();
    memset(data, 'x', most + 1);
    open_pipe(&p, 0);
    null_fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
    p.out.fd = null_fd;
    app_output_lines(&p.out, data, most + 1);
    ok(app_output_dropped(&p.out) == 1 && !app_output_room(&p.out, most + 1),
       "a line above 4 MiB is dropped");
    app_output_lines(&p.out, data, most);
    ok(app_output_dropped(&p.out) == 1 && app_output_error(&p.out) == 0, "one of 4 MiB is not");
    app_output_lines(&p.out, data, 1);
    ok(app_output_dropped(&p.out) == 2, "then there is no room for a byte");
    ok(finish(&p), "it ends");
    close(p.read_fd);
    close(null_fd);
    free(data);
}

/* A write that fails: told, and from then on nothing is kept, waited for or counted. */
static void test_failure(const char *what, int fd, int want)
{
    struct app_output out;
    int wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    char line[LINE_BYTES + 1];

    if (wake_fd < 0 || app_output_init(&out, fd, wake_fd) != 0)
        abort();
    make_line(line, 1);
    app_output_lines(&out, line, LINE_BYTES);
    app_output_flush(&out);
    ok(is_woken(wake_fd) && app_output_error(&out) == want, "%s: %s", what,
       strerror(app_output_error(&out)));
    for (unsigned i = 0; i < MANY; i++)
        app_output_lines(&out, line, LINE_BYTES);
    app_output_flush(&out);
    ok(app_output_dropped(&out) == 0 && app_output_room(&out, SIZE_MAX),
       "%s: what follows vanishes", what);
    app_output_close(&out);
    ok(app_output_ended(&out), "%s: it has ended", what);
    app_output_done(&out);
    close(wake_fd);
}

static void test_failures(void)
{
    int full_fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
    int fds[2];

    if (pipe2(fds, O_CLOEXEC) < 0)
        abort();
    close(fds[0]);
    if (full_fd >= 0)
        test_failure("/dev/full", full_fd, ENOSPC);
    else
        skip("no /dev/full: %s", strerror(errno));
    test_failure("nobody there", fds[1], EPIPE);
    test_failure("closed", -1, EBADF);
    ok(app_write_all(-1, "x", 1) == -EBADF, "so does writing at once");
    ok(app_write_all(fds[1], "x", 1) == -EPIPE, "into a pipe without a reader, too");
    ok(app_write_all(-1, "x", 0) == 0, "nothing is always written");
    close(fds[1]);
    if (full_fd >= 0)
        close(full_fd);
}

static void test_nothing(void)
{
    struct pipe_end p;
    char byte;

    open_pipe(&p, 0);
    app_output_flush(&p.out);
    app_output_lines(&p.out, "", 0);
    ok(app_output_dropped(&p.out) == 0 && app_output_error(&p.out) == 0, "no output, no trouble");
    ok(finish(&p), "and no thread to wait for");
    ok(read(p.read_fd, &byte, 1) == 0, "nothing has been written");
    close(p.read_fd);
    open_pipe(&p, 0);
    app_output_lines(&p.out, "x", 1);
    ok(finish(&p) && read(p.read_fd, &byte, 1) == 1 && byte == 'x' &&
           read(p.read_fd, &byte, 1) == 0,
       "what was never flushed is written at the end");
    close(p.read_fd);
}

/* Several threads append at once: each line whole. */
static void *append_many(void *argument)
{
    struct app_output *out = argument;
    char line[LINE_BYTES + 1];

    for (unsigned n = 0; n < 10000; n++) {
        make_line(line, n);
        app_output_lines(out, line, LINE_BYTES);
        app_output_flush(out);
    }
    return NULL;
}

static void test_threads(void)
{
    pthread_t threads[4];
    struct pipe_end p;
    struct reader r;
    uint64_t dropped;

    open_pipe(&p, 0);
    start_reader(&r, p.read_fd, 0);
    for (unsigned i = 0; i < 4; i++)
        if (pthread_create(&threads[i], NULL, append_many, &p.out) != 0)
            abort();
    for (unsigned i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    dropped = app_output_dropped(&p.out);
    finish(&p);
    pthread_join(r.thread, NULL);
    close(p.read_fd);
    ok(r.torn == 0 && r.lines + dropped == 40000, "four threads: %u whole lines, %llu dropped",
       r.lines, (unsigned long long)dropped);
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    test_nothing();
    test_stream("a fast reader", 0, 0, false);
    test_stream("a fast reader, waited for", 0, 0, true);
    test_stream("a slow reader", 0, 500, false);
    test_stream("a slow reader, waited for", 0, 200, true);
    test_stream("a pipe that does not block", O_NONBLOCK, 100, true);
    test_full();
    test_big();
    test_failures();
    test_threads();
    return done_testing();
}
