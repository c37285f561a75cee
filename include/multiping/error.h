/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Errors are negative ints. Trouble that the system reported is -errno (libuv's custom);
 * trouble of our own has the codes below, far away from any errno.
 */
#ifndef MULTIPING_ERROR_H
#define MULTIPING_ERROR_H

#include <multiping/api.h>

#ifdef __cplusplus
extern "C" {
#endif

enum mping_error {
    MPING_OK = 0,
    MPING_ETIMEDOUT = -10001,  /* no reply within the timeout: the verdict is lost */
    MPING_ESEQWRAP = -10002,   /* the probe was overtaken by one with the same sequence number */
    MPING_ENOIDS = -10003,     /* all 65,536 ICMP ids of this address are in use; each of the
                                  engine's io_threads has an equal part of them */
    MPING_ECLOSED = -10004,    /* the target has ended, the engine is being freed, or it belongs to
                                  the process that this one was forked from */
    MPING_ERESOLVE = -10005,   /* the name could not be resolved */
    MPING_EPERM = -10006,      /* neither raw nor ping sockets are allowed */
    MPING_EAGAIN = -10007,     /* the window is full: try again after the next verdict */
    MPING_ECANCELED = -10008,  /* the probe was still out when its target was canceled */
    MPING_EINVAL = -10009,     /* an argument or option is out of range */
    MPING_ENOTSUP = -10010,    /* an unknown flag, or not possible on this kind of socket */
    MPING_EBUSY = -10011,      /* not possible from inside a callback, or while pings run */
    MPING_ENOMEM = -10012,     /* out of memory */
    MPING_EICMP = -10013,      /* an ICMP error quoting the probe came back */
    MPING_EFULL = -10014,      /* the engine holds as many targets as it was configured for */
    MPING_EUNKNOWN = -10015,   /* reply or loss cannot be told apart: see enum mping_reason */
    MPING_EEXCLUDED = -10016,  /* the address is not to be pinged: see mping_exclude() */
    MPING_ELINK = -10017,      /* a link-local address that names no link, and none leads to it */
    MPING_EBROADCAST = -10018, /* a broadcast address, and MPING_ENGINE_BROADCAST is not set */
    MPING_EMARK = -10019,      /* the mark of mping_opts is not allowed to this process */
    MPING_EOTHERLINK = -10020 /* a link-local address on another link than the ifindex to send by */
};

/* A description for people. Static string, never NULL. Any thread. */
MPING_API const char *mping_strerror(int err);

/* The name of the code, such as "MPING_ETIMEDOUT" or "ENETUNREACH". Static string. Any thread. */
MPING_API const char *mping_err_name(int err);

#ifdef __cplusplus
}
#endif
#endif
