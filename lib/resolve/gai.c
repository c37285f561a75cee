/* SPDX-License-Identifier: Apache-2.0 */
#include "resolve/gai.h"

#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/sockaddr.h"
#include "resolve/resolve.h"

void mping_system_answer_done(struct mping_system_answer *answer)
{
    free(answer->addrs);
    free(answer->name);
    answer->addrs = NULL;
    answer->name = NULL;
    answer->n = 0;
}

/* With the scope as the C library has it, also where that means nothing. */
static bool read_sockaddr(const struct sockaddr *sa, struct mping_addr *ret_addr)
{
    struct sockaddr_in6 in6;

    if (!mping_sockaddr_read(sa, ret_addr))
        return false;
    if (ret_addr->family == AF_INET6) {
        memcpy(&in6, sa, sizeof(in6));
        ret_addr->scope_id = in6.sin6_scope_id;
    }
    return true;
}

static int keep(struct mping_system_answer *answer, const struct addrinfo *info)
{
    size_t room = 0;

    for (const struct addrinfo *i = info; i; i = i->ai_next)
        room++;
    answer->addrs = calloc(room + 1, sizeof(*answer->addrs));
    if (!answer->addrs)
        return EAI_MEMORY;
    for (const struct addrinfo *i = info; i; i = i->ai_next)
        answer->n += read_sockaddr(i->ai_addr, &answer->addrs[answer->n]);
    return answer->n ? 0 : EAI_NONAME;
}

/*
 * Where a source is missing, as the hosts file and a module, glibc 2.36 now and then says
 * EAI_SYSTEM to one of many threads although another source knows the name. Such an error is
 * believed when it comes again and again.
 */
static int ask_again(const char *name, const struct addrinfo *hints, struct addrinfo **ret_info)
{
    int error = EAI_SYSTEM;

    for (long ms = 1; ms < 32 && error == EAI_SYSTEM; ms *= 2) {
        nanosleep(&(struct timespec){.tv_nsec = ms * 1000000}, NULL);
        error = getaddrinfo(name, NULL, hints, ret_info);
    }
    return error;
}

void mping_gai_name(const char *name, int family, struct mping_system_answer *ret_answer)
{
    /* Any type would do: without one each address would come several times. */
    const struct addrinfo hints = {.ai_family = family, .ai_socktype = SOCK_DGRAM};
    struct addrinfo *info = NULL;
    int error = getaddrinfo(name, NULL, &hints, &info);

    if (error == EAI_SYSTEM)
        error = ask_again(name, &hints, &info);
    ret_answer->sys_errno = errno;
    ret_answer->gai_error = error;
    if (error == 0) {
        ret_answer->gai_error = keep(ret_answer, info);
        freeaddrinfo(info);
    }
}

void mping_gai_addr(const struct mping_addr *addr, struct mping_system_answer *ret_answer)
{
    char name[NI_MAXHOST];
    union mping_sockaddr sa;
    socklen_t len = mping_sockaddr_set(&sa, addr);

    ret_answer->gai_error =
        getnameinfo((const struct sockaddr *)&sa, len, name, sizeof(name), NULL, 0, 0);
    ret_answer->sys_errno = errno;
    if (ret_answer->gai_error)
        return;
    ret_answer->name = strdup(name);
    if (!ret_answer->name)
        ret_answer->gai_error = EAI_MEMORY;
}
