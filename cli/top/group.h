/* SPDX-License-Identifier: Apache-2.0 */
/* Hosts rolled up by a label or by a prefix of their addresses. */
#ifndef MULTIPING_CLI_TOP_GROUP_H
#define MULTIPING_CLI_TOP_GROUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "text/text.h"
#include "top/filter.h"

enum { TOP_LABEL_NAMES = 8 };

/* What hosts are grouped by: prefixes of IPv4 and IPv6 addresses, or a label. */
struct top_grouping {
    const char *label; /* NULL: prefixes */
    int bits4, bits6;
};

struct top_group {
    const char *value;               /* of the label; NULL: hosts that have none */
    struct mping_addr prefix;        /* family 0: hosts without an address */
    uint32_t hosts, up, lossy, down; /* as the head of the view counts them; the rest: others */
    uint32_t bad;                    /* see top_state_is_bad() */
    uint64_t lost, judged, received;
    double rtt_sum_ns; /* of the means of all, each as often as it has replies */
    int64_t rtt_max_ns;
};

struct top_groups {
    struct top_group *all; /* worst first, once sorted */
    size_t n, cap;
    uint32_t *table; /* places in all + 1, by hash */
    size_t table_size;
};

/* The names of labels that hosts have, in the order in which they are met; how many. */
size_t top_group_labels(const struct top_model *model, const char *ret[TOP_LABEL_NAMES]);

/* The i-th way to group: labels first, then /24 and /64, /16 and /48, /8 and /32. false: none. */
bool top_grouping_at(const char *const labels[], size_t label_count, size_t i,
                     struct top_grouping *ret);

/* Adds up all hosts that pass the filter (NULL: all), worst groups first. -1 without memory. */
int top_groups_build(struct top_groups *groups, const struct top_model *model,
                     const struct top_grouping *by, const struct top_filter *filter);
void top_groups_done(struct top_groups *groups);

/* "site", "IPv4 /24, IPv6 /64"; "fra", "10.1.2.0/24". */
void top_grouping_text(struct app_text *text, const struct top_grouping *by);
void top_group_text(struct app_text *text, const struct top_grouping *by,
                    const struct top_group *group);
/* The filter that shows its hosts. */
void top_group_filter(struct app_text *text, const struct top_grouping *by,
                      const struct top_group *group);

#endif
