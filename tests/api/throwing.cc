/* SPDX-License-Identifier: Apache-2.0 */
/* The C++ part of test_api_throw.c: a callback that throws, and calls that let it through. */
#include <stdexcept>

#include "throwing.h"

static void throw_at_reply(const struct mping_event *event, void *user)
{
    struct throwing *t = static_cast<struct throwing *>(user);

    if (event->type != MPING_EV_REPLY)
        return;
    t->replies++;
    if (t->replies % 2)
        throw std::runtime_error("from a callback");
}

mping_callback throwing_callback(void)
{
    return throw_at_reply;
}

int throwing_call(int (*call)(void *arg), void *arg, int *ret_caught)
{
    try {
        return call(arg);
    } catch (const std::runtime_error &) {
        ++*ret_caught;
        return 0;
    }
}
