/* SPDX-License-Identifier: Apache-2.0 */
/* One probe to each host, one after the other: the simplest question there is. */
#include <multiping/multiping.h>
#include <stdio.h>

#define TIMEOUT_NS INT64_C(1000000000)

/* Returns whether the host has answered. */
static int ask(const char *host)
{
    struct mping_event event;
    char addr[MPING_ADDR_TEXT_MAX];
    int err = mping_once(NULL, host, TIMEOUT_NS, &event);

    switch (err) {
    case 0:
        mping_addr_format(&event.peer, addr, sizeof(addr));
        printf("%s is alive: %s answered in %.3f ms\n", host, addr, (double)event.rtt_ns / 1e6);
        return 1;
    case MPING_EUNKNOWN:
        printf("%s may be alive: %s\n", host, mping_reason_text((enum mping_reason)event.reason));
        return 0;
    default:
        printf("%s did not answer: %s\n", host, mping_strerror(err));
        return 0;
    }
}

int main(int argc, char **argv)
{
    int answered = 0;

    for (int i = 1; i < argc; i++)
        answered += ask(argv[i]);
    return answered == argc - 1 ? 0 : 1;
}
