/* SPDX-License-Identifier: Apache-2.0 */
#include "lab_dns.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lab.h"

enum {
    NAMES_MAX = 64,
    WAITING_MAX = 64,
    PACKET_MAX = 512,
    HEADER = 12,
    TYPE_A = 1,
    TYPE_AAAA = 28,
    NXDOMAIN = 3,
    POINTER_TO_NAME = 0xc00c,
};

struct entry {
    struct lab_dns_name name;
    unsigned queries;
};

/* A reply that is not due yet; len 0: none. */
struct waiting {
    int64_t due_ns;
    struct sockaddr_in to;
    size_t len;
    uint8_t data[PACKET_MAX];
};

static struct entry entries[NAMES_MAX];
static struct waiting waiting[WAITING_MAX];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int server_fd = -1;

/* The entry of a name; with make, a new one if there is none. */
static struct entry *entry_of(const char *name, bool make)
{
    for (int i = 0; i < NAMES_MAX; i++) {
        struct entry *entry = &entries[i];

        if (!entry->name.name && make)
            entry->name.name = name;
        if (!entry->name.name)
            return NULL;
        if (strcmp(entry->name.name, name) == 0)
            return entry;
    }
    return NULL;
}

void lab_dns_set(const struct lab_dns_name *name)
{
    struct entry *entry;

    pthread_mutex_lock(&lock);
    entry = entry_of(name->name, true);
    if (entry)
        entry->name = *name;
    pthread_mutex_unlock(&lock);
}

unsigned lab_dns_queries(const char *name)
{
    const struct entry *entry;
    unsigned n;

    pthread_mutex_lock(&lock);
    entry = entry_of(name, false);
    n = entry ? entry->queries : 0;
    pthread_mutex_unlock(&lock);
    return n;
}

/* Reads the question's name as text; returns its end in the packet, 0 if it is broken. */
static size_t read_name(const uint8_t *data, size_t len, char text[256])
{
    size_t at = HEADER, out = 0;

    while (at < len && data[at] > 0) {
        size_t label = data[at];

        if (at + 1 + label >= len || out + label + 1 >= 256)
            return 0;
        if (out > 0)
            text[out++] = '.';
        memcpy(text + out, data + at + 1, label);
        out += label;
        at += 1 + label;
    }
    text[out] = '\0';
    return at + 5 <= len ? at + 1 : 0;
}

static void put16(uint8_t *at, unsigned value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

/* Appends the record that was asked for, if the name has it; returns the new length. */
static size_t add_record(uint8_t *data, size_t len, const struct lab_dns_name *name, int type)
{
    const char *text = type == TYPE_A ? name->v4 : type == TYPE_AAAA ? name->v6 : NULL;
    size_t bytes = type == TYPE_A ? 4 : 16;

    if (!text)
        return len;
    memset(data + len, 0, 12);
    put16(data + len, POINTER_TO_NAME);
    put16(data + len + 2, (unsigned)type);
    put16(data + len + 4, 1); /* Internet; the time to live stays 0 */
    put16(data + len + 10, (unsigned)bytes);
    inet_pton(type == TYPE_A ? AF_INET : AF_INET6, text, data + len + 12);
    put16(data + 6, 1);
    return len + 12 + bytes;
}

/* Turns a query into its reply; returns when to send it, INT64_MAX: never. */
static int64_t answer(uint8_t *data, size_t *len)
{
    int64_t due_ns = lab_now_ns();
    struct entry *entry;
    char text[256];
    size_t end = read_name(data, *len, text);
    int type;

    if (end == 0)
        return INT64_MAX;
    type = data[end] << 8 | data[end + 1];
    *len = end + 4;
    put16(data + 2, 0x8580); /* reply, authoritative, recursion */
    memset(data + 6, 0, 6);

    pthread_mutex_lock(&lock);
    entry = entry_of(text, false);
    if (entry) {
        entry->queries++;
        *len = add_record(data, *len, &entry->name, type);
        due_ns = entry->name.silent ? INT64_MAX : due_ns + entry->name.delay_ns;
    } else {
        data[3] |= NXDOMAIN;
    }
    pthread_mutex_unlock(&lock);
    return due_ns;
}

static void receive(void)
{
    struct waiting reply;
    socklen_t to_len = sizeof(reply.to);
    ssize_t n =
        recvfrom(server_fd, reply.data, PACKET_MAX - 64, 0, (struct sockaddr *)&reply.to, &to_len);

    if (n < HEADER)
        return;
    reply.len = (size_t)n;
    reply.due_ns = answer(reply.data, &reply.len);
    for (int i = 0; i < WAITING_MAX && reply.due_ns != INT64_MAX; i++) {
        if (waiting[i].len)
            continue;
        waiting[i] = reply;
        return;
    }
}

/* Sends what is due; returns for how many milliseconds nothing will be. */
static int send_due(void)
{
    int64_t now_ns = lab_now_ns(), next_ns = now_ns + LAB_PATIENCE_NS;

    for (int i = 0; i < WAITING_MAX; i++) {
        struct waiting *reply = &waiting[i];

        if (reply->len && reply->due_ns <= now_ns) {
            sendto(server_fd, reply->data, reply->len, 0, (struct sockaddr *)&reply->to,
                   sizeof(reply->to));
            reply->len = 0;
        } else if (reply->len && reply->due_ns < next_ns) {
            next_ns = reply->due_ns;
        }
    }
    return (int)((next_ns - now_ns) / LAB_MS) + 1;
}

static void *serve(void *arg)
{
    struct pollfd fd = {.fd = server_fd, .events = POLLIN};

    for (;;) {
        if (poll(&fd, 1, send_due()) > 0)
            receive();
    }
    return arg;
}

const char *lab_dns_start(void)
{
    struct sockaddr_in own = {.sin_family = AF_INET, .sin_port = htons(53)};
    pthread_t thread;

    own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    server_fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (server_fd < 0 || bind(server_fd, (struct sockaddr *)&own, sizeof(own)) != 0)
        return "no name server can be started";
    if (pthread_create(&thread, NULL, serve, NULL) != 0)
        return "no thread";
    pthread_detach(thread);
    return NULL;
}
