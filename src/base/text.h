/* A text that grows, in a pool. The bytes are always followed by a NUL. */
#ifndef SP_BASE_TEXT_H
#define SP_BASE_TEXT_H

#include "base/pool.h"

typedef struct sp_text {
    sp_pool *pool;
    char *bytes; /* NULL until something is added: read it through sp_text_string */
    size_t length, capacity;
} sp_text;

sp_text sp_text_in(sp_pool *pool);
void sp_text_add(sp_text *text, const char *string);
void sp_text_add_bytes(sp_text *text, const char *bytes, size_t length);
void sp_text_add_repeated(sp_text *text, const char *string, size_t times);
void sp_text_format(sp_text *text, const char *format, ...) SP_PRINTF(2, 3);
const char *sp_text_string(const sp_text *text); /* "" while empty; owned by the pool */

/* Columns that a UTF-8 string takes on a terminal: code points, wide East Asian ones as two. */
size_t sp_text_columns(const char *string);

#endif
