/* Index expressions of the prover as formulas, the delta rule's values by name. */
#include "algebra/algebra.h"
#include "derive/naming.h"
#include "proof/show.h"

#include <stdlib.h>

enum { SCOPE = 256 };

/* Names of the variables in scope. */
typedef struct scope {
    const sp_indexing *in;
    sp_pool *pool;
    sp_variable variable[SCOPE];
    unsigned number[SCOPE]; /* 0 for the first letter of the sort, and so on */
    size_t count;
    const sp_layout *layout; /* of the value whose indices the places are; NULL: any */
} scope;

static bool is_rank(sp_variable v)
{
    return sp_variable_kind(v) == SP_VARIABLE_RANK;
}

static unsigned number_of(scope *at, sp_variable v)
{
    for (size_t i = at->count; i-- > 0;)
        if (at->variable[i] == v)
            return at->number[i];
    unsigned number = 0; /* the first that no variable of the sort in scope has */
    for (bool again = true; again;) {
        again = false;
        for (size_t i = 0; i < at->count && !again; i++)
            again = sp_variable_sort(at->variable[i]) == sp_variable_sort(v) &&
                    is_rank(at->variable[i]) == is_rank(v) && at->number[i] == number;
        number += again;
    }
    if (at->count < SCOPE) {
        at->variable[at->count] = v;
        at->number[at->count++] = number;
    }
    return number;
}

static const sp_signature *network(const sp_indexing *in)
{
    return in->program ? in->program->of : &sp_mlp;
}

/* The name of the index at a place: two of one label, which only a wrong scheme can have, get numbers. */
static const char *place_name(const sp_indexing *in, const sp_layout *layout, unsigned place)
{
    unsigned number = 0;
    for (unsigned i = 0; i < place; i++)
        number += sp_label_equal(&layout->part[i], &layout->part[place]);
    return sp_index_name(in->pool, network(in), layout->part[place].dim, layout->part[place].primes, number);
}

static const sp_math *name_math(const scope *at, const char *name)
{
    return sp_name_math(at->pool, network(at->in), name);
}

static const sp_math *variable(scope *at, sp_variable v)
{
    unsigned number = number_of(at, v);
    sp_sort sort = sp_variable_sort(v);
    const sp_program *p = at->in->program;
    const sp_signature *of = network(at->in);
    if (at->layout && sp_variable_kind(v) == SP_VARIABLE_PLACE && sp_variable_number(v) < at->layout->order)
        return sp_math_index(at->pool, place_name(at->in, at->layout, sp_variable_number(v)));
    if (sort < SP_MAX_DIMS)
        return sp_math_index(at->pool, sp_index_name(at->pool, of, (sp_dim)sort, 0, number));
    if (is_rank(v) && p && (p->axes > 1 || sp_index_has_name(at->pool, of, "r")))
        return sp_math_index(at->pool, p->axis_name[sort - SP_MAX_DIMS]);
    const char *letter = is_rank(v) ? "r" : sp_rank_letter(at->pool, of, 0);
    if (number > 0)
        letter = sp_pool_format(at->pool, "%s%u", letter, number + 1);
    return sp_math_index(at->pool, letter);
}

static const sp_math *axis_word(scope *at, unsigned axis)
{
    return sp_math_index(at->pool, at->in->program ? at->in->program->axis_name[axis] : "axis");
}

static const sp_math *size_math(scope *at, sp_sort sort)
{
    if (sort < SP_MAX_DIMS)
        return name_math(at, network(at->in)->dim[sort]);
    const sp_math *p = sp_math_symbol(at->pool, "P");
    if (at->in->program && at->in->program->axes == 1)
        return p;
    return sp_math_of(at->pool, SP_MATH_SHARD, p, axis_word(at, sort - SP_MAX_DIMS), NULL);
}

static const sp_math *coordinate(scope *at, const sp_coordinate *c)
{
    const sp_math *base;
    if (c->kind == SP_COORDINATE_CONSTANT)
        return sp_math_leaf(at->pool, SP_MATH_NUMBER,
                            sp_pool_format(at->pool, "%d", (int)c->offset));
    if (c->kind == SP_COORDINATE_RANK) {
        base = variable(at, c->variable);
    } else {
        const sp_math *own = sp_math_word(at->pool, "own");
        if (at->in->program && at->in->program->axes > 1)
            own = sp_math_of(at->pool, SP_MATH_SHARD, own, axis_word(at, c->axis), NULL);
        base = sp_math_of(at->pool, SP_MATH_APPLY, own, variable(at, c->variable), NULL);
    }
    if (c->offset == 0)
        return base;
    const sp_math *by = sp_math_count(at->pool, (size_t)abs((int)c->offset));
    return sp_math_add(at->pool, base, by, c->offset < 0);
}

/* ---- the delta rule's values by name ---- */

static const sp_expression *placed(scope *at, sp_result result, const sp_variable *index)
{
    sp_layout whole = network(at->in)->result[result].whole;
    sp_algebra *in = at->in->algebra;
    const sp_expression *e = at->in->rule[result];
    in->work = 0; /* writing is not proving */
    sp_variable fresh[SP_MAX_ORDER];
    for (unsigned i = 0; i < whole.order; i++) {
        fresh[i] = sp_fresh(in, sp_sort_of_dim(whole.part[i].dim));
        e = sp_substitute_index(in, e, sp_variable_place(i, whole.part[i].dim), fresh[i]);
    }
    for (unsigned i = 0; i < whole.order; i++)
        e = sp_substitute_index(in, e, fresh[i], index[i]);
    return e;
}

/* Of mlp, whose values are matrices. */
static bool choose(sp_result result, const sp_variable *list, size_t count, size_t *next,
                   sp_variable index[2])
{
    sp_layout whole = sp_mlp.result[result].whole;
    while (*next < count * count) {
        index[0] = list[*next / count];
        index[1] = list[*next % count];
        ++*next;
        if (sp_variable_sort(index[0]) == sp_sort_of_dim(whole.part[0].dim) &&
            sp_variable_sort(index[1]) == sp_sort_of_dim(whole.part[1].dim))
            return true;
    }
    return false;
}

static const sp_math *entry(scope *at, const sp_math *name, const sp_variable *index, size_t count)
{
    const sp_math *item[SP_MAX_ORDER + 1] = {name};
    for (size_t i = 0; i < count; i++)
        item[i + 1] = variable(at, index[i]);
    return count == 0 ? name : sp_math_list(at->pool, SP_MATH_ENTRY, NULL, item, count + 1);
}

static const sp_math *result_entry(scope *at, sp_result result, const sp_variable *index)
{
    const sp_result_info *info = &network(at->in)->result[result];
    return entry(at, name_math(at, info->name), index, info->whole.order);
}

/* A name that is summed over inside of the value cannot be one of its indices. */
static bool may_be_placed(const scope *at, sp_result r, const sp_variable *index)
{
    for (unsigned i = 0; i < network(at->in)->result[r].whole.order; i++)
        if (sp_variable_kind(index[i]) == SP_VARIABLE_SUMMED &&
            sp_variable_height(index[i]) < sp_summing_height(at->in->rule[r]))
            return false;
    return true;
}

/* The places of a result get variables of their sorts from the list, one choice after another. */
static const sp_math *chosen(scope *at, sp_result r, const sp_expression *e, sp_variable *index, unsigned place)
{
    const sp_layout *whole = &network(at->in)->result[r].whole;
    if (place == whole->order)
        return may_be_placed(at, r, index) && placed(at, r, index) == e ? result_entry(at, r, index) : NULL;
    const sp_math *found = NULL;
    for (size_t v = 0; v < e->variables && !found; v++) {
        bool used = sp_variable_sort(e->variable[v]) != sp_sort_of_dim(whole->part[place].dim);
        for (unsigned i = 0; i < place; i++)
            used = used || index[i] == e->variable[v];
        index[place] = e->variable[v];
        if (!used)
            found = chosen(at, r, e, index, place + 1);
    }
    return found;
}

/* NULL if it is none of them. */
static const sp_math *by_name(scope *at, const sp_expression *e)
{
    const sp_signature *of = network(at->in);
    for (sp_result r = 0; at->in->rule && r < of->results && of->result[r].gradient_of < 0; r++) {
        const sp_expression *rule = at->in->rule[r];
        if (!rule || rule->terms != e->terms || rule->height != e->height || of->result[r].whole.order == 0)
            continue;
        sp_variable index[SP_MAX_ORDER];
        const sp_math *found = chosen(at, r, e, index, 0);
        if (found)
            return found;
    }
    return NULL;
}

/* ---- factors ---- */

static const sp_math *expression(scope *at, const sp_expression *e);

static const sp_math *slope_entry(scope *at, sp_result result, const sp_variable *index,
                                  size_t count)
{
    const sp_math *name = at->in->slope ? at->in->slope[result] : NULL;
    if (name)
        return entry(at, name, index, count);
    name = name_math(at, network(at->in)->result[result].name);
    return sp_math_of(at->pool, SP_MATH_SLOPE, sp_math_symbol(at->pool, "L"),
                      entry(at, name, index, count), NULL);
}

static const sp_math *entry_factor(scope *at, const sp_factor *f)
{
    unsigned of = f->is.entry.of;
    size_t count = f->is.entry.indices;
    if (of >= SP_ENTRY_SLOPE)
        return slope_entry(at, (sp_result)(of - SP_ENTRY_SLOPE), f->is.entry.index, count);
    const char *name = of >= SP_ENTRY_VALUE ? network(at->in)->result[of - SP_ENTRY_VALUE].name
                                            : network(at->in)->tensor[of].name;
    return entry(at, name_math(at, name), f->is.entry.index, count);
}

static const sp_math *same_rank(scope *at, const sp_factor *f)
{
    sp_coordinate left = f->is.rank.left, right = f->is.rank.right;
    left.offset -= right.offset; /* own(k) = r + 1 reads better than r = own(k) - 1 */
    right.offset = 0;
    if (left.kind == SP_COORDINATE_OWNER && right.kind != SP_COORDINATE_OWNER && !left.offset)
        return sp_math_equals(at->pool, coordinate(at, &left), coordinate(at, &right));
    return sp_math_equals(at->pool, coordinate(at, &right), coordinate(at, &left));
}

/* What a condition says; NULL for other factors. */
static const sp_math *condition(scope *at, const sp_factor *f)
{
    switch (f->kind) {
    case SP_FACTOR_SAME_RANK:
        return same_rank(at, f);
    case SP_FACTOR_SAME_INDEX:
        return sp_math_equals(at->pool, variable(at, f->is.index.right),
                              variable(at, f->is.index.left));
    case SP_FACTOR_DIVIDES: {
        const sp_math *item[2] = {size_math(at, sp_sort_of_axis(f->is.divides.axis)),
                                  sp_math_count(at->pool, (size_t)f->is.divides.divisor)};
        return sp_math_list(at->pool, SP_MATH_RELATION, f->is.divides.divisor == 1 ? "=" : "|",
                            item, 2);
    }
    default:
        return NULL;
    }
}

static const sp_math *symbol_math(const scope *at, sp_symbol symbol)
{
    if (symbol >= SP_SYMBOL_MAXIMUM)
        return sp_math_word(at->pool, symbol == SP_SYMBOL_MAXIMUM ? "max" : "member");
    const sp_signature *of = network(at->in);
    return sp_name_math(at->pool, of, sp_function_text(at->pool, of, symbol / 2, symbol % 2));
}

static const sp_math *factor(scope *at, const sp_factor *f)
{
    if (f->kind == SP_FACTOR_ENTRY)
        return entry_factor(at, f);
    if (f->kind == SP_FACTOR_APPLY)
        return sp_math_of(at->pool, SP_MATH_APPLY, symbol_math(at, f->is.apply.symbol),
                          expression(at, f->is.apply.argument[0]),
                          f->is.apply.argument[1] ? expression(at, f->is.apply.argument[1])
                                                  : NULL);
    if (f->kind == SP_FACTOR_INVERSE)
        return sp_math_of(at->pool, SP_MATH_FRACTION, sp_math_count(at->pool, 1),
                          expression(at, f->is.inverse), NULL);
    if (f->kind == SP_FACTOR_NUMBER)
        return sp_math_leaf(at->pool, SP_MATH_NUMBER, f->is.number.text);
    return sp_math_of(at->pool, SP_MATH_CONDITION, condition(at, f), NULL, NULL);
}

/* ---- terms ---- */

enum { PLACES = 10, PLACE_OF_ERROR_TERM = 3, FACTORS = SP_MAX_PROOF_FACTORS };

/* Where a factor stands in a product: as in X^T D1, A1^T D2, D2 W2^T, D1 W1^T. */
static int standing(const sp_signature *of, const sp_factor *f)
{
    static const int tensor[SP_TENSOR_COUNT] = {
        [SP_TENSOR_X] = 0, [SP_TENSOR_Y] = 4, [SP_TENSOR_W1] = 8,
        [SP_TENSOR_B1] = 9, [SP_TENSOR_W2] = 6, [SP_TENSOR_B2] = 9};
    static const int symbol[] = {
        [SP_SYMBOL_SIGMA] = 1, [SP_SYMBOL_SIGMA_PRIME] = 7, [SP_SYMBOL_G] = 2,
        [SP_SYMBOL_G_PRIME] = 5, [SP_SYMBOL_LOSS] = 3, [SP_SYMBOL_LOSS_PRIME] = 3};
    if (f->kind == SP_FACTOR_ENTRY && f->is.entry.of >= SP_ENTRY_SLOPE)
        return 3;
    if (f->kind == SP_FACTOR_ENTRY && !sp_is_mlp(of))
        return f->is.entry.of >= SP_ENTRY_VALUE ? 1 : of->tensor[f->is.entry.of].param ? 6 : 0;
    if (f->kind == SP_FACTOR_ENTRY)
        return f->is.entry.of >= SP_ENTRY_VALUE ? 1 : tensor[f->is.entry.of];
    if (f->kind != SP_FACTOR_APPLY)
        return f->kind == SP_FACTOR_NUMBER ? 0 : PLACES - 1;
    if (!sp_is_mlp(of))
        return 7;
    return f->is.apply.symbol <= SP_SYMBOL_LOSS_PRIME ? symbol[f->is.apply.symbol] : 7; /* step */
}

/* How a term is written: what stands before, under and behind its sum, and below the line. */
typedef struct term_parts {
    const sp_math *before[FACTORS + SP_SORTS + 2], *under[SP_MAX_PROOF_SUMMED + FACTORS + 1],
        *below[SP_SORTS + 2], *product[FACTORS + 1], *named[FACTORS];
    size_t befores, unders, belows, products, nameds;
    bool done[FACTORS];                 /* factors that are written already */
    bool hidden[SP_MAX_PROOF_SUMMED];   /* summed variables inside of a value that has a name */
} term_parts;

static bool is_summed(const sp_monomial *m, sp_variable v)
{
    for (size_t i = 0; i < m->summations; i++)
        if (m->summed[i] == v)
            return true;
    return false;
}

static bool concerns_summed(const sp_monomial *m, const sp_factor *f)
{
    for (size_t v = 0; v < f->variables; v++)
        if (is_summed(m, f->variable[v]))
            return true;
    return false;
}

static const sp_expression *factor_value(scope *at, const sp_factor *f)
{
    if (f->kind == SP_FACTOR_ENTRY)
        return sp_entry(at->in->algebra, f->is.entry.of, f->is.entry.indices, f->is.entry.index);
    return sp_apply(at->in->algebra, f->is.apply.symbol, f->is.apply.argument[0],
                    f->is.apply.argument[1]);
}

/* A summed variable is free inside of the term: it gets a name of its own there, so that it is not taken for a
 * variable that another sum binds. */
typedef struct opened {
    sp_variable fresh[SP_MAX_PROOF_SUMMED];
} opened;

static sp_variable open_variable(const sp_monomial *m, const opened *o, sp_variable v)
{
    for (size_t i = 0; i < m->summations; i++)
        if (m->summed[i] == v)
            return o->fresh[i];
    return v;
}

static const sp_expression *open_factor(scope *at, const sp_monomial *m, const opened *o,
                                        const sp_factor *f)
{
    const sp_expression *e = factor_value(at, f);
    for (size_t i = 0; i < m->summations; i++)
        e = sp_substitute_index(at->in->algebra, e, m->summed[i], o->fresh[i]);
    return e;
}

/* Whether the factors over just these indices make the delta rule's value: the sum over `inner`
 * (-1: none) of their product. Their flags are set then. */
static bool names_factors(scope *at, const sp_monomial *m, const opened *o, term_parts *t,
                          sp_result result, const sp_variable index[2], int inner)
{
    sp_variable within[3] = {index[0], index[1], inner < 0 ? index[0] : m->summed[inner]};
    const sp_expression *product = NULL;
    bool taken[FACTORS] = {false};
    for (size_t i = 0; i < m->factors; i++) {
        const sp_factor *f = m->factor[i].factor;
        bool inside = !t->done[i] && f->variables > 0, touches = false;
        for (size_t v = 0; v < f->variables; v++) {
            touches = touches || (inner >= 0 && f->variable[v] == within[2]);
            inside = inside && (f->variable[v] == within[0] || f->variable[v] == within[1] ||
                                f->variable[v] == within[2]);
        }
        inside = inside && (f->kind == SP_FACTOR_ENTRY || f->kind == SP_FACTOR_APPLY) &&
                 m->factor[i].power == 1;
        if (touches && !inside)
            return false;
        if (!inside)
            continue;
        taken[i] = true;
        const sp_expression *value = open_factor(at, m, o, f);
        product = product ? sp_multiply(at->in->algebra, product, value) : value;
    }
    const sp_variable place[2] = {open_variable(m, o, index[0]), open_variable(m, o, index[1])};
    if (product && inner >= 0)
        product = sp_sum_over(at->in->algebra, product, &o->fresh[inner], 1);
    if (!product || product != placed(at, result, place))
        return false;
    for (size_t i = 0; i < m->factors; i++)
        t->done[i] = t->done[i] || taken[i];
    if (inner >= 0)
        t->hidden[inner] = true;
    return true;
}

/* Factors that make D1[n,k] or D2[n,o] together are written by that name. */
static void find_error_terms(scope *at, const sp_monomial *m, term_parts *t)
{
    static const sp_result names[] = {SP_RESULT_D1, SP_RESULT_D2};
    opened o;
    if (!sp_is_mlp(network(at->in)))
        return;
    for (size_t i = 0; i < m->summations && at->in->rule; i++) {
        if (sp_variable_sort(m->summed[i]) >= SP_MAX_DIMS)
            return; /* ranks are summed over: nothing has a name yet */
        o.fresh[i] = sp_fresh(at->in->algebra, sp_variable_sort(m->summed[i]));
    }
    for (size_t r = 0; r < 2 && at->in->rule; r++) {
        const sp_expression *rule = at->in->rule[names[r]];
        if (!rule || rule->terms != 1)
            continue;
        bool sum = rule->term[0].monomial->summations == 1;
        sp_variable index[2];
        sp_variable all[64];
        size_t count = 0;
        for (size_t i = 0; i < m->variables && count < 64; i++)
            all[count++] = m->variable[i];
        for (size_t i = 0; i < m->summations && count < 64; i++)
            all[count++] = m->summed[i];
        for (size_t next = 0; choose(names[r], all, count, &next, index);)
            for (int inner = sum ? 0 : -1; inner < (sum ? (int)m->summations : 0); inner++)
                if ((inner < 0 || !t->hidden[inner]) &&
                    names_factors(at, m, &o, t, names[r], index, inner))
                    t->named[t->nameds++] = result_entry(at, names[r], index);
    }
}

static void add_factors(scope *at, const sp_monomial *m, term_parts *t)
{
    for (int place = 0; place < PLACES; place++) {
        for (size_t i = 0; place == PLACE_OF_ERROR_TERM && i < t->nameds; i++)
            t->product[t->products++] = t->named[i];
        for (size_t i = 0; i < m->factors; i++) {
            const sp_factor *f = m->factor[i].factor;
            if (t->done[i] || f->kind < SP_FACTOR_ENTRY || standing(network(at->in), f) != place)
                continue;
            const sp_math *math = NULL;
            if (f->kind == SP_FACTOR_APPLY && at->in->rule)
                math = by_name(at, factor_value(at, f));
            math = math ? math : factor(at, f);
            if (m->factor[i].power > 1)
                math = sp_math_of(at->pool, SP_MATH_POWER, math,
                                  sp_math_count(at->pool, (size_t)m->factor[i].power), NULL);
            t->product[t->products++] = math;
        }
    }
}

static void add_sizes(scope *at, const sp_monomial *m, sp_rational c, term_parts *t)
{
    if (c.n != 1)
        t->before[t->befores++] = sp_math_count(at->pool, (size_t)c.n);
    if (c.d != 1)
        t->below[t->belows++] = sp_math_count(at->pool, (size_t)c.d);
    for (sp_sort s = 0; s < SP_SORTS; s++) {
        int power = abs((int)m->size[s]);
        const sp_math *size = power ? size_math(at, s) : NULL;
        if (power > 1)
            size = sp_math_of(at->pool, SP_MATH_POWER, size,
                              sp_math_count(at->pool, (size_t)power), NULL);
        if (m->size[s] > 0)
            t->before[t->befores++] = size;
        else if (m->size[s] < 0)
            t->below[t->belows++] = size;
    }
}

/* c >= 0. Conditions about summed variables stand below the sum, others before it in brackets. */
static const sp_math *monomial(scope *at, sp_rational c, const sp_monomial *m)
{
    size_t outer = at->count;
    term_parts *t = SP_NEW(at->pool, term_parts);
    add_sizes(at, m, c, t);
    for (size_t i = 0; i < m->factors; i++) {
        const sp_factor *f = m->factor[i].factor;
        if (f->kind >= SP_FACTOR_ENTRY || concerns_summed(m, f))
            continue;
        t->before[t->befores++] =
            sp_math_of(at->pool, SP_MATH_CONDITION, condition(at, f), NULL, NULL);
        t->done[i] = true;
    }
    for (size_t i = 0; i < m->factors; i++) /* free variables have the first letters */
        for (size_t v = 0; v < m->factor[i].factor->variables; v++)
            if (!is_summed(m, m->factor[i].factor->variable[v]))
                (void)number_of(at, m->factor[i].factor->variable[v]);
    find_error_terms(at, m, t);
    t->unders = 1;
    for (size_t i = 0; i < m->summations; i++)
        if (!t->hidden[i])
            t->under[t->unders++] = variable(at, m->summed[i]);
    for (size_t i = 0; i < m->factors && m->summations; i++) {
        if (t->done[i] || m->factor[i].factor->kind >= SP_FACTOR_ENTRY)
            continue;
        t->under[t->unders++] = condition(at, m->factor[i].factor);
        t->done[i] = true;
    }
    add_factors(at, m, t);
    const sp_math *product =
        t->products ? sp_math_list(at->pool, SP_MATH_PRODUCT, NULL, t->product, t->products)
                    : NULL;
    if (t->unders > 1) {
        t->under[0] = product ? product : sp_math_count(at->pool, 1);
        product = sp_math_list(at->pool, SP_MATH_BIG, "sum", t->under, t->unders);
    }
    const sp_math *one = sp_math_count(at->pool, 1);
    if (t->belows) {
        const sp_math *above = t->befores ? sp_math_list(at->pool, SP_MATH_PRODUCT, NULL,
                                                         t->before, t->befores)
                                          : one;
        t->before[0] = sp_math_of(at->pool, SP_MATH_FRACTION, above,
                                  sp_math_list(at->pool, SP_MATH_TIMES, NULL, t->below, t->belows),
                                  NULL);
        t->befores = 1;
    }
    if (product)
        t->before[t->befores++] = product;
    at->count = outer;
    if (t->befores == 0)
        return one;
    return sp_math_list(at->pool, SP_MATH_PRODUCT, NULL, t->before, t->befores);
}

static const sp_math *expression(scope *at, const sp_expression *e)
{
    if (e->terms == 0)
        return sp_math_count(at->pool, 0);
    const sp_math *sum = by_name(at, e);
    if (sum)
        return sum;
    for (int negative = 0; negative < 2; negative++)
        for (size_t t = 0; t < e->terms; t++) {
            sp_rational c = e->term[t].coefficient;
            if ((c.n < 0) != negative)
                continue;
            c.n = negative ? -c.n : c.n;
            const sp_math *term = monomial(at, c, e->term[t].monomial);
            if (!sum && negative)
                sum = sp_math_negative(at->pool, term);
            else
                sum = sum ? sp_math_add(at->pool, sum, term, negative) : term;
        }
    return sum;
}

static scope scope_of(const sp_indexing *in, const sp_expression *e)
{
    scope at = {.in = in, .pool = in->pool};
    for (size_t v = 0; v < e->variables; v++)
        (void)number_of(&at, e->variable[v]);
    return at;
}

const sp_math *sp_index_math(const sp_indexing *in, const sp_expression *e)
{
    scope at = scope_of(in, e);
    return expression(&at, e);
}

const sp_math *sp_index_math_at(const sp_indexing *in, const sp_layout *layout, const sp_expression *e)
{
    scope at = {.in = in, .pool = in->pool};
    for (unsigned i = 0; i < layout->order; i++) /* so that no other index has the name of a place */
        (void)number_of(&at, sp_variable_place(i, layout->part[i].dim));
    at.layout = layout;
    return expression(&at, e);
}

const sp_math *sp_place_math(const sp_indexing *in, const sp_math *name, const sp_layout *layout)
{
    const sp_math *item[SP_MAX_ORDER + 1] = {name};
    if (layout->order == 0)
        return name;
    for (unsigned i = 0; i < layout->order; i++)
        item[i + 1] = sp_math_index(in->pool, place_name(in, layout, i));
    return sp_math_list(in->pool, SP_MATH_ENTRY, NULL, item, layout->order + 1U);
}

const sp_math *sp_step_math(const sp_indexing *in, const sp_step *step)
{
    scope at = scope_of(in, step->after);
    const sp_math *under[2 * SP_MAX_AXES + 3];
    size_t unders = 1;
    for (size_t i = 0; i < step->summations; i++)
        under[unders++] = variable(&at, step->summed[i]);
    for (size_t i = 0; i < step->conditions; i++)
        under[unders++] = sp_math_equals(in->pool, coordinate(&at, &step->owner[i]),
                                         coordinate(&at, &step->rank[i]));
    const sp_math *a = step->operand[0] ? expression(&at, step->operand[0]) : NULL;
    const sp_math *b = step->operand[1] ? expression(&at, step->operand[1]) : NULL;
    if (a && b) {
        sp_math_kind kind = step->between == SP_OP_DIV ? SP_MATH_FRACTION : SP_MATH_PRODUCT;
        bool add = step->between == SP_OP_ADD || step->between == SP_OP_SUB;
        a = add ? sp_math_add(in->pool, a, b, step->between == SP_OP_SUB)
                : sp_math_of(in->pool, kind, a, b, NULL);
    }
    under[0] = a ? a : sp_math_count(in->pool, 1);
    return unders == 1 ? under[0] : sp_math_list(in->pool, SP_MATH_BIG, "sum", under, unders);
}
