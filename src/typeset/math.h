/* Formulas for people: trees that every format writes in its own way.
 *
 * A tree says what stands where, never how it looks: W1 is a symbol, on a rank it is a shard, its
 * entry at k, o is an entry. Brackets are not part of it: the writers put them where they are
 * needed. Trees belong to the pool that they were made in. */
#ifndef SP_TYPESET_MATH_H
#define SP_TYPESET_MATH_H

#include "base/text.h"

/*  id, how tightly it binds (see sp_math_brackets), what it is of its items */
#define SP_MATHS(X)                                                                     \
    X(SYMBOL, 4, "a tensor, dimension or function, as the language names it: text")     \
    X(INDEX, 4, "an index or a coordinate: text")                                       \
    X(WORD, 4, "an upright word: text")                                                 \
    X(NUMBER, 4, "text")                                                                \
    X(DOTS, 4, "...")                                                                   \
    X(ENTRY, 4, "item 0 at the indices that follow")                                    \
    X(SHARD, 4, "item 0 on the rank whose coordinates follow")                          \
    X(TRANSPOSE, 4, "of item 0")                                                        \
    X(POWER, 4, "item 0 to the item 1")                                                 \
    X(APPLY, 4, "the function item 0 of the items that follow")                         \
    X(CONDITION, 4, "1 where item 0 holds, else 0")                                     \
    X(SIDE_BY_SIDE, 4, "blocks in a row")                                               \
    X(STACKED, 4, "blocks in a column")                                                 \
    X(SLOPE, 3, "the derivative of item 0 by item 1; text: its sign, NULL for a round d") \
    X(PRODUCT, 3, "of matrices or numbers")                                             \
    X(TIMES, 3, "of sizes")                                                             \
    X(FRACTION, 3, "item 0 over item 1")                                                \
    X(HADAMARD, 2, "entry by entry")                                                    \
    X(BIG, 2, "text, such as sum, over the items that follow, of item 0")               \
    X(SUM, 1, "items with a bit in minus are subtracted")                               \
    X(RELATION, 0, "items with text between them")

typedef enum sp_math_kind {
#define X(id, binding, meaning) SP_MATH_##id,
    SP_MATHS(X)
#undef X
    SP_MATH_COUNT
} sp_math_kind;

typedef struct sp_math sp_math;
struct sp_math {
    sp_math_kind kind;
    uint64_t minus; /* SUM: bit i: item i is subtracted; SLOPE: 1: on one line, as in running text */
    const char *text;
    const sp_math *const *item;
    size_t items;
};

/* Leaves: SYMBOL, INDEX, WORD, NUMBER. The text is borrowed. */
const sp_math *sp_math_leaf(sp_pool *pool, sp_math_kind kind, const char *text);
const sp_math *sp_math_symbol(sp_pool *pool, const char *text);
const sp_math *sp_math_index(sp_pool *pool, const char *text);
const sp_math *sp_math_word(sp_pool *pool, const char *text);
const sp_math *sp_math_count(sp_pool *pool, size_t number);
/* b and c may be NULL: fewer items. */
const sp_math *sp_math_of(sp_pool *pool, sp_math_kind kind, const sp_math *a, const sp_math *b,
                          const sp_math *c);
/* A sum or product inside of one of its own kind becomes a part of it. Copies the list. */
const sp_math *sp_math_list(sp_pool *pool, sp_math_kind kind, const char *text,
                            const sp_math *const *item, size_t items);
const sp_math *sp_math_add(sp_pool *pool, const sp_math *a, const sp_math *b, bool subtract);
const sp_math *sp_math_negative(sp_pool *pool, const sp_math *a);
const sp_math *sp_math_equals(sp_pool *pool, const sp_math *a, const sp_math *b);

/* The same for running text: derivatives on one line. */
const sp_math *sp_math_inline(sp_pool *pool, const sp_math *of);
/* Whether it is higher than a line when drawn, so that brackets around it have to grow. */
bool sp_math_is_tall(const sp_math *of);

/* Whether item `at` of a formula needs brackets. Two-dimensional formats draw fractions, so that
 * what is in them needs none. */
bool sp_math_brackets(const sp_math *of, size_t at, bool drawn);

/* A symbol taken apart: dW1 is the gradient sign, the letter W and the layer 1; D2all is delta, the
 * layer 2 and the word all. What is not known of the language is one word. */
typedef struct sp_symbol_parts {
    bool gradient;           /* d before it */
    const char *ascii, *text; /* as text writes it, the word included */
    const char *letter, *tex; /* UTF-8; as TeX writes it */
    const char *layer;       /* "1", "2" or "" */
    const char *word;        /* below: "in", "out", "all", or "" */
    bool prime;
    bool upright;            /* a word, not a letter */
} sp_symbol_parts;
sp_symbol_parts sp_math_symbol_parts(sp_pool *pool, const char *text);

/* Whether an entry is written with its indices in brackets where others have them below: those of a rank's part of a
 * tensor that is called by a word, so that the rank's coordinates are not taken for indices. */
bool sp_math_has_brackets(const sp_math *entry);

/* One line of text; ascii: nothing outside of ASCII. */
void sp_math_write_text(sp_text *out, const sp_math *of, bool ascii);
/* What stands between the dollars of TeX with amsmath. */
void sp_math_write_latex(sp_text *out, const sp_math *of);
/* The inside of a <math> element. */
void sp_math_write_mathml(sp_text *out, const sp_math *of);

#endif
