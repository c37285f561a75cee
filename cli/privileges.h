/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MULTIPING_CLI_PRIVILEGES_H
#define MULTIPING_CLI_PRIVILEGES_H

/* Puts what the program was permitted for opening sockets into effect. */
void cli_privileges_raise(void);

/* Gives up every privilege for good: 0, or -1 after a line on stderr. */
int cli_privileges_drop(void);

/* Says on stderr what would allow to ping. */
void cli_privileges_explain(void);

#endif
