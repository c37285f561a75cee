/* SPDX-License-Identifier: Apache-2.0 */
#include "resolve/internal.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <multiping/error.h>

enum {
    TIMEOUT_MS = 2000,
    TRIES = 3,
    EVENTS = 32,
    RCVBUF_BYTES = 1 << 20, /* the system grants what it will: slow servers answer in bursts */
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

static int open_channel(struct mping_resolver *resolver)
{
    char lookups[] = "fb"; /* /etc/hosts first */
    struct ares_options options = {
        .timeout = TIMEOUT_MS,
        .tries = TRIES,
        .lookups = lookups,
        .socket_receive_buffer_size = RCVBUF_BYTES,
        .sock_state_cb = on_socket,
        .sock_state_cb_data = resolver,
    };
    int status;

    if (resolver->has_channel)
        return 0;
    status = ares_init_options(&resolver->channel, &options,
                               ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_LOOKUPS |
                                   ARES_OPT_SOCK_RCVBUF | ARES_OPT_SOCK_STATE_CB);
    if (status != ARES_SUCCESS)
        return status == ARES_ENOMEM ? MPING_ENOMEM : MPING_ERESOLVE;
    resolver->has_channel = true;
    return 0;
}

static void on_answer(void *arg, int status, int timeouts, struct ares_addrinfo *info)
{
    struct mping_job *job = arg;

    (void)timeouts;
    if (status == ARES_SUCCESS) {
        job->err = mping_answer_copy(info, job->family, &job->addrs, &job->n_addrs);
        job->reason = job->err == MPING_ERESOLVE ? MPING_REASON_NO_ADDRESS : MPING_REASON_NONE;
    } else {
        job->err = mping_answer_error(status, &job->reason);
    }
    if (info)
        ares_freeaddrinfo(info);
    mping_job_returned(job);
}

static void ask(struct mping_resolver *resolver, struct mping_job *job)
{
    /* Any protocol would do: without one each address would come several times. */
    const struct ares_addrinfo_hints hints = {
        .ai_flags = ARES_AI_NOSORT,
        .ai_family = job->family,
        .ai_socktype = SOCK_DGRAM,
    };
    int err = open_channel(resolver);

    mping_job_asked(job);
    if (err < 0) {
        job->err = err;
        job->reason = err == MPING_ERESOLVE ? MPING_REASON_NO_SERVER : MPING_REASON_NONE;
        mping_job_returned(job);
        return;
    }
    ares_getaddrinfo(resolver->channel, job->name, NULL, &hints, on_answer, job);
}

bool mping_channel_has_room(const struct mping_resolver *resolver)
{
    return !mping_list_is_empty(&resolver->waiting) && resolver->n_young < MPING_WINDOW &&
           resolver->n_asked < MPING_ASKED_MAX;
}

void mping_channel_start(struct mping_resolver *resolver)
{
    for (int i = 0; i < MPING_START_BATCH && mping_channel_has_room(resolver); i++)
        ask(resolver, (struct mping_job *)resolver->waiting.next);
    if (resolver->n_asked && resolver->tick_ns == INT64_MAX)
        resolver->tick_ns = resolver->now_ns + MPING_TICK_NS;
}

static void process_ready(struct mping_resolver *resolver)
{
    struct epoll_event events[EVENTS];
    int n = epoll_wait(resolver->epoll_fd, events, EVENTS, 0);

    for (int i = 0; i < n; i++) {
        int fd = events[i].data.fd;
        bool readable = events[i].events & (EPOLLIN | EPOLLERR | EPOLLHUP);
        bool writable = events[i].events & EPOLLOUT;

        if (fd != resolver->event_fd)
            ares_process_fd(resolver->channel, readable ? fd : ARES_SOCKET_BAD,
                            writable ? fd : ARES_SOCKET_BAD);
    }
}

void mping_channel_process(struct mping_resolver *resolver)
{
    if (!resolver->has_channel)
        return;
    process_ready(resolver);
    if (resolver->now_ns >= resolver->tick_ns) {
        ares_process_fd(resolver->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
        resolver->tick_ns = resolver->now_ns + MPING_TICK_NS;
    }
    if (!resolver->n_asked)
        resolver->tick_ns = INT64_MAX;
}

void mping_channel_close(struct mping_resolver *resolver)
{
    if (resolver->has_channel)
        ares_destroy(resolver->channel);
    resolver->has_channel = false;
}
