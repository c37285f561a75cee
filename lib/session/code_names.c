/* SPDX-License-Identifier: Apache-2.0 */
/* Names and texts of the public codes. */
#include <string.h>

#include <multiping/multiping.h>

struct error_text {
    int err;
    const char *name, *text;
};

static const struct error_text errors[] = {
    {MPING_OK, "MPING_OK", "success"},
    {MPING_ETIMEDOUT, "MPING_ETIMEDOUT", "timed out"},
    {MPING_ESEQWRAP, "MPING_ESEQWRAP", "overtaken by a probe with the same sequence number"},
    {MPING_ENOIDS, "MPING_ENOIDS", "all ICMP ids of this address are in use"},
    {MPING_ECLOSED, "MPING_ECLOSED", "closed"},
    {MPING_ERESOLVE, "MPING_ERESOLVE", "name could not be resolved"},
    {MPING_EPERM, "MPING_EPERM", "neither raw nor ping sockets are permitted"},
    {MPING_EAGAIN, "MPING_EAGAIN", "window full, try again later"},
    {MPING_ECANCELED, "MPING_ECANCELED", "canceled"},
    {MPING_EINVAL, "MPING_EINVAL", "invalid argument"},
    {MPING_ENOTSUP, "MPING_ENOTSUP", "not supported"},
    {MPING_EBUSY, "MPING_EBUSY", "not possible from inside a callback"},
    {MPING_ENOMEM, "MPING_ENOMEM", "out of memory"},
    {MPING_EICMP, "MPING_EICMP", "ICMP error received"},
    {MPING_EFULL, "MPING_EFULL", "the engine is full"},
    {MPING_EUNKNOWN, "MPING_EUNKNOWN", "outcome unknown"},
    {MPING_EEXCLUDED, "MPING_EEXCLUDED", "the address is excluded"},
    {MPING_ELINK, "MPING_ELINK", "on which link? name it behind the address, as in fe80::1%eth0"},
    {MPING_EMARK, "MPING_EMARK", "the firewall mark is not permitted"},
    {MPING_EBROADCAST, "MPING_EBROADCAST", "this is a broadcast address, which belongs to no host"},
    {MPING_EOTHERLINK, "MPING_EOTHERLINK",
     "the address lies on another link than the one to send by"},
};

static const struct error_text *find(int err)
{
    for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
        if (errors[i].err == err)
            return &errors[i];
    return NULL;
}

const char *mping_strerror(int err)
{
    const struct error_text *e = find(err);
    const char *text;

    if (e)
        return e->text;
    /* Not strerror(): that is neither thread-safe nor independent of the locale. */
    text = err < 0 && err > -4096 ? strerrordesc_np(-err) : NULL;
    return text ? text : "unknown error";
}

const char *mping_err_name(int err)
{
    const struct error_text *e = find(err);
    const char *name;

    if (e)
        return e->name;
    name = err < 0 && err > -4096 ? strerrorname_np(-err) : NULL;
    return name ? name : "unknown";
}

const char *mping_event_name(enum mping_event_type type)
{
    switch (type) {
    case MPING_EV_REPLY:
        return "reply";
    case MPING_EV_LOST:
        return "lost";
    case MPING_EV_UNREACHABLE:
        return "unreachable";
    case MPING_EV_SEND_ERROR:
        return "send error";
    case MPING_EV_RESOLVE_ERROR:
        return "resolve error";
    case MPING_EV_CANCELED:
        return "canceled";
    case MPING_EV_UNKNOWN:
        return "unknown";
    case MPING_EV_LATE:
        return "late";
    case MPING_EV_DUPLICATE:
        return "duplicate";
    case MPING_EV_MISMATCH:
        return "mismatch";
    case MPING_EV_ICMP_ERROR:
        return "icmp error";
    case MPING_EV_SENT:
        return "sent";
    case MPING_EV_RESOLVED:
        return "resolved";
    case MPING_EV_FINISHED:
        return "finished";
    case MPING_EV_STALE:
        return "stale";
    }
    return "?";
}

const char *mping_reason_text(enum mping_reason reason)
{
    switch (reason) {
    case MPING_REASON_NONE:
        return "";
    case MPING_REASON_RX_DROP:
        return "receive drop";
    case MPING_REASON_STALL:
        return "stall";
    case MPING_REASON_SUSPEND:
        return "suspend";
    case MPING_REASON_SEQ_WRAP:
        return "sequence wrapped";
    case MPING_REASON_TX_DROP:
        return "send drop";
    case MPING_REASON_LINK:
        return "link";
    case MPING_REASON_SOURCE:
        return "wrong source";
    case MPING_REASON_CHECKSUM:
        return "bad checksum";
    case MPING_REASON_PROOF:
        return "wrong payload";
    case MPING_REASON_TRUNCATED:
        return "truncated";
    case MPING_REASON_CODE:
        return "wrong code";
    case MPING_REASON_UNSENT:
        return "no such probe";
    case MPING_REASON_FOREIGN:
        return "foreign";
    case MPING_REASON_NOT_A_NAME:
        return "not a host name";
    case MPING_REASON_NO_SUCH_NAME:
        return "no such name";
    case MPING_REASON_NO_ADDRESS:
        return "no address of the wanted family";
    case MPING_REASON_NO_ANSWER:
        return "no answer in time";
    case MPING_REASON_NO_SERVER:
        return "no name server can be reached";
    case MPING_REASON_SERVER_FAILED:
        return "the name server failed";
    case MPING_REASON_SERVER_REFUSED:
        return "the name server refused to answer";
    case MPING_REASON_NO_THREAD:
        return "no thread can be started for the lookup (ulimit -u)";
    }
    return "?";
}

uint32_t mping_version(void)
{
    /* cppcheck-suppress badBitmaskCheck ; the major version is 0 for now */
    return (uint32_t)MPING_VERSION_MAJOR << 16 | (uint32_t)MPING_VERSION_MINOR << 8 |
           (uint32_t)MPING_VERSION_PATCH;
}

const char *mping_version_string(void)
{
    return MPING_VERSION_STRING;
}
