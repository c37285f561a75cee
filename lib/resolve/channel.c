/* SPDX-License-Identifier: Apache-2.0 */
#include "resolve/channel.h"

#include <stdio.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <multiping/error.h>

#include "resolve/fallback.h"
#include "resolve/resolve.h"
#include "resolve/setup.h"
#include "resolve/sockets.h"
#include "resolve/state.h"
#include "resolve/system.h"

enum {
    TIMEOUT_MS = 1000,
    TRIES = 3, /* after 1 and 3 s; then it is up to us */
    EVENTS = 32,
};

/* c-ares opens and closes sockets as it likes; epoll follows. */
static void on_socket(void *data, ares_socket_t fd, int readable, int writable)
{
    struct mping_resolver *resolver = data;
    struct epoll_event event = {.data.fd = fd};

    if (readable)
        event.events |= EPOLLIN;
    if (writable)
        event.events |= EPOLLOUT;
    if (!event.events)
        epoll_ctl(resolver->epoll_fd, EPOLL_CTL_DEL, fd, NULL);
    else if (epoll_ctl(resolver->epoll_fd, EPOLL_CTL_MOD, fd, &event) < 0)
        epoll_ctl(resolver->epoll_fd, EPOLL_CTL_ADD, fd, &event);
}

/* The servers that the C library would ask, whatever else resolv.conf may say. */
static int set_servers(struct mping_resolver *resolver)
{
    const struct mping_setup *setup = &resolver->setup;
    char text[sizeof(setup->servers) + MPING_SERVERS_MAX];
    size_t len = 0;

    for (size_t i = 0; i < setup->n_servers; i++)
        len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s", i ? "," : "",
                                setup->servers[i]);
    return ares_set_servers_csv(resolver->channel, text);
}

int mping_channel_open(struct mping_resolver *resolver)
{
    char lookups[] = "b"; /* the DNS, and no file */
    struct ares_options options = {
        .timeout = TIMEOUT_MS,
        .tries = TRIES,
        .lookups = lookups,
        .sock_state_cb = on_socket,
        .sock_state_cb_data = resolver,
    };
    int mask = ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_LOOKUPS | ARES_OPT_SOCK_STATE_CB;
    int status;

    if (resolver->has_channel)
        return 0;
#ifdef ARES_OPT_QUERY_CACHE
    mask |= ARES_OPT_QUERY_CACHE; /* of 0 s: who asks again wants to know */
#endif
    status = ares_init_options(&resolver->channel, &options, mask);
    if (status == ARES_SUCCESS) {
        resolver->has_channel = true;
        mping_sockets_watch(resolver);
        status = set_servers(resolver);
        if (status != ARES_SUCCESS)
            mping_channel_close(resolver);
    }
    if (status == ARES_SUCCESS)
        return 0;
    return status == ARES_ENOMEM ? MPING_ENOMEM : MPING_ERESOLVE;
}

static void process_ready(struct mping_resolver *resolver)
{
    struct epoll_event events[EVENTS];
    int n = epoll_wait(resolver->epoll_fd, events, EVENTS, 0);

    for (int i = 0; i < n; i++) {
        int fd = events[i].data.fd;
        bool readable = events[i].events & (EPOLLIN | EPOLLERR | EPOLLHUP);
        bool writable = events[i].events & EPOLLOUT;

        if (resolver->system && fd == mping_system_fd(resolver->system))
            mping_fallback_take(resolver);
        else if (fd != resolver->event_fd && resolver->has_channel)
            ares_process_fd(resolver->channel, readable ? fd : ARES_SOCKET_BAD,
                            writable ? fd : ARES_SOCKET_BAD);
    }
}

void mping_channel_process(struct mping_resolver *resolver)
{
    if (!resolver->has_channel && !resolver->system)
        return;
    process_ready(resolver);
    if (resolver->now_ns >= resolver->tick_ns) {
        if (resolver->has_channel)
            ares_process_fd(resolver->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
        resolver->tick_ns = resolver->now_ns + MPING_TICK_NS;
    }
    if (!resolver->n_asked)
        resolver->tick_ns = INT64_MAX;
}

void mping_channel_give_up(struct mping_resolver *resolver)
{
    if (!resolver->is_refused)
        return;
    mping_channel_reset(resolver);
    resolver->is_refused = false;
}

void mping_channel_reset(struct mping_resolver *resolver)
{
    if (resolver->has_channel)
        ares_cancel(resolver->channel);
    mping_channel_close(resolver);
}

void mping_channel_close(struct mping_resolver *resolver)
{
    if (resolver->has_channel)
        ares_destroy(resolver->channel);
    resolver->has_channel = false;
}
