/* SPDX-License-Identifier: Apache-2.0 */
/* The line that tells how far a sweep is: its figures, and how one covers the one before. */
#include "sweep/progress.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "tap.h"

#define SECOND INT64_C(1000000000)

enum { WAIT_MS = 10000 };

static char shown[4096]; /* all that was written */

static struct cli_sweep_sums sums_of(uint64_t targets, uint64_t alive, uint64_t lost,
                                     int64_t elapsed_ns)
{
    return (struct cli_sweep_sums){
        .targets = targets,
        .fates = {[CLI_FATE_ALIVE] = alive, [CLI_FATE_LOST] = lost},
        .sent = alive + lost,
        .drops = 2,
        .elapsed_ns = elapsed_ns,
    };
}

/* Shows a sweep at its beginning and then these sums, and takes the line away again. */
static void show(const struct cli_sweep_sums *sums)
{
    const struct cli_sweep_sums none = {.targets = sums->targets};
    struct pollfd pfd = {.fd = eventfd(0, EFD_NONBLOCK), .events = POLLIN};
    struct cli_progress progress = {0};
    struct app_output output;
    int fds[2];
    ssize_t len;

    if (pfd.fd < 0 || pipe(fds) < 0 || app_output_init(&output, fds[1], pfd.fd) != 0)
        abort();
    progress.output = &output;
    cli_progress_show(&progress, &none, SECOND);
    cli_progress_show(&progress, sums, SECOND + 1); /* not due: nothing is written */
    cli_progress_show(&progress, sums, SECOND + sums->elapsed_ns);
    cli_progress_hide(&progress, &output);
    app_output_close(&output);
    while (!app_output_ended(&output) && poll(&pfd, 1, WAIT_MS) == 1) {
        uint64_t n;

        if (read(pfd.fd, &n, sizeof(n)) < 0)
            break;
    }
    app_output_done(&output);
    len = read(fds[0], shown, sizeof(shown) - 1);
    shown[len > 0 ? len : 0] = '\0';
    close(fds[0]);
    close(fds[1]);
    close(pfd.fd);
}

static void test_figures(void)
{
    static const struct {
        uint64_t targets, alive, lost;
        int64_t elapsed_ns;
        const char *want; /* no more than 79 columns */
    } rows[] = {
        {950, 100, 375, 5 * SECOND,
         "0:05 50% (0:05 left); done 475 of 950; sent 95/s; alive 100; drops 2"},
        {65534, 1000, 15384, 4 * SECOND,
         "0:04 25% (0:11 left); done 16.3k of 65.5k; sent 4.09k/s; alive 1.00k; drops 2"},
        {16777216, 2097152, 2097152, 3723 * SECOND,
         "1:02:03 25% (3:06:09 left); done 4.19M of 16.7M; sent 1.12k/s; alive 2.09M; dro\r"},
        {UINT64_C(4294967296), 0, 1, 36000 * SECOND, "10:00:00 0%; done 1 of 4.29G; sent 0/s; "},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct cli_sweep_sums sums =
            sums_of(rows[i].targets, rows[i].alive, rows[i].lost, rows[i].elapsed_ns);

        show(&sums);
        ok(strstr(shown, rows[i].want) != NULL, "%llu of %llu targets: %.60s",
           (unsigned long long)(rows[i].alive + rows[i].lost), (unsigned long long)rows[i].targets,
           rows[i].want);
    }
}

static void test_cover(void)
{
    const struct cli_sweep_sums sums = sums_of(10, 1, 1, SECOND);
    const char *last;

    show(&sums);
    last = strrchr(shown, '\r');
    ok(shown[0] == '\r' && last != NULL && last[1] == '\0' && last[-1] == ' ',
       "in the end blanks cover it, and the cursor stands at the left");
    ok(strstr(shown, "\n") == NULL, "it never leaves its line");
}

static void test_nobody_sees_it(void)
{
    const struct cli_sweep_sums sums = sums_of(10, 1, 1, SECOND);
    struct cli_progress progress = {0};
    struct app_output output; /* not looked at */

    cli_progress_show(&progress, &sums, SECOND);
    ok(progress.shown == 0 && cli_progress_wait_ms(&progress, SECOND, -1) == -1 &&
           cli_progress_wait_ms(&progress, SECOND, 50) == 50,
       "without a terminal it is never due");
    progress.output = &output;
    progress.next_ns = 2 * SECOND;
    ok(cli_progress_wait_ms(&progress, SECOND, -1) == 1000 &&
           cli_progress_wait_ms(&progress, SECOND, 50) == 50 &&
           cli_progress_wait_ms(&progress, 3 * SECOND, 50) == 0,
       "with one it is awaited, but not for longer than there is time");
}

int main(void)
{
    test_figures();
    test_cover();
    test_nobody_sees_it();
    return done_testing();
}
