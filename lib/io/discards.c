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

static int find(const char *text, const char *name, int64_t *ret_value)
{
    const char *line = strstr(text, name);

    if (!line)
        return -EBADMSG;
    *ret_value = (int64_t)strtoull(line + strlen(name), NULL, 10);
    return 0;
}

int mping_discards_read(int fd, int64_t *ret_count)
{
    char text[TEXT_MAX];
    ssize_t n = pread(fd, text, sizeof(text) - 1, 0);
    int64_t discards, errors;

    if (n < 0)
        return -errno;
    text[n] = '\0';
    if (find(text, "\nIp6OutDiscards", &discards) < 0 ||
        find(text, "\nIcmp6OutErrors", &errors) < 0)
        return -EBADMSG;
    *ret_count = discards - errors;
    return 0;
}
