/* SPDX-License-Identifier: Apache-2.0 */
#include "session/thread.h"

#include <signal.h>

#include <multiping/error.h>

#include "session/errmsg.h"

int mping_thread_start(pthread_t *ret_thread, void *(*run)(void *arg), void *arg, char *ret_text)
{
    sigset_t all, before;
    int err;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    err = pthread_create(ret_thread, NULL, run, arg);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return err == 0 ? 0
                    : mping_complain(ret_text, -err,
                                     "cannot start a thread: %s (limits: ulimit -u, "
                                     "/proc/sys/kernel/threads-max, pids.max of the cgroup, and "
                                     "memory for its stack, ulimit -s)",
                                     mping_strerror(-err));
}
