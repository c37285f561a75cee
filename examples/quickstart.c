/* SPDX-License-Identifier: Apache-2.0 */
/* Pings all hosts named on the command line, four times each, and prints what comes of it. */
#include <multiping/multiping.h>
#include <stdio.h>

static void print(const struct mping_event *event, void *user)
{
    char peer[MPING_ADDR_TEXT_MAX];

    (void)user;
    mping_addr_format(&event->peer, peer, sizeof(peer));
    if (event->type == MPING_EV_REPLY)
        printf("%u bytes from %s (%s): icmp_seq=%u ttl=%d time=%.3f ms\n", event->icmp_bytes,
               event->host, peer, event->seq, event->ttl, (double)event->rtt_ns / 1e6);
    else if (MPING_EVENT_BIT(event->type) & MPING_EVENTS_VERDICTS)
        printf("%s: icmp_seq=%u %s\n", event->host, event->seq, mping_strerror(event->err));
}

int main(int argc, char **argv)
{
    struct mping_target_opts opts;
    struct mping *engine;
    int err = mping_new(&engine, NULL);

    if (err < 0) {
        fprintf(stderr, "quickstart: %s\n", mping_strerror(err));
        return 1;
    }
    mping_target_opts_init(&opts, sizeof(opts));
    opts.count = 4;
    opts.callback = print;
    for (int i = 1; i < argc && err == 0; i++)
        err = mping_add(engine, argv[i], &opts, NULL);
    if (err < 0)
        fprintf(stderr, "quickstart: %s\n", mping_errmsg(engine));
    else
        mping_run(engine, -1); /* until every target has ended */
    mping_free(engine);
    return err < 0;
}
