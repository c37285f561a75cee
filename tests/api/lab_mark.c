/* SPDX-License-Identifier: Apache-2.0 */
/* What a process holds: threads, descriptors, sockets and rights. */
#include "lab.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static long count_entries(const char *path)
{
    DIR *dir = opendir(path);
    long n = 0;

    if (!dir)
        return -1;
    for (const struct dirent *entry = readdir(dir); entry; entry = readdir(dir))
        n += entry->d_name[0] != '.';
    closedir(dir);
    return n;
}

long lab_sockets(const char *table)
{
    char path[64], line[512];
    long lines = 0;
    FILE *file;

    snprintf(path, sizeof(path), "/proc/self/net/%s", table);
    file = fopen(path, "re");
    if (!file)
        return -1;
    while (fgets(line, sizeof(line), file))
        lines++;
    fclose(file);
    return lines - 1; /* the heading */
}

struct lab_mark lab_mark(void)
{
    return (struct lab_mark){
        .threads = count_entries("/proc/self/task"),
        .fds = count_entries("/proc/self/fd"),
        .sockets =
            lab_sockets("raw") + lab_sockets("raw6") + lab_sockets("icmp") + lab_sockets("icmp6"),
    };
}

const char *lab_leak(const struct lab_mark *mark)
{
    static char text[128];
    struct lab_mark now = lab_mark();

    /* A joined thread stays in /proc for a moment. */
    for (int i = 0; i < 1000 && now.threads != mark->threads; i++) {
        lab_sleep_ns(LAB_MS);
        now = lab_mark();
    }
    if (memcmp(&now, mark, sizeof(now)) == 0)
        return NULL;
    snprintf(text, sizeof(text),
             "threads %ld, was %ld; descriptors %ld, was %ld; sockets %ld, was %ld", now.threads,
             mark->threads, now.fds, mark->fds, now.sockets, mark->sockets);
    return text;
}

int lab_allow_ping_sockets(int allow)
{
    const char *range = allow ? "0 2147483647" : "1 0";
    int fd = open("/proc/sys/net/ipv4/ping_group_range", O_WRONLY | O_CLOEXEC);
    ssize_t n;

    if (fd < 0)
        return -1;
    n = write(fd, range, strlen(range));
    close(fd);
    return n == (ssize_t)strlen(range) ? 0 : -1;
}

int lab_drop_raw(void)
{
    struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2];

    if (syscall(SYS_capget, &head, data) != 0)
        return -1;
    data[0].effective &= ~(UINT32_C(1) << CAP_NET_RAW);
    data[0].permitted &= ~(UINT32_C(1) << CAP_NET_RAW);
    data[0].inheritable &= ~(UINT32_C(1) << CAP_NET_RAW);
    return syscall(SYS_capset, &head, data) == 0 ? 0 : -1;
}
