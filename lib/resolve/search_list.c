/* SPDX-License-Identifier: Apache-2.0 */
#include "resolve/search_list.h"

#include <stdio.h>
#include <string.h>

#include "resolve/setup.h"

static bool ends_with_dot(const char *name)
{
    size_t len = strlen(name);

    return len > 0 && name[len - 1] == '.';
}

static unsigned count_dots(const char *name)
{
    unsigned n = 0;

    for (; *name; name++)
        n += *name == '.';
    return n;
}

size_t mping_search_steps(const struct mping_setup *setup, const char *name)
{
    return ends_with_dot(name) ? 1 : setup->n_search + 1;
}

bool mping_search_name(const struct mping_setup *setup, const char *name, size_t step,
                       char *ret_name, size_t size)
{
    bool as_it_is_first = ends_with_dot(name) || count_dots(name) >= setup->ndots;
    size_t as_it_is = as_it_is_first ? 0 : setup->n_search;
    int len;

    if (step == as_it_is)
        len = snprintf(ret_name, size, "%s", name);
    else
        len = snprintf(ret_name, size, "%s.%s", name,
                       setup->search[as_it_is_first ? step - 1 : step]);
    return len > 0 && (size_t)len < size;
}
