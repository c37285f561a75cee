/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <dirent.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "doctor/checks.h"
#include "doctor/facts.h"

enum {
    SOCKETS_MAX = 256, /* with more than that, those are enough for a warning */
    NAMED_MAX = 8,     /* programs that are named */
    INODE_WORD = 9,    /* before which so many words stand in a line */
};

/* ICMP sockets of the network namespace, and what is known about whose they are. */
struct sockets {
    unsigned long inode[SOCKETS_MAX];
    bool is_named[SOCKETS_MAX];
    size_t n;
    const char *unread; /* a file that cannot be read */
};

/* Moves over blanks and n words after them; NULL if the line ends before that. */
static const char *skip_words(const char *at, int n)
{
    for (at += strspn(at, " "); n > 0; n--) {
        at += strcspn(at, " ");
        if (*at == '\0')
            return NULL;
        at += strspn(at, " ");
    }
    return at;
}

/*
 * A line of these files: "  0: 00000000:0001 00000000:0000 07 tx:rx tr:when retrnsmt uid
 * timeout inode ...". The port of a raw socket is its protocol.
 */
static bool parse_line(const char *line, unsigned long *ret_port, unsigned long *ret_inode)
{
    const char *address = skip_words(line, 1), *inode = skip_words(line, INODE_WORD);
    const char *colon = address ? strchr(address, ':') : NULL;

    if (!colon || !inode)
        return false;
    *ret_port = strtoul(colon + 1, NULL, 16);
    *ret_inode = strtoul(inode, NULL, 10);
    return *ret_inode != 0; /* 0 in the heading as well */
}

/* protocol 0: every line is a socket of ICMP. */
static void read_sockets(struct sockets *sockets, const char *path, unsigned long protocol)
{
    FILE *file = fopen(path, "re");
    bool foreign = strchr(path, '6') && !doctor_has_ipv6(); /* there is nothing to be read */
    char line[512];
    int lines = 0;

    while (file && sockets->n < SOCKETS_MAX && fgets(line, sizeof(line), file)) {
        unsigned long inode, port;

        lines++;
        if (parse_line(line, &port, &inode) && (protocol == 0 || port == protocol))
            sockets->inode[sockets->n++] = inode;
    }
    if (file)
        (void)fclose(file);
    if (lines == 0 && !foreign && !sockets->unread) /* not even the heading */
        sockets->unread = path;
}

/* Whether the descriptor /proc/PID/fd/NAME is one of them that no program was named for. */
static bool claim(struct sockets *sockets, int dir_fd, const char *name)
{
    char link[64];
    ssize_t len = readlinkat(dir_fd, name, link, sizeof(link) - 1);
    const char prefix[] = "socket:[";
    unsigned long inode;

    link[len > 0 ? len : 0] = '\0';
    if (strncmp(link, prefix, sizeof(prefix) - 1) != 0)
        return false;
    inode = strtoul(link + sizeof(prefix) - 1, NULL, 10);
    for (size_t i = 0; i < sockets->n; i++) {
        if (sockets->inode[i] == inode && !sockets->is_named[i]) {
            sockets->is_named[i] = true;
            return true;
        }
    }
    return false;
}

static bool holds_any(struct sockets *sockets, const char *pid)
{
    char path[64];
    struct dirent *entry;
    bool found = false;
    DIR *dir;

    (void)snprintf(path, sizeof(path), "/proc/%.20s/fd", pid);
    dir = opendir(path);
    while (dir && (entry = readdir(dir))) /* NOLINT(concurrency-mt-unsafe) */
        found = claim(sockets, dirfd(dir), entry->d_name) || found;
    if (dir)
        closedir(dir);
    return found;
}

static void report_program(struct doctor_report *report, const char *pid)
{
    char path[64], name[64];
    struct app_text *text = doctor_find(report, DOCTOR_WARN, "another pinger");

    (void)snprintf(path, sizeof(path), "/proc/%.20s/comm", pid);
    doctor_read(path, name, sizeof(name));
    app_text_foreign(text, name);
    app_text_add(text, " (process ");
    app_text_add(text, pid);
    app_text_add(text, ") has an ICMP socket open; if it pings the same hosts, each counts twice "
                       "against their rate limits");
    app_text_add(doctor_fix_begin(report), "ps -fp ");
    app_text_add(text, pid);
    app_text_add(text, "  # and sudo kill ");
    app_text_add(text, pid);
    doctor_end(report);
}

static size_t report_programs(struct doctor_report *report, struct sockets *sockets)
{
    DIR *proc = opendir("/proc");
    struct dirent *entry;
    size_t named = 0;

    /* One thread. NOLINTNEXTLINE(concurrency-mt-unsafe) */
    while (proc && named < NAMED_MAX && (entry = readdir(proc))) {
        if (!isdigit((unsigned char)entry->d_name[0]) || !holds_any(sockets, entry->d_name))
            continue;
        report_program(report, entry->d_name);
        named++;
    }
    if (proc)
        closedir(proc);
    return named;
}

/* Our own are open: those do not count. */
static size_t claim_own(struct sockets *sockets)
{
    size_t others = 0;

    holds_any(sockets, "self");
    for (size_t i = 0; i < sockets->n; i++)
        others += !sockets->is_named[i];
    return others;
}

void doctor_pingers(struct doctor_report *report)
{
    struct sockets sockets = {0};
    size_t others;

    read_sockets(&sockets, "/proc/net/raw", IPPROTO_ICMP);
    read_sockets(&sockets, "/proc/net/raw6", IPPROTO_ICMPV6);
    read_sockets(&sockets, "/proc/net/icmp", 0);
    read_sockets(&sockets, "/proc/net/icmp6", 0);
    others = claim_own(&sockets);
    if (sockets.unread)
        doctor_unknown(report, "other pingers", sockets.unread);
    if (others == 0 && sockets.unread) {
        return;
    } else if (others == 0) {
        doctor_say(report, DOCTOR_OK, "other pingers", "none");
    } else if (report_programs(report, &sockets) == 0) {
        app_text_count(doctor_find(report, DOCTOR_WARN, "other pingers"), others);
        app_text_add(&report->text, " ICMP sockets of programs that only root may see");
        doctor_fix(report, "sudo ss -apw");
    }
}
