#include "typeset/document.h"

#include <stdarg.h>

static sp_block *add_block(sp_document *d, sp_block_kind kind)
{
    sp_block *block = SP_NEW(d->pool, sp_block);
    block->kind = kind;
    sp_block_list *list = &d->open[d->depth]->inside;
    list->item = sp_pool_grow(d->pool, list->item, &list->capacity, list->count + 1,
                              sizeof *list->item);
    list->item[list->count++] = block;
    d->last = block;
    return block;
}

sp_document *sp_document_open(sp_pool *pool, const sp_phrase *title)
{
    sp_document *d = SP_NEW(pool, sp_document);
    d->pool = pool;
    d->root = SP_NEW(pool, sp_block);
    d->root->kind = SP_BLOCK_SECTION;
    d->root->heading = title;
    d->root->level = 1;
    d->root->number = "";
    d->depth = 1;
    d->open[1] = d->root;
    return d;
}

void sp_document_section(sp_document *d, unsigned level, const sp_phrase *heading)
{
    while (d->depth >= level)
        d->depth--;
    sp_block *block = add_block(d, SP_BLOCK_SECTION);
    block->heading = heading;
    block->level = level;
    d->counter[level]++;
    for (unsigned below = level + 1; below < 6; below++)
        d->counter[below] = 0;
    sp_text number = sp_text_in(d->pool);
    for (unsigned l = 2; l <= level; l++)
        sp_text_format(&number, "%s%u", l > 2 ? "." : "", d->counter[l]);
    block->number = sp_text_string(&number);
    d->open[++d->depth] = block;
    d->last = NULL;
}

static void add_phrase(sp_document *d, sp_phrases *to, const sp_phrase *phrase)
{
    to->item = sp_pool_grow(d->pool, to->item, &to->capacity, to->count + 1, sizeof *to->item);
    to->item[to->count++] = phrase;
}

void sp_document_paragraph(sp_document *d, const sp_phrase *phrase)
{
    add_phrase(d, &add_block(d, SP_BLOCK_PARAGRAPH)->say, phrase);
}

void sp_document_say(sp_document *d, const sp_phrase *phrase)
{
    if (d->last && (d->last->kind == SP_BLOCK_PARAGRAPH || d->last->kind == SP_BLOCK_MARK))
        add_phrase(d, &d->last->say, phrase);
    else
        sp_document_paragraph(d, phrase);
}

void sp_document_mark(sp_document *d, sp_mark mark, const sp_phrase *phrase)
{
    sp_block *block = add_block(d, SP_BLOCK_MARK);
    block->mark = mark;
    add_phrase(d, &block->say, phrase);
}

void sp_document_formula(sp_document *d, const sp_math *formula)
{
    sp_block *block = d->last && d->last->kind == SP_BLOCK_FORMULAS
                          ? d->last
                          : add_block(d, SP_BLOCK_FORMULAS);
    sp_formulas *to = &block->formulas;
    to->item = sp_pool_grow(d->pool, to->item, &to->capacity, to->count + 1, sizeof *to->item);
    to->item[to->count++] = formula;
}

void sp_document_equals(sp_document *d, const sp_math *right)
{
    sp_document_formula(d, sp_math_of(d->pool, SP_MATH_RELATION, right, NULL, NULL));
}

sp_grid *sp_document_table(sp_document *d, const sp_phrase *caption, size_t columns, ...)
{
    sp_grid *grid = &add_block(d, SP_BLOCK_TABLE)->grid;
    grid->caption = caption;
    grid->columns = columns;
    grid->lead = 1;
    grid->header = SP_NEW_ARRAY(d->pool, const sp_phrase *, columns);
    va_list header;
    va_start(header, columns);
    for (size_t c = 0; c < columns; c++)
        grid->header[c] = va_arg(header, const sp_phrase *);
    va_end(header);
    return grid;
}

void sp_grid_add(sp_pool *pool, sp_grid *grid, sp_argument cell)
{
    grid->cell = sp_pool_grow(pool, grid->cell, &grid->capacity, grid->cells + 1, sizeof cell);
    grid->cell[grid->cells++] = cell;
}

void sp_document_picture(sp_document *d, const sp_picture *picture)
{
    add_block(d, SP_BLOCK_PICTURE)->picture = picture;
}

void sp_document_code(sp_document *d, const char *lines)
{
    add_block(d, SP_BLOCK_CODE)->code = lines;
}

sp_numbers *sp_document_numbers(sp_document *d, bool new_block)
{
    sp_block *block = !new_block && d->last && d->last->kind == SP_BLOCK_NUMBERS
                          ? d->last
                          : add_block(d, SP_BLOCK_NUMBERS);
    block->numbers = sp_pool_grow(d->pool, block->numbers, &block->matrix_room,
                                  block->matrices + 1, sizeof *block->numbers);
    sp_numbers *numbers = &block->numbers[block->matrices++];
    *numbers = (sp_numbers){0};
    return numbers;
}
