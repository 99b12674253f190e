/* Distinct split parts, found by what they are: a program may name tens of thousands. */
#ifndef SP_LANG_PARTS_H
#define SP_LANG_PARTS_H

#include "lang/program.h"

typedef struct sp_parts {
    sp_pool *pool;
    sp_part *part; /* in the order in which they came */
    size_t count, capacity;
    size_t *slot; /* open addressing: where a part is in the list, plus 1; 0: empty */
    size_t slots; /* a power of two, or 0 */
} sp_parts;

/* Where an equal part is in the list; list->count if nowhere. */
size_t sp_parts_find(const sp_parts *list, const sp_part *part);
/* Adds a part that is not there. */
void sp_parts_add(sp_parts *list, const sp_part *part);

#endif
