/* SPDX-License-Identifier: Apache-2.0 */
#include "fping/option_table.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <string.h>

#include "fping/number.h"
#include "fping/socket.h"

#define FIELD(name) offsetof(struct fping_options, name)

static void *field_of(struct fping_options *o, const struct fping_option *option)
{
    return (char *)o + option->field;
}

static enum fping_taken complain(const struct fping_options *o, const char *text)
{
    (void)fprintf(stderr, "%s: %s\n", o->program, text);
    return FPING_REFUSED;
}

static enum fping_taken take_flag(struct fping_options *o, const struct fping_option *option,
                                  const char *argument)
{
    (void)argument;
    *(bool *)field_of(o, option) = true;
    return FPING_TAKEN;
}

static enum fping_taken take_string(struct fping_options *o, const struct fping_option *option,
                                    const char *argument)
{
    *(const char **)field_of(o, option) = argument;
    return FPING_TAKEN;
}

static enum fping_taken take_number(struct fping_options *o, const struct fping_option *option,
                                    const char *argument)
{
    int64_t value;

    if (!fping_number_parse(argument, 10, &value) || value < option->min || value > option->max)
        return FPING_USAGE;
    *(int64_t *)field_of(o, option) = value;
    return FPING_TAKEN;
}

static enum fping_taken take_ms(struct fping_options *o, const struct fping_option *option,
                                const char *argument)
{
    double ms;

    if (!fping_decimal_parse(argument, NULL, &ms))
        return FPING_USAGE;
    *(int64_t *)field_of(o, option) = fping_duration_ns(ms, 1e6);
    return FPING_TAKEN;
}

static enum fping_taken take_family(struct fping_options *o, const struct fping_option *option,
                                    const char *argument)
{
    take_flag(o, option, argument);
    return o->ipv4 && o->ipv6 ? complain(o, "can't specify both -4 and -6") : FPING_TAKEN;
}

/* ICMP timestamps settle the family as -4 does. */
static enum fping_taken take_icmp_timestamp(struct fping_options *o,
                                            const struct fping_option *option, const char *argument)
{
    if (o->ipv6)
        return complain(o, "ICMP Timestamp is IPv4 only");
    o->ipv4 = true;
    return take_flag(o, option, argument);
}

/* Without any socket there is nothing to bind, and that is told later. "" binds to none. */
static enum fping_taken take_iface(struct fping_options *o, const struct fping_option *option,
                                   const char *argument)
{
    (void)option;
    o->ifindex = strchr(argument, ':') ? 0 : if_nametoindex(argument); /* an alias is no device */
    if (o->ifindex || !*argument || !fping_may_ping())
        return FPING_TAKEN;
    (void)fprintf(stderr, "binding to specific interface (SO_BINDTODEVICE): %s\n",
                  mping_strerror(-ENODEV));
    return FPING_REFUSED;
}

/* Without the right to set a firewall mark fping says so and goes on unmarked. */
static enum fping_taken take_mark(struct fping_options *o, const struct fping_option *option,
                                  const char *argument)
{
    enum fping_taken taken = take_number(o, option, argument);
    int err = taken == FPING_TAKEN ? fping_mark_error((uint32_t)o->mark) : 0;

    if (err < 0 && fping_may_ping())
        (void)fprintf(stderr, "fwmark ipv4: %s\nfwmark ipv6: %s\n", mping_strerror(err),
                      mping_strerror(err));
    if (err < 0)
        o->mark = 0;
    return taken;
}

static enum fping_taken take_lookup(struct fping_options *o, const struct fping_option *option,
                                    const char *argument)
{
    take_flag(o, option, argument);
    return o->name && o->rdns ? complain(o, "use either one of -d or -n") : FPING_TAKEN;
}

static enum fping_taken take_count(struct fping_options *o, const struct fping_option *option,
                                   const char *argument)
{
    o->count_given = true;
    o->vcount = o->vcount || option->letter == 'C';
    return take_number(o, option, argument);
}

static enum fping_taken take_size(struct fping_options *o, const struct fping_option *option,
                                  const char *argument)
{
    o->size_given = true;
    return take_number(o, option, argument);
}

static enum fping_taken take_timeout(struct fping_options *o, const struct fping_option *option,
                                     const char *argument)
{
    o->timeout_given = true;
    return take_ms(o, option, argument);
}

static enum fping_taken take_backoff(struct fping_options *o, const struct fping_option *option,
                                     const char *argument)
{
    (void)option;
    return fping_decimal_parse(argument, NULL, &o->backoff) ? FPING_TAKEN : FPING_USAGE;
}

static enum fping_taken take_tos(struct fping_options *o, const struct fping_option *option,
                                 const char *argument)
{
    int64_t value;

    if (!fping_number_parse(argument, 0, &value) || value < option->min || value > option->max)
        return FPING_USAGE;
    o->tos = value;
    return FPING_TAKEN;
}

static enum fping_taken take_source(struct fping_options *o, const struct fping_option *option,
                                    const char *argument)
{
    struct mping_addr addr = {0};

    (void)option;
    if (inet_pton(AF_INET, argument, addr.ip) == 1)
        addr.family = AF_INET;
    else if (inet_pton(AF_INET6, argument, addr.ip) == 1)
        addr.family = AF_INET6;
    if (addr.family) {
        o->sources[addr.family == AF_INET6] = addr;
        return FPING_TAKEN;
    }
    (void)fprintf(stderr, "%s: can't parse source address: %s\n", o->program, argument);
    return FPING_REFUSED;
}

static enum fping_taken take_report(struct fping_options *o, const struct fping_option *option,
                                    const char *argument)
{
    const char *rest;
    double seconds;

    (void)option;
    if (!fping_decimal_parse(argument, &rest, &seconds) || (*rest && *rest != ','))
        return FPING_USAGE;
    o->quiet = true;
    o->report_ns = fping_duration_ns(seconds, 1e9);
    while (*rest == ',') {
        size_t len = strcspn(++rest, ",");

        if (len == strlen("cumulative") && memcmp(rest, "cumulative", len) == 0)
            o->report_cumulative = true;
        rest += len;
    }
    return FPING_TAKEN;
}

static enum fping_taken take_time_format(struct fping_options *o, const struct fping_option *option,
                                         const char *argument)
{
    static const char *const names[] = {
        [FPING_TIME_CTIME] = "ctime", [FPING_TIME_ISO] = "iso", [FPING_TIME_RFC3339] = "rfc3339"};

    (void)option;
    for (int i = FPING_TIME_CTIME; i <= FPING_TIME_RFC3339; i++)
        if (strcmp(argument, names[i]) == 0) {
            o->time_format = (enum fping_time_format)i;
            return FPING_TAKEN;
        }
    return FPING_USAGE;
}

static enum fping_taken take_reachable(struct fping_options *o, const struct fping_option *option,
                                       const char *argument)
{
    o->fast_reachable = o->fast_reachable || option->letter == 'X';
    return take_number(o, option, argument);
}

static enum fping_taken take_help(struct fping_options *o, const struct fping_option *option,
                                  const char *argument)
{
    (void)o;
    (void)option;
    (void)argument;
    return FPING_HELP;
}

static enum fping_taken take_version(struct fping_options *o, const struct fping_option *option,
                                     const char *argument)
{
    (void)o;
    (void)option;
    (void)argument;
    return FPING_SHOW_VERSION;
}

const struct fping_option fping_option_table[] = {
    {"ipv4", '4', false, NULL, take_family, FIELD(ipv4), 0, 0, "ping IPv4 addresses only"},
    {"ipv6", '6', false, NULL, take_family, FIELD(ipv6), 0, 0, "ping IPv6 addresses only"},
    {"size", 'b', false, "BYTES", take_size, FIELD(size), 0, UINT32_MAX,
     "bytes of data in a ping (default: 56)"},
    {"backoff", 'B', false, "N", take_backoff, FIELD(backoff), 0, 0,
     "let the timeout grow by this factor with each retry\n(default: 1.5)"},
    {"count", 'c', false, "N", take_count, FIELD(count), 1, UINT32_MAX,
     "count mode: N pings to each target"},
    {"check-source", 0, false, NULL, take_flag, FIELD(check_source), 0, 0,
     "only replies from the target itself count (they always do)"},
    {"file", 'f', false, "FILE", take_string, FIELD(file), 0, 0,
     "take the targets from a file, - is stdin"},
    {"generate", 'g', false, NULL, take_flag, FIELD(generate), 0, 0,
     "make the targets from an address/prefix length, or from a\n"
     "first and a last address, such as -g 192.0.2.0/24"},
    {"ttl", 'H', false, "N", take_number, FIELD(ttl), 1, UINT32_MAX,
     "time to live: hops that a ping may take"},
    {"iface", 'I', false, "IFACE", take_iface, FIELD(ifindex), 0, 0, "use this interface"},
    {"icmp-timestamp", 0, false, NULL, take_icmp_timestamp, FIELD(icmp_timestamp), 0, 0,
     "ask for ICMP timestamps instead of echoes (IPv4 only)"},
    {"fwmark", 'k', false, "FWMARK", take_mark, FIELD(mark), 1, UINT32_MAX,
     "firewall mark of the pings"},
    {"loop", 'l', false, NULL, take_flag, FIELD(loop), 0, 0, "loop mode: ping without end"},
    {"all", 'm', false, NULL, take_flag, FIELD(all), 0, 0,
     "ping all addresses of a name, best with -A"},
    {"dontfrag", 'M', false, NULL, take_flag, FIELD(dont_fragment), 0, 0, "never fragment"},
    {"tos", 'O', false, "N", take_tos, FIELD(tos), 0, 255,
     "type of service or traffic class of the pings"},
    {"period", 'p', false, "MSEC", take_ms, FIELD(period_ns), 0, 0,
     "time between pings to one target in count and loop mode\n(default: 1000 ms)"},
    {"retry", 'r', false, "N", take_number, FIELD(retries), 0, UINT32_MAX,
     "retries, without -c, -C and -l (default: 3)"},
    {"random", 'R', false, NULL, take_flag, FIELD(random), 0, 0,
     "random data, against compression on the way"},
    {"src", 'S', false, "IP", take_source, 0, 0, 0, "source address of the pings"},
    {"seqmap-timeout", 0, false, "MSEC", take_ms, FIELD(seqmap_timeout_ns), 0, 0,
     "taken for compatibility: sequence numbers never run out"},
    {"timeout", 't', false, "MSEC", take_timeout, FIELD(timeout_ns), 0, 0,
     "time to wait for the first reply (default: 500 ms; with\n"
     "-c, -C and -l the period, up to 2000 ms)"},
    {NULL, 'T', false, "N", take_string, FIELD(ignored), 0, 0, NULL},

    {"alive", 'a', true, NULL, take_flag, FIELD(alive), 0, 0, "show targets that are alive"},
    {"addr", 'A', true, NULL, take_flag, FIELD(addr), 0, 0, "show targets by address"},
    {"vcount", 'C', true, "N", take_count, FIELD(count), 1, UINT32_MAX,
     "as -c, and show all times at the end"},
    {"rdns", 'd', true, NULL, take_lookup, FIELD(rdns), 0, 0,
     "show targets by the name of their address"},
    {"timestamp", 'D', true, NULL, take_flag, FIELD(timestamp), 0, 0,
     "show the time before each line of a ping"},
    {"timestamp-format", 0, true, "FORMAT", take_time_format, FIELD(time_format), 0, 0,
     "how -D shows it: ctime, iso or rfc3339 (default: seconds)"},
    {"elapsed", 'e', true, NULL, take_flag, FIELD(elapsed), 0, 0, "show the round-trip time"},
    {"interval", 'i', true, "MSEC", take_ms, FIELD(interval_ns), 0, 0,
     "time between any two pings (default: 10 ms)"},
    {"json", 'J', true, NULL, take_flag, FIELD(json), 0, 0,
     "JSON, a line per object (needs -c, -C or -l)"},
    {"name", 'n', true, NULL, take_lookup, FIELD(name), 0, 0,
     "show targets given by address by name"},
    {"netdata", 'N', true, NULL, take_flag, FIELD(netdata), 0, 0,
     "output for netdata (needs -l and -Q)"},
    {"outage", 'o', true, NULL, take_flag, FIELD(outage), 0, 0,
     "show the time of outage (lost pings times period)"},
    {"print-tos", 0, true, NULL, take_flag, FIELD(print_tos), 0, 0,
     "show the type of service of replies"},
    {"print-ttl", 0, true, NULL, take_flag, FIELD(print_ttl), 0, 0,
     "show the time to live of replies"},
    {"quiet", 'q', true, NULL, take_flag, FIELD(quiet), 0, 0,
     "no lines about single targets and pings"},
    {"squiet", 'Q', true, "SECS[,cumulative]", take_report, FIELD(report_ns), 0, 0,
     "as -q, with a summary every SECS seconds"},
    {"stats", 's', true, NULL, take_flag, FIELD(stats), 0, 0, "statistics at the end"},
    {"unreach", 'u', true, NULL, take_flag, FIELD(unreach), 0, 0,
     "show targets that are unreachable"},
    {"reachable", 'x', true, "N", take_reachable, FIELD(reachable), 1, UINT32_MAX,
     "tell whether at least N targets are reachable"},
    {"fast-reachable", 'X', true, "N", take_reachable, FIELD(reachable), 1, UINT32_MAX,
     "the same, and end as soon as they are"},
    {"help", 'h', true, NULL, take_help, 0, 0, 0, "show this"},
    {"version", 'v', true, NULL, take_version, 0, 0, 0, "show version"},
};

const size_t fping_option_count = sizeof(fping_option_table) / sizeof(fping_option_table[0]);
