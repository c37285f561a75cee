/* SPDX-License-Identifier: Apache-2.0 */
/* -J: an object a line, in the words of fping. */
#ifndef MULTIPING_CLI_FPING_FORMAT_JSON_H
#define MULTIPING_CLI_FPING_FORMAT_JSON_H

#include "fping/format.h"

extern const struct fping_format fping_json_format;

#endif
