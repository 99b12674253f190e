#include "lang/parts.h"

/* The slot of an equal part, or the empty one where it belongs. */
static size_t *slot_of(const sp_parts *list, const sp_part *part)
{
    size_t at = (size_t)part->dim;
    for (unsigned i = 0; i < part->axes; i++)
        at = at * 31 + part->axis[i] + 1;
    at = (at ^ at >> 7) & (list->slots - 1);
    while (list->slot[at] && !sp_part_equal(&list->part[list->slot[at] - 1], part))
        at = (at + 1) & (list->slots - 1);
    return &list->slot[at];
}

size_t sp_parts_find(const sp_parts *list, const sp_part *part)
{
    size_t at = list->slots > 0 ? *slot_of(list, part) : 0;
    return at > 0 ? at - 1 : list->count;
}

void sp_parts_add(sp_parts *list, const sp_part *part)
{
    list->part = sp_pool_grow(list->pool, list->part, &list->capacity, list->count + 1, sizeof *part);
    list->part[list->count++] = *part;
    if (2 * list->count <= list->slots) {
        *slot_of(list, part) = list->count;
        return;
    }
    sp_pool_free(list->pool, list->slot);
    list->slots = list->slots ? 2 * list->slots : 64;
    list->slot = SP_NEW_ARRAY(list->pool, size_t, list->slots);
    for (size_t i = 0; i < list->count; i++)
        *slot_of(list, &list->part[i]) = i + 1;
}
