/* SPDX-License-Identifier: Apache-2.0 */
#include "top/style.h"

enum { OWN = -1, BLACK = 0, RED, GREEN, YELLOW, BLUE, MAGENTA, CYAN, WHITE };

/* Without any colour. */
static const struct top_look none[TOP_STYLE_COUNT] = {
    [TOP_STYLE_PLAIN] = {OWN, OWN, false, false, false},
    [TOP_STYLE_DIM] = {OWN, OWN, false, true, false},
    [TOP_STYLE_BOLD] = {OWN, OWN, true, false, false},
    [TOP_STYLE_BAR] = {OWN, OWN, false, false, true},
    [TOP_STYLE_CHOSEN] = {OWN, OWN, true, false, false},
    [TOP_STYLE_KEY] = {OWN, OWN, true, false, false},
    [TOP_STYLE_GOOD] = {OWN, OWN, false, false, false},
    [TOP_STYLE_WARN] = {OWN, OWN, true, false, false},
    [TOP_STYLE_BAD] = {OWN, OWN, true, false, true},
    [TOP_STYLE_UNSURE] = {OWN, OWN, false, true, false},
    [TOP_STYLE_HEAT] = {OWN, OWN, false, false, false},
    [TOP_STYLE_HEAT + 1] = {OWN, OWN, false, false, false},
    [TOP_STYLE_HEAT + 2] = {OWN, OWN, false, false, false},
    [TOP_STYLE_HEAT + 3] = {OWN, OWN, false, false, false},
    [TOP_STYLE_HEAT + 4] = {OWN, OWN, true, false, false},
    [TOP_STYLE_HEAT + 5] = {OWN, OWN, true, false, false},
};

/*
 * Foregrounds with 8 colours and with 256. The safe ones keep apart what people with any kind of
 * colour vision see apart: blue, yellow and orange (Okabe and Ito 2008), and a ramp from blue to
 * yellow whose brightness rises all the way.
 */
static const struct {
    int16_t few[2], many[2];
} hues[TOP_STYLE_COUNT] = {
    [TOP_STYLE_GOOD] = {{GREEN, CYAN}, {40, 39}},
    [TOP_STYLE_WARN] = {{YELLOW, YELLOW}, {220, 227}},
    [TOP_STYLE_BAD] = {{RED, MAGENTA}, {196, 208}},
    [TOP_STYLE_UNSURE] = {{MAGENTA, WHITE}, {141, 250}},
    [TOP_STYLE_HEAT] = {{GREEN, BLUE}, {22, 18}},
    [TOP_STYLE_HEAT + 1] = {{GREEN, BLUE}, {28, 25}},
    [TOP_STYLE_HEAT + 2] = {{GREEN, CYAN}, {34, 67}},
    [TOP_STYLE_HEAT + 3] = {{YELLOW, CYAN}, {148, 109}},
    [TOP_STYLE_HEAT + 4] = {{YELLOW, YELLOW}, {220, 186}},
    [TOP_STYLE_HEAT + 5] = {{YELLOW, YELLOW}, {208, 228}},
};

struct top_look top_look(enum top_palette palette, enum top_style style, int colors)
{
    struct top_look look = none[style];
    const int16_t *hue = colors >= 256 ? hues[style].many : hues[style].few;

    if (palette == TOP_PALETTE_NONE || colors < 8)
        return look;
    if (style == TOP_STYLE_BAR || style == TOP_STYLE_CHOSEN) {
        look = (struct top_look){.fg = BLACK, .bg = style == TOP_STYLE_BAR ? CYAN : WHITE};
        return look;
    }
    if (style >= TOP_STYLE_GOOD)
        look = (struct top_look){.fg = hue[palette], .bg = OWN, .bold = style == TOP_STYLE_BAD};
    return look;
}
