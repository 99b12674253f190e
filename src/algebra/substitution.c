/* Putting something for variables and ownership terms, in coordinates, factors and expressions. */
#include "algebra/elementary.h"

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

void sp_substitution_start(sp_substitution *with)
{
    with->indices = with->ranks = with->owners = 0;
    memset(with->modulus, 0, sizeof with->modulus);
}

void sp_substitute_variable(sp_algebra *in, sp_substitution *with, sp_variable from, sp_variable to)
{
    if (sp_variable_sort(from) >= SP_MAX_DIMS) {
        sp_substitute_rank_for(in, with, from, sp_coordinate_of(to));
        return;
    }
    if (with->indices == SP_MAX_PROOF_PUTTINGS)
        sp_algebra_give_up(in, SP_PROOF_LIMIT_PUTTINGS);
    with->index_from[with->indices] = from;
    with->index_to[with->indices++] = to;
}

void sp_substitute_rank_for(sp_algebra *in, sp_substitution *with, sp_variable from, sp_coordinate to)
{
    if (with->ranks == SP_MAX_PROOF_PUTTINGS)
        sp_algebra_give_up(in, SP_PROOF_LIMIT_PUTTINGS);
    with->rank_from[with->ranks] = from;
    with->rank_to[with->ranks++] = to;
}

bool sp_substitution_concerns(const sp_substitution *with, const sp_variable *variable, size_t count)
{
    for (size_t a = 0; a < SP_MAX_AXES; a++)
        if (with->modulus[a])
            return true;
    for (size_t i = 0; i < count; i++) {
        if (sp_variable_in(with->index_from, with->indices, variable[i]) ||
            sp_variable_in(with->rank_from, with->ranks, variable[i]))
            return true;
        for (size_t j = 0; j < with->owners; j++)
            if (with->owner_from[j].variable == variable[i])
                return true;
    }
    return false;
}

sp_variable sp_substitution_index(const sp_substitution *with, sp_variable v)
{
    for (size_t i = 0; i < with->indices; i++)
        if (with->index_from[i] == v)
            return with->index_to[i];
    return v;
}

sp_coordinate sp_substitution_coordinate(sp_algebra *in, const sp_substitution *with, sp_coordinate c)
{
    if (c.kind == SP_COORDINATE_RANK) {
        for (size_t i = 0; i < with->ranks; i++)
            if (with->rank_from[i] == c.variable) {
                c = sp_coordinate_moved(in, with->rank_to[i], c.offset);
                break;
            }
    } else if (c.kind == SP_COORDINATE_OWNER) {
        c.variable = sp_substitution_index(with, c.variable);
        for (size_t i = 0; i < with->owners; i++)
            if (with->owner_from[i].part == c.part && with->owner_from[i].variable == c.variable) {
                c = sp_coordinate_moved(in, with->owner_to[i], c.offset);
                break;
            }
    }
    int64_t modulus = with->modulus[c.axis];
    if (modulus == 1) /* one rank: its coordinate is 0 */
        return sp_coordinate_constant(in, c.axis, 0);
    if (modulus > 1)
        return with_offset(in, c, (c.offset % modulus + modulus) % modulus);
    return c;
}

const sp_expression *sp_substitute_factor(sp_algebra *in, const sp_substitution *with, const sp_factor *f)
{
    sp_variable index[SP_MAX_ORDER];
    switch (f->kind) {
    case SP_FACTOR_SAME_RANK:
        return sp_same_rank(in, sp_substitution_coordinate(in, with, f->is.rank.left),
                            sp_substitution_coordinate(in, with, f->is.rank.right));
    case SP_FACTOR_SAME_INDEX:
        return sp_same_index(in, sp_substitution_index(with, f->is.index.left),
                             sp_substitution_index(with, f->is.index.right));
    case SP_FACTOR_DIVIDES:
    case SP_FACTOR_NUMBER:
        return sp_factor_alone(in, f);
    case SP_FACTOR_ENTRY:
        for (size_t i = 0; i < f->is.entry.indices; i++)
            index[i] = sp_substitution_index(with, f->is.entry.index[i]);
        return sp_entry(in, f->is.entry.of, f->is.entry.indices, index);
    case SP_FACTOR_APPLY: {
        const sp_expression *a = sp_substitute(in, with, f->is.apply.argument[0]), *b = NULL;
        if (f->is.apply.argument[1])
            b = sp_substitute(in, with, f->is.apply.argument[1]);
        return sp_apply_again(in, f->is.apply.symbol, a, b);
    }
    case SP_FACTOR_INVERSE:
        return sp_invert(in, sp_substitute(in, with, f->is.inverse));
    }
    sp_algebra_fault(in);
}

/* A term whose factors do not all stay factors: multiplied out, with fresh summed variables. */
static void put_and_expand(sp_algebra *in, const sp_substitution *with, const sp_term *term,
                           sp_terms *out)
{
    sp_variable variable[SP_MAX_PROOF_SUMMED];
    size_t variables = 0;
    sp_work opened;
    sp_work_start(&opened);
    sp_work_open_term(in, &opened, term, variable, &variables);
    const sp_expression *product = sp_number(in, opened.coefficient);
    for (size_t i = 0; i < opened.factors; i++) {
        const sp_expression *e = sp_substitute_factor(in, with, opened.factor[i].factor);
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
static bool single_rank(const sp_substitution *with, sp_sort sort)
{
    return sort >= SP_MAX_DIMS && with->modulus[sort - SP_MAX_DIMS] == 1;
}

const sp_expression *sp_substitute(sp_algebra *in, const sp_substitution *with, const sp_expression *a)
{
    if (!sp_substitution_concerns(with, a->variable, a->variables))
        return a;
    sp_terms out = {0};
    for (size_t t = 0; t < a->terms; t++) {
        const sp_monomial *m = a->term[t].monomial;
        if (!sp_substitution_concerns(with, m->variable, m->variables)) {
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
            if (sp_substitution_concerns(with, f->variable, f->variables))
                f = sp_lone_factor(sp_substitute_factor(in, with, f));
            lone = f != NULL;
            if (lone)
                sp_work_factor(in, &w, f, m->factor[i].power);
        }
        if (!lone) {
            put_and_expand(in, with, &a->term[t], &out);
            continue;
        }
        for (size_t i = 0; i < m->summations; i++)
            if (!single_rank(with, sp_variable_sort(m->summed[i])))
                sp_work_sum(in, &w, m->summed[i]);
        for (sp_sort s = SP_MAX_DIMS; s < SP_SORTS; s++)
            if (single_rank(with, s))
                w.size[s] = 0;
        sp_work_normalise(in, &w, &out);
    }
    return sp_terms_finish(in, &out);
}

const sp_expression *sp_substitute_index(sp_algebra *in, const sp_expression *a, sp_variable from,
                                  sp_variable to)
{
    if (!sp_has_variable(a, from) || from == to)
        return a;
    sp_substitution with;
    sp_substitution_start(&with);
    sp_substitute_variable(in, &with, from, to);
    return sp_substitute(in, &with, a);
}

const sp_expression *sp_substitute_indices(sp_algebra *in, const sp_expression *a, const sp_variable *from,
                                    const sp_variable *to, size_t count)
{
    sp_substitution with;
    sp_substitution_start(&with);
    for (size_t i = 0; i < count; i++)
        if (from[i] != to[i] && sp_has_variable(a, from[i]))
            sp_substitute_variable(in, &with, from[i], to[i]);
    return with.indices ? sp_substitute(in, &with, a) : a;
}

const sp_expression *sp_substitute_rank(sp_algebra *in, const sp_expression *a, sp_variable from,
                                 sp_coordinate to)
{
    if (!sp_has_variable(a, from))
        return a;
    sp_substitution with;
    sp_substitution_start(&with);
    sp_substitute_rank_for(in, &with, from, to);
    return sp_substitute(in, &with, a);
}
