/* SPDX-License-Identifier: Apache-2.0 */
#include "sweep/state.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <multiping/error.h>

#include "process/output.h"
#include "text/number.h"

static const char first_line[] = "multiping sweep 1\n";
static const char last_line[] = "end\n";
static const char broken[] = "this is no state of a sweep, or a damaged one";

enum { FILE_BYTES_MAX = 256 << 20, LINE_BYTES = 64 };

/* Its lines with one number each, in this order. */
static struct field {
    const char *name;
    size_t offset;
} fields[] = {
    {"arguments", offsetof(struct cli_sweep_state, arguments)},
    {"seed", offsetof(struct cli_sweep_state, seed)},
    {"next", offsetof(struct cli_sweep_state, next)},
    {"targets", offsetof(struct cli_sweep_state, sums.targets)},
    {"alive", offsetof(struct cli_sweep_state, sums.fates[CLI_FATE_ALIVE])},
    {"lost", offsetof(struct cli_sweep_state, sums.fates[CLI_FATE_LOST])},
    {"unreachable", offsetof(struct cli_sweep_state, sums.fates[CLI_FATE_UNREACHABLE])},
    {"unknown", offsetof(struct cli_sweep_state, sums.fates[CLI_FATE_UNKNOWN])},
    {"send_errors", offsetof(struct cli_sweep_state, sums.fates[CLI_FATE_SEND_ERROR])},
    {"unresolved", offsetof(struct cli_sweep_state, sums.fates[CLI_FATE_UNRESOLVED])},
    {"excluded", offsetof(struct cli_sweep_state, sums.fates[CLI_FATE_EXCLUDED])},
    {"refused", offsetof(struct cli_sweep_state, sums.fates[CLI_FATE_REFUSED])},
    {"sent", offsetof(struct cli_sweep_state, sums.sent)},
    {"drops", offsetof(struct cli_sweep_state, sums.drops)},
    {"elapsed_ns", offsetof(struct cli_sweep_state, sums.elapsed_ns)},
};

enum { FIELD_N = sizeof(fields) / sizeof(fields[0]) };

static uint64_t get(const struct cli_sweep_state *state, size_t offset)
{
    uint64_t value;

    memcpy(&value, (const char *)state + offset, sizeof(value));
    return value;
}

/* "name number\n"; *at goes behind it. */
static bool read_number(const char **at, const char *name, uint64_t *ret_value)
{
    size_t len = strlen(name);
    const char *digits = *at + len + 1;
    uint64_t value = 0;

    if (strncmp(*at, name, len) != 0 || (*at)[len] != ' ' || *digits < '0' || *digits > '9')
        return false;
    for (; *digits >= '0' && *digits <= '9'; digits++) {
        if (value > (UINT64_MAX - 9) / 10)
            return false;
        value = value * 10 + (uint64_t)(*digits - '0');
    }
    if (*digits != '\n')
        return false;
    *at = digits + 1;
    *ret_value = value;
    return true;
}

static bool read_pending(const char **at, struct cli_sweep_state *state)
{
    uint64_t n;

    if (!read_number(at, "pending", &n) || n > strlen(*at) / strlen("at 0\n"))
        return false;
    state->pending = calloc(n > 0 ? n : 1, sizeof(*state->pending));
    if (state->pending == NULL)
        return false;
    state->pending_n = n;
    for (uint64_t i = 0; i < n; i++) {
        if (!read_number(at, "at", &state->pending[i]) || state->pending[i] >= state->next)
            return false;
    }
    return true;
}

/* It must add up, or somebody has written in it. */
static bool is_consistent(const struct cli_sweep_state *state)
{
    return state->next <= state->sums.targets && state->pending_n <= state->next &&
           cli_sweep_done(&state->sums) == state->next - state->pending_n &&
           state->sums.elapsed_ns >= 0;
}

static bool parse(const char *at, struct cli_sweep_state *state)
{
    if (strncmp(at, first_line, strlen(first_line)) != 0)
        return false;
    at += strlen(first_line);
    for (size_t i = 0; i < FIELD_N; i++) {
        uint64_t value;

        if (!read_number(&at, fields[i].name, &value))
            return false;
        memcpy((char *)state + fields[i].offset, &value, sizeof(value));
    }
    return read_pending(&at, state) && strcmp(at, last_line) == 0 && is_consistent(state);
}

/* The whole file with a NUL at its end; NULL with errno. */
static char *read_whole(int fd)
{
    size_t len = 0, size = 4096;
    char *text = malloc(size);
    ssize_t n = 1;

    if (text == NULL)
        return NULL;
    while (n > 0) {
        if (len + 1 == size) {
            char *bigger = size < FILE_BYTES_MAX ? realloc(text, size * 2) : NULL;

            if (bigger == NULL) {
                errno = EFBIG;
                break;
            }
            text = bigger;
            size *= 2;
        }
        n = read(fd, text + len, size - len - 1);
        len += n > 0 ? (size_t)n : 0;
    }
    if (n != 0) {
        free(text);
        return NULL;
    }
    text[len] = '\0';
    return text;
}

int cli_sweep_state_read(struct cli_sweep_state *ret_state, const char *path,
                         const char **ret_problem)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    char *text;
    bool read, is_empty;

    *ret_state = (struct cli_sweep_state){0};
    if (fd < 0 && errno == ENOENT)
        return 0;
    text = fd >= 0 ? read_whole(fd) : NULL;
    if (text == NULL)
        *ret_problem = mping_strerror(-errno);
    if (fd >= 0)
        close(fd);
    if (text == NULL)
        return -1;
    read = parse(text, ret_state);
    is_empty = *text == '\0';
    free(text);
    if (read || is_empty)
        return read;
    cli_sweep_state_done(ret_state);
    *ret_problem = broken;
    return -1;
}

void cli_sweep_state_done(struct cli_sweep_state *state)
{
    free(state->pending);
    state->pending = NULL;
    state->pending_n = 0;
}

static size_t write_number(char *text, const char *name, uint64_t value)
{
    return (size_t)snprintf(text, LINE_BYTES, "%s %" PRIu64 "\n", name, value);
}

char *cli_sweep_state_text(const struct cli_sweep_state *state, size_t *ret_len)
{
    char *text = malloc((size_t)(FIELD_N + 5) * LINE_BYTES + state->pending_n * 32);
    size_t len;

    if (text == NULL)
        return NULL;
    len = (size_t)snprintf(text, LINE_BYTES, "%s", first_line);
    for (size_t i = 0; i < FIELD_N; i++)
        len += write_number(text + len, fields[i].name, get(state, fields[i].offset));
    len += write_number(text + len, "pending", state->pending_n);
    for (size_t i = 0; i < state->pending_n; i++)
        len += write_number(text + len, "at", state->pending[i]);
    len += (size_t)snprintf(text + len, LINE_BYTES, "%s", last_line);
    *ret_len = len;
    return text;
}

/* Whether a descriptor is still that of the file that the path names. */
static bool is_current(int fd, const char *path)
{
    struct stat ours, named;

    return fstat(fd, &ours) == 0 && stat(path, &named) == 0 && ours.st_dev == named.st_dev &&
           ours.st_ino == named.st_ino;
}

/* The locked descriptor, -1 with *ret_problem, or -2 if the file was replaced meanwhile. */
static int try_lock(const char *path, const char **ret_problem)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0666);
    struct stat st;

    if (fd < 0) {
        *ret_problem = mping_strerror(-errno);
        return -1;
    }
    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
        *ret_problem = "this is no regular file";
    else if (flock(fd, LOCK_EX | LOCK_NB) < 0)
        *ret_problem = errno == EWOULDBLOCK ? "another sweep is using it" : mping_strerror(-errno);
    else if (is_current(fd, path))
        return fd;
    close(fd);
    return *ret_problem != NULL ? -1 : -2;
}

int cli_sweep_state_lock(const char *path, char **ret_real, const char **ret_problem)
{
    int fd;

    *ret_problem = NULL;
    do
        fd = try_lock(path, ret_problem);
    while (fd == -2);
    if (fd < 0)
        return -1;
    *ret_real = realpath(path, NULL);
    if (*ret_real != NULL)
        return fd;
    *ret_problem = mping_strerror(-errno);
    close(fd);
    return -1;
}

int cli_sweep_state_write(const char *path, const char *text, size_t len, bool sync, int *lock_fd)
{
    char fresh[PATH_MAX];
    int n = snprintf(fresh, sizeof(fresh), "%s.new", path), fd, r;

    if (n < 0 || (size_t)n >= sizeof(fresh))
        return -ENAMETOOLONG;
    fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0)
        return -errno;
    r = flock(fd, LOCK_EX | LOCK_NB) < 0 ? -errno : app_write_all(fd, text, len);
    if (r == 0 && sync && fsync(fd) < 0)
        r = -errno;
    if (r == 0 && rename(fresh, path) < 0)
        r = -errno;
    if (r < 0) {
        (void)unlink(fresh);
        close(fd);
        return r;
    }
    close(*lock_fd); /* whoever waits for it finds that the path names another file now */
    *lock_fd = fd;
    return 0;
}
