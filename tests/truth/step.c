/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Preloaded: the wall clock steps by STEP_S seconds, STEP_AFTER_MS after the start, for this
 * process alone. What the kernel stamps after that moment is stepped as well, as it would be.
 */
#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define SECOND INT64_C(1000000000)

static int (*real_gettime)(clockid_t clock, struct timespec *now);
static int (*real_recvmmsg)(int fd, struct mmsghdr *msgs, unsigned n, int flags,
                            struct timespec *timeout);
static int64_t step_at_real_ns; /* by the clock that does not step */
static int64_t step_s;

static int64_t to_ns(const struct timespec *t)
{
    return t->tv_sec * SECOND + t->tv_nsec;
}

__attribute__((constructor)) static void begin(void)
{
    const char *after = getenv("STEP_AFTER_MS"), *step = getenv("STEP_S");
    struct timespec now;

    real_gettime = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    real_recvmmsg = (int (*)(int, struct mmsghdr *, unsigned, int, struct timespec *))dlsym(
        RTLD_NEXT, "recvmmsg");
    real_gettime(CLOCK_REALTIME, &now);
    step_at_real_ns = to_ns(&now) + (after ? strtoll(after, NULL, 10) : 0) * (SECOND / 1000);
    step_s = step ? strtoll(step, NULL, 10) : 0;
}

static void shift(struct timespec *t)
{
    if (to_ns(t) >= step_at_real_ns)
        t->tv_sec += step_s;
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    int r = real_gettime(clock, now);

    if (r == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        shift(now);
    return r;
}

static void shift_stamps(struct msghdr *msg)
{
    struct cmsghdr *cmsg;

    for (cmsg = CMSG_FIRSTHDR(msg); cmsg; cmsg = CMSG_NXTHDR(msg, cmsg)) {
        struct timespec stamp;

        if (cmsg->cmsg_level != SOL_SOCKET || cmsg->cmsg_type != SO_TIMESTAMPNS)
            continue;
        memcpy(&stamp, CMSG_DATA(cmsg), sizeof(stamp));
        shift(&stamp);
        memcpy(CMSG_DATA(cmsg), &stamp, sizeof(stamp));
    }
}

int recvmmsg(int fd, struct mmsghdr *msgs, unsigned n, int flags, struct timespec *timeout)
{
    int got = real_recvmmsg(fd, msgs, n, flags, timeout);

    for (int i = 0; i < got; i++)
        shift_stamps(&msgs[i].msg_hdr);
    return got;
}
