/* SPDX-License-Identifier: Apache-2.0 */
/* Built with -Dfping_safe_limits=true: what ordinary users may not do, whatever they set. */
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fping/options.h"
#include "fping/status.h"
#include "tap.h"

enum { ARGS_MAX = 6, WORD_MAX = 32, NOBODY = 65534, PASSED = 77 };

/* In a child, as nobody: the status of the command line, PASSED if it would go on. */
static void parse_as_nobody(const char *const *args, int err_fd)
{
    char words[ARGS_MAX + 1][WORD_MAX] = {"fping"}, *argv[ARGS_MAX + 1] = {words[0]};
    struct fping_options options;
    int argc = 1, status;

    for (; args[argc - 1]; argc++) {
        (void)snprintf(words[argc], WORD_MAX, "%s", args[argc - 1]);
        argv[argc] = words[argc];
    }
    if (dup2(err_fd, STDERR_FILENO) < 0 || (getuid() == 0 && setuid(NOBODY) < 0))
        _exit(1);
    status = fping_options_parse(&options, argc, argv);
    if (status < 0)
        status = fping_options_check(&options);
    (void)fflush(stderr);
    fping_options_done(&options);
    _exit(status < 0 ? PASSED : status);
}

/* Its status; what it said is left in text. */
static int run(const char *const *args, char *text, size_t size)
{
    int fds[2], status = -1;
    size_t len = 0;
    ssize_t n = 1;
    pid_t pid;

    if (pipe(fds) == 0) {
        pid = fork();
        if (pid == 0)
            parse_as_nobody(args, fds[1]);
        close(fds[1]);
        for (; n > 0; len += n > 0 ? (size_t)n : 0)
            n = read(fds[0], text + len, size - 1 - len);
        close(fds[0]);
        waitpid(pid, &status, 0);
    }
    text[len] = '\0';
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int main(void)
{
    static const char risky[] = "fping: these options are too risky for mere mortals.\n"
                                "fping: You need -i >= 1 and -p >= 10\n";
    static const struct {
        const char *args[ARGS_MAX];
        int status;
        const char *said;
    } rows[] = {
        {{"127.0.0.1"}, PASSED, ""},
        {{"-i1", "-p10", "-c1", "127.0.0.1"}, PASSED, ""},
        {{"-i0.9", "127.0.0.1"}, FPING_EXIT_UNREACHABLE, risky},
        {{"-i0", "127.0.0.1"}, FPING_EXIT_UNREACHABLE, risky},
        {{"-p9", "-c1", "127.0.0.1"}, FPING_EXIT_UNREACHABLE, risky},
        {{"-i", "0", "-p", "5", "-C1"}, FPING_EXIT_UNREACHABLE, risky},
    };
    char text[512];

    setenv("FPING_SAFE_LIMITS", "0", 1); /* is for builds without the switch */
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        int status = run(rows[i].args, text, sizeof(text));

        ok(status == rows[i].status && strcmp(text, rows[i].said) == 0,
           "%s %s: status %d, said %zu bytes", rows[i].args[0],
           rows[i].args[1] ? rows[i].args[1] : "", status, strlen(text));
    }
    return done_testing();
}
