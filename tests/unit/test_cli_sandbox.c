/* SPDX-License-Identifier: Apache-2.0 */
/* The filter of system calls: each row runs in a child that has entered it. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "process/sandbox.h"
#include "tap.h"

#define UNKNOWN_CALL 4000 /* far above what any kernel has */

enum { ENTERED_NOT = 200 };

/* A call with up to three arguments, and what becomes of it: 0, an errno, or a signal. */
struct row {
    const char *what;
    long number;
    long args[3];
    int error;
    int signal;
};

static const struct row rows[] = {
    {"time", SYS_clock_gettime, {CLOCK_MONOTONIC, 0}, EFAULT, 0},
    {"IPv4 sockets", SYS_socket, {AF_INET, SOCK_DGRAM, 0}, 0, 0},
    {"IPv6 sockets", SYS_socket, {AF_INET6, SOCK_DGRAM, 0}, 0, 0},
    {"the system's daemons", SYS_socket, {AF_UNIX, SOCK_STREAM, 0}, 0, 0},
    {"own addresses", SYS_socket, {AF_NETLINK, SOCK_RAW, 0}, 0, 0},
    {"packet sockets", SYS_socket, {AF_PACKET, SOCK_RAW, 0}, ENOSYS, 0},
    {"vsock", SYS_socket, {AF_VSOCK, SOCK_STREAM, 0}, ENOSYS, 0},
    {"a call of the future", UNKNOWN_CALL, {0}, ENOSYS, 0},
    {"clone3", SYS_clone3, {0}, ENOSYS, 0},
    {"a new process", SYS_clone, {SIGCHLD}, ENOSYS, 0},
    {"io_uring_setup", SYS_io_uring_setup, {0}, ENOSYS, 0},
    {"other people's processes", SYS_kill, {1, 0}, ENOSYS, 0},
    {"chmod", SYS_fchmod, {-1, 0}, ENOSYS, 0},
    {"setuid", SYS_setuid, {0}, ENOSYS, 0},
    {"listen", SYS_listen, {-1, 0}, ENOSYS, 0},
    {"execve", SYS_execve, {0}, 0, SIGSYS},
    {"execveat", SYS_execveat, {-1}, 0, SIGSYS},
    {"ptrace", SYS_ptrace, {0}, 0, SIGSYS},
    {"process_vm_writev", SYS_process_vm_writev, {1}, 0, SIGSYS},
    {"unshare", SYS_unshare, {CLONE_NEWUSER}, 0, SIGSYS},
    {"setns", SYS_setns, {-1, 0}, 0, SIGSYS},
    {"mount", SYS_mount, {0}, 0, SIGSYS},
    {"bpf", SYS_bpf, {0}, 0, SIGSYS},
    {"init_module", SYS_init_module, {0}, 0, SIGSYS},
    {"userfaultfd", SYS_userfaultfd, {0}, 0, SIGSYS},
    {"perf_event_open", SYS_perf_event_open, {0}, 0, SIGSYS},
};

static void enter(void)
{
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || app_sandbox_enter() < 0)
        _exit(ENTERED_NOT);
}

/* In the child: its exit status is the errno. */
static void call(const struct row *row)
{
    long r;

    enter();
    r = syscall(row->number, row->args[0], row->args[1], row->args[2]);
    _exit(r < 0 ? errno : 0);
}

static int status_of(void (*run)(const struct row *row), const struct row *row)
{
    int status = 0;
    pid_t child = fork();

    if (child == 0) {
        run(row);
        _exit(0);
    }
    waitpid(child, &status, 0);
    return status;
}

static void test_row(const struct row *row)
{
    int status = status_of(call, row);
    bool right = row->signal ? WIFSIGNALED(status) && WTERMSIG(status) == row->signal
                             : WIFEXITED(status) && WEXITSTATUS(status) == row->error;

    ok(right, "%s: %s", row->what,
       row->signal            ? "ends the process"
       : row->error == ENOSYS ? "is not there"
                              : "is allowed");
    if (!right)
        diag("wait status %#x", (unsigned)status);
}

static void *set_flag(void *flag)
{
    *(int *)flag = 1;
    return NULL;
}

/* What a pinger does all day, through libc. */
static void live(const struct row *unused)
{
    pthread_t thread;
    int flag = 0, fd;
    char byte;

    (void)unused;
    (void)signal(SIGUSR1, SIG_IGN);
    enter();
    if (pthread_create(&thread, NULL, set_flag, &flag) != 0)
        _exit(1);
    pthread_join(thread, NULL);
    fd = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
    if (fd < 0 || read(fd, &byte, 1) != 1 || !flag)
        _exit(2);
    _exit(raise(SIGUSR1) == 0 && getrandom(&byte, 1, 0) == 1 ? 0 : 3);
}

/* In a child of the child: the filter stays. */
static void look(const struct row *unused)
{
    char line[128];
    FILE *status;
    int mode = -1;

    (void)unused;
    enter();
    status = fopen("/proc/self/status", "re");
    while (status && fgets(line, sizeof(line), status))
        (void)sscanf(line, "Seccomp: %d", &mode);
    _exit(mode == 2 && prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? 0 : 1);
}

int main(void)
{
#ifndef HAVE_SECCOMP
    skip("built without libseccomp");
    return done_testing();
#endif
    ok(status_of(look, NULL) == 0, "mode 2, and no new privileges");
    ok(status_of(live, NULL) == 0, "threads, files, signals to itself, random numbers");
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        test_row(&rows[i]);
    return done_testing();
}
