/* SPDX-License-Identifier: Apache-2.0 */
#include "targets/source.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Found out with a socket of its own, which sends nothing. */
int app_source_check(const struct mping_addr *source)
{
    struct sockaddr_in in = {.sin_family = AF_INET};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
    bool v6 = source->family == AF_INET6;
    int fd, r;

    fd = socket(v6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    memcpy(&in.sin_addr, source->ip, sizeof(in.sin_addr));
    memcpy(&in6.sin6_addr, source->ip, sizeof(in6.sin6_addr));
    in6.sin6_scope_id = source->scope_id;
    r = v6 ? bind(fd, (const struct sockaddr *)&in6, sizeof(in6))
           : bind(fd, (const struct sockaddr *)&in, sizeof(in));
    r = r < 0 ? -errno : 0;
    close(fd);
    return r;
}
