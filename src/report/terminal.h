/* Text for terminals: styles, words wrapped at 100 columns, tables with aligned columns. */
#ifndef SP_REPORT_TERMINAL_H
#define SP_REPORT_TERMINAL_H

#include "base/text.h"

enum { SP_TERMINAL_COLUMNS = 100, SP_TABLE_COLUMNS = 8 };

/*  id, ECMA-48 graphic rendition */
#define SP_STYLES(X) \
    X(PLAIN, "")     \
    X(GOOD, "32")    \
    X(BAD, "1;31")   \
    X(OPEN, "33")    \
    X(STRONG, "1")   \
    X(FAINT, "2")

typedef enum sp_style {
#define X(id, code) SP_STYLE_##id,
    SP_STYLES(X)
#undef X
} sp_style;

/* Adds text in a style, or plain where color is false. */
void sp_style_add(sp_text *out, bool color, sp_style style, const char *text);

/* Adds words, wrapped: the first line starts at column `at` (already written), later ones are
 * indented. Ends the line. What is in brackets stays together if a line can hold it; a word that is
 * longer than a line has a line of its own. */
void sp_wrap_add(sp_text *out, size_t at, size_t indent, const char *text);

/* A table: rows of cells, written when it is complete. If it is wider than a line, the first cell
 * of each row has a line of its own. */
typedef struct sp_cell {
    const char *text;
    sp_style style;
} sp_cell;

typedef struct sp_table {
    sp_pool *pool;
    size_t columns;
    sp_cell *cell; /* rows * columns */
    size_t count, capacity;
    bool right[SP_TABLE_COLUMNS]; /* aligned to the right */
} sp_table;

sp_table sp_table_in(sp_pool *pool, size_t columns);
/* Cells are added from left to right, row by row; texts are borrowed until the table is written. */
void sp_table_cell(sp_table *table, sp_style style, const char *text);
void sp_table_write(sp_text *out, bool color, size_t indent, const sp_table *table);

#endif
