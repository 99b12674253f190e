/* One object for each expression: hashing, comparing, free variables. */
#include "algebra/elementary.h"

#include <stdlib.h>
#include <string.h>

enum { CHUNK = 32768 };

void *sp_algebra_alloc(sp_algebra *in, size_t bytes)
{
    bytes = (bytes + 15) & ~(size_t)15;
    if (bytes > CHUNK / 4)
        return sp_pool_alloc(in->pool, bytes, 1);
    if (!in->chunk || bytes > in->chunk_left) {
        in->chunk = sp_pool_alloc(in->pool, CHUNK, 1);
        in->chunk_left = CHUNK;
    }
    void *memory = in->chunk;
    in->chunk += bytes;
    in->chunk_left -= bytes;
    return memory;
}

/* ---- variables ---- */

void sp_variable_set_add(sp_algebra *in, sp_variable_set *set, sp_variable v)
{
    size_t at = set->count;
    while (at > 0 && set->item[at - 1] > v)
        at--;
    if (at > 0 && set->item[at - 1] == v)
        return;
    if (set->count == SP_MAX_PROOF_VARIABLES)
        sp_algebra_give_up(in, SP_PROOF_LIMIT_VARIABLES);
    memmove(set->item + at + 1, set->item + at, (set->count - at) * sizeof *set->item);
    set->item[at] = v;
    set->count++;
}

void sp_variable_set_add_coordinate(sp_algebra *in, sp_variable_set *set, sp_coordinate c)
{
    if (c.kind != SP_COORDINATE_CONSTANT)
        sp_variable_set_add(in, set, c.variable);
}

bool sp_variable_in(const sp_variable *list, size_t count, sp_variable v)
{
    for (size_t i = 0; i < count; i++)
        if (list[i] == v)
            return true;
    return false;
}

static const sp_variable *keep_variables(sp_algebra *in, const sp_variable *list, size_t count)
{
    if (count == 0)
        return NULL;
    sp_variable *copy = sp_algebra_alloc(in, count * sizeof *copy);
    memcpy(copy, list, count * sizeof *copy);
    return copy;
}

/* ---- comparing: by structure, never by address ---- */

#define ORDER(a, b)                       \
    do {                                  \
        if ((a) != (b))                   \
            return (a) < (b) ? -1 : 1;    \
    } while (0)

static int compare_base(const sp_coordinate *a, const sp_coordinate *b)
{
    ORDER(a->kind, b->kind);
    ORDER(a->axis, b->axis);
    if (a->kind == SP_COORDINATE_CONSTANT)
        return 0;
    ORDER(a->variable, b->variable);
    if (a->kind == SP_COORDINATE_OWNER)
        ORDER(a->part, b->part);
    return 0;
}

bool sp_coordinate_same_base(const sp_coordinate *a, const sp_coordinate *b)
{
    return compare_base(a, b) == 0;
}

int sp_coordinate_compare(const sp_coordinate *a, const sp_coordinate *b)
{
    int order = compare_base(a, b);
    if (order != 0)
        return order;
    ORDER(a->offset, b->offset);
    return 0;
}

int sp_factor_compare(const sp_factor *a, const sp_factor *b)
{
    if (a == b)
        return 0;
    ORDER(a->kind, b->kind);
    int order = 0;
    switch (a->kind) {
    case SP_FACTOR_SAME_RANK:
        order = sp_coordinate_compare(&a->is.rank.left, &b->is.rank.left);
        return order ? order : sp_coordinate_compare(&a->is.rank.right, &b->is.rank.right);
    case SP_FACTOR_SAME_INDEX:
        ORDER(a->is.index.left, b->is.index.left);
        ORDER(a->is.index.right, b->is.index.right);
        return 0;
    case SP_FACTOR_DIVIDES:
        ORDER(a->is.divides.axis, b->is.divides.axis);
        ORDER(a->is.divides.divisor, b->is.divides.divisor);
        return 0;
    case SP_FACTOR_ENTRY:
        ORDER(a->is.entry.of, b->is.entry.of);
        ORDER(a->is.entry.indices, b->is.entry.indices);
        for (size_t i = 0; i < a->is.entry.indices; i++)
            ORDER(a->is.entry.index[i], b->is.entry.index[i]);
        return 0;
    case SP_FACTOR_APPLY:
        ORDER(a->is.apply.symbol, b->is.apply.symbol);
        order = sp_expression_compare(a->is.apply.argument[0], b->is.apply.argument[0]);
        if (order == 0 && a->is.apply.argument[1])
            order = sp_expression_compare(a->is.apply.argument[1], b->is.apply.argument[1]);
        return order;
    case SP_FACTOR_INVERSE:
        return sp_expression_compare(a->is.inverse, b->is.inverse);
    case SP_FACTOR_NUMBER:
        ORDER(a->is.number.value, b->is.number.value);
        return 0;
    }
    return 0;
}

int sp_monomial_compare(const sp_monomial *a, const sp_monomial *b)
{
    if (a == b)
        return 0;
    ORDER(b->summations, a->summations); /* sums first: X @ W1 + b1 */
    ORDER(b->factors, a->factors);
    for (size_t i = 0; i < a->summations; i++)
        ORDER(a->summed[i], b->summed[i]);
    for (size_t i = 0; i < a->factors; i++) {
        int order = sp_factor_compare(a->factor[i].factor, b->factor[i].factor);
        if (order != 0)
            return order;
        ORDER(a->factor[i].power, b->factor[i].power);
    }
    for (size_t s = 0; s < SP_SORTS; s++)
        ORDER(a->size[s], b->size[s]);
    return 0;
}

int sp_expression_compare(const sp_expression *a, const sp_expression *b)
{
    if (a == b)
        return 0;
    ORDER(a->terms, b->terms);
    for (size_t i = 0; i < a->terms; i++) {
        int order = sp_monomial_compare(a->term[i].monomial, b->term[i].monomial);
        if (order != 0)
            return order;
        ORDER(a->term[i].coefficient.n, b->term[i].coefficient.n);
        ORDER(a->term[i].coefficient.d, b->term[i].coefficient.d);
    }
    return 0;
}

/* ---- tables ---- */

static uint64_t factor_hash(const void *f) { return ((const sp_factor *)f)->hash; }
static uint64_t monomial_hash(const void *m) { return ((const sp_monomial *)m)->hash; }
static uint64_t expression_hash(const void *e) { return ((const sp_expression *)e)->hash; }

static void table_grow(sp_algebra *in, sp_table *table, uint64_t (*hash)(const void *))
{
    size_t capacity = table->capacity ? 2 * table->capacity : 256;
    const void **item = sp_pool_alloc(in->pool, capacity, sizeof *item);
    for (size_t i = 0; i < table->capacity; i++)
        if (table->item[i]) {
            size_t at = hash(table->item[i]) & (capacity - 1);
            while (item[at])
                at = (at + 1) & (capacity - 1);
            item[at] = table->item[i];
        }
    sp_pool_free(in->pool, table->item);
    table->item = item;
    table->capacity = capacity;
}

void sp_table_add(sp_algebra *in, sp_table *table, const void *item, uint64_t (*hash)(const void *))
{
    if (2 * table->count >= table->capacity)
        table_grow(in, table, hash);
    size_t at = hash(item) & (table->capacity - 1);
    while (table->item[at])
        at = (at + 1) & (table->capacity - 1);
    table->item[at] = item;
    table->count++;
}

/* The slot of an equal object, or the empty one where it belongs. */
#define FIND(table, type, wanted, equal, slot)                                   \
    do {                                                                         \
        (slot) = (wanted)->hash & ((table)->capacity - 1);                       \
        while ((table)->item[slot]) {                                            \
            const type *there = (table)->item[slot];                             \
            if (there->hash == (wanted)->hash && equal(there, wanted))           \
                return there;                                                    \
            (slot) = ((slot) + 1) & ((table)->capacity - 1);                     \
        }                                                                        \
    } while (0)

static uint64_t hash_coordinate(uint64_t h, const sp_coordinate *c)
{
    h = sp_mix(h, (uint64_t)c->kind << 8 | c->axis);
    if (c->kind != SP_COORDINATE_CONSTANT)
        h = sp_mix(h, (uint64_t)c->part << 32 | c->variable);
    return sp_mix(h, (uint64_t)(int64_t)c->offset);
}

static bool factors_equal(const sp_factor *a, const sp_factor *b)
{
    return sp_factor_compare(a, b) == 0;
}

static bool factor_elementary(const sp_factor *f)
{
    if (f->kind == SP_FACTOR_INVERSE)
        return f->is.inverse->elementary;
    return f->kind == SP_FACTOR_APPLY &&
           (sp_is_elementary(f->is.apply.symbol) || f->is.apply.argument[0]->elementary ||
            (f->is.apply.argument[1] && f->is.apply.argument[1]->elementary));
}

void sp_use_lone_maximum(sp_algebra *in, const sp_expression *e)
{
    const sp_factor *f = e->elementary ? sp_lone_factor(e) : NULL;
    if (f && sp_is_symbol(f, SP_SYMBOL_MAXIMUM))
        sp_maximum_used(in, f);
}

/* A maximum that is a factor is used as a number. */
static void use_maxima(sp_algebra *in, const sp_monomial *m)
{
    for (size_t i = 0; i < m->factors; i++)
        if (sp_is_symbol(m->factor[i].factor, SP_SYMBOL_MAXIMUM))
            sp_maximum_used(in, m->factor[i].factor);
}

const sp_factor *sp_factor_intern(sp_algebra *in, const sp_factor *draft)
{
    sp_factor f = *draft;
    sp_variable_set set;
    set.count = 0;
    uint64_t h = sp_mix(1, f.kind);
    f.height = 0;
    switch (f.kind) {
    case SP_FACTOR_SAME_RANK:
        h = hash_coordinate(hash_coordinate(h, &f.is.rank.left), &f.is.rank.right);
        sp_variable_set_add_coordinate(in, &set, f.is.rank.left);
        sp_variable_set_add_coordinate(in, &set, f.is.rank.right);
        break;
    case SP_FACTOR_SAME_INDEX:
        h = sp_mix(sp_mix(h, f.is.index.left), f.is.index.right);
        sp_variable_set_add(in, &set, f.is.index.left);
        sp_variable_set_add(in, &set, f.is.index.right);
        break;
    case SP_FACTOR_DIVIDES:
        h = sp_mix(sp_mix(h, f.is.divides.axis), (uint64_t)f.is.divides.divisor);
        break;
    case SP_FACTOR_ENTRY:
        h = sp_mix(sp_mix(h, f.is.entry.of), f.is.entry.indices);
        for (size_t i = 0; i < f.is.entry.indices; i++) {
            h = sp_mix(h, f.is.entry.index[i]);
            sp_variable_set_add(in, &set, f.is.entry.index[i]);
        }
        break;
    case SP_FACTOR_APPLY:
        h = sp_mix(h, f.is.apply.symbol);
        for (size_t i = 0; i < 2 && f.is.apply.argument[i]; i++) {
            const sp_expression *e = f.is.apply.argument[i];
            h = sp_mix(h, e->hash);
            f.height = e->height + 1 > f.height ? e->height + 1 : f.height;
            for (size_t v = 0; v < e->variables; v++)
                sp_variable_set_add(in, &set, e->variable[v]);
        }
        break;
    case SP_FACTOR_INVERSE:
        h = sp_mix(h, f.is.inverse->hash);
        f.height = f.is.inverse->height + 1;
        for (size_t v = 0; v < f.is.inverse->variables; v++)
            sp_variable_set_add(in, &set, f.is.inverse->variable[v]);
        break;
    case SP_FACTOR_NUMBER: {
        uint64_t bits;
        memcpy(&bits, &f.is.number.value, sizeof bits);
        h = sp_mix(h, bits);
        break;
    }
    }
    if (f.height > SP_MAX_PROOF_HEIGHT)
        sp_algebra_give_up(in, SP_PROOF_LIMIT_HEIGHT);
    f.hash = h;
    if (2 * in->factors.count >= in->factors.capacity)
        table_grow(in, &in->factors, factor_hash);
    size_t slot;
    FIND(&in->factors, sp_factor, &f, factors_equal, slot);
    f.variable = keep_variables(in, set.item, set.count);
    f.variables = set.count;
    f.elementary = factor_elementary(&f);
    in->elementary = in->elementary || f.elementary;
    sp_factor *made = sp_algebra_alloc(in, sizeof *made);
    *made = f;
    in->factors.item[slot] = made;
    in->factors.count++;
    if (f.elementary && f.kind == SP_FACTOR_APPLY)
        for (size_t i = 0; i < 2 && f.is.apply.argument[i]; i++)
            sp_use_lone_maximum(in, f.is.apply.argument[i]);
    if (f.elementary && f.kind == SP_FACTOR_INVERSE)
        sp_use_lone_maximum(in, f.is.inverse);
    return made;
}

static bool monomials_equal(const sp_monomial *a, const sp_monomial *b)
{
    return sp_monomial_compare(a, b) == 0;
}

const sp_monomial *sp_monomial_intern(sp_algebra *in, const sp_monomial *draft)
{
    sp_monomial m = *draft;
    sp_variable_set set;
    set.count = 0;
    uint64_t h = 2;
    m.height = 0;
    for (size_t s = 0; s < SP_SORTS; s++)
        h = m.size[s] ? sp_mix(sp_mix(h, s), (uint64_t)m.size[s]) : h;
    for (size_t i = 0; i < m.summations; i++)
        h = sp_mix(h, m.summed[i]);
    for (size_t i = 0; i < m.factors; i++) {
        const sp_factor *f = m.factor[i].factor;
        h = sp_mix(sp_mix(h, f->hash), (uint64_t)m.factor[i].power);
        m.height = f->height > m.height ? f->height : m.height;
        for (size_t v = 0; v < f->variables; v++)
            if (!sp_variable_in(m.summed, m.summations, f->variable[v]))
                sp_variable_set_add(in, &set, f->variable[v]);
    }
    /* names are by height: a free variable that were bound further in would be captured */
    for (size_t i = 0; i < set.count && m.summations > 0; i++)
        if (sp_variable_kind(set.item[i]) == SP_VARIABLE_SUMMED &&
            sp_variable_height(set.item[i]) <= m.height)
            sp_algebra_fault(in);
    m.hash = h;
    if (2 * in->monomials.count >= in->monomials.capacity)
        table_grow(in, &in->monomials, monomial_hash);
    size_t slot;
    FIND(&in->monomials, sp_monomial, &m, monomials_equal, slot);
    m.elementary = false;
    for (size_t i = 0; i < m.factors && in->elementary; i++)
        m.elementary = m.elementary || m.factor[i].factor->elementary;
    sp_power *factor = sp_algebra_alloc(in, m.factors * sizeof *factor);
    if (m.factors)
        memcpy(factor, m.factor, m.factors * sizeof *factor);
    m.factor = factor;
    m.summed = keep_variables(in, m.summed, m.summations);
    m.variable = keep_variables(in, set.item, set.count);
    m.variables = set.count;
    sp_monomial *made = sp_algebra_alloc(in, sizeof *made);
    *made = m;
    in->monomials.item[slot] = made;
    in->monomials.count++;
    static const int16_t none[SP_SORTS];
    if (m.elementary && (m.factors > 1 || m.summations > 0 || m.factor[0].power > 1 ||
                         memcmp(m.size, none, sizeof none) != 0))
        use_maxima(in, made);
    return made;
}

static int compare_terms(const void *a, const void *b)
{
    return sp_monomial_compare(((const sp_term *)a)->monomial, ((const sp_term *)b)->monomial);
}

static bool expressions_equal(const sp_expression *a, const sp_expression *b)
{
    return sp_expression_compare(a, b) == 0;
}

const sp_expression *sp_expression_intern(sp_algebra *in, sp_term *term, size_t terms)
{
    if (terms > 1)
        qsort(term, terms, sizeof *term, compare_terms);
    size_t kept = 0;
    for (size_t i = 0; i < terms; i++) {
        if (kept > 0 && term[kept - 1].monomial == term[i].monomial) {
            if (!sp_rational_add(&term[kept - 1].coefficient, term[kept - 1].coefficient,
                                 term[i].coefficient))
                sp_algebra_give_up(in, SP_PROOF_LIMIT_COEFFICIENT);
        } else {
            term[kept++] = term[i];
        }
        if (term[kept - 1].coefficient.n == 0)
            kept--;
    }
    if (kept > SP_MAX_PROOF_TERMS)
        sp_algebra_give_up(in, SP_PROOF_LIMIT_TERMS);
    sp_expression e = {.hash = 3, .term = term, .terms = kept};
    for (size_t i = 0; i < kept; i++) {
        e.hash = sp_mix(sp_mix(e.hash, term[i].monomial->hash), (uint64_t)term[i].coefficient.n);
        e.hash = sp_mix(e.hash, (uint64_t)term[i].coefficient.d);
    }
    if (2 * in->expressions.count >= in->expressions.capacity)
        table_grow(in, &in->expressions, expression_hash);
    size_t slot;
    FIND(&in->expressions, sp_expression, &e, expressions_equal, slot);
    sp_variable_set set;
    set.count = 0;
    for (size_t i = 0; i < kept; i++) {
        const sp_monomial *m = term[i].monomial;
        e.height = m->height > e.height ? m->height : e.height;
        e.elementary = e.elementary || m->elementary;
        for (size_t v = 0; v < m->variables; v++)
            sp_variable_set_add(in, &set, m->variable[v]);
    }
    sp_term *copy = sp_algebra_alloc(in, kept * sizeof *copy);
    if (kept)
        memcpy(copy, term, kept * sizeof *copy);
    e.term = copy;
    e.variable = keep_variables(in, set.item, set.count);
    e.variables = set.count;
    sp_expression *made = sp_algebra_alloc(in, sizeof *made);
    *made = e;
    in->expressions.item[slot] = made;
    in->expressions.count++;
    bool lone = e.terms == 1 && e.term[0].coefficient.n == 1 && e.term[0].coefficient.d == 1;
    for (size_t i = 0; i < e.terms && e.elementary && !lone; i++)
        use_maxima(in, e.term[i].monomial);
    return made;
}

bool sp_has_variable(const sp_expression *a, sp_variable v)
{
    return sp_variable_in(a->variable, a->variables, v);
}
