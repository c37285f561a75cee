/* SPDX-License-Identifier: Apache-2.0 */
#include "simnet/control.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 512, PATIENCE_US = 100000 };

int sn_control_open(struct sn_control *control, const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    if (strlen(path) >= sizeof(address.sun_path))
        return -ENAMETOOLONG;
    strncpy(address.sun_path, path, sizeof(address.sun_path) - 1);
    control->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (control->fd < 0)
        return -errno;
    unlink(path); /* of an earlier run */
    if (bind(control->fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
        listen(control->fd, 8) < 0)
        return -errno;
    return 0;
}

static void reply(int fd, const char *text)
{
    size_t len = strlen(text);

    if (send(fd, text, len, MSG_NOSIGNAL | MSG_DONTWAIT) != (ssize_t)len)
        perror("simnet: control");
    close(fd);
}

static void reply_stats(int fd, const struct sn_net *net)
{
    char text[LINE_MAX_BYTES];

    snprintf(text, sizeof(text),
             "requests %" PRIu64 " others %" PRIu64 " replies %" PRIu64 " forged %" PRIu64
             " errors %" PRIu64 " bad_errors %" PRIu64 " refused %" PRIu64 " in_outage %" PRIu64
             " waiting %zu\n",
             net->requests, net->others, net->replies, net->forged, net->errors, net->bad_errors,
             net->refused, net->in_outage, net->queue.n);
    reply(fd, text);
}

static const char *add_outage(struct sn_net *net, char *prefix)
{
    struct sn_outage outage = {.address_len = strchr(prefix, ':') ? 16 : 4};
    char *slash = strchr(prefix, '/'), *end = NULL;
    unsigned long bits;

    if (!slash)
        return "error: wants ADDRESS/BITS\n";
    *slash = '\0';
    bits = strtoul(slash + 1, &end, 10);
    if (*end || end == slash + 1 || bits > 8ul * outage.address_len ||
        inet_pton(outage.address_len == 16 ? AF_INET6 : AF_INET, prefix, outage.address) != 1)
        return "error: no such prefix\n";
    if (net->outage_n == SN_OUTAGES_MAX)
        return "error: too many\n";
    outage.bits = (uint8_t)bits;
    net->outages[net->outage_n++] = outage;
    return "ok\n";
}

static void obey(struct sn_control *control, struct sn_net *net, int fd, char *line)
{
    if (strcmp(line, "stats") == 0) {
        reply_stats(fd, net);
    } else if (strcmp(line, "quiet") == 0) {
        if (control->waiting >= 0)
            reply(control->waiting, "error: another one waits\n");
        control->waiting = fd;
    } else if (strncmp(line, "outage ", 7) == 0) {
        reply(fd, add_outage(net, line + 7));
    } else if (strcmp(line, "restore") == 0) {
        net->outage_n = 0;
        reply(fd, "ok\n");
    } else {
        reply(fd, "error: stats, quiet, outage PREFIX or restore\n");
    }
}

void sn_control_serve(struct sn_control *control, struct sn_net *net)
{
    struct timeval patience = {.tv_usec = PATIENCE_US};
    char line[LINE_MAX_BYTES];
    int fd = accept4(control->fd, NULL, NULL, SOCK_CLOEXEC);
    ssize_t n;

    if (fd < 0)
        return;
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    n = recv(fd, line, sizeof(line) - 1, 0);
    if (n <= 0) {
        close(fd);
        return;
    }
    line[n] = '\0';
    line[strcspn(line, "\n")] = '\0';
    obey(control, net, fd, line);
}

void sn_control_quiet(struct sn_control *control)
{
    if (control->waiting >= 0)
        reply(control->waiting, "quiet\n");
    control->waiting = -1;
}
