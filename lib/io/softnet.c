/* SPDX-License-Identifier: Apache-2.0 */
#include "io/softnet.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PART_BYTES = 4096 }; /* a line of one processor has 135 bytes in Linux 6.18 */

int mping_softnet_open(void)
{
    int fd = open("/proc/thread-self/net/softnet_stat", O_RDONLY | O_CLOEXEC);

    return fd < 0 ? -errno : fd;
}

/* The second number of each whole line; returns how much of the text these are. */
static size_t add_lines(const char *text, uint64_t *sum)
{
    const char *line = text, *end;

    while ((end = strchr(line, '\n'))) {
        char *rest;

        (void)strtoull(line, &rest, 16);
        *sum += strtoull(rest, NULL, 16);
        line = end + 1;
    }
    return (size_t)(line - text);
}

int mping_softnet_read(int fd, uint64_t *ret_drops)
{
    char text[PART_BYTES + 1];
    uint64_t sum = 0;
    off_t offset = 0;
    ssize_t n;

    while ((n = pread(fd, text, PART_BYTES, offset)) > 0) {
        size_t whole;

        text[n] = '\0';
        whole = add_lines(text, &sum);
        if (!whole)
            return -EBADMSG;
        offset += (off_t)whole;
    }
    if (n < 0)
        return -errno;
    *ret_drops = sum;
    return 0;
}
