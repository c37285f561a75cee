/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MULTIPING_VERSION_H
#define MULTIPING_VERSION_H

#include <stdint.h>

#include <multiping/api.h>

#define MPING_VERSION_MAJOR 0
#define MPING_VERSION_MINOR 1
#define MPING_VERSION_PATCH 0
#define MPING_VERSION_STRING "0.1.0"

#ifdef __cplusplus
extern "C" {
#endif

/* The version of the library in use at run time, as 0x00MMmmpp. Any thread. */
MPING_API uint32_t mping_version(void);

/* The same as text, such as "0.1.0". Static storage. Any thread. */
MPING_API const char *mping_version_string(void);

#ifdef __cplusplus
}
#endif
#endif
