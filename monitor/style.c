/* monitor/style.c: colours and line-drawing characters, or their plain stand-ins. */
#include "monitor/style.h"

#include "base/bits.h"

/* Colours out of the 256, midway between black and white. */
static const struct {
    const char *escape, *rgb;
} inks[INK_COUNT] = {
    [INK_PLAIN] = {"", "#202020"},
    [INK_HEAD] = {"\033[1m", "#000000"},
    [INK_DIM] = {"\033[38;5;244m", "#808080"},
    [INK_FIXED] = {"\033[38;5;244m", "#6c6c6c"},
    [INK_RD] = {"\033[38;5;34m", "#118a11"},
    [INK_RS1] = {"\033[38;5;32m", "#0a74c4"},
    [INK_RS2] = {"\033[38;5;134m", "#a04fc0"},
    [INK_RS3] = {"\033[38;5;73m", "#3f8f8f"},
    [INK_IMM] = {"\033[38;5;172m", "#c26a00"},
    [INK_EXTRA] = {"\033[38;5;168m", "#c23f78"},
    [INK_BAD] = {"\033[38;5;160m", "#d00000"},
    [INK_GOOD] = {"\033[38;5;34m", "#118a11"},
};

const char *ink_on(const struct style *style, enum ink ink)
{
    return style->colour ? inks[ink].escape : "";
}

const char *ink_off(const struct style *style)
{
    return style->colour ? "\033[0m" : "";
}

const char *ink_rgb(enum ink ink)
{
    return inks[ink].rgb;
}

enum ink ink_of_field(enum field field)
{
    switch (field) {
    case FIELD_RD:
        return INK_RD;
    case FIELD_RS1:
        return INK_RS1;
    case FIELD_RS2:
        return INK_RS2;
    case FIELD_RS3:
        return INK_RS3;
    case FIELD_IMM:
        return INK_IMM;
    case FIELD_OTHER:
        return INK_FIXED;
    default:
        return INK_EXTRA;
    }
}

static const struct line_set boxes = {
    .across = "─",
    .down = "│",
    .top = {"┌", "┬", "┐"},
    .middle = {"├", "┼", "┤"},
    .bottom = {"└", "┴", "┘"},
    .arrow = "→",
    .tick = "✓",
    .cross = "✗",
};

static const struct line_set ascii = {
    .across = "-",
    .down = "|",
    .top = {"+", "+", "+"},
    .middle = {"+", "+", "+"},
    .bottom = {"+", "+", "+"},
    .arrow = "->",
    .tick = "ok",
    .cross = "x",
};

const struct line_set *lines_of(const struct style *style)
{
    return style->unicode ? &boxes : &ascii;
}
