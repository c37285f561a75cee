/* SPDX-License-Identifier: Apache-2.0 */
#include "simnet/device.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <linux/ipv6.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* Packets that may wait to be read: more than a burst that anybody sends at once. */
enum { QUEUE_LEN = 100000 };

static struct ifreq request_for(const char *name)
{
    struct ifreq request = {0};

    strncpy(request.ifr_name, name, sizeof(request.ifr_name) - 1);
    return request;
}

static void set_address4(struct ifreq *request, const char *text)
{
    struct sockaddr_in address = {.sin_family = AF_INET};

    inet_pton(AF_INET, text, &address.sin_addr);
    memcpy(&request->ifr_addr, &address, sizeof(address));
}

static int configure4(int control, const char *name, int mtu, const char **ret_step)
{
    struct ifreq request = request_for(name);

    *ret_step = "set the MTU";
    request.ifr_mtu = mtu;
    if (ioctl(control, SIOCSIFMTU, &request) < 0)
        return -errno;
    *ret_step = "set the length of the queue";
    request.ifr_qlen = QUEUE_LEN;
    if (ioctl(control, SIOCSIFTXQLEN, &request) < 0)
        return -errno;
    *ret_step = "set the IPv4 address";
    set_address4(&request, "10.0.0.1");
    if (ioctl(control, SIOCSIFADDR, &request) < 0)
        return -errno;
    set_address4(&request, "255.0.0.0");
    if (ioctl(control, SIOCSIFNETMASK, &request) < 0)
        return -errno;
    *ret_step = "bring the device up";
    request = request_for(name);
    request.ifr_flags = IFF_UP | IFF_RUNNING;
    return ioctl(control, SIOCSIFFLAGS, &request) < 0 ? -errno : 0;
}

static int configure6(const char *name, const char **ret_step)
{
    int control = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0), r = 0;
    struct in6_ifreq request = {.ifr6_prefixlen = 16, .ifr6_ifindex = (int)if_nametoindex(name)};

    *ret_step = "set the IPv6 address";
    if (control < 0)
        return errno == EAFNOSUPPORT ? 0 : -errno; /* IPv4 alone is worth having */
    inet_pton(AF_INET6, "fd00::1", &request.ifr6_addr);
    if (ioctl(control, SIOCSIFADDR, &request) < 0)
        r = -errno;
    close(control);
    return r;
}

static int configure(const char *name, int mtu, const char **ret_step)
{
    int control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), r;

    *ret_step = "open a socket";
    if (control < 0)
        return -errno;
    r = configure4(control, name, mtu, ret_step);
    close(control);
    return r < 0 ? r : configure6(name, ret_step);
}

int sn_device_open(const char *name, int mtu, const char **ret_step)
{
    struct ifreq request = request_for(name);
    int fd, r;

    *ret_step = "open /dev/net/tun";
    fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    *ret_step = "make the device";
    request.ifr_flags = IFF_TUN | IFF_NO_PI;
    r = ioctl(fd, TUNSETIFF, &request) < 0 ? -errno : configure(name, mtu, ret_step);
    if (r < 0)
        close(fd);
    return r < 0 ? r : fd;
}

/* Flags of an interface, 0 if it has gone. */
static int flags_of(int control, const char *name)
{
    struct ifreq request = request_for(name);

    return ioctl(control, SIOCGIFFLAGS, &request) < 0 ? 0 : request.ifr_flags;
}

bool sn_device_is_alone(void)
{
    struct if_nameindex *all = if_nameindex();
    int control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool alone = all && control >= 0;

    for (struct if_nameindex *i = all; alone && i->if_index; i++) {
        int flags = flags_of(control, i->if_name);

        alone = !(flags & IFF_UP) || flags & IFF_LOOPBACK;
    }
    if (control >= 0)
        close(control);
    if (all)
        if_freenameindex(all);
    return alone;
}
