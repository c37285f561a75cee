/* SPDX-License-Identifier: Apache-2.0 */
#include <sys/socket.h>

#include <multiping/multiping.h>

#include "doctor/checks.h"
#include "doctor/facts.h"

static const int64_t patience_ns = 1000000000;

static void ask(struct doctor_report *report, struct mping *engine, const char *host)
{
    struct mping_event event;
    int err = mping_once(engine, host, patience_ns, &event);
    struct app_text *text = doctor_find(report, err == 0 ? DOCTOR_OK : DOCTOR_WARN, host);

    if (err == 0) {
        app_text_add(text, "answers in ");
        app_text_rtt(text, event.rtt_ns);
        doctor_end(report);
        return;
    }
    app_text_add(text, "does not answer (");
    app_text_add(text, mping_strerror(err));
    app_text_add(text, "): the loopback interface is down, or a firewall drops ICMP");
    doctor_fix(report, "sudo ip link set lo up; sudo nft list ruleset");
}

void doctor_loopback(struct doctor_report *report, struct mping *engine)
{
    static const char path[] = "/proc/sys/net/ipv6/conf/lo/disable_ipv6";
    int64_t disabled = doctor_number(path, -1);

    if (!engine)
        return;
    if (mping_socket_kind(engine, AF_INET) > 0)
        ask(report, engine, "127.0.0.1");
    if (disabled <= 0 && mping_socket_kind(engine, AF_INET6) > 0)
        ask(report, engine, "::1");
    if (!doctor_has_ipv6()) {
        doctor_say(report, DOCTOR_NOTE, "IPv6", "this kernel has none");
    } else if (disabled < 0) {
        doctor_unknown(report, "IPv6", path);
    } else if (disabled > 0) {
        app_text_add(doctor_find(report, DOCTOR_NOTE, "IPv6"), "is switched off here");
        doctor_fix(report, "sudo sysctl -w net.ipv6.conf.all.disable_ipv6=0 "
                           "net.ipv6.conf.lo.disable_ipv6=0");
    }
}
