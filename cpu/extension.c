/* cpu/extension.c: the facts of each extension, from cpu/extension.def. */
#include "cpu/extension.h"

const struct extension_info extension_info[EXT_COUNT] = {
#define EXTENSION(id, name_, profile_, spec_, text_)                                               \
    [EXT_##id] = {.name = (name_), .profile = (profile_), .spec = (spec_), .text = (text_)},
#include "cpu/extension.def"
#undef EXTENSION
};
