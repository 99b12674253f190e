#include "typeset/math.h"

#include <string.h>

static const int binding_of[SP_MATH_COUNT] = {
#define X(id, binding, meaning) binding,
    SP_MATHS(X)
#undef X
};

const sp_math *sp_math_leaf(sp_pool *pool, sp_math_kind kind, const char *text)
{
    sp_math *m = SP_NEW(pool, sp_math);
    m->kind = kind;
    m->text = text;
    return m;
}

const sp_math *sp_math_symbol(sp_pool *pool, const char *text)
{
    return sp_math_leaf(pool, SP_MATH_SYMBOL, text);
}

const sp_math *sp_math_index(sp_pool *pool, const char *text)
{
    return sp_math_leaf(pool, SP_MATH_INDEX, text);
}

const sp_math *sp_math_word(sp_pool *pool, const char *text)
{
    return sp_math_leaf(pool, SP_MATH_WORD, text);
}

const sp_math *sp_math_count(sp_pool *pool, size_t number)
{
    return sp_math_leaf(pool, SP_MATH_NUMBER, sp_pool_format(pool, "%zu", number));
}

const sp_math *sp_math_of(sp_pool *pool, sp_math_kind kind, const sp_math *a, const sp_math *b,
                          const sp_math *c)
{
    const sp_math *item[3] = {a, b, c};
    return sp_math_list(pool, kind, NULL, item, c ? 3 : b ? 2 : 1);
}

static bool is_associative(sp_math_kind kind)
{
    return kind == SP_MATH_SUM || kind == SP_MATH_PRODUCT || kind == SP_MATH_HADAMARD ||
           kind == SP_MATH_TIMES;
}

enum { SIGNS = 64 };

const sp_math *sp_math_list(sp_pool *pool, sp_math_kind kind, const char *text,
                            const sp_math *const *item, size_t items)
{
    bool flat = is_associative(kind);
    if (flat && items == 1)
        return item[0];
    size_t count = 0;
    for (size_t i = 0; i < items; i++)
        count += flat && item[i]->kind == kind ? item[i]->items : 1;
    flat = flat && (kind != SP_MATH_SUM || count <= SIGNS);
    sp_math *m = SP_NEW(pool, sp_math);
    const sp_math **list = SP_NEW_ARRAY(pool, const sp_math *, flat ? count : items);
    m->kind = kind;
    m->text = text;
    for (size_t i = 0; i < items; i++) {
        if (!flat || item[i]->kind != kind) {
            list[m->items++] = item[i];
            continue;
        }
        m->minus |= item[i]->minus << (m->items % SIGNS);
        memcpy(list + m->items, item[i]->item, item[i]->items * sizeof *list);
        m->items += item[i]->items;
    }
    m->item = list;
    return m;
}

const sp_math *sp_math_add(sp_pool *pool, const sp_math *a, const sp_math *b, bool subtract)
{
    const sp_math *item[2] = {a, b};
    if (!subtract)
        return sp_math_list(pool, SP_MATH_SUM, NULL, item, 2);
    bool sum = a->kind == SP_MATH_SUM && a->items < SIGNS;
    size_t left = sum ? a->items : 1;
    sp_math *m = SP_NEW(pool, sp_math);
    const sp_math **list = SP_NEW_ARRAY(pool, const sp_math *, left + 1);
    memcpy(list, sum ? a->item : &a, left * sizeof *list);
    list[left] = b;
    *m = (sp_math){.kind = SP_MATH_SUM, .item = list, .items = left + 1};
    m->minus = (sum ? a->minus : 0) | UINT64_C(1) << left;
    return m;
}

/* A sum of one term that is subtracted. */
const sp_math *sp_math_negative(sp_pool *pool, const sp_math *a)
{
    sp_math *m = SP_NEW(pool, sp_math);
    const sp_math **list = SP_NEW(pool, const sp_math *);
    *list = a;
    *m = (sp_math){.kind = SP_MATH_SUM, .minus = 1, .item = list, .items = 1};
    return m;
}

const sp_math *sp_math_equals(sp_pool *pool, const sp_math *a, const sp_math *b)
{
    const sp_math *item[2] = {a, b};
    return sp_math_list(pool, SP_MATH_RELATION, "=", item, 2);
}

const sp_math *sp_math_inline(sp_pool *pool, const sp_math *of)
{
    bool changed = of->kind == SP_MATH_SLOPE;
    const sp_math **item = SP_NEW_ARRAY(pool, const sp_math *, of->items);
    for (size_t i = 0; i < of->items; i++) {
        item[i] = sp_math_inline(pool, of->item[i]);
        changed = changed || item[i] != of->item[i];
    }
    if (!changed)
        return of;
    sp_math *m = SP_NEW(pool, sp_math);
    *m = *of;
    m->item = item;
    m->minus = of->kind == SP_MATH_SLOPE ? 1 : of->minus;
    return m;
}

bool sp_math_is_tall(const sp_math *of)
{
    bool tall = of->kind == SP_MATH_FRACTION || of->kind == SP_MATH_BIG ||
                of->kind == SP_MATH_STACKED || (of->kind == SP_MATH_SLOPE && !of->minus);
    for (size_t i = 0; i < of->items && !tall; i++)
        tall = sp_math_is_tall(of->item[i]);
    return tall;
}

bool sp_math_brackets(const sp_math *of, size_t at, bool drawn)
{
    int own = binding_of[of->item[at]->kind];
    switch (of->kind) {
    case SP_MATH_ENTRY:
    case SP_MATH_SHARD:
        return at == 0 && own < binding_of[SP_MATH_SYMBOL];
    case SP_MATH_TRANSPOSE:
    case SP_MATH_POWER:
        return at == 0 && (own < binding_of[SP_MATH_SYMBOL] ||
                           of->item[at]->kind == SP_MATH_TRANSPOSE);
    case SP_MATH_HADAMARD: /* a product beside it would have to be guessed */
        return own < binding_of[SP_MATH_SYMBOL] && of->item[at]->kind != SP_MATH_SLOPE &&
               !(drawn && of->item[at]->kind == SP_MATH_FRACTION);
    case SP_MATH_PRODUCT:
        if (of->item[at]->kind == SP_MATH_FRACTION)
            return !drawn;
        /* fall through */
    case SP_MATH_TIMES:
        return own < binding_of[SP_MATH_PRODUCT] &&
               !(of->item[at]->kind == SP_MATH_BIG && at + 1 == of->items);
    case SP_MATH_FRACTION:
        return !drawn && own < binding_of[at == 0 ? SP_MATH_PRODUCT : SP_MATH_SYMBOL];
    case SP_MATH_SLOPE:
        return own < binding_of[SP_MATH_SYMBOL];
    case SP_MATH_SUM:
        return own < binding_of[SP_MATH_BIG];
    case SP_MATH_BIG:
        return at == 0 && own < binding_of[SP_MATH_BIG];
    default:
        return false;
    }
}

bool sp_math_has_brackets(const sp_math *entry)
{
    const sp_math *of = entry->item[0];
    return entry->kind == SP_MATH_ENTRY && of->kind == SP_MATH_SHARD && of->item[0]->kind == SP_MATH_WORD;
}

/*  name in the language, text, letter, TeX, layer, word below, what kind of name */
#define SYMBOLS(X)                                                \
    X("X", "X", "X", "X", "", "", LETTER)                         \
    X("Y", "Y", "Y", "Y", "", "", LETTER)                         \
    X("W1", "W1", "W", "W", "1", "", LETTER)                      \
    X("b1", "b1", "b", "b", "1", "", LETTER)                      \
    X("W2", "W2", "W", "W", "2", "", LETTER)                      \
    X("b2", "b2", "b", "b", "2", "", LETTER)                      \
    X("Z1", "Z1", "Z", "Z", "1", "", LETTER)                      \
    X("A1", "A1", "A", "A", "1", "", LETTER)                      \
    X("Z2", "Z2", "Z", "Z", "2", "", LETTER)                      \
    X("A2", "A2", "A", "A", "2", "", LETTER)                      \
    X("D1", "δ1", "δ", "\\delta", "1", "", LETTER)                \
    X("D2", "δ2", "δ", "\\delta", "2", "", LETTER)                \
    X("dW1", "dW1", "W", "W", "1", "", GRADIENT)                  \
    X("db1", "db1", "b", "b", "1", "", GRADIENT)                  \
    X("dW2", "dW2", "W", "W", "2", "", GRADIENT)                  \
    X("db2", "db2", "b", "b", "2", "", GRADIENT)                  \
    X("dX", "dX", "X", "X", "", "", GRADIENT)                     \
    X("L", "L", "L", "L", "", "", LETTER)                         \
    X("N", "N", "N", "N", "", "", LETTER)                         \
    X("Din", "Din", "D", "D", "", "in", LETTER)                   \
    X("Dh", "Dh", "D", "D", "", "h", LETTER)                      \
    X("Dout", "Dout", "D", "D", "", "out", LETTER)                \
    X("z", "z", "z", "z", "", "", LETTER)                         \
    X("a", "a", "a", "a", "", "", LETTER)                         \
    X("y", "y", "y", "y", "", "", LETTER)                         \
    X("P", "P", "P", "P", "", "", LETTER)                         \
    X("sigma", "σ", "σ", "\\sigma", "", "", LETTER)               \
    X("sigma'", "σ'", "σ", "\\sigma", "", "", PRIMED)             \
    X("g", "g", "g", "g", "", "", LETTER)                         \
    X("g'", "g'", "g", "g", "", "", PRIMED)                       \
    X("loss", "loss", "loss", "\\mathrm{loss}", "", "", FUNCTION)  \
    X("loss'", "loss'", "loss", "\\mathrm{loss}", "", "", PRIMED_FUNCTION)

typedef enum symbol_kind { LETTER, GRADIENT, PRIMED, FUNCTION, PRIMED_FUNCTION } symbol_kind;

typedef struct symbol {
    const char *name, *text, *letter, *tex, *layer, *word;
    symbol_kind kind;
} symbol;

static const symbol symbols[] = {
#define X(name, text, letter, tex, layer, word, kind) {name, text, letter, tex, layer, word, kind},
    SYMBOLS(X)
#undef X
};

/* The longest known name that the text is or, for values with a layer, begins with: D2 of D2all. */
static const symbol *find_symbol(const char *text)
{
    const symbol *best = NULL;
    size_t longest = 0;
    for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++) {
        const symbol *s = &symbols[i];
        size_t length = strlen(s->name);
        bool whole = strcmp(text, s->name) == 0;
        if (whole || (*s->layer && length > longest && strncmp(text, s->name, length) == 0)) {
            best = s;
            longest = whole ? (size_t)-1 : length;
        }
        if (whole)
            break;
    }
    return best;
}

sp_symbol_parts sp_math_symbol_parts(sp_pool *pool, const char *text)
{
    const symbol *s = find_symbol(text);
    sp_symbol_parts parts = {.ascii = text, .text = text, .letter = text, .tex = NULL,
                             .layer = "", .word = "", .upright = true};
    if (!s)
        return parts;
    parts.gradient = s->kind == GRADIENT;
    parts.prime = s->kind == PRIMED || s->kind == PRIMED_FUNCTION;
    parts.upright = s->kind == FUNCTION || s->kind == PRIMED_FUNCTION;
    parts.letter = s->letter;
    parts.tex = s->tex;
    parts.layer = s->layer;
    const char *rest = text + strlen(s->name);
    parts.word = *rest ? rest + (*rest == '_' && rest[1]) : s->word;
    parts.text = *rest ? sp_pool_format(pool, "%s%s", s->text, rest) : s->text;
    return parts;
}
