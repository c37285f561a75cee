# SPDX-License-Identifier: Apache-2.0
"""With which errno each system call may fail, as its manual page and the kernel have it.

"CALL/KIND" is of calls on that kind of descriptor, see syscalls.c. Not here is what cannot be:
EAGAIN of an eventfd that is written, for its counter is then full, and it is readable anyway;
EPIPE once, for a reader who has gone does not come back; ECONNREFUSED of netlink sockets, on which
the C library ends the program.
"""

NO_DESCRIPTORS = "EMFILE ENFILE"
NO_MEMORY = "ENOMEM"

ERRNOS = {
    # Memory and threads. brk tells no errno: it leaves things as they are.
    "brk": NO_MEMORY,
    "mmap": NO_MEMORY + " EAGAIN",
    "mprotect": NO_MEMORY,
    "mremap": NO_MEMORY,
    "munmap": NO_MEMORY,
    "madvise": NO_MEMORY + " EINVAL EAGAIN EBUSY EFAULT",
    "clone": "EAGAIN ENOMEM EPERM",
    "clone3": "EAGAIN ENOMEM EPERM ENOSYS",
    "futex": "EINTR EAGAIN ETIMEDOUT",
    "membarrier": "EINVAL ENOSYS",
    "set_robust_list": "EINVAL ENOSYS",
    "prlimit64": "EPERM EINVAL",
    "getrandom": "EAGAIN EINTR ENOSYS",
    "sched_getaffinity": "EINVAL ENOSYS",
    # Time and signals.
    "clock_nanosleep": "EINTR",
    "timerfd_create": NO_DESCRIPTORS + " ENODEV " + NO_MEMORY,
    "timerfd_settime": "EINVAL ECANCELED",
    "signalfd4": NO_DESCRIPTORS + " ENODEV " + NO_MEMORY,
    "rt_sigaction": "EINVAL",
    # Descriptors.
    "close": "EINTR EIO ENOSPC EDQUOT",
    "dup": "EMFILE",
    "epoll_create1": NO_DESCRIPTORS + " " + NO_MEMORY,
    "epoll_ctl": "ENOMEM ENOSPC EPERM",
    "epoll_pwait": "EINTR",
    "epoll_wait": "EINTR",
    "eventfd2": NO_DESCRIPTORS + " ENODEV " + NO_MEMORY,
    "fcntl": "EINVAL EPERM EAGAIN",
    "ioctl": "ENOTTY EINVAL EINTR",
    "poll": "EINTR ENOMEM EAGAIN",
    "ppoll": "EINTR ENOMEM EAGAIN",
    "read/eventfd": "EAGAIN EINTR",
    "read/file": "EIO EINTR EISDIR EAGAIN",
    "read/pipe": "EAGAIN EINTR EIO",
    "read/signalfd": "EAGAIN EINTR",
    "read/timerfd": "EAGAIN EINTR ECANCELED",
    "write/eventfd": "EINTR",
    "write/file": "EINTR EIO ENOSPC EDQUOT",
    "write/stderr": "EAGAIN EINTR EIO ENOSPC",
    "write/stdout": "EAGAIN EINTR EIO ENOSPC EDQUOT EFBIG",
    # Files.
    "access": "ENOENT EACCES EIO",
    "faccessat": "ENOENT EACCES EIO",
    "faccessat2": "ENOENT EACCES ENOSYS",
    "flock": "EINTR ENOLCK EWOULDBLOCK",
    "fstat": "ENOMEM EOVERFLOW",
    "fsync": "EIO ENOSPC EINTR",
    "getdents64": "ENOENT ENOMEM EIO",
    "lseek": "ESPIPE EINVAL",
    "newfstatat": "EACCES ENOENT ENOMEM",
    "openat": NO_DESCRIPTORS + " ENOENT EACCES EINTR EIO " + NO_MEMORY,
    "pread64": "EINTR EIO",
    "readlink": "EACCES ENOENT EIO ENOMEM",
    "readlinkat": "EACCES ENOENT EIO ENOMEM",
    "rename": "EACCES EIO ENOSPC EROFS",
    "renameat": "EACCES EIO ENOSPC EROFS",
    "renameat2": "EACCES EIO ENOSPC EROFS",
    "statfs": "EACCES ENOENT EINTR ENOSYS",
    "statx": "EACCES ENOENT ENOMEM",
    "unlink": "EACCES EIO EROFS",
    "unlinkat": "EACCES EIO EROFS",
    # Sockets.
    "bind": "EADDRINUSE EADDRNOTAVAIL EACCES EINVAL ENOMEM",
    "connect": "ENETUNREACH ECONNREFUSED EADDRNOTAVAIL EAGAIN EINTR EACCES EPERM ETIMEDOUT",
    "getsockname": "ENOBUFS",
    "getpeername": "ENOBUFS ENOTCONN",
    "getsockopt": "EINVAL ENOPROTOOPT",
    "recvfrom": "EAGAIN EINTR ECONNREFUSED ENOMEM EHOSTUNREACH ENETDOWN",
    "recvmmsg": "EAGAIN EINTR ECONNREFUSED ENOMEM EHOSTUNREACH ENETUNREACH ENETDOWN EPROTO",
    "recvmsg": "EAGAIN EINTR ENOMEM ENOBUFS",
    "sendmmsg": "EAGAIN EINTR ENOBUFS ENOMEM EPERM EACCES EINVAL EMSGSIZE ENETUNREACH EHOSTUNREACH "
                "ENETDOWN EADDRNOTAVAIL EHOSTDOWN ECONNREFUSED ENODEV ENXIO EPIPE",
    "sendto": "EAGAIN EINTR ENOBUFS ENOMEM EPERM ENETUNREACH ECONNREFUSED",
    "setsockopt": "EINVAL ENOPROTOOPT ENOMEM ENOBUFS EPERM EACCES",
    "socket": NO_DESCRIPTORS + " ENOBUFS ENOMEM EACCES EPERM EAFNOSUPPORT EPROTONOSUPPORT",
    # Privileges.
    "capget": "EPERM EINVAL",
    "capset": "EPERM",
    "prctl": "EPERM EINVAL EACCES",
    "seccomp": "EINVAL ENOSYS EPERM EACCES ENOMEM",
    "setresgid": "EPERM",
    "setresuid": "EAGAIN EPERM",
}

# What lasts: all calls of that name fail from some moment on.
FOR_GOOD = {
    "brk": "ENOMEM",
    "clone": "EAGAIN",
    "epoll_ctl": "ENOMEM",
    "epoll_wait": "EINTR",
    "getrandom": "ENOSYS",
    "getsockopt": "ENOPROTOOPT",
    "mmap": "ENOMEM",
    "openat": "EMFILE",
    "poll": "ENOMEM",
    "ppoll": "ENOMEM",
    "recvmmsg": "ENOMEM",
    "sendmmsg": "ENOBUFS EPERM ENETUNREACH EAGAIN",
    "setsockopt": "ENOPROTOOPT",
    "socket": "EMFILE EPERM",
    "timerfd_settime": "EINVAL",
    "write/stderr": "EIO",
    "write/stdout": "EIO EPIPE ENOSPC",
}

# What cannot fail when it is called rightly, or what the C library does for itself when a thread
# begins or ends.
NEVER = """
    arch_prctl clock_getres clock_gettime exit exit_group getegid geteuid getgid getpid getppid
    getresgid getresuid getrusage gettid gettimeofday getuid restart_syscall rseq rt_sigprocmask
    rt_sigreturn sched_yield set_tid_address sysinfo tgkill time uname
""".split()


def pairs(table, calls):
    """(call, errno) of a table, of those calls."""
    return [(call, name) for call in sorted(calls)
            for name in dict.fromkeys(table.get(call, "").split())]
