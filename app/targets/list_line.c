/* SPDX-License-Identifier: Apache-2.0 */
#include "targets/list_line.h"

#include <stdbool.h>
#include <string.h>

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* C1 control characters would be two bytes in UTF-8; as single bytes they are invalid. */
static bool has_control(const char *host, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)host[i];

        if (c < 0x20 || c == 0x7f)
            return true;
        if (c == 0xc2 && i + 1 < len && (unsigned char)host[i + 1] < 0xa0)
            return true;
    }
    return false;
}

/* Addresses have no part as long as that. */
static bool has_long_label(const char *host, size_t len)
{
    size_t label_len = 0;

    for (size_t i = 0; i < len && label_len <= APP_LABEL_MAX; i++)
        label_len = host[i] == '.' ? 0 : label_len + 1;
    return label_len > APP_LABEL_MAX;
}

const char *app_host_problem(const char *host, size_t len)
{
    if (len == 0)
        return "empty target";
    if (has_control(host, len))
        return "control character in a target";
    if (memchr(host, ' ', len) != NULL)
        return "blank in a target";
    if (len > APP_HOST_MAX)
        return "target is too long for a name";
    if (has_long_label(host, len))
        return "more than 63 characters between two dots";
    return NULL;
}

const char *app_target_line(const char *line, size_t len, struct app_target_line *ret)
{
    const char *end = line + len;
    size_t host_len = 0;

    while (line < end && (is_blank(end[-1]) || end[-1] == '\r'))
        end--;
    while (line < end && is_blank(*line))
        line++;
    while (line + host_len < end && !is_blank(line[host_len]) && line[host_len] != '#')
        host_len++;
    *ret = (struct app_target_line){
        .host = line,
        .host_len = host_len,
        .rest = line + host_len,
        .rest_len = (size_t)(end - line) - host_len,
    };
    if (host_len == 0)
        return NULL;
    if (line[0] == '@')
        return "a list cannot name another list";
    if (line[0] == '-')
        return "no target begins with -";
    return app_host_problem(line, host_len);
}
