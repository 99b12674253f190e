#include "proof/show.h"

#include <stdlib.h>

static sp_pool *pool_of(const sp_setting *at)
{
    return at->showing->pool;
}

static bool has_axes(const sp_setting *at)
{
    return at->showing->program && at->showing->program->axes > 1;
}

static const char *axis_name(const sp_setting *at, unsigned axis)
{
    return at->showing->program ? at->showing->program->axis_name[axis] : "axis";
}

static sp_written text_index(const sp_setting *at, const char *name)
{
    (void)at;
    return name;
}

/* r, q, q2; of several axes r[tp], q[tp], q2[tp]. */
static sp_written text_rank(const sp_setting *at, unsigned axis, bool summed, unsigned number)
{
    const sp_signature *of = sp_showing_network(at->showing);
    sp_pool *pool = pool_of(at);
    const char *letter = summed ? "q" : "r";
    if (!has_axes(at) && sp_index_has_name(pool, of, letter)) /* r is an index */
        letter = summed ? sp_rank_letter(pool, of, 0) : axis_name(at, axis);
    if (number > 0)
        letter = sp_pool_format(pool, "%s%u", letter, number + 1);
    return has_axes(at) ? sp_pool_format(pool, "%s[%s]", letter, axis_name(at, axis)) : letter;
}

static sp_written text_constant(const sp_setting *at, int value)
{
    return sp_pool_format(pool_of(at), "%d", value);
}

static sp_written text_owner(const sp_setting *at, const sp_part *part, unsigned axis, sp_written index)
{
    (void)axis;
    if (!has_axes(at))
        return sp_pool_format(pool_of(at), "own(%s)", (const char *)index);
    return sp_pool_format(pool_of(at), "own[%s](%s)", sp_part_text(pool_of(at), at->showing->program, part),
                          (const char *)index);
}

static sp_written text_moved(const sp_setting *at, sp_written coordinate, int by)
{
    return sp_pool_format(pool_of(at), "%s %c %d", (const char *)coordinate, by < 0 ? '-' : '+', abs(by));
}

static sp_written text_equals(const sp_setting *at, sp_written a, sp_written b)
{
    return sp_pool_format(pool_of(at), "%s = %s", (const char *)a, (const char *)b);
}

static sp_written text_divides(const sp_setting *at, unsigned axis, int divisor)
{
    if (divisor == 1)
        return sp_pool_format(pool_of(at), "size(%s) = 1", axis_name(at, axis));
    return sp_pool_format(pool_of(at), "size(%s) divides %d", axis_name(at, axis), divisor);
}

static void add_list(sp_text *out, const char *between, const sp_written *item, size_t count)
{
    for (size_t i = 0; i < count; i++)
        sp_text_format(out, "%s%s", i ? between : "", (const char *)item[i]);
}

static sp_written text_entry(const sp_setting *at, const char *name, const sp_written *index, size_t count)
{
    sp_text out = sp_text_in(pool_of(at));
    sp_text_format(&out, "%s[", name);
    add_list(&out, ",", index, count);
    sp_text_add(&out, "]");
    return sp_text_string(&out);
}

static sp_written text_slope(const sp_setting *at, sp_result result, const sp_written *index, size_t count)
{
    const char *name = sp_showing_network(at->showing)->result[result].name;
    return text_entry(at, sp_pool_format(pool_of(at), "dL/d%s", name), index, count);
}

static sp_written text_apply(const sp_setting *at, sp_symbol symbol, const sp_written argument[2])
{
    const char *name = symbol == SP_SYMBOL_MAXIMUM ? "max" : "member";
    if (symbol < SP_SYMBOL_MAXIMUM)
        name = sp_function_text(pool_of(at), sp_showing_network(at->showing), symbol / 2, symbol % 2);
    sp_text out = sp_text_in(pool_of(at));
    sp_text_format(&out, "%s(", name);
    add_list(&out, ", ", argument, argument[1] ? 2 : argument[0] ? 1 : 0);
    sp_text_add(&out, ")");
    return sp_text_string(&out);
}

static sp_written text_number(const sp_setting *at, const char *text)
{
    (void)at;
    return text;
}

static sp_written text_count(const sp_setting *at, const sp_part *part, const sp_written *coordinate)
{
    sp_text out = sp_text_in(pool_of(at));
    sp_text_format(&out, "count(%s at ", sp_part_text(pool_of(at), at->showing->program, part));
    add_list(&out, ", ", coordinate, part->axes);
    sp_text_add(&out, ")");
    return sp_text_string(&out);
}

static sp_written text_divisor(const sp_setting *at, sp_written of, bool is_count)
{
    return is_count ? of : sp_pool_format(pool_of(at), "(%s)", (const char *)of);
}

/* sign 1: " size(tp)" for each power of it above the line; -1: " / N" for those below. */
static void add_sizes(sp_text *out, const sp_setting *at, const int16_t *size, int sign)
{
    for (sp_sort s = 0; s < SP_SORTS; s++)
        for (int p = 0; p < sign * size[s]; p++) {
            sp_text_add(out, sign > 0 ? " " : " / ");
            if (s < SP_MAX_DIMS)
                sp_text_add(out, sp_showing_network(at->showing)->dim[s]);
            else
                sp_text_format(out, "size(%s)", axis_name(at, s - SP_MAX_DIMS));
        }
}

static void add_powers(sp_text *out, const char *before, const sp_written_power *power, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        sp_text_format(out, "%s%s", before, (const char *)power[i].base);
        if (power[i].power > 1)
            sp_text_format(out, "^%d", power[i].power);
    }
}

/* 2 size(tp) sum(k: own(k) = r) A1[n,k] W2[k,o] / N */
static sp_written text_term(const sp_setting *at, const sp_written_term *t)
{
    sp_text out = sp_text_in(pool_of(at));
    if (t->coefficient.n != 1)
        sp_text_format(&out, " %lld", (long long)t->coefficient.n);
    add_sizes(&out, at, t->size, 1);
    for (size_t i = 0; i < t->conditions; i++)
        sp_text_format(&out, " [%s]", (const char *)t->condition[i]);
    if (t->summations) {
        sp_text_add(&out, " sum(");
        add_list(&out, ", ", t->summed, t->summations);
        sp_text_add(&out, t->unders ? ": " : "");
        add_list(&out, ", ", t->under, t->unders);
        sp_text_add(&out, ")");
    }
    if (t->factors == 0 && (t->summations || out.length == 0))
        sp_text_add(&out, " 1");
    add_powers(&out, " ", t->factor, t->factors);
    add_powers(&out, " 1/", t->divisor, t->divisors);
    add_sizes(&out, at, t->size, -1);
    if (t->coefficient.d != 1)
        sp_text_format(&out, " / %lld", (long long)t->coefficient.d);
    return sp_text_string(&out) + 1;
}

static sp_written text_sum(const sp_setting *at, const sp_written *term, const bool *negative, size_t count)
{
    sp_text out = sp_text_in(pool_of(at));
    if (count == 0)
        sp_text_add(&out, "0");
    for (size_t i = 0; i < count; i++)
        sp_text_format(&out, "%s%s", i == 0 ? negative[i] ? "-" : "" : negative[i] ? " - " : " + ",
                       (const char *)term[i]);
    return sp_text_string(&out);
}

static void add_operand(sp_text *out, const sp_written_step *s, size_t k, bool bracket)
{
    bracket = bracket && s->sum[k];
    sp_text_format(out, "%s%s%s", bracket ? "(" : "", (const char *)s->operand[k], bracket ? ")" : "");
}

static sp_written text_step(const sp_setting *at, const sp_written_step *s)
{
    sp_text out = sp_text_in(pool_of(at));
    const size_t sums = s->step->summations, conditions = s->step->conditions;
    sp_text_add(&out, sums ? "sum(" : "");
    add_list(&out, ", ", s->summed, sums);
    sp_text_add(&out, conditions ? ": " : "");
    add_list(&out, ", ", s->condition, conditions);
    sp_text_add(&out, sums ? ") " : "");
    if (s->step->op == SP_OP_APPLY) {
        sp_text_add(&out, text_apply(at, s->step->symbol, s->operand));
        return sp_text_string(&out);
    }
    if (s->operand[0])
        add_operand(&out, s, 0, s->operand[1] || sums > 0);
    if (s->operand[1]) {
        const sp_op between = s->step->between;
        sp_text_add(&out, between == SP_OP_ADD ? " + " : between == SP_OP_SUB ? " - "
                          : between == SP_OP_DIV ? " / " : " ");
        add_operand(&out, s, 1, true);
    }
    return sp_text_string(&out);
}

static const sp_notation text_notation = {
    .axis_apart = true,
    .index = text_index,
    .rank = text_rank,
    .constant = text_constant,
    .owner = text_owner,
    .moved = text_moved,
    .equals = text_equals,
    .divides = text_divides,
    .entry = text_entry,
    .slope = text_slope,
    .apply = text_apply,
    .number = text_number,
    .count = text_count,
    .divisor = text_divisor,
    .term = text_term,
    .sum = text_sum,
    .step = text_step,
};

void sp_show_expression(sp_text *out, const sp_showing *showing, const sp_expression *e)
{
    const sp_setting at = {showing, &text_notation, NULL};
    sp_text_add(out, sp_notation_expression(&at, e));
}

void sp_show_step_before(sp_text *out, const sp_showing *showing, const sp_step *step)
{
    const sp_setting at = {showing, &text_notation, NULL};
    sp_text_add(out, sp_notation_step(&at, step));
}
