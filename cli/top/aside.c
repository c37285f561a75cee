/* SPDX-License-Identifier: Apache-2.0 */
#include "top/aside.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "process/output.h"

int top_aside_begin(struct top_aside *aside)
{
    int fds[2];

    aside->stderr_fd = aside->read_fd = -1;
    aside->len = 0;
    if (!isatty(STDERR_FILENO))
        return 0;
    if (pipe2(fds, O_CLOEXEC | O_NONBLOCK) < 0)
        return -errno;
    aside->stderr_fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    aside->read_fd = fds[0];
    if (aside->stderr_fd < 0 || dup2(fds[1], STDERR_FILENO) < 0)
        return -errno;
    close(fds[1]);
    return 0;
}

bool top_aside_take(struct top_aside *aside, char *ret, size_t size)
{
    char data[4096];
    ssize_t n = aside->read_fd >= 0 ? read(aside->read_fd, data, sizeof(data)) : 0;
    const char *line;
    size_t len = n > 0 ? (size_t)n : 0, room = sizeof(aside->kept) - aside->len;

    if (len == 0)
        return false;
    memcpy(aside->kept + aside->len, data, len < room ? len : room);
    aside->len += len < room ? len : room;
    while (len > 0 && data[len - 1] == '\n')
        len--;
    line = memrchr(data, '\n', len);
    line = line != NULL ? line + 1 : data;
    len -= (size_t)(line - data);
    if (len >= size)
        len = size - 1;
    memcpy(ret, line, len);
    ret[len] = '\0';
    return len > 0;
}

void top_aside_end(struct top_aside *aside)
{
    char ignored[64];

    if (aside->stderr_fd < 0)
        return;
    while (top_aside_take(aside, ignored, sizeof(ignored)))
        ;
    (void)dup2(aside->stderr_fd, STDERR_FILENO);
    close(aside->stderr_fd);
    close(aside->read_fd);
    aside->stderr_fd = aside->read_fd = -1;
    (void)app_write_all(STDERR_FILENO, aside->kept, aside->len);
}
