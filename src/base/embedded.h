/* Texts that are compiled in, by name (see embed.cmake). */
#ifndef SP_BASE_EMBEDDED_H
#define SP_BASE_EMBEDDED_H

#include <stddef.h>

typedef struct sp_embedded {
    const char *name, *text; /* a table ends with a NULL name */
} sp_embedded;

/* NULL if there is none of that name. */
const char *sp_embedded_text(const sp_embedded *table, const char *name);
/* The index of a name; sp_embedded_count if there is none. */
size_t sp_embedded_find(const sp_embedded *table, const char *name);
/* The text of that index, or the end of the table, whose name and text are NULL. */
const sp_embedded *sp_embedded_at(const sp_embedded *table, size_t index);
/* The first comment of a text, one line without the '#'; "" if it has none. The text goes on after the line:
 * length is given. */
const char *sp_embedded_summary(const char *text, size_t *length);
size_t sp_embedded_count(const sp_embedded *table);

#endif
