/* Index expressions of the prover as formulas. */
#include "derive/naming.h"

#include <stdlib.h>

static sp_pool *pool_of(const sp_setting *at)
{
    return at->showing->pool;
}

static const sp_program *program_of(const sp_setting *at)
{
    return at->showing->program;
}

static const sp_math *name_math(const sp_setting *at, const char *name)
{
    return sp_name_math(pool_of(at), sp_showing_network(at->showing), name);
}

static const sp_math *axis_word(const sp_setting *at, unsigned axis)
{
    return sp_math_index(pool_of(at), program_of(at) ? program_of(at)->axis_name[axis] : "axis");
}

static sp_written math_index(const sp_setting *at, const char *name)
{
    return sp_math_index(pool_of(at), name);
}

/* As sp_coordinate_text and sp_rank_letter have them. */
static sp_written math_rank(const sp_setting *at, unsigned axis, bool summed, unsigned number)
{
    const sp_signature *of = sp_showing_network(at->showing);
    const sp_program *p = program_of(at);
    if (!summed && p && (p->axes > 1 || sp_index_has_name(pool_of(at), of, "r")))
        return sp_math_index(pool_of(at), p->axis_name[axis]);
    const char *letter = summed ? sp_rank_letter(pool_of(at), of, 0) : "r";
    if (number > 0)
        letter = sp_pool_format(pool_of(at), "%s%u", letter, number + 1);
    return sp_math_index(pool_of(at), letter);
}

static sp_written math_constant(const sp_setting *at, int value)
{
    return sp_math_leaf(pool_of(at), SP_MATH_NUMBER, sp_pool_format(pool_of(at), "%d", value));
}

static sp_written math_owner(const sp_setting *at, const sp_part *part, unsigned axis, sp_written index)
{
    (void)part;
    const sp_math *own = sp_math_word(pool_of(at), "own");
    if (program_of(at) && program_of(at)->axes > 1)
        own = sp_math_of(pool_of(at), SP_MATH_SHARD, own, axis_word(at, axis), NULL);
    return sp_math_of(pool_of(at), SP_MATH_APPLY, own, index, NULL);
}

static sp_written math_moved(const sp_setting *at, sp_written coordinate, int by)
{
    return sp_math_add(pool_of(at), coordinate, sp_math_count(pool_of(at), (size_t)abs(by)), by < 0);
}

static sp_written math_equals(const sp_setting *at, sp_written a, sp_written b)
{
    return sp_math_equals(pool_of(at), a, b);
}

static const sp_math *size_math(const sp_setting *at, sp_sort sort)
{
    if (sort < SP_MAX_DIMS)
        return name_math(at, sp_showing_network(at->showing)->dim[sort]);
    const sp_math *p = sp_math_symbol(pool_of(at), "P");
    if (program_of(at) && program_of(at)->axes == 1)
        return p;
    return sp_math_of(pool_of(at), SP_MATH_SHARD, p, axis_word(at, sort - SP_MAX_DIMS), NULL);
}

static sp_written math_divides(const sp_setting *at, unsigned axis, int divisor)
{
    const sp_math *item[2] = {size_math(at, sp_sort_of_axis(axis)), sp_math_count(pool_of(at), (size_t)divisor)};
    return sp_math_list(pool_of(at), SP_MATH_RELATION, divisor == 1 ? "=" : "|", item, 2);
}

static const sp_math *entry_of(const sp_setting *at, const sp_math *name, const sp_written *index, size_t count)
{
    const sp_math *item[SP_MAX_ORDER + 1] = {name};
    for (size_t i = 0; i < count; i++)
        item[i + 1] = index[i];
    return count == 0 ? name : sp_math_list(pool_of(at), SP_MATH_ENTRY, NULL, item, count + 1);
}

static sp_written math_entry(const sp_setting *at, const char *name, const sp_written *index, size_t count)
{
    return entry_of(at, name_math(at, name), index, count);
}

static sp_written math_slope(const sp_setting *at, sp_result result, const sp_written *index, size_t count)
{
    const sp_math *const *slope = at->context;
    if (slope && slope[result])
        return entry_of(at, slope[result], index, count);
    const sp_math *name = name_math(at, sp_showing_network(at->showing)->result[result].name);
    return sp_math_of(pool_of(at), SP_MATH_SLOPE, sp_math_symbol(pool_of(at), "L"),
                      entry_of(at, name, index, count), NULL);
}

static sp_written math_apply(const sp_setting *at, sp_symbol symbol, const sp_written argument[2])
{
    const sp_math *name = sp_math_word(pool_of(at), symbol == SP_SYMBOL_MAXIMUM ? "max" : "member");
    if (symbol < SP_SYMBOL_MAXIMUM)
        name = name_math(at, sp_function_text(pool_of(at), sp_showing_network(at->showing), symbol / 2, symbol % 2));
    return sp_math_of(pool_of(at), SP_MATH_APPLY, name, argument[0], argument[1]);
}

static sp_written math_number(const sp_setting *at, const char *text)
{
    return sp_math_leaf(pool_of(at), SP_MATH_NUMBER, text);
}

static sp_written math_divisor(const sp_setting *at, sp_written of, bool is_count)
{
    (void)is_count;
    return sp_math_of(pool_of(at), SP_MATH_FRACTION, sp_math_count(pool_of(at), 1), of, NULL);
}

/* Formulas that will stand side by side. */
typedef struct row {
    sp_pool *pool;
    const sp_math **item;
    size_t count, capacity;
} row;

static void add(row *to, const sp_math *item)
{
    to->item = sp_pool_grow(to->pool, to->item, &to->capacity, to->count + 1, sizeof *to->item);
    to->item[to->count++] = item;
}

static const sp_math *power(sp_pool *pool, const sp_math *base, int by)
{
    return by == 1 ? base : sp_math_of(pool, SP_MATH_POWER, base, sp_math_count(pool, (size_t)by), NULL);
}

static void add_powers(row *to, const sp_written_power *item, size_t count)
{
    for (size_t i = 0; i < count; i++)
        add(to, power(to->pool, item[i].base, item[i].power));
}

static const sp_math *joined(const row *of, sp_math_kind kind)
{
    return of->count ? sp_math_list(of->pool, kind, NULL, of->item, of->count) : NULL;
}

/* What stands before, under and behind a sum. */
static sp_written math_term(const sp_setting *at, const sp_written_term *t)
{
    sp_pool *pool = pool_of(at);
    row before = {.pool = pool}, below = {.pool = pool}, product = {.pool = pool}, under = {.pool = pool};
    if (t->coefficient.n != 1)
        add(&before, sp_math_count(pool, (size_t)t->coefficient.n));
    if (t->coefficient.d != 1)
        add(&below, sp_math_count(pool, (size_t)t->coefficient.d));
    for (sp_sort s = 0; s < SP_SORTS; s++)
        if (t->size[s])
            add(t->size[s] > 0 ? &before : &below, power(pool, size_math(at, s), abs((int)t->size[s])));
    for (size_t i = 0; i < t->conditions; i++)
        add(&before, sp_math_of(pool, SP_MATH_CONDITION, t->condition[i], NULL, NULL));
    add_powers(&product, t->factor, t->factors);
    add_powers(&product, t->divisor, t->divisors);
    const sp_math *body = joined(&product, SP_MATH_PRODUCT), *one = sp_math_count(pool, 1);
    if (t->summations + t->unders) {
        add(&under, body ? body : one);
        for (size_t i = 0; i < t->summations; i++)
            add(&under, t->summed[i]);
        for (size_t i = 0; i < t->unders; i++)
            add(&under, t->under[i]);
        body = sp_math_list(pool, SP_MATH_BIG, "sum", under.item, under.count);
    }
    if (below.count) {
        const sp_math *above = joined(&before, SP_MATH_PRODUCT);
        before.count = 0;
        add(&before, sp_math_of(pool, SP_MATH_FRACTION, above ? above : one, joined(&below, SP_MATH_TIMES), NULL));
    }
    if (body)
        add(&before, body);
    return before.count ? joined(&before, SP_MATH_PRODUCT) : one;
}

static sp_written math_sum(const sp_setting *at, const sp_written *term, const bool *negative, size_t count)
{
    const sp_math *sum = NULL;
    for (size_t i = 0; i < count; i++)
        sum = sum           ? sp_math_add(pool_of(at), sum, term[i], negative[i])
              : negative[i] ? sp_math_negative(pool_of(at), term[i])
                            : term[i];
    return sum ? sum : sp_math_count(pool_of(at), 0);
}

static sp_written math_step(const sp_setting *at, const sp_written_step *s)
{
    sp_pool *pool = pool_of(at);
    const sp_op between = s->step->between;
    const sp_math *a = s->operand[0], *b = s->operand[1];
    if (a && b && (between == SP_OP_ADD || between == SP_OP_SUB))
        a = sp_math_add(pool, a, b, between == SP_OP_SUB);
    else if (a && b)
        a = sp_math_of(pool, between == SP_OP_DIV ? SP_MATH_FRACTION : SP_MATH_PRODUCT, a, b, NULL);
    row under = {.pool = pool};
    add(&under, a ? a : sp_math_count(pool, 1));
    for (size_t i = 0; i < s->step->summations; i++)
        add(&under, s->summed[i]);
    for (size_t i = 0; i < s->step->conditions; i++)
        add(&under, s->condition[i]);
    return under.count == 1 ? under.item[0] : sp_math_list(pool, SP_MATH_BIG, "sum", under.item, under.count);
}

static const sp_notation formulas = {
    .inner_sums = true,
    .index = math_index,
    .rank = math_rank,
    .constant = math_constant,
    .owner = math_owner,
    .moved = math_moved,
    .equals = math_equals,
    .divides = math_divides,
    .entry = math_entry,
    .slope = math_slope,
    .apply = math_apply,
    .number = math_number,
    .divisor = math_divisor,
    .term = math_term,
    .sum = math_sum,
    .step = math_step,
};

static sp_showing showing_of(const sp_indexing *in)
{
    return (sp_showing){in->pool, in->algebra, in->program, in->rule};
}

const sp_math *sp_index_math(const sp_indexing *in, const sp_expression *e)
{
    const sp_showing showing = showing_of(in);
    const sp_setting at = {&showing, &formulas, in->slope};
    return sp_notation_expression(&at, e);
}

const sp_math *sp_index_math_at(const sp_indexing *in, const sp_layout *layout, const sp_expression *e)
{
    const sp_showing showing = showing_of(in);
    const sp_setting at = {&showing, &formulas, in->slope};
    return sp_notation_value(&at, layout, e);
}

const sp_math *sp_place_math(const sp_indexing *in, const sp_math *name, const sp_layout *layout)
{
    const sp_showing showing = showing_of(in);
    const sp_setting at = {&showing, &formulas, in->slope};
    sp_written index[SP_MAX_ORDER];
    for (unsigned i = 0; i < layout->order; i++)
        index[i] = math_index(&at, sp_place_name(in->pool, sp_showing_network(&showing), layout, i));
    return entry_of(&at, name, index, layout->order);
}

const sp_math *sp_step_math(const sp_indexing *in, const sp_step *step)
{
    const sp_showing showing = showing_of(in);
    const sp_setting at = {&showing, &formulas, in->slope};
    return sp_notation_step(&at, step);
}
