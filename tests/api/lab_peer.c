/* SPDX-License-Identifier: Apache-2.0 */
#include "lab_peer.h"

#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lab.h"
#include "lab_script.h"

enum { SCRIPT_ADDRESSES = 256 };

/* What a peer remembers. */
struct peer {
    unsigned requests;
    struct lab_packet last;
};

static struct peer peers[2][SCRIPT_ADDRESSES];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_t thread;
static int stop_fd = -1;

static struct peer *peer_of(int family, int script)
{
    return &peers[family == AF_INET6][script & 0xff];
}

static void give(const struct lab_packet *packet)
{
    uint8_t data[LAB_PACKET_MAX + 40];
    size_t len = lab_packet_build(packet, data);

    /* A packet that the kernel refuses is one it drops: the tests see that by its absence. */
    if (write(lab_tun_fd(), data, len) < 0)
        return;
}

static void play(const struct lab_script_row *row, const struct peer *peer,
                 const struct lab_packet *request)
{
    const struct lab_packet *about = row->behind ? &peer->last : request;

    if ((row->behind && peer->requests == 1) || (row->every && peer->requests % row->every != 0))
        return;
    for (int i = 0; i < LAB_SAYS_MAX && row->say[i]; i++) {
        struct lab_packet packet = row->say[i](about);

        give(&packet);
    }
}

/* Only these addresses play; the rest of 2001:db8::/32 swallows. */
static bool is_scripted(const struct lab_packet *request)
{
    static const uint8_t zeros[11];
    const uint8_t *dst = request->dst;

    if (request->family == AF_INET)
        return memcmp(dst, "\xc6\x33\x64", 3) == 0;
    if (memcmp(dst, "\xfe\x80", 2) == 0)
        return true;
    return memcmp(dst, "\x20\x01\x0d\xb8", 4) == 0 && memcmp(dst + 4, zeros, 11) == 0;
}

static void handle(const uint8_t *data, size_t len)
{
    struct lab_packet request;
    struct peer *peer;
    int script;

    if (!lab_packet_parse(&request, data, len) || !is_scripted(&request))
        return;
    script = request.dst[request.family == AF_INET ? 3 : 15];
    pthread_mutex_lock(&lock);
    peer = peer_of(request.family, script);
    peer->requests++;
    play(lab_script(script), peer, &request);
    peer->last = request;
    pthread_mutex_unlock(&lock);
}

static void *run(void *arg)
{
    struct pollfd fds[2] = {{.fd = lab_tun_fd(), .events = POLLIN},
                            {.fd = stop_fd, .events = POLLIN}};
    uint8_t data[LAB_PACKET_MAX + 40];

    for (;;) {
        ssize_t n;

        if (poll(fds, 2, -1) < 0)
            continue;
        if (fds[1].revents)
            return arg;
        n = read(lab_tun_fd(), data, sizeof(data));
        if (n > 0)
            handle(data, (size_t)n);
    }
}

const char *lab_peer_start(void)
{
    stop_fd = eventfd(0, EFD_CLOEXEC);
    if (stop_fd < 0)
        return "no eventfd";
    if (pthread_create(&thread, NULL, run, NULL) != 0)
        return "no thread";
    return NULL;
}

void lab_peer_stop(void)
{
    const uint64_t one = 1;

    if (write(stop_fd, &one, sizeof(one)) == (ssize_t)sizeof(one))
        pthread_join(thread, NULL);
    close(stop_fd);
}

const char *lab_peer_host(char text[LAB_HOST_MAX], int family, int script)
{
    if (family == AF_INET)
        snprintf(text, LAB_HOST_MAX, "198.51.100.%d", script);
    else
        snprintf(text, LAB_HOST_MAX, "2001:db8::%x", (unsigned)script);
    return text;
}

unsigned lab_peer_requests(int family, int script)
{
    unsigned n;

    pthread_mutex_lock(&lock);
    n = peer_of(family, script)->requests;
    pthread_mutex_unlock(&lock);
    return n;
}

bool lab_peer_last(int family, int script, struct lab_packet *ret_packet)
{
    const struct peer *peer;
    bool seen;

    pthread_mutex_lock(&lock);
    peer = peer_of(family, script);
    seen = peer->requests > 0;
    *ret_packet = peer->last;
    pthread_mutex_unlock(&lock);
    return seen;
}
