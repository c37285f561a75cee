/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs when the command is built: prints its filter of system calls as the kernel wants it, one
 * instruction a line. Made beforehand the filter needs no memory and no time at start, and
 * libseccomp, which does not survive running out of memory, is not part of the command.
 *
 * usage: sandbox_gen [ARCHITECTURE]   as libseccomp calls it; default: this one
 */
#include <errno.h>
#include <linux/filter.h>
#include <sched.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "process/sandbox.h"

enum { INSTRUCTIONS_MAX = 4096 }; /* the kernel's own limit */

/*
 * Three classes. What is needed is allowed. What nobody but an intruder calls ends the process.
 * All else fails with ENOSYS: a newer libc then does it the old way, where EPERM would be taken
 * for a refusal and a signal would end a monitoring job after an upgrade of the system.
 *
 * By name, since not every machine and not every libseccomp knows all of them.
 */
/* clang-format off */
static const char *const allowed[] = {
    /* Memory and threads. clone3 is left out: its flags are out of the filter's sight. */
    "brk", "exit", "exit_group", "futex", "futex_time64", "futex_waitv", "get_robust_list",
    "madvise", "membarrier", "mmap", "mmap2", "mprotect", "mremap", "munmap", "prctl", "prlimit64",
    "getrlimit", "ugetrlimit", "rseq", "sched_getaffinity", "sched_yield", "set_robust_list",
    "set_tid_address",

    /* Time and signals. */
    "clock_getres", "clock_getres_time64", "clock_gettime", "clock_gettime64", "clock_nanosleep",
    "clock_nanosleep_time64", "getitimer", "gettimeofday", "nanosleep", "pause", "restart_syscall",
    "rt_sigaction", "rt_sigpending", "rt_sigprocmask", "rt_sigreturn", "rt_sigsuspend",
    "rt_sigtimedwait", "rt_sigtimedwait_time64", "setitimer", "sigaction", "sigaltstack",
    "signalfd4", "sigprocmask", "sigreturn", "time", "timerfd_create", "timerfd_gettime",
    "timerfd_gettime64", "timerfd_settime", "timerfd_settime64", "times",

    /* Descriptors, also the terminal's. */
    "close", "close_range", "dup", "dup2", "dup3", "epoll_create", "epoll_create1", "epoll_ctl",
    "epoll_pwait", "epoll_pwait2", "epoll_wait", "eventfd2", "fcntl", "fcntl64", "ioctl", "_llseek",
    "lseek", "_newselect", "pipe", "pipe2", "poll", "ppoll", "ppoll_time64", "pread64", "preadv",
    "preadv2", "pselect6", "pselect6_time64", "pwrite64", "pwritev", "pwritev2", "read", "readv",
    "select", "write", "writev",

    /* Files: lists of targets, the resolver's settings, terminal descriptions, state kept. */
    "access", "faccessat", "faccessat2", "fdatasync", "flock", "fstat", "fstat64", "fstatat64",
    "fstatfs", "fstatfs64", "fsync", "ftruncate", "ftruncate64", "getcwd", "getdents", "getdents64",
    "inotify_add_watch", "inotify_init1", "inotify_rm_watch", "lstat", "lstat64", "newfstatat",
    "open", "openat", "openat2", "readlink", "readlinkat", "rename", "renameat", "renameat2",
    "stat", "stat64", "statfs", "statfs64", "statx", "unlink", "unlinkat",

    /* Sockets, but for making them. */
    "bind", "connect", "getpeername", "getsockname", "getsockopt", "recv", "recvfrom", "recvmmsg",
    "recvmmsg_time64", "recvmsg", "send", "sendmmsg", "sendmsg", "sendto", "setsockopt", "shutdown",

    /* Who and where we are. */
    "capget", "getcpu", "getegid", "getegid32", "geteuid", "geteuid32", "getgid", "getgid32",
    "getgroups", "getgroups32", "getpgid", "getpgrp", "getpid", "getppid", "getrandom", "getresgid",
    "getresgid32", "getresuid", "getresuid32", "getrusage", "getsid", "gettid", "getuid",
    "getuid32", "sysinfo", "uname",
};

static const char *const deadly[] = {
    "acct", "add_key", "bpf", "chroot", "delete_module", "execve", "execveat", "finit_module",
    "init_module", "ioperm", "iopl", "kexec_file_load", "kexec_load", "keyctl", "mount",
    "mount_setattr", "move_mount", "open_by_handle_at", "open_tree", "perf_event_open",
    "pivot_root", "process_vm_readv", "process_vm_writev", "ptrace", "quotactl", "reboot",
    "request_key", "setns", "swapoff", "swapon", "umount2", "unshare", "userfaultfd",
};
/* clang-format on */

/* For the engine and the resolvers: AF_UNIX to a daemon of the system's, AF_NETLINK for
 * the list of own addresses. */
static const int families[] = {AF_INET, AF_INET6, AF_UNIX, AF_NETLINK};

static int add_all(scmp_filter_ctx filter, uint32_t action, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        int number = seccomp_syscall_resolve_name(names[i]);
        int r = number == __NR_SCMP_ERROR ? 0 : seccomp_rule_add(filter, action, number, 0);

        if (r < 0)
            return r;
    }
    return 0;
}

static int allow_if(scmp_filter_ctx filter, int number, struct scmp_arg_cmp condition)
{
    return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, number, 1, &condition);
}

static struct scmp_arg_cmp is_first(scmp_datum_t value)
{
    return (struct scmp_arg_cmp){.arg = 0, .op = SCMP_CMP_EQ, .datum_a = value};
}

static struct scmp_arg_cmp makes_thread(uint32_t arch)
{
    return (struct scmp_arg_cmp){
        .arg = arch == SCMP_ARCH_S390X || arch == SCMP_ARCH_S390, /* has the flags second */
        .op = SCMP_CMP_MASKED_EQ,
        .datum_a = CLONE_THREAD,
        .datum_b = CLONE_THREAD,
    };
}

/* Sockets of a few families, threads but no processes, signals to nobody but ourselves. */
static int add_restricted(scmp_filter_ctx filter, uint32_t arch)
{
    int r = allow_if(filter, SCMP_SYS(clone), makes_thread(arch));

    for (size_t i = 0; r == 0 && i < sizeof(families) / sizeof(families[0]); i++)
        r = allow_if(filter, SCMP_SYS(socket), is_first((scmp_datum_t)families[i]));
    if (r == 0)
        r = allow_if(filter, SCMP_SYS(socketpair), is_first(AF_UNIX));
    if (r == 0)
        r = allow_if(filter, SCMP_SYS(tgkill), is_first(APP_SANDBOX_SELF));
    if (r == 0)
        r = allow_if(filter, SCMP_SYS(kill), is_first(APP_SANDBOX_SELF));
    return r;
}

static int fill(scmp_filter_ctx filter, uint32_t arch)
{
    int r = add_all(filter, SCMP_ACT_ALLOW, allowed, sizeof(allowed) / sizeof(allowed[0]));

    if (r == 0)
        r = add_all(filter, SCMP_ACT_KILL_PROCESS, deadly, sizeof(deadly) / sizeof(deadly[0]));
    return r < 0 ? r : add_restricted(filter, arch);
}

static int set_architecture(scmp_filter_ctx filter, uint32_t arch)
{
    int r = 0;

    if (arch != seccomp_arch_native())
        r = seccomp_arch_remove(filter, SCMP_ARCH_NATIVE);
    if (r == 0 && arch != seccomp_arch_native())
        r = seccomp_arch_add(filter, arch);
    (void)seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
    (void)seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2); /* a tree, not a list */
    return r;
}

/* Through a file, which is all that libseccomp writes to. */
static int print(scmp_filter_ctx filter)
{
    static struct sock_filter code[INSTRUCTIONS_MAX];
    FILE *file = tmpfile();
    size_t n = 0;

    if (!file || seccomp_export_bpf(filter, fileno(file)) < 0 || fseek(file, 0, SEEK_SET) < 0)
        return -1;
    n = fread(code, sizeof(code[0]), INSTRUCTIONS_MAX, file);
    for (size_t i = 0; i < n; i++)
        printf("{%#06x, %u, %u, %#010x},\n", code[i].code, code[i].jt, code[i].jf, code[i].k);
    (void)fclose(file);
    return n ? 0 : -1;
}

int main(int argc, char **argv)
{
    uint32_t arch = argc > 1 ? seccomp_arch_resolve_name(argv[1]) : seccomp_arch_native();
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(ENOSYS));

    if (!arch || !filter || set_architecture(filter, arch) < 0 || fill(filter, arch) < 0 ||
        print(filter) < 0) {
        (void)fprintf(stderr, "sandbox_gen: no filter can be made\n");
        return 1;
    }
    seccomp_release(filter);
    return 0;
}
