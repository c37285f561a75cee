/* SPDX-License-Identifier: Apache-2.0 */
/* What is printed while it happens: a line per reply, loss or error. */
#ifndef MULTIPING_APP_FORMAT_TEXT_EVENT_H
#define MULTIPING_APP_FORMAT_TEXT_EVENT_H

#include <multiping/multiping.h>

#include "text/text.h"

/* Room for any line. */
enum { APP_LINE_MAX = 1024 };

/* "localhost (127.0.0.1)", or only the address where that is the name. */
void app_line_host(struct app_text *text, const char *host, const struct mping_addr *addr);

/* Writes the line about an event, with its end; nothing for events that have none. */
void app_event_line(struct app_text *text, const struct mping_event *event);

#endif
