#include "lang/names.h"

#include <string.h>

sp_names sp_names_in(sp_pool *pool)
{
    return (sp_names){.pool = pool};
}

/* FNV-1a, 64 bits (Fowler, Noll, Vo). */
static size_t hash(const char *name)
{
    uint64_t h = UINT64_C(14695981039346656037);
    for (; *name; name++)
        h = (h ^ (unsigned char)*name) * UINT64_C(1099511628211);
    return (size_t)h;
}

/* The slot of the name, or the free one where it belongs. */
static size_t place(const sp_names *names, const char *name)
{
    size_t at = hash(name) & (names->slots - 1);
    while (names->slot[at] && strcmp(names->slot[at], name) != 0)
        at = (at + 1) & (names->slots - 1);
    return at;
}

static void make_room(sp_names *names)
{
    if (2 * (names->count + 1) <= names->slots)
        return;
    sp_names larger = *names;
    larger.slots = names->slots ? 2 * names->slots : 16;
    larger.slot = SP_NEW_ARRAY(names->pool, const char *, larger.slots);
    larger.value = SP_NEW_ARRAY(names->pool, size_t, larger.slots);
    for (size_t i = 0; i < names->slots; i++) {
        if (!names->slot[i])
            continue;
        size_t at = place(&larger, names->slot[i]);
        larger.slot[at] = names->slot[i];
        larger.value[at] = names->value[i];
    }
    sp_pool_free(names->pool, names->slot);
    sp_pool_free(names->pool, names->value);
    *names = larger;
}

bool sp_names_add(sp_names *names, const char *name, size_t *value)
{
    make_room(names);
    size_t at = place(names, name);
    if (names->slot[at]) {
        *value = names->value[at];
        return false;
    }
    names->slot[at] = name;
    names->value[at] = *value;
    names->count++;
    return true;
}

bool sp_names_find(const sp_names *names, const char *name, size_t *value)
{
    if (names->count == 0)
        return false;
    size_t at = place(names, name);
    if (!names->slot[at])
        return false;
    *value = names->value[at];
    return true;
}
