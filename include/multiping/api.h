/* SPDX-License-Identifier: Apache-2.0 */
/* Marks what the shared library exports; everything else in it is hidden. */
#ifndef MULTIPING_API_H
#define MULTIPING_API_H

#if defined(__GNUC__)
#define MPING_API __attribute__((visibility("default")))
#define MPING_MUST_CHECK __attribute__((warn_unused_result))
#else
#define MPING_API
#define MPING_MUST_CHECK
#endif

#endif
