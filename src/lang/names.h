/* A table from names to numbers: looking a name up does not depend on how many there are. */
#ifndef SP_LANG_NAMES_H
#define SP_LANG_NAMES_H

#include "base/pool.h"

typedef struct sp_names {
    sp_pool *pool;
    const char **slot;  /* open addressing; NULL: free */
    size_t *value;
    size_t slots, count;
} sp_names;

sp_names sp_names_in(sp_pool *pool);
/* Borrows the name. False, with the older value in *value, if the name is there already. */
bool sp_names_add(sp_names *names, const char *name, size_t *value);
bool sp_names_find(const sp_names *names, const char *name, size_t *value);

#endif
