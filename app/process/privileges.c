/* SPDX-License-Identifier: Apache-2.0 */
#include "process/privileges.h"

#include <errno.h>
#include <limits.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <multiping/error.h>

#include "process/problem.h"
#include "process/sandbox.h"
#include "text/escape.h"

void app_privileges_raise(void)
{
    /* CAP_NET_ADMIN, where permitted, allows large receive buffers and firewall marks. */
    const cap_value_t wanted[] = {CAP_NET_RAW, CAP_NET_ADMIN};
    cap_t caps = cap_get_proc();

    for (size_t i = 0; caps && i < sizeof(wanted) / sizeof(wanted[0]); i++) {
        cap_flag_value_t permitted = CAP_CLEAR;

        if (cap_get_flag(caps, wanted[i], CAP_PERMITTED, &permitted) == 0 && permitted == CAP_SET)
            cap_set_flag(caps, CAP_EFFECTIVE, 1, &wanted[i], CAP_SET);
    }
    if (caps)
        cap_set_proc(caps); /* if refused, opening sockets will tell */
    cap_free(caps);
}

/* Asked for only where there is something to give up: a filter of system calls or a user namespace
 * may forbid it, and that is no harm then. */
static int drop_ids(void)
{
    uid_t uid, effective_uid, saved_uid;
    gid_t gid, effective_gid, saved_gid;

    if (getresgid(&gid, &effective_gid, &saved_gid) < 0 ||
        getresuid(&uid, &effective_uid, &saved_uid) < 0)
        return -1;
    if ((effective_gid != gid || saved_gid != gid) && setresgid(gid, gid, gid) < 0)
        return -1;
    if ((effective_uid != uid || saved_uid != uid) && setresuid(uid, uid, uid) < 0)
        return -1;
    return 0;
}

static int drop_capabilities(void)
{
    cap_t none = cap_init(), own = cap_get_proc();
    int err = none ? 0 : -1;

    if (none && (!own || cap_compare(own, none) != 0))
        err = cap_set_proc(none);
    cap_free(own);
    cap_free(none);
    return err;
}

static int forbid_new_ones(void)
{
    return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? 0 : prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

int app_privileges_drop(void)
{
    int err;

    for (int cap = 0; prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0; cap++)
        prctl(PR_CAPBSET_DROP, cap, 0, 0, 0); /* only those who have CAP_SETPCAP may */
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    if (drop_ids() < 0 || drop_capabilities() < 0 || forbid_new_ones() < 0)
        return app_complain("cannot give up privileges: ", mping_strerror(-errno), "");
    err = app_sandbox_enter();
    if (err < 0)
        return app_complain("cannot set the system call filter: ", mping_strerror(err), "");
    return 0;
}

/* The path of this program, for commands about it. */
static void add_program(struct app_text *text)
{
    char path[PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", path, sizeof(path) - 1);

    path[len > 0 ? len : 0] = '\0';
    app_text_foreign(text, len > 0 ? path : "multiping");
}

void app_privileges_explain(bool raw, bool ping_sockets)
{
    char ways[APP_COMPLAINT_MAX - APP_ESCAPED_MAX];
    struct app_text text = app_text_init(ways, sizeof(ways));

    if (raw) {
        app_text_add(&text, "run it as root (sudo multiping ...), or permit raw sockets to it "
                            "(sudo setcap cap_net_raw+p ");
        add_program(&text);
        app_text_add(&text, ping_sockets ? "), or " : ")");
    }
    if (ping_sockets)
        app_text_add(&text, "permit ping sockets to everybody (sudo sysctl -w "
                            "net.ipv4.ping_group_range=\"0 2147483647\")");
    (void)app_complain("not permitted to open ICMP sockets: ", "", text.data);
}
