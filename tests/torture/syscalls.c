/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs a program whose system calls fail on demand. The kernel asks this process about each call
 * in question (seccomp's user notification), and it says whether the call goes on or fails.
 *
 * usage: torture_syscalls REPORT CALL[/KIND] ERRNO AT[+] PROGRAM [ARGUMENT...]
 *        torture_syscalls REPORT all 0 0 PROGRAM [ARGUMENT...]
 *
 * The call numbered AT of that name fails with the errno, with "+" all from there on. KIND narrows
 * it to a kind of descriptor: stdout, eventfd, pipe, socket, file ... "all" lets everything pass
 * and writes down what there was. What the dynamic loader calls does not count: without memory or
 * libraries there is no program.
 *
 * Exit: as the program, 128 + n after signal n.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/futex.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STACK_BYTES = 65536, KIND_MAX = 32, COUNTS_MAX = 256, LINE = 512, START_BRK_FIELD = 47 };

/* Calls of one name, and of one kind of descriptor where that matters. */
struct count {
    int number;
    char kind[KIND_MAX];
    unsigned long calls;
};

static struct {
    bool all;
    int number, err;
    char kind[KIND_MAX];
    unsigned long at;
    bool further;
} plan;

static struct count counts[COUNTS_MAX];
static size_t count_n;
static unsigned long failed, first_fd;
static uint64_t loader_from, loader_to;
static FILE *report;
static char **program;
static atomic_int listener = -1; /* set by the child, which shares our memory and descriptors */

static void die(const char *what)
{
    (void)fprintf(stderr, "torture_syscalls: %s: %s\n", what, strerror(errno));
    exit(127);
}

/* Everything but the execve() that begins it, or one call and the one that ends a program. */
static long install(void)
{
    const uint32_t number = offsetof(struct seccomp_data, nr);
    struct sock_filter all[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, number),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_execve, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
    };
    struct sock_filter one[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, number),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)plan.number, 2, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit_group, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
    };
    const struct sock_fprog filter = {
        .len = plan.all ? sizeof(all) / sizeof(all[0]) : sizeof(one) / sizeof(one[0]),
        .filter = plan.all ? all : one,
    };

    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &filter);
}

static int child_main(void *unused)
{
    long fd = install();

    (void)unused;
    atomic_store(&listener, fd < 0 ? -errno : (int)fd);
    if (fd >= 0)
        execv(program[0], program);
    _exit(127);
}

/* The loader calls the kernel by itself, so where it lies in memory tells its calls. */
static bool is_loader(uint32_t pid, uint64_t instruction)
{
    char line[LINE], path[LINE];
    FILE *maps;

    (void)snprintf(path, sizeof(path), "/proc/%u/maps", pid);
    maps = loader_to ? NULL : fopen(path, "re");
    while (maps && fgets(line, sizeof(line), maps)) {
        const char *name = strrchr(line, '/');
        unsigned long from, to;

        if (!name || (strncmp(name, "/ld-linux", 9) != 0 && strncmp(name, "/ld64", 5) != 0) ||
            sscanf(line, "%lx-%lx", &from, &to) != 2)
            continue;
        loader_from = loader_to ? loader_from : from;
        loader_to = to;
    }
    if (maps)
        (void)fclose(maps);
    return instruction >= loader_from && instruction < loader_to;
}

static bool has_kind(int number)
{
    return number == SYS_read || number == SYS_write;
}

/* "eventfd" of anon_inode:[eventfd], "pipe" of pipe:[123], "file" of /any/path. */
static void kind_of(uint32_t pid, uint64_t fd, char kind[static KIND_MAX])
{
    static const char *const standard[] = {"stdin", "stdout", "stderr"};
    char path[LINE], link[LINE];
    const char *from = link;
    ssize_t len;

    if (fd <= STDERR_FILENO) {
        (void)snprintf(kind, KIND_MAX, "%s", standard[fd]);
        return;
    }
    (void)snprintf(path, sizeof(path), "/proc/%u/fd/%d", pid, (int)fd);
    len = readlink(path, link, sizeof(link) - 1);
    link[len > 0 ? len : 0] = '\0';
    if (link[0] == '/')
        from = "file";
    else if (strncmp(link, "anon_inode:[", 12) == 0)
        from = link + 12;
    (void)snprintf(kind, KIND_MAX, "%.*s", (int)strcspn(from, ":]"), from);
}

/* The break a program has when it cannot get a further one: the call tells no errno. */
static int64_t break_of(uint32_t pid)
{
    char path[LINE], line[4 * LINE];
    unsigned long from = 0, to = 0;
    const char *at;
    FILE *file;

    (void)snprintf(path, sizeof(path), "/proc/%u/maps", pid);
    file = fopen(path, "re");
    while (file && fgets(line, sizeof(line), file))
        if (strstr(line, "[heap]") && sscanf(line, "%lx-%lx", &from, &to) == 2)
            break;
    if (file)
        (void)fclose(file);
    if (to)
        return (int64_t)to;
    (void)snprintf(path, sizeof(path), "/proc/%u/stat", pid);
    file = fopen(path, "re");
    at = file && fgets(line, sizeof(line), file) ? strrchr(line, ')') : NULL;
    for (int field = 2; at && field < START_BRK_FIELD; field++)
        at = strchr(at + 1, ' ');
    if (file)
        (void)fclose(file);
    return at ? (int64_t)strtoull(at, NULL, 10) : 0;
}

/* Whether the call can fail at all in the way wanted, or in any where none is. */
static bool can_fail(const struct seccomp_data *call)
{
    int op = (int)call->args[1] & FUTEX_CMD_MASK;

    if (call->nr == SYS_brk)
        return call->args[0] != 0; /* else it only asks */
    if (call->nr == SYS_epoll_ctl)
        return call->args[1] == EPOLL_CTL_ADD; /* only what is new needs room */
    if (call->nr != SYS_futex)
        return true;
    /* To wake somebody cannot fail, and what waits for ever cannot have waited too long. */
    return (op == FUTEX_WAIT || op == FUTEX_WAIT_BITSET) &&
           (plan.err != ETIMEDOUT || call->args[3]);
}

static struct count *count_of(int number, const char *kind)
{
    for (size_t i = 0; i < count_n; i++)
        if (counts[i].number == number && strcmp(counts[i].kind, kind) == 0)
            return &counts[i];
    if (count_n == COUNTS_MAX)
        die("too many kinds of calls");
    counts[count_n].number = number;
    (void)snprintf(counts[count_n].kind, KIND_MAX, "%s", kind);
    return &counts[count_n++];
}

/* Counts the call; returns whether it is to fail. */
static bool fails(const struct seccomp_notif *ask)
{
    char kind[KIND_MAX] = "";
    unsigned long n;

    if (is_loader(ask->pid, ask->data.instruction_pointer) || !can_fail(&ask->data))
        return false;
    if (has_kind(ask->data.nr))
        kind_of(ask->pid, ask->data.args[0], kind);
    n = ++count_of(ask->data.nr, kind)->calls;
    if (plan.all || ask->data.nr != plan.number || (plan.kind[0] && strcmp(kind, plan.kind) != 0) ||
        (plan.further ? n < plan.at : n != plan.at))
        return false;
    if (failed++ == 0)
        first_fd = ask->data.args[0];
    return true;
}

/* What is left open when the program ends, but for its standard descriptors. */
static void report_open(uint32_t pid)
{
    char path[LINE], link[LINE];

    for (int fd = STDERR_FILENO + 1; fd < LINE; fd++) {
        ssize_t len;

        (void)snprintf(path, sizeof(path), "/proc/%u/fd/%d", pid, fd);
        len = readlink(path, link, sizeof(link));
        if (len > 0)
            (void)fprintf(report, "open %d %.*s\n", fd, (int)len, link);
    }
}

static void answer(void)
{
    struct seccomp_notif ask = {0};
    struct seccomp_notif_resp say = {0};

    if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &ask) < 0)
        return; /* a signal has taken it back */
    if (ask.data.nr == SYS_exit_group)
        report_open(ask.pid);
    say.id = ask.id;
    if (!fails(&ask))
        say.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
    else if (ask.data.nr == SYS_brk)
        say.val = break_of(ask.pid);
    else
        say.error = -plan.err;
    (void)ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &say);
}

static void supervise(pid_t child)
{
    struct pollfd fds[2] = {{.events = POLLIN}, {.events = POLLIN}};

    while (atomic_load(&listener) == -1)
        sched_yield();
    errno = -atomic_load(&listener);
    if (listener < 0)
        die("no filter of system calls");
    fds[0].fd = listener;
    fds[1].fd = (int)syscall(SYS_pidfd_open, child, 0);
    if (fds[1].fd < 0)
        die("pidfd_open");
    for (;;) {
        if (poll(fds, 2, -1) < 0)
            continue;
        if (fds[0].revents & POLLIN)
            answer();
        else if (fds[1].revents)
            return;
    }
}

static void write_report(void)
{
    for (size_t i = 0; i < count_n; i++) {
        char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, counts[i].number);

        (void)fprintf(report, "call %s%s%s %lu\n", name ? name : "?", counts[i].kind[0] ? "/" : "",
                      counts[i].kind, counts[i].calls);
        free(name);
    }
    (void)fprintf(report, "failed %lu\n", failed);
    if (failed)
        (void)fprintf(report, "descriptor %lu\n", first_fd);
    if (fclose(report) != 0)
        die("report");
}

static void read_plan(char **argv)
{
    char *kind = strchr(argv[2], '/');

    plan.all = strcmp(argv[2], "all") == 0;
    plan.err = atoi(argv[3]);
    plan.at = strtoul(argv[4], NULL, 10);
    plan.further = strchr(argv[4], '+') != NULL;
    if (kind) {
        (void)snprintf(plan.kind, sizeof(plan.kind), "%s", kind + 1);
        *kind = '\0';
    }
    plan.number = plan.all ? -1 : seccomp_syscall_resolve_name(argv[2]);
    errno = EINVAL;
    if (!plan.all && plan.number < 0)
        die(argv[2]);
}

int main(int argc, char **argv)
{
    static _Alignas(16) char stack[STACK_BYTES];
    int status;
    pid_t child;

    if (argc < 6) {
        (void)fprintf(stderr, "usage: torture_syscalls REPORT CALL ERRNO AT PROGRAM...\n");
        return 127;
    }
    read_plan(argv);
    program = argv + 5;
    report = fopen(argv[1], "we");
    if (!report)
        die(argv[1]);
    child = clone(child_main, stack + STACK_BYTES, CLONE_VM | CLONE_FILES | SIGCHLD, NULL);
    if (child < 0)
        die("clone");
    supervise(child);
    if (waitpid(child, &status, 0) < 0)
        die("waitpid");
    write_report();
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
