/* SPDX-License-Identifier: Apache-2.0 */
#include "io/socket/rcvbuf.h"

#include <errno.h>
#include <linux/sock_diag.h>
#include <sys/socket.h>

/* `forced` needs CAP_NET_ADMIN; `plain` is cut to the system's limit. */
static void set_bytes(int fd, int forced, int plain, uint32_t bytes)
{
    int value = bytes > MPING_RCVBUF_MAX_BYTES ? MPING_RCVBUF_MAX_BYTES : (int)bytes;

    if (setsockopt(fd, SOL_SOCKET, forced, &value, sizeof(value)) < 0)
        setsockopt(fd, SOL_SOCKET, plain, &value, sizeof(value));
}

uint32_t mping_rcvbuf_ask(int fd, uint32_t bytes)
{
    int granted = 0;
    socklen_t len = sizeof(granted);

    set_bytes(fd, SO_RCVBUFFORCE, SO_RCVBUF, bytes ? bytes : MPING_RCVBUF_MAX_BYTES);
    if (getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &granted, &len) < 0 || granted < 0)
        return 0;
    return (uint32_t)granted / MPING_REPLY_CHARGE_BYTES;
}

void mping_sndbuf_ask(int fd, uint32_t bytes)
{
    if (bytes)
        set_bytes(fd, SO_SNDBUFFORCE, SO_SNDBUF, bytes);
}

int mping_rcvbuf_state(int fd, struct mping_rcvbuf *ret_state)
{
    uint32_t info[SK_MEMINFO_VARS] = {0};
    socklen_t len = sizeof(info);

    if (getsockopt(fd, SOL_SOCKET, SO_MEMINFO, info, &len) < 0)
        return -errno;
    *ret_state = (struct mping_rcvbuf){
        .drops = info[SK_MEMINFO_DROPS],
        .queued_bytes = info[SK_MEMINFO_RMEM_ALLOC],
        .limit_bytes = info[SK_MEMINFO_RCVBUF],
    };
    return 0;
}

/* Drivers give a small packet a page, and so they do for each fragment of a large one. */
uint64_t mping_rcvbuf_charge_max(uint32_t len)
{
    return 2 * ((uint64_t)len + 4096);
}

uint64_t mping_rcvbuf_extend(uint64_t count, uint32_t low)
{
    return count + (uint32_t)(low - (uint32_t)count);
}
