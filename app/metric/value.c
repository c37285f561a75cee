/* SPDX-License-Identifier: Apache-2.0 */
#include "metric/value.h"

void cli_set_text(struct cli_value *v, const char *text)
{
    if (text == NULL)
        return;
    v->type = CLI_VALUE_TEXT;
    v->text = text;
}

void cli_set_number(struct cli_value *v, int64_t number, unsigned decimals)
{
    v->type = CLI_VALUE_NUMBER;
    v->number = number;
    v->decimals = decimals;
}

void cli_set_addr(struct cli_value *v, const struct mping_addr *addr)
{
    if (addr->family)
        cli_set_text(v, mping_addr_format(addr, v->memory, sizeof(v->memory)));
}

static void add_number(struct cli_text *text, const struct cli_value *value)
{
    uint64_t number = (uint64_t)value->number;

    if (value->number < 0) {
        cli_text_char(text, '-');
        number = 0 - number;
    }
    cli_text_fixed_short(text, number, value->decimals);
}

bool cli_value_add_plain(struct cli_text *text, const struct cli_value *value)
{
    if (value->type == CLI_VALUE_NUMBER)
        add_number(text, value);
    else if (value->type == CLI_VALUE_BOOL)
        cli_text_add(text, value->number ? "true" : "false");
    else
        return false;
    return true;
}
