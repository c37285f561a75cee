/* SPDX-License-Identifier: Apache-2.0 */
/* multiping --doctor: what would stop or spoil pings on this machine, and what mends it. */
#ifndef MULTIPING_CLI_DOCTOR_H
#define MULTIPING_CLI_DOCTOR_H

/*
 * Examines the machine and prints the report on stdout. Sends one probe to 127.0.0.1 and one
 * to ::1, nothing else. Returns the exit status: 0 nothing is in the way, 1 something spoils
 * pings, 3 pings are not possible, 4 the report could not be written.
 */
int cli_doctor(void);

#endif
