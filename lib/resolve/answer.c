/* SPDX-License-Identifier: Apache-2.0 */
#include "resolve/answer.h"

#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <multiping/error.h>

#include "resolve/gai.h"
#include "resolve/state.h"

enum { RECORDS_MAX = 256 }; /* of one answer */

static bool is_known(const struct mping_addr *addrs, size_t n, const struct mping_addr *addr)
{
    for (size_t i = 0; i < n; i++) {
        if (addrs[i].family == addr->family && memcmp(addrs[i].ip, addr->ip, sizeof(addr->ip)) == 0)
            return true;
    }
    return false;
}

static int read_ip4(struct mping_question *question, const unsigned char *data, int len)
{
    struct ares_addrttl records[RECORDS_MAX];
    int n = RECORDS_MAX;
    int status = ares_parse_a_reply(data, len, NULL, records, &n);

    for (int i = 0; status == ARES_SUCCESS && i < n; i++) {
        struct mping_addr *addr = &question->addrs[question->n++];

        *addr = (struct mping_addr){.family = AF_INET};
        memcpy(addr->ip, &records[i].ipaddr, 4);
    }
    return status;
}

static int read_ip6(struct mping_question *question, const unsigned char *data, int len)
{
    struct ares_addr6ttl records[RECORDS_MAX];
    int n = RECORDS_MAX;
    int status = ares_parse_aaaa_reply(data, len, NULL, records, &n);

    for (int i = 0; status == ARES_SUCCESS && i < n; i++) {
        struct mping_addr *addr = &question->addrs[question->n++];

        *addr = (struct mping_addr){.family = AF_INET6};
        memcpy(addr->ip, &records[i].ip6addr, 16);
    }
    return status;
}

int mping_answer_read(struct mping_question *question, const unsigned char *data, int len)
{
    struct mping_addr *smaller;
    int status;

    question->n = 0;
    question->addrs = calloc(RECORDS_MAX, sizeof(*question->addrs));
    if (!question->addrs)
        return ARES_ENOMEM;
    status =
        question->family == AF_INET ? read_ip4(question, data, len) : read_ip6(question, data, len);
    if (status == ARES_SUCCESS && question->n == 0)
        status = ARES_ENODATA;
    smaller = realloc(question->addrs, (question->n + 1) * sizeof(*question->addrs));
    if (smaller)
        question->addrs = smaller;
    return status;
}

int mping_answer_merge(struct mping_job *job)
{
    size_t room = job->questions[0].n + job->questions[1].n;

    if (room == 0)
        return MPING_ERESOLVE;
    free(job->addrs);
    job->n_addrs = 0;
    job->addrs = calloc(room, sizeof(*job->addrs));
    if (!job->addrs)
        return MPING_ENOMEM;
    for (unsigned q = 0; q < job->n_questions; q++)
        for (size_t i = 0; i < job->questions[q].n; i++)
            if (!is_known(job->addrs, job->n_addrs, &job->questions[q].addrs[i]))
                job->addrs[job->n_addrs++] = job->questions[q].addrs[i];
    return 0;
}

int mping_answer_error(int ares_status, enum mping_reason *ret_reason)
{
    *ret_reason = MPING_REASON_NONE;
    switch (ares_status) {
    case ARES_ENOMEM:
        return MPING_ENOMEM;
    case ARES_ENOTFOUND:
    case ARES_EBADNAME: /* checked before, so too long only with a search domain at its end */
        *ret_reason = MPING_REASON_NO_SUCH_NAME;
        break;
    case ARES_ENODATA:
        *ret_reason = MPING_REASON_NO_ADDRESS;
        break;
    case ARES_EREFUSED:
        *ret_reason = MPING_REASON_SERVER_REFUSED;
        break;
    case ARES_ETIMEOUT:
        *ret_reason = MPING_REASON_NO_ANSWER;
        break;
    case ARES_ECONNREFUSED:
    case ARES_ECANCELLED: /* by us, as a server could not be reached */
        *ret_reason = MPING_REASON_NO_SERVER;
        break;
    default:
        *ret_reason = MPING_REASON_SERVER_FAILED;
        break;
    }
    return MPING_ERESOLVE;
}

int mping_answer_gai_error(const struct mping_system_answer *answer, enum mping_reason known,
                           enum mping_reason *ret_reason)
{
    *ret_reason = MPING_REASON_NONE;
    switch (answer->gai_error) {
    case EAI_MEMORY:
        return MPING_ENOMEM;
    case EAI_SYSTEM:
        *ret_reason = MPING_REASON_SERVER_FAILED;
        return answer->sys_errno == ENOMEM ? MPING_ENOMEM : MPING_ERESOLVE;
    case EAI_NONAME:
        *ret_reason = MPING_REASON_NO_SUCH_NAME;
        break;
    case EAI_NODATA:
    case EAI_ADDRFAMILY:
        *ret_reason = MPING_REASON_NO_ADDRESS;
        break;
    default: /* no server has said anything that helps, and it does not say why */
        *ret_reason = known ? known : MPING_REASON_SERVER_FAILED;
        break;
    }
    return MPING_ERESOLVE;
}
