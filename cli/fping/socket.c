/* SPDX-License-Identifier: Apache-2.0 */
#include "fping/socket.h"

#include <errno.h>
#include <netinet/in.h>
#include <stddef.h>
#include <sys/socket.h>
#include <unistd.h>

bool fping_may_ping(void)
{
    static const int kinds[][3] = {{AF_INET, SOCK_RAW, IPPROTO_ICMP},
                                   {AF_INET, SOCK_DGRAM, IPPROTO_ICMP},
                                   {AF_INET6, SOCK_RAW, IPPROTO_ICMPV6},
                                   {AF_INET6, SOCK_DGRAM, IPPROTO_ICMPV6}};

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        int fd = socket(kinds[i][0], kinds[i][1] | SOCK_CLOEXEC, kinds[i][2]);

        if (fd < 0)
            continue;
        close(fd);
        return true;
    }
    return false;
}

int fping_mark_error(uint32_t mark)
{
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), err = 0;

    if (setsockopt(fd, SOL_SOCKET, SO_MARK, &mark, sizeof(mark)) < 0)
        err = -errno;
    if (fd >= 0)
        close(fd);
    return err;
}
