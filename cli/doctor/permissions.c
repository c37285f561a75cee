/* SPDX-License-Identifier: Apache-2.0 */
#include <limits.h>
#include <linux/capability.h>
#include <sys/socket.h>
#include <unistd.h>

#include <multiping/multiping.h>

#include "doctor/checks.h"
#include "doctor/facts.h"

static const char permit_ping_sockets[] =
    "echo 'net.ipv4.ping_group_range = 0 2147483647' | sudo tee /etc/sysctl.d/50-ping.conf && "
    "sudo sysctl -p /etc/sysctl.d/50-ping.conf";

enum { IPV4, IPV6, FAMILY_COUNT };

static const int families[FAMILY_COUNT] = {AF_INET, AF_INET6};

/* Why a kind of socket cannot be opened for either family, 0 if it can. */
struct outcome {
    int err[FAMILY_COUNT];
};

/* Keeps what was opened in *ret_engine, if that is wanted. */
static struct outcome try_kind(enum mping_socket_kind kind, struct mping **ret_engine)
{
    struct outcome outcome = {{0}};
    struct mping *engine = NULL;
    struct mping_opts opts;
    int err;

    mping_opts_init(&opts, sizeof(opts));
    opts.socket_kind = (int32_t)kind;
    err = mping_new(&engine, &opts);
    for (int i = 0; i < FAMILY_COUNT; i++)
        outcome.err[i] = err ? err : mping_open(engine, families[i]);
    if (ret_engine && !*ret_engine && (outcome.err[IPV4] == 0 || outcome.err[IPV6] == 0))
        *ret_engine = engine;
    else
        mping_free(engine);
    return outcome;
}

static void add_err(struct app_text *text, int err)
{
    app_text_add(text, err == 0             ? "yes"
                       : err == MPING_EPERM ? "not permitted"
                                            : mping_strerror(err));
}

static void add_outcome(struct app_text *text, const struct outcome *outcome)
{
    app_text_add(text, "IPv4 ");
    add_err(text, outcome->err[IPV4]);
    app_text_add(text, ", IPv6 ");
    add_err(text, outcome->err[IPV6]);
}

static bool is_refused(const struct outcome *outcome)
{
    return outcome->err[IPV4] == MPING_EPERM || outcome->err[IPV6] == MPING_EPERM;
}

/* "ok" where it works, and where it does not only matters if nothing else works. */
static enum doctor_grade grade_of(const struct outcome *outcome, const struct outcome *other)
{
    enum doctor_grade grade = DOCTOR_OK;

    for (int i = 0; i < FAMILY_COUNT; i++) {
        if (outcome->err[i] == 0)
            continue;
        if (outcome->err[i] == MPING_EPERM && other->err[i] != 0)
            return DOCTOR_FAIL;
        grade = DOCTOR_NOTE;
    }
    return grade;
}

static bool has_capability(const char *set)
{
    return (doctor_field(DOCTOR_SELF, set, 16, 0) >> CAP_NET_RAW) & 1;
}

/* The way to raw sockets depends on what stands in it. */
static void mend_raw(struct doctor_report *report)
{
    char path[PATH_MAX];
    struct app_text *text;
    ssize_t len = readlink("/proc/self/exe", path, sizeof(path) - 1);

    if (doctor_knows_self() && !has_capability("CapBnd:")) {
        app_text_add(&report->text, "; nobody in this container may have CAP_NET_RAW");
        doctor_fix(report, "docker run --cap-add NET_RAW ..., or podman run --cap-add NET_RAW ...");
        return;
    }
    if (doctor_field(DOCTOR_SELF, "NoNewPrivs:", 10, 0) != 0) {
        app_text_add(&report->text, "; capabilities of files do nothing here (no_new_privs is on)");
        doctor_fix(report, "set AmbientCapabilities=CAP_NET_RAW in the systemd unit");
        return;
    }
    path[len > 0 ? len : 0] = '\0';
    text = doctor_fix_begin(report);
    app_text_add(text, "sudo setcap cap_net_raw+p ");
    app_text_foreign(text, len > 0 ? path : "multiping");
    doctor_end(report);
}

static void report_raw(struct doctor_report *report, const struct outcome *raw,
                       const struct outcome *ping)
{
    add_outcome(doctor_find(report, grade_of(raw, ping), "raw sockets"), raw);
    if (is_refused(raw))
        mend_raw(report);
    else
        doctor_end(report);
}

static void report_ping(struct doctor_report *report, const struct outcome *ping,
                        const struct outcome *raw)
{
    struct app_text *text = doctor_find(report, grade_of(ping, raw), "ping sockets");
    int64_t range[2];

    add_outcome(text, ping);
    if (!is_refused(ping)) {
        doctor_end(report);
        return;
    }
    if (doctor_numbers("/proc/sys/net/ipv4/ping_group_range", range, 2) == 2) {
        app_text_add(text, "; net.ipv4.ping_group_range is ");
        app_text_number(text, range[0]);
        app_text_char(text, ' ');
        app_text_number(text, range[1]);
        app_text_add(text, ", this process has group ");
        app_text_count(text, getegid());
    }
    if (!is_refused(raw)) {
        doctor_fix(report, permit_ping_sockets);
        return;
    }
    /* One trouble, which raw sockets have the command for: this is what else would do. */
    app_text_add(text, "; one kind is enough, and these would do: ");
    app_text_add(text, permit_ping_sockets);
    doctor_end(report);
}

static void report_capabilities(struct doctor_report *report)
{
    struct app_text *text;

    if (!doctor_knows_self()) {
        doctor_unknown(report, "CAP_NET_RAW", DOCTOR_SELF);
        return;
    }
    text = doctor_find(report, DOCTOR_OK, "CAP_NET_RAW");
    app_text_add(text, "permitted ");
    app_text_add(text, has_capability("CapPrm:") ? "yes" : "no");
    app_text_add(text, ", in the bounding set ");
    app_text_add(text, has_capability("CapBnd:") ? "yes" : "no");
    app_text_add(text, ", no_new_privs ");
    app_text_add(text, doctor_field(DOCTOR_SELF, "NoNewPrivs:", 10, 0) ? "on" : "off");
    doctor_end(report);
}

struct mping *doctor_permissions(struct doctor_report *report)
{
    struct mping *engine = NULL;
    struct outcome raw = try_kind(MPING_SOCKET_RAW, &engine);
    struct outcome ping = try_kind(MPING_SOCKET_PING, &engine);

    report_raw(report, &raw, &ping);
    report_ping(report, &ping, &raw);
    report_capabilities(report);
    return engine;
}
