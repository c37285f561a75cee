/* SPDX-License-Identifier: Apache-2.0 */
#include "io/discards.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TEXT_MAX = 8192 }; /* Linux 6.18 writes 4,100 bytes */

int mping_discards_open(void)
{
    int fd = open("/proc/thread-self/net/snmp6", O_RDONLY | O_CLOEXEC);

    return fd < 0 ? -errno : fd;
}

int mping_discards_read(int fd, uint64_t *ret_count)
{
    static const char name[] = "\nIp6OutDiscards";
    char text[TEXT_MAX];
    ssize_t n = pread(fd, text, sizeof(text) - 1, 0);
    const char *line;

    if (n < 0)
        return -errno;
    text[n] = '\0';
    line = strstr(text, name);
    if (!line)
        return -EBADMSG;
    *ret_count = strtoull(line + sizeof(name) - 1, NULL, 10);
    return 0;
}
