/* A derivation as a document: a tree of blocks that every format writes. It knows no language and
 * no format. All of it belongs to one pool. */
#ifndef SP_TYPESET_DOCUMENT_H
#define SP_TYPESET_DOCUMENT_H

#include "typeset/phrase.h"
#include "typeset/picture.h"

/*  id, what it is */
#define SP_BLOCKS(X)                                                        \
    X(SECTION, "a heading and the blocks below it")                         \
    X(PARAGRAPH, "sentences")                                               \
    X(FORMULAS, "displayed formulas under each other")                      \
    X(TABLE, "cells, the first row being the header")                       \
    X(PICTURE, "a block picture")                                           \
    X(NUMBERS, "matrices of numbers")                                       \
    X(CODE, "lines as they stand in a file")                                \
    X(MARK, "a paragraph that nobody may overlook")

typedef enum sp_block_kind {
#define X(id, meaning) SP_BLOCK_##id,
    SP_BLOCKS(X)
#undef X
    SP_BLOCK_COUNT
} sp_block_kind;

typedef enum sp_mark { SP_MARK_NOTE, SP_MARK_GOOD, SP_MARK_BAD, SP_MARK_OPEN } sp_mark;

typedef struct sp_phrases {
    const sp_phrase **item;
    size_t count, capacity;
} sp_phrases;

typedef struct sp_formulas {
    const sp_math **item; /* a RELATION "=" whose left side is NULL goes on from the one above */
    size_t count, capacity;
} sp_formulas;

typedef struct sp_grid {
    const sp_phrase *caption; /* may be NULL */
    size_t columns;
    const sp_phrase **header; /* [columns] */
    sp_argument *cell;        /* row by row */
    size_t cells, capacity;
    bool right[12];           /* aligned to the right */
    size_t lead;              /* columns that name a row, where a table has to become a list */
} sp_grid;

/* A matrix of numbers as texts; a hidden row or column is one in which all cells are NULL. */
typedef struct sp_numbers {
    const sp_math *name;
    const sp_phrase *note; /* beside the name; may be NULL */
    size_t rows, columns;  /* shown, hidden ones included */
    const char **cell;
} sp_numbers;

typedef struct sp_block sp_block;

typedef struct sp_block_list {
    sp_block **item;
    size_t count, capacity;
} sp_block_list;

struct sp_block {
    sp_block_kind kind;
    const sp_phrase *heading; /* SECTION */
    unsigned level;           /* SECTION: 1 for the document's title */
    const char *number;       /* SECTION: "4.2"; "" for the title */
    sp_block_list inside;     /* SECTION */
    sp_phrases say;           /* PARAGRAPH, MARK; NUMBERS: below them */
    sp_mark mark;
    sp_formulas formulas;
    sp_grid grid;
    const sp_picture *picture;
    sp_numbers *numbers;
    size_t matrices, matrix_room;
    const char *code;
};

typedef struct sp_document {
    sp_pool *pool;
    sp_block *root;    /* the section of level 1 */
    sp_block *open[6]; /* the innermost open section of each level */
    unsigned depth;
    unsigned counter[6]; /* sections of each level so far, in the open one above */
    sp_block *last;    /* block added last */
} sp_document;

sp_document *sp_document_open(sp_pool *pool, const sp_phrase *title);
/* Opens a section of a level from 2 to 4; it ends where the next one of its level or less begins. */
void sp_document_section(sp_document *d, unsigned level, const sp_phrase *heading);
/* Adds a sentence to the paragraph that is being written, or begins one. */
void sp_document_say(sp_document *d, const sp_phrase *phrase);
/* The same at the beginning of a new paragraph. */
void sp_document_paragraph(sp_document *d, const sp_phrase *phrase);
void sp_document_mark(sp_document *d, sp_mark mark, const sp_phrase *phrase);
/* A displayed formula: below the one before it if nothing stands between. */
void sp_document_formula(sp_document *d, const sp_math *formula);
/* "= right": goes on from the formula before. */
void sp_document_equals(sp_document *d, const sp_math *right);
/* columns <= 12; the header's phrases follow as sp_phrase pointers. */
sp_grid *sp_document_table(sp_document *d, const sp_phrase *caption, size_t columns, ...);
void sp_grid_add(sp_pool *pool, sp_grid *grid, sp_argument cell);
void sp_document_picture(sp_document *d, const sp_picture *picture);
void sp_document_code(sp_document *d, const char *lines);
/* A block of matrices, to which sp_document_numbers adds. */
sp_numbers *sp_document_numbers(sp_document *d, bool new_block);

#endif
