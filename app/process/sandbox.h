/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MULTIPING_APP_PROCESS_SANDBOX_H
#define MULTIPING_APP_PROCESS_SANDBOX_H

/* In the filter as it is built: the process that enters it. */
#define APP_SANDBOX_SELF 0x73656c66u

/*
 * Forbids, for good and for every thread to come, what a pinger has no use for: other programs,
 * other processes, other kinds of sockets. Call it when the engine's sockets are open and no
 * thread runs yet, after PR_SET_NO_NEW_PRIVS. 0, or -errno. Built without libseccomp, and on a
 * kernel without filters, it does nothing.
 */
int app_sandbox_enter(void);

#endif
