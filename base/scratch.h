/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For arrays on the stack that are filled before they are read. Hardened builds clear whatever
 * is declared: for a batch that holds one packet this would take longer than all the rest.
 */
#ifndef MPING_BASE_SCRATCH_H
#define MPING_BASE_SCRATCH_H

#if defined(__has_attribute)
#if __has_attribute(uninitialized)
#define MPING_SCRATCH __attribute__((uninitialized))
#endif
#endif
#ifndef MPING_SCRATCH
#define MPING_SCRATCH
#endif

#endif
