/* SPDX-License-Identifier: Apache-2.0 */
#include "session/options.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "core/packet.h"
#include "session/address.h"
#include "session/budget.h"
#include "session/errmsg.h"

enum {
    STRUCT_MAX = 4096, /* bytes of any options; more is a size that was never set */
    KNOWN_FLAGS = MPING_FLAG_RAND_DELAY | MPING_FLAG_RETRY_RESOLVE | MPING_FLAG_RETRY_SEND |
                  MPING_FLAG_DF | MPING_FLAG_SEQ_STRICT | MPING_FLAG_HISTOGRAM |
                  MPING_FLAG_KEEP_ID | MPING_FLAG_TIMESTAMP | MPING_FLAG_TX_STAMPS |
                  MPING_FLAG_WAIT_RESOLVE,
    ATTEMPTS_MAX = 255,
    WINDOW_MAX = 65536,
    PATTERN_MAX = 256,
};

/* Whether a caller's struct can be written; if not it has a size that will be refused. */
static bool begin_struct(void *opts, size_t opts_size)
{
    const size_t none = 0;

    if (!opts || opts_size < sizeof(size_t))
        return false;
    if (opts_size <= STRUCT_MAX)
        return true;
    memcpy(opts, &none, sizeof(none));
    return false;
}

void mping_opts_init(struct mping_opts *opts, size_t opts_size)
{
    if (!begin_struct(opts, opts_size))
        return;
    memset(opts, 0, opts_size);
    opts->struct_size = opts_size;
}

void mping_target_opts_init(struct mping_target_opts *opts, size_t opts_size)
{
    const struct mping_target_opts defaults = {
        .struct_size = opts_size,
        .family = AF_UNSPEC,
        .interval_ns = INT64_C(1000000000),
        .timeout_ns = INT64_C(1000000000),
        .first_delay_ns = MPING_DELAY_SPREAD,
        .resolve_timeout_ns = INT64_C(5000000000),
        .payload_bytes = 56,
        .tos = -1,
        .events = MPING_EVENTS_DEFAULT,
    };

    if (!begin_struct(opts, opts_size))
        return;
    if (opts_size > sizeof(defaults)) {
        memset((char *)opts + sizeof(defaults), 0, opts_size - sizeof(defaults));
        opts_size = sizeof(defaults);
    }
    memcpy(opts, &defaults, opts_size);
}

static int import(void *ret_opts, size_t known_size, const void *from, char *text)
{
    const unsigned char *bytes = from;
    size_t size;

    if (!from)
        return 0;
    memcpy(&size, from, sizeof(size));
    if (size < sizeof(size) || size > STRUCT_MAX)
        return mping_complain(text, MPING_EINVAL,
                              "struct_size is %zu, it can be %zu to %d: set it with the init "
                              "function of the options",
                              size, sizeof(size), STRUCT_MAX);
    for (size_t i = known_size; i < size; i++)
        if (bytes[i])
            return mping_complain(text, -E2BIG,
                                  "byte %zu of the options is %u, it can be 0: this version of the "
                                  "library knows %zu bytes of them",
                                  i, bytes[i], known_size);
    memcpy(ret_opts, from, size < known_size ? size : known_size);
    return 0;
}

static int check_flags(char *text, uint32_t flags, uint32_t known)
{
    if (!(flags & ~known))
        return 0;
    return mping_complain(text, MPING_ENOTSUP,
                          "flags is 0x%x, it can have the bits of 0x%x: the others are unknown",
                          flags, known);
}

int mping_opts_read(struct mping_opts *ret_opts, const struct mping_opts *from,
                    char text[MPING_ERRMSG_BYTES])
{
    int err;

    mping_opts_init(ret_opts, sizeof(*ret_opts));
    if ((err = import(ret_opts, sizeof(*ret_opts), from, text)) < 0 ||
        (err = check_flags(text, ret_opts->flags, MPING_ENGINE_BROADCAST)) < 0 ||
        (err = mping_check_range(text, "socket_kind", ret_opts->socket_kind, MPING_SOCKET_AUTO,
                                 MPING_SOCKET_PING, "")) < 0 ||
        (err = mping_check_range(text, "workers", ret_opts->workers, 0, MPING_WORKERS_MAX, "")) <
            0 ||
        (err = mping_check_range(text, "buffer", ret_opts->buffer, 0, MPING_BUFFER_MAX, "")) < 0 ||
        (err = mping_check_range(text, "read_delay_ns", ret_opts->read_delay_ns, 0,
                                 MPING_DURATION_MAX_NS, "")) < 0 ||
        (err = mping_check_range(text, "io_threads", ret_opts->io_threads, 0, MPING_SHARDS_MAX,
                                 "")) < 0)
        return err;
    if (mping_check_range(text, "reserved32", ret_opts->reserved32, 0, 0, "") < 0)
        return -E2BIG;
    return 0;
}

static int check_times(char *text, const struct mping_target_opts *o)
{
    int err = 0;

    if (o->interval_ns != MPING_INTERVAL_MANUAL)
        err = mping_check_range(text, "interval_ns", o->interval_ns, 0, MPING_DURATION_MAX_NS,
                                ", or MPING_INTERVAL_MANUAL (-1)");
    if (err == 0)
        err = mping_check_range(text, "timeout_ns", o->timeout_ns, 0, MPING_DURATION_MAX_NS, "");
    if (err == 0 && o->first_delay_ns != MPING_DELAY_SPREAD)
        err = mping_check_range(text, "first_delay_ns", o->first_delay_ns, 0, MPING_DURATION_MAX_NS,
                                ", or MPING_DELAY_SPREAD (-1)");
    if (err == 0)
        err = mping_check_range(text, "resolve_timeout_ns", o->resolve_timeout_ns, 1,
                                MPING_DURATION_MAX_NS, "");
    return err;
}

static int check_payload(char *text, const struct mping_target_opts *o)
{
    int err = mping_check_range(text, "payload_bytes", o->payload_bytes, 0, MPING_PAYLOAD_MAX, "");

    if (err == 0)
        err = mping_check_range(text, "pattern_bytes", o->pattern_bytes, 0, PATTERN_MAX, "");
    if (err == 0 && o->pattern_bytes && !o->pattern)
        return mping_complain(text, MPING_EINVAL,
                              "pattern is NULL and pattern_bytes is %u, it can be 0 without a "
                              "pattern",
                              o->pattern_bytes);
    return err;
}

/* In range, or `other`, which asks for the system's default. */
static int check_or(char *text, const char *field, int64_t value, int64_t min, int64_t max,
                    int64_t other)
{
    return value == other ? 0
                          : mping_check_range(text, field, value, min, max,
                                              other ? ", or -1 for the system's default"
                                                    : ", or 0 for the system's default");
}

static int check_numbers(char *text, const struct mping_target_opts *o)
{
    int err;

    if ((err = mping_check_range(text, "window", o->window, 0, WINDOW_MAX, "")) < 0 ||
        (err = mping_check_range(text, "attempts", o->attempts, 0, ATTEMPTS_MAX, "")) < 0 ||
        (err = check_or(text, "ttl", o->ttl, 1, 255, 0)) < 0 ||
        (err = check_or(text, "tos", o->tos, 0, 255, -1)) < 0)
        return err;
    if (o->backoff != 0 && !(o->backoff >= 1.0 && o->backoff <= 5.0))
        return mping_complain(text, MPING_EINVAL, "backoff is %g, it can be 1 to 5, or 0 for 1",
                              o->backoff);
    return check_payload(text, o);
}

static int check_families(char *text, const struct mping_target_opts *o)
{
    int err = mping_check_family(text, "family", o->family);

    if (err == 0)
        err = mping_check_family(text, "source.family", o->source.family);
    if (err < 0)
        return err;
    if (o->source.family && o->family && o->source.family != o->family)
        return mping_complain(text, MPING_EINVAL,
                              "source.family is %d, it can be %d: that is what family is",
                              o->source.family, o->family);
    if (o->flags & MPING_FLAG_TIMESTAMP && (o->family == AF_INET6 || o->source.family == AF_INET6))
        return mping_complain(text, MPING_EINVAL,
                              "%s is %d, it can be AF_INET (%d) with MPING_FLAG_TIMESTAMP: ICMP "
                              "timestamps are for IPv4 only",
                              o->family == AF_INET6 ? "family" : "source.family", AF_INET6,
                              AF_INET);
    return 0;
}

static int find_source(char *text, struct mping_target_opts *o)
{
    if (mping_address_source(&o->source, &o->ifindex) == 0)
        return 0;
    return mping_complain(text, MPING_EINVAL,
                          "source.scope_id is %u, it can be %u: that is what ifindex is",
                          o->source.scope_id, o->ifindex);
}

int mping_target_opts_read(struct mping_target_opts *ret_opts, const struct mping_target_opts *from,
                           char text[MPING_ERRMSG_BYTES])
{
    int err;

    mping_target_opts_init(ret_opts, sizeof(*ret_opts));
    if ((err = import(ret_opts, sizeof(*ret_opts), from, text)) < 0 ||
        (err = check_flags(text, ret_opts->flags, KNOWN_FLAGS)) < 0 ||
        (err = find_source(text, ret_opts)) < 0 || (err = check_families(text, ret_opts)) < 0 ||
        (err = check_times(text, ret_opts)) < 0)
        return err;
    return check_numbers(text, ret_opts);
}
