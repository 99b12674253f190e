/* Putting something for variables and ownership terms, in coordinates, factors and expressions. */
#include "proof/elementary.h"

#include <string.h>

static sp_coordinate with_offset(sp_algebra *in, sp_coordinate c, int64_t offset)
{
    if (offset > SP_MAX_PROOF_OFFSET || offset < -SP_MAX_PROOF_OFFSET)
        sp_algebra_give_up(in, SP_PROOF_LIMIT_OFFSET);
    c.offset = (int32_t)offset; /* just checked */
    return c;
}

sp_coordinate sp_coordinate_moved(sp_algebra *in, sp_coordinate c, int64_t by)
{
    if (by == 0)
        return c;
    int64_t offset;
    if (__builtin_add_overflow(c.offset, by, &offset))
        sp_algebra_give_up(in, SP_PROOF_LIMIT_OFFSET);
    c = with_offset(in, c, offset);
    in->shifted = true;
    return c;
}

sp_coordinate sp_owner(sp_algebra *in, const sp_part *part, sp_variable index)
{
    return (sp_coordinate){.kind = SP_COORDINATE_OWNER,
                           .axis = part->axis[part->axes - 1],
                           .part = sp_algebra_part(in, part),
                           .variable = index};
}

sp_coordinate sp_coordinate_of(sp_variable rank)
{
    return (sp_coordinate){.kind = SP_COORDINATE_RANK,
                           /* a sort has 4 bits */
                           .axis = (uint8_t)(sp_variable_sort(rank) - SP_MAX_DIMS),
                           .variable = rank};
}

sp_coordinate sp_coordinate_constant(sp_algebra *in, unsigned axis, int64_t value)
{
    if (axis >= SP_MAX_AXES)
        sp_algebra_fault(in);
    sp_coordinate c = {.kind = SP_COORDINATE_CONSTANT, .axis = (uint8_t)axis}; /* just checked */
    return with_offset(in, c, value);
}

void sp_putting_start(sp_putting *put)
{
    put->indices = put->ranks = put->owners = 0;
    memset(put->modulus, 0, sizeof put->modulus);
}

void sp_put_variable(sp_algebra *in, sp_putting *put, sp_variable from, sp_variable to)
{
    if (sp_variable_sort(from) >= SP_MAX_DIMS) {
        sp_put_rank_for(in, put, from, sp_coordinate_of(to));
        return;
    }
    if (put->indices == SP_MAX_PROOF_PUTTINGS)
        sp_algebra_give_up(in, SP_PROOF_LIMIT_PUTTINGS);
    put->index_from[put->indices] = from;
    put->index_to[put->indices++] = to;
}

void sp_put_rank_for(sp_algebra *in, sp_putting *put, sp_variable from, sp_coordinate to)
{
    if (put->ranks == SP_MAX_PROOF_PUTTINGS)
        sp_algebra_give_up(in, SP_PROOF_LIMIT_PUTTINGS);
    put->rank_from[put->ranks] = from;
    put->rank_to[put->ranks++] = to;
}

bool sp_putting_concerns(const sp_putting *put, const sp_variable *variable, size_t count)
{
    for (size_t a = 0; a < SP_MAX_AXES; a++)
        if (put->modulus[a])
            return true;
    for (size_t i = 0; i < count; i++) {
        if (sp_variable_in(put->index_from, put->indices, variable[i]) ||
            sp_variable_in(put->rank_from, put->ranks, variable[i]))
            return true;
        for (size_t j = 0; j < put->owners; j++)
            if (put->owner_from[j].variable == variable[i])
                return true;
    }
    return false;
}

sp_variable sp_putting_index(const sp_putting *put, sp_variable v)
{
    for (size_t i = 0; i < put->indices; i++)
        if (put->index_from[i] == v)
            return put->index_to[i];
    return v;
}

sp_coordinate sp_putting_coordinate(sp_algebra *in, const sp_putting *put, sp_coordinate c)
{
    if (c.kind == SP_COORDINATE_RANK) {
        for (size_t i = 0; i < put->ranks; i++)
            if (put->rank_from[i] == c.variable) {
                c = sp_coordinate_moved(in, put->rank_to[i], c.offset);
                break;
            }
    } else if (c.kind == SP_COORDINATE_OWNER) {
        c.variable = sp_putting_index(put, c.variable);
        for (size_t i = 0; i < put->owners; i++)
            if (put->owner_from[i].part == c.part && put->owner_from[i].variable == c.variable) {
                c = sp_coordinate_moved(in, put->owner_to[i], c.offset);
                break;
            }
    }
    int64_t modulus = put->modulus[c.axis];
    if (modulus == 1) /* one rank: its coordinate is 0 */
        return sp_coordinate_constant(in, c.axis, 0);
    if (modulus > 1)
        return with_offset(in, c, (c.offset % modulus + modulus) % modulus);
    return c;
}

const sp_expression *sp_put_factor(sp_algebra *in, const sp_putting *put, const sp_factor *f)
{
    sp_variable index[SP_MAX_ORDER];
    switch (f->kind) {
    case SP_FACTOR_SAME_RANK:
        return sp_same_rank(in, sp_putting_coordinate(in, put, f->is.rank.left),
                            sp_putting_coordinate(in, put, f->is.rank.right));
    case SP_FACTOR_SAME_INDEX:
        return sp_same_index(in, sp_putting_index(put, f->is.index.left),
                             sp_putting_index(put, f->is.index.right));
    case SP_FACTOR_DIVIDES:
    case SP_FACTOR_NUMBER:
        return sp_factor_alone(in, f);
    case SP_FACTOR_ENTRY:
        for (size_t i = 0; i < f->is.entry.indices; i++)
            index[i] = sp_putting_index(put, f->is.entry.index[i]);
        return sp_entry(in, f->is.entry.of, f->is.entry.indices, index);
    case SP_FACTOR_APPLY: {
        const sp_expression *a = sp_put(in, put, f->is.apply.argument[0]), *b = NULL;
        if (f->is.apply.argument[1])
            b = sp_put(in, put, f->is.apply.argument[1]);
        return sp_apply_again(in, f->is.apply.symbol, a, b);
    }
    case SP_FACTOR_INVERSE:
        return sp_invert(in, sp_put(in, put, f->is.inverse));
    }
    sp_algebra_fault(in);
}

/* A term whose factors do not all stay factors: multiplied out, with fresh summed variables. */
static void put_and_expand(sp_algebra *in, const sp_putting *put, const sp_term *term,
                           sp_terms *out)
{
    sp_variable variable[SP_MAX_PROOF_SUMMED];
    size_t variables = 0;
    sp_work opened;
    sp_work_start(&opened);
    sp_work_open_term(in, &opened, term, variable, &variables);
    const sp_expression *product = sp_number(in, opened.coefficient);
    for (size_t i = 0; i < opened.factors; i++) {
        const sp_expression *e = sp_put_factor(in, put, opened.factor[i].factor);
        for (int k = 0; k < opened.factor[i].power; k++)
            product = sp_multiply(in, product, e);
    }
    for (size_t t = 0; t < product->terms; t++) {
        sp_work w;
        sp_work_start(&w);
        for (sp_sort s = 0; s < SP_SORTS; s++)
            sp_work_size(in, &w, s, opened.size[s]);
        sp_work_term(in, &w, &product->term[t]);
        for (size_t v = 0; v < variables; v++)
            sp_work_sum(in, &w, variable[v]);
        sp_work_normalise(in, &w, out);
    }
}

/* An axis that is known to have one rank: nothing is summed over it, its size is 1. */
static bool single_rank(const sp_putting *put, sp_sort sort)
{
    return sort >= SP_MAX_DIMS && put->modulus[sort - SP_MAX_DIMS] == 1;
}

const sp_expression *sp_put(sp_algebra *in, const sp_putting *put, const sp_expression *a)
{
    if (!sp_putting_concerns(put, a->variable, a->variables))
        return a;
    sp_terms out = {0};
    for (size_t t = 0; t < a->terms; t++) {
        const sp_monomial *m = a->term[t].monomial;
        if (!sp_putting_concerns(put, m->variable, m->variables)) {
            sp_terms_add(in, &out, a->term[t].coefficient, m);
            continue;
        }
        sp_work w;
        sp_work_start(&w);
        w.coefficient = a->term[t].coefficient;
        for (sp_sort s = 0; s < SP_SORTS; s++)
            w.size[s] = m->size[s];
        bool lone = true;
        for (size_t i = 0; i < m->factors && lone; i++) {
            const sp_factor *f = m->factor[i].factor;
            if (sp_putting_concerns(put, f->variable, f->variables))
                f = sp_lone_factor(sp_put_factor(in, put, f));
            lone = f != NULL;
            if (lone)
                sp_work_factor(in, &w, f, m->factor[i].power);
        }
        if (!lone) {
            put_and_expand(in, put, &a->term[t], &out);
            continue;
        }
        for (size_t i = 0; i < m->summations; i++)
            if (!single_rank(put, sp_variable_sort(m->summed[i])))
                sp_work_sum(in, &w, m->summed[i]);
        for (sp_sort s = SP_MAX_DIMS; s < SP_SORTS; s++)
            if (single_rank(put, s))
                w.size[s] = 0;
        sp_work_normalise(in, &w, &out);
    }
    return sp_terms_finish(in, &out);
}

const sp_expression *sp_put_index(sp_algebra *in, const sp_expression *a, sp_variable from,
                                  sp_variable to)
{
    if (!sp_has_variable(a, from) || from == to)
        return a;
    sp_putting put;
    sp_putting_start(&put);
    sp_put_variable(in, &put, from, to);
    return sp_put(in, &put, a);
}

const sp_expression *sp_put_indices(sp_algebra *in, const sp_expression *a, const sp_variable *from,
                                    const sp_variable *to, size_t count)
{
    sp_putting put;
    sp_putting_start(&put);
    for (size_t i = 0; i < count; i++)
        if (from[i] != to[i] && sp_has_variable(a, from[i]))
            sp_put_variable(in, &put, from[i], to[i]);
    return put.indices ? sp_put(in, &put, a) : a;
}

const sp_expression *sp_put_rank(sp_algebra *in, const sp_expression *a, sp_variable from,
                                 sp_coordinate to)
{
    if (!sp_has_variable(a, from))
        return a;
    sp_putting put;
    sp_putting_start(&put);
    sp_put_rank_for(in, &put, from, to);
    return sp_put(in, &put, a);
}
