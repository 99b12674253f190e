#include "report/terminal.h"

#include <string.h>

static const char *const style_code[] = {
#define X(id, code) code,
    SP_STYLES(X)
#undef X
};

void sp_style_add(sp_text *out, bool color, sp_style style, const char *text)
{
    if (color && style != SP_STYLE_PLAIN)
        sp_text_format(out, "\033[%sm%s\033[0m", style_code[style], text);
    else
        sp_text_add(out, text);
}

/* Bytes up to the next space that is not in brackets; spaces in brackets too if plain. */
static size_t word_length(const char *text, bool plain)
{
    size_t length = 0;
    for (int open = 0; text[length] && (text[length] != ' ' || (open > 0 && !plain)); length++)
        open += (text[length] == '(') - (text[length] == ')');
    return length;
}

void sp_wrap_add(sp_text *out, size_t at, size_t indent, const char *text)
{
    bool first = true;
    while (*text) {
        size_t length = word_length(text, false);
        const char *word = sp_pool_copy(out->pool, text, length);
        size_t columns = sp_text_columns(word);
        if (columns > SP_TERMINAL_COLUMNS - indent) { /* brackets that no line can hold */
            length = word_length(text, true);
            word = sp_pool_copy(out->pool, text, length);
            columns = sp_text_columns(word);
        }
        if (!first && at + 1 + columns > SP_TERMINAL_COLUMNS) {
            sp_text_add(out, "\n");
            sp_text_add_repeated(out, " ", indent);
            at = indent;
            first = true;
        }
        if (!first)
            sp_text_add(out, " ");
        sp_text_add(out, word);
        at += columns + !first;
        first = false;
        text += length + (text[length] == ' ');
    }
    sp_text_add(out, "\n");
}

sp_table sp_table_in(sp_pool *pool, size_t columns)
{
    return (sp_table){.pool = pool, .columns = columns};
}

void sp_table_cell(sp_table *table, sp_style style, const char *text)
{
    table->cell = sp_pool_grow(table->pool, table->cell, &table->capacity, table->count + 1,
                               sizeof *table->cell);
    table->cell[table->count++] = (sp_cell){text, style};
}

enum { GAP = 2 };

static void write_cell(sp_text *out, bool color, const sp_cell *cell, size_t width, bool right,
                       bool last)
{
    size_t padding = width - sp_text_columns(cell->text);
    if (right)
        sp_text_add_repeated(out, " ", padding);
    sp_style_add(out, color, cell->style, cell->text);
    if (!last)
        sp_text_add_repeated(out, " ", (right ? 0 : padding) + GAP);
}

void sp_table_write(sp_text *out, bool color, size_t indent, const sp_table *table)
{
    size_t width[SP_TABLE_COLUMNS] = {0}, total = indent;
    for (size_t i = 0; i < table->count; i++) {
        size_t columns = sp_text_columns(table->cell[i].text), c = i % table->columns;
        if (columns > width[c])
            width[c] = columns;
    }
    for (size_t c = 0; c < table->columns; c++)
        total += width[c] + (c ? GAP : 0);
    bool own_line = total > SP_TERMINAL_COLUMNS;
    for (size_t i = 0; i < table->count; i++) {
        size_t c = i % table->columns;
        bool last = c + 1 == table->columns;
        if (c == 0)
            sp_text_add_repeated(out, " ", indent);
        write_cell(out, color, &table->cell[i], width[c], table->right[c],
                   last || (c == 0 && own_line));
        if (c == 0 && own_line) {
            sp_text_add(out, "\n");
            sp_text_add_repeated(out, " ", indent + 2 * GAP);
        }
        if (last)
            sp_text_add(out, "\n");
    }
}
