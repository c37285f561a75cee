/* SPDX-License-Identifier: Apache-2.0 */
#include <linux/capability.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "doctor/checks.h"
#include "doctor/facts.h"

enum {
    REPLY_CHARGE_BYTES = 832,      /* what the kernel charges a buffer for one small reply */
    RCVBUF_WANTED_BYTES = 4194304, /* doubled by the kernel: about 10,000 replies */
    NEIGHBOURS_WANTED = 1024,
    CONNTRACK_FULL_PERCENT = 80,
};

static bool may_force_buffers(void)
{
    return (doctor_field(DOCTOR_SELF, "CapPrm:", 16, 0) >> CAP_NET_ADMIN) & 1;
}

static void receive_buffer(struct doctor_report *report)
{
    static const char path[] = "/proc/sys/net/core/rmem_max";
    int64_t max = doctor_number(path, -1);
    bool forced = may_force_buffers(), enough = forced || max >= RCVBUF_WANTED_BYTES;
    struct app_text *text;

    if (max < 0 || (!enough && !doctor_knows_self())) {
        doctor_unknown(report, "receive buffer", max < 0 ? path : DOCTOR_SELF);
        return;
    }
    text = doctor_find(report, enough ? DOCTOR_OK : DOCTOR_WARN, "receive buffer");
    app_text_add(text, "net.core.rmem_max ");
    app_text_number(text, max);
    if (forced) {
        app_text_add(text, ", which CAP_NET_ADMIN may exceed");
    } else {
        app_text_add(text, " bytes hold ");
        app_text_number(text, 2 * max / REPLY_CHARGE_BYTES);
        app_text_add(text, " replies; more that come at once are dropped and unknown");
    }
    if (enough)
        doctor_end(report);
    else
        doctor_fix(report, "sudo sysctl -w net.core.rmem_max=33554432");
}

static void send_buffer(struct doctor_report *report)
{
    static const char path[] = "/proc/sys/net/core/wmem_default";
    int64_t size = doctor_number(path, -1);
    bool enough = size >= 65536;
    struct app_text *text;

    if (size < 0) {
        doctor_unknown(report, "send buffer", path);
        return;
    }
    text = doctor_find(report, enough ? DOCTOR_OK : DOCTOR_WARN, "send buffer");
    app_text_add(text, "net.core.wmem_default ");
    app_text_number(text, size);
    app_text_add(text, enough ? " bytes" : " bytes: bursts have to be sent in small pieces");
    if (enough)
        doctor_end(report);
    else
        doctor_fix(report, "sudo sysctl -w net.core.wmem_default=212992");
}

void doctor_buffers(struct doctor_report *report)
{
    receive_buffer(report);
    send_buffer(report);
}

static void neighbours(struct doctor_report *report, const char *subject, const char *path,
                       const char *fix)
{
    int64_t max = doctor_number(path, -1);
    bool enough = max >= NEIGHBOURS_WANTED;
    struct app_text *text;

    if (max < 0 && (doctor_has_ipv6() || strstr(path, "ipv6") == NULL))
        doctor_unknown(report, subject, path);
    if (max < 0)
        return;
    text = doctor_find(report, enough ? DOCTOR_OK : DOCTOR_WARN, subject);
    app_text_add(text, "room for ");
    app_text_number(text, max);
    app_text_add(text, " hosts of directly attached networks at a time");
    if (enough)
        doctor_end(report);
    else
        doctor_fix(report, fix);
}

void doctor_neighbours(struct doctor_report *report)
{
    neighbours(report, "IPv4 neighbour table", "/proc/sys/net/ipv4/neigh/default/gc_thresh3",
               "sudo sysctl -w net.ipv4.neigh.default.gc_thresh3=8192 "
               "net.ipv4.neigh.default.gc_thresh2=4096");
    neighbours(report, "IPv6 neighbour table", "/proc/sys/net/ipv6/neigh/default/gc_thresh3",
               "sudo sysctl -w net.ipv6.neigh.default.gc_thresh3=8192 "
               "net.ipv6.neigh.default.gc_thresh2=4096");
}

void doctor_conntrack(struct doctor_report *report)
{
    static const char count_path[] = "/proc/sys/net/netfilter/nf_conntrack_count";
    static const char max_path[] = "/proc/sys/net/netfilter/nf_conntrack_max";
    int64_t count = doctor_number(count_path, -1), max = doctor_number(max_path, 0);
    bool full = count > 0 && max > 0 && count >= max * CONNTRACK_FULL_PERCENT / 100;
    struct app_text *text;

    if (access("/proc/sys/net/core", R_OK) < 0) {
        doctor_unknown(report, "connection tracking", "/proc/sys/net/core");
        return;
    }
    if ((count < 0 || max <= 0) && access(count_path, F_OK) == 0) {
        doctor_unknown(report, "connection tracking", count < 0 ? count_path : max_path);
        return;
    }
    if (count < 0) {
        doctor_say(report, DOCTOR_OK, "connection tracking", "off");
        return;
    }
    text = doctor_find(report, full ? DOCTOR_WARN : DOCTOR_OK, "connection tracking");
    app_text_number(text, count);
    app_text_add(text, " of ");
    app_text_number(text, max);
    app_text_add(text, " entries in use; with a stateful firewall each host pinged takes one");
    if (!full) {
        doctor_end(report);
        return;
    }
    app_text_add(text, ", and when it is full probes are refused");
    doctor_fix(report, "sudo sysctl -w net.netfilter.nf_conntrack_max=1048576");
}

static void echo_ignored(struct doctor_report *report, const char *subject, const char *path,
                         const char *fix)
{
    int64_t ignored = doctor_number(path, -1);

    if (ignored < 0 && (doctor_has_ipv6() || strstr(path, "ipv6") == NULL))
        doctor_unknown(report, subject, path);
    if (ignored <= 0)
        return;
    app_text_add(doctor_find(report, DOCTOR_WARN, subject),
                 "this machine does not answer pings, not even its own");
    doctor_fix(report, fix);
}

/* Whether echo replies, which this machine sends, are among the types with a rate limit; -1: it is
 * not known. */
static int is_reply_limited6(const char *path)
{
    char mask[2048], *at = mask;

    if (!doctor_read(path, mask, sizeof(mask)))
        return doctor_has_ipv6() ? -1 : 0;
    /* A list of ranges; the default, 0-1,3-127, has no informational message in it. */
    while (*at != '\0') {
        long first = strtol(at, &at, 10), last = first;

        if (*at == '-')
            last = strtol(at + 1, &at, 10);
        if (first <= 129 && last >= 129)
            return 1;
        if (*at != ',')
            break;
        at++;
    }
    return 0;
}

static void rate_limits(struct doctor_report *report)
{
    static const char path[] = "/proc/sys/net/ipv4/icmp_ratemask";
    int64_t mask = doctor_number(path, -1), errors_pps;
    bool limited4 = mask >= 0 && (mask & 1) != 0;
    static const char path6[] = "/proc/sys/net/ipv6/icmp/ratemask";
    int limited6 = is_reply_limited6(path6);
    struct app_text *text;

    if (mask < 0)
        doctor_unknown(report, "IPv4 rate limit", path);
    if (limited4) {
        app_text_add(doctor_find(report, DOCTOR_WARN, "IPv4 rate limit"),
                     "includes this machine's echo replies: pings of it look lost");
        doctor_fix(report, "sudo sysctl -w net.ipv4.icmp_ratemask=6168");
    }
    if (limited6 < 0)
        doctor_unknown(report, "IPv6 rate limit", path6);
    if (limited6 > 0) {
        app_text_add(doctor_find(report, DOCTOR_WARN, "IPv6 rate limit"),
                     "includes this machine's echo replies: pings of it look lost");
        doctor_fix(report, "sudo sysctl -w net.ipv6.icmp.ratemask=0-1,3-127");
    }
    if (mask < 0 || limited4 || limited6 != 0)
        return;
    errors_pps = doctor_number("/proc/sys/net/ipv4/icmp_msgs_per_sec", -1);
    text = doctor_find(report, DOCTOR_OK, "ICMP rate limits");
    app_text_add(text, "none on echo replies");
    if (errors_pps >= 0) {
        app_text_add(text, "; errors of this machine at most ");
        app_text_number(text, errors_pps);
        app_text_add(text, " a second");
    }
    doctor_end(report);
}

void doctor_icmp_limits(struct doctor_report *report)
{
    echo_ignored(report, "IPv4 echo", "/proc/sys/net/ipv4/icmp_echo_ignore_all",
                 "sudo sysctl -w net.ipv4.icmp_echo_ignore_all=0");
    echo_ignored(report, "IPv6 echo", "/proc/sys/net/ipv6/icmp/echo_ignore_all",
                 "sudo sysctl -w net.ipv6.icmp.echo_ignore_all=0");
    rate_limits(report);
}
