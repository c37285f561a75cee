/* SPDX-License-Identifier: Apache-2.0 */
/* The state of a sweep: what is written is read again, and what is damaged is not. */
#include "sweep/state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tap.h"

static char directory[] = "/tmp/test_cli_state.XXXXXX";
static char path[64];

static struct cli_sweep_state example(uint64_t *pending, size_t n)
{
    struct cli_sweep_state state = {
        .arguments = UINT64_MAX - 9,
        .seed = 7,
        .next = 1000,
        .pending = pending,
        .pending_n = n,
        .sums = {.targets = UINT64_C(1) << 40, .sent = 5000, .drops = 3, .elapsed_ns = 12345678901},
    };

    for (size_t i = 0; i < n; i++)
        pending[i] = i * 7 % 1000;
    for (int fate = 1; fate < CLI_FATE_COUNT; fate++)
        state.sums.fates[fate] = (uint64_t)fate;
    state.sums.fates[CLI_FATE_ALIVE] = 1000 - n - (cli_sweep_done(&state.sums));
    return state;
}

static bool put(const char *text, size_t len)
{
    int lock_fd = -1, r = cli_sweep_state_write(path, text, len, false, &lock_fd);

    if (lock_fd >= 0)
        close(lock_fd);
    return r == 0;
}

static void test_again(void)
{
    static const size_t sizes[] = {0, 1, 100, 900};

    for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        uint64_t pending[900];
        struct cli_sweep_state state = example(pending, sizes[i]), back;
        const char *problem = NULL;
        size_t len;
        char *text = cli_sweep_state_text(&state, &len);

        ok(text && strlen(text) == len && put(text, len) &&
               cli_sweep_state_read(&back, path, &problem) == 1,
           "with %zu pending it is written and read: %s", sizes[i], problem ? problem : "yes");
        ok(back.arguments == state.arguments && back.seed == 7 && back.next == 1000 &&
               memcmp(&back.sums, &state.sums, sizeof(back.sums)) == 0 &&
               back.pending_n == sizes[i] &&
               memcmp(back.pending, pending, sizes[i] * sizeof(*pending)) == 0,
           "with %zu pending it is the same", sizes[i]);
        cli_sweep_state_done(&back);
        free(text);
    }
}

/* Each shorter text, and each with one byte changed: refused, or the same but for a number. */
static void test_damaged(void)
{
    uint64_t pending[3];
    struct cli_sweep_state state = example(pending, 3), back;
    unsigned shorter = 0, odd = 0;
    size_t len;
    char *text = cli_sweep_state_text(&state, &len);

    for (size_t i = 0; i < len; i++) {
        const char *problem = NULL;

        shorter += !put(text, i) ||
                   cli_sweep_state_read(&back, path, &problem) != (i == 0 ? 0 : -1) ||
                   (i > 0 && !problem);
    }
    ok(shorter == 0, "a text that was cut is refused (%u are not)", shorter);
    for (size_t i = 0; i < len; i++) {
        const char *problem = NULL;
        char kept = text[i];
        int r;

        text[i] = (char)(kept ^ (int)(1 + i % 127));
        r = put(text, len) ? cli_sweep_state_read(&back, path, &problem) : 0;
        odd += r == 0 || (r == 1 && (kept < '0' || kept > '9'));
        if (r == 1)
            cli_sweep_state_done(&back);
        text[i] = kept;
    }
    ok(odd == 0, "a byte that was changed is refused, or was in a number (%u are not)", odd);
    free(text);
}

static void test_inconsistent(void)
{
    uint64_t pending[3];
    struct cli_sweep_state state, back;
    const char *problem;
    unsigned taken = 0;

    for (int what = 0; what < 5; what++) {
        size_t len;
        char *text;

        state = example(pending, 3);
        state.next += what == 0;
        state.sums.fates[CLI_FATE_LOST] += what == 1;
        pending[1] = what == 2 ? 1000 : pending[1];
        state.sums.targets = what == 3 ? 999 : state.sums.targets;
        state.sums.elapsed_ns = what == 4 ? -1 : state.sums.elapsed_ns;
        text = cli_sweep_state_text(&state, &len);
        taken += !put(text, len) || cli_sweep_state_read(&back, path, &problem) != -1;
        free(text);
    }
    ok(taken == 0, "what does not add up is refused (%u are not)", taken);
}

static void test_files(void)
{
    struct cli_sweep_state state;
    const char *problem = NULL;
    int none = -1, lock_fd;
    char fresh[80], *real = NULL;
    struct stat st;

    snprintf(fresh, sizeof(fresh), "%s.new", path);
    unlink(path);
    ok(cli_sweep_state_read(&state, path, &problem) == 0, "no file is no state");
    ok(cli_sweep_state_read(&state, directory, &problem) == -1 && problem, "a directory is none");
    ok(cli_sweep_state_write("/nonexistent/state", "x", 1, false, &none) == -ENOENT,
       "nowhere to write");
    ok(put("first", 5) && put("second", 6) && stat(path, &st) == 0 && st.st_size == 6,
       "it is replaced");
    ok(stat(fresh, &st) < 0, "nothing is left beside it");
    lock_fd = cli_sweep_state_lock(path, &real, &problem);
    ok(lock_fd >= 0 && cli_sweep_state_lock(path, &real, &problem) == -1, "one sweep at a time");
    ok(cli_sweep_state_write(path, "third", 5, false, &lock_fd) == 0 &&
           cli_sweep_state_lock(path, &real, &problem) == -1,
       "also when the file has been replaced");
    close(lock_fd);
    free(real);
    ok((lock_fd = cli_sweep_state_lock(path, &real, &problem)) >= 0, "and then the next one");
    close(lock_fd);
    free(real);
    ok(cli_sweep_state_lock(directory, &real, &problem) == -1 &&
           cli_sweep_state_lock("/dev/null", &real, &problem) == -1,
       "neither a directory nor a device");
}

int main(void)
{
    if (!mkdtemp(directory))
        abort();
    snprintf(path, sizeof(path), "%s/state", directory);
    test_again();
    test_damaged();
    test_inconsistent();
    test_files();
    unlink(path);
    rmdir(directory);
    return done_testing();
}
