/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MPING_SESSION_THREAD_H
#define MPING_SESSION_THREAD_H

#include <pthread.h>

/*
 * Starts a thread of the library, which blocks all signals: those are for the program's own. 0, or
 * -errno: -EAGAIN where the system has a limit on threads, and ret_text, 256 bytes, names it.
 */
int mping_thread_start(pthread_t *ret_thread, void *(*run)(void *arg), void *arg, char *ret_text);

#endif
