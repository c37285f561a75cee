/* SPDX-License-Identifier: Apache-2.0 */
#include "lab.h"

#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "lab_dns.h"

#define HOSTS_HEAD "127.0.0.1 localhost\n::1 localhost ip6-localhost\n"

static int tun_fd = -1;

/* One line each for `ip -batch`. */
static const char *const network[] = {
    "link set dev " LAB_TUN " up mtu 1500",
    "addr add " LAB_SOURCE4 "/32 dev " LAB_TUN,
    "addr add " LAB_SOURCE6 "/128 dev " LAB_TUN " nodad",
    "addr add " LAB_OTHER4 "/32 dev " LAB_TUN,
    "addr add " LAB_OTHER6 "/128 dev " LAB_TUN " nodad",
    "addr add fe80::ff/64 dev " LAB_TUN " nodad",
    "route add 192.0.2.0/24 dev " LAB_TUN,
    "route add 198.51.100.0/24 dev " LAB_TUN,
    "route add 203.0.113.0/24 dev " LAB_TUN,
    "route add 2001:db8::/32 dev " LAB_TUN,
    "route add local 2001:db8:1::/64 dev lo",
    "route add unreachable 198.51.100.0/24 table 107",
    "route add unreachable 2001:db8::/64 table 107",
    "rule add fwmark 107 table 107",
};

static int write_file(const char *path, const char *text)
{
    size_t len = strlen(text);
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    ssize_t n;

    if (fd < 0)
        return -1;
    n = write(fd, text, len);
    if (n == (ssize_t)len && ftruncate(fd, (off_t)len) != 0)
        n = -1;
    close(fd);
    return n == (ssize_t)len ? 0 : -1;
}

/* Lays a file of our own over a system file, seen by this process alone. */
static int cover_file(const char *dir, const char *path, const char *text)
{
    char own[128];

    snprintf(own, sizeof(own), "%s/%s", dir, strrchr(path, '/') + 1);
    if (write_file(own, text) != 0)
        return -1;
    if (access(path, F_OK) != 0)
        return 0;
    return mount(own, path, NULL, MS_BIND, NULL);
}

static const char *cover_files(void)
{
    const char *dir = "/mnt";

    if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
        return "mounts cannot be made private";
    if (mount("lab", dir, "tmpfs", 0, "size=1m") != 0)
        return "no tmpfs can be mounted";
    if (cover_file(dir, "/etc/resolv.conf",
                   "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n") != 0 ||
        cover_file(dir, "/etc/nsswitch.conf", "hosts: files dns\n") != 0 ||
        cover_file(dir, "/etc/host.conf", "multi on\n") != 0 ||
        cover_file(dir, "/etc/hosts", HOSTS_HEAD) != 0)
        return "name files cannot be covered";
    return NULL;
}

static int loopback_up(void)
{
    struct ifreq request = {.ifr_name = "lo"};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    int r = -1;

    if (fd < 0)
        return -1;
    if (ioctl(fd, SIOCGIFFLAGS, &request) == 0) {
        request.ifr_flags |= IFF_UP;
        r = ioctl(fd, SIOCSIFFLAGS, &request);
    }
    close(fd);
    return r;
}

static int tun_open(void)
{
    struct ifreq request = {.ifr_name = LAB_TUN};
    int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);

    if (fd < 0)
        return -1;
    request.ifr_flags = IFF_TUN | IFF_NO_PI;
    if (ioctl(fd, TUNSETIFF, &request) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

static int network_up(void)
{
    FILE *ip = popen("ip -batch - && ip -6 rule add fwmark 107 table 107", "w");

    if (!ip)
        return -1;
    for (size_t i = 0; i < sizeof(network) / sizeof(network[0]); i++)
        fprintf(ip, "%s\n", network[i]);
    return pclose(ip);
}

const char *lab_start(void)
{
    const char *why;

    if (geteuid() != 0)
        return "needs root";
    if (unshare(CLONE_NEWNET | CLONE_NEWNS) != 0)
        return "no namespaces allowed";
    why = cover_files();
    if (why)
        return why;
    if (loopback_up() != 0)
        return "loopback does not come up";
    tun_fd = tun_open();
    if (tun_fd < 0)
        return "no TUN device";
    if (network_up() != 0)
        return "the ip command fails";
    return lab_dns_start();
}

int lab_tun_fd(void)
{
    return tun_fd;
}

void lab_hosts(const char *lines)
{
    char text[4096];

    snprintf(text, sizeof(text), "%s%s", HOSTS_HEAD, lines);
    if (write_file("/etc/hosts", text) != 0)
        abort();
}

int64_t lab_now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

void lab_sleep_ns(int64_t duration_ns)
{
    struct timespec left = {.tv_sec = duration_ns / 1000000000,
                            .tv_nsec = duration_ns % 1000000000};

    while (nanosleep(&left, &left) != 0)
        continue;
}
