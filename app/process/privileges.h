/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MULTIPING_APP_PROCESS_PRIVILEGES_H
#define MULTIPING_APP_PROCESS_PRIVILEGES_H

#include <stdbool.h>

/* Puts what the program was permitted for opening sockets into effect. */
void app_privileges_raise(void);

/* Gives up every privilege for good, system calls included: 0, or -1 after a line on stderr. */
int app_privileges_drop(void);

/* Says on stderr what would permit to ping, with the kinds of sockets that will do. */
void app_privileges_explain(bool raw, bool ping_sockets);

#endif
