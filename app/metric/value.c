/* SPDX-License-Identifier: Apache-2.0 */
#include "metric/value.h"

void app_set_text(struct app_value *v, const char *text)
{
    if (text == NULL)
        return;
    v->type = APP_VALUE_TEXT;
    v->text = text;
}

void app_set_number(struct app_value *v, int64_t number, unsigned decimals)
{
    v->type = APP_VALUE_NUMBER;
    v->number = number;
    v->decimals = decimals;
}

void app_set_addr(struct app_value *v, const struct mping_addr *addr)
{
    if (addr->family)
        app_set_text(v, mping_addr_format(addr, v->memory, sizeof(v->memory)));
}

static void add_number(struct app_text *text, const struct app_value *value)
{
    uint64_t number = (uint64_t)value->number;

    if (value->number < 0) {
        app_text_char(text, '-');
        number = 0 - number;
    }
    app_text_fixed_short(text, number, value->decimals);
}

bool app_value_add_plain(struct app_text *text, const struct app_value *value)
{
    if (value->type == APP_VALUE_NUMBER)
        add_number(text, value);
    else if (value->type == APP_VALUE_BOOL)
        app_text_add(text, value->number ? "true" : "false");
    else
        return false;
    return true;
}
