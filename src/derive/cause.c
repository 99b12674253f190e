#include "derive/cause.h"

typedef struct conversion {
    sp_derive *d;
    const sp_expression *e;
    const sp_math *out;
} conversion;

static void convert(void *argument)
{
    conversion *c = argument;
    const sp_proof *proof = c->d->proof;
    sp_indexing in = {c->d->pool, proof->algebra, proof->program, proof->rule, NULL};
    c->out = sp_index_math(&in, c->e);
}

static const sp_math *math_of(sp_derive *d, const sp_expression *e)
{
    conversion c = {d, e, NULL};
    if (!e || sp_algebra_run(d->proof->algebra, convert, &c) != SP_PROOF_NO_LIMIT)
        return sp_math_leaf(d->pool, SP_MATH_DOTS, NULL);
    return c.out;
}

/* Over which dimensions the sum stops at this rank's own indices. */
static const sp_list *stopped_sums(sp_derive *d, const sp_cause *c)
{
    sp_list *list = SP_NEW(d->pool, sp_list);
    bool said[SP_MAX_DIMS] = {false};
    for (size_t t = 0; c->part && t < c->part->terms; t++) {
        const sp_monomial *m = c->part->term[t].monomial;
        for (size_t i = 0; i < m->factors; i++) {
            const sp_factor *f = m->factor[i].factor;
            if (f->kind != SP_FACTOR_SAME_RANK ||
                f->is.rank.left.kind != SP_COORDINATE_RANK ||
                f->is.rank.left.variable != sp_variable_rank((unsigned)c->axis) ||
                f->is.rank.right.kind != SP_COORDINATE_OWNER)
                continue;
            sp_dim dim = (sp_dim)sp_variable_sort(f->is.rank.right.variable);
            if (!said[dim])
                sp_list_add(d->pool, list,
                            sp_argument_math(sp_derive_name(d, d->program->of->dim[dim])));
            said[dim] = true;
        }
    }
    return list;
}

static bool is_multiple(const sp_cause *c, int axis)
{
    return c->ratio->term[0].monomial->size[SP_MAX_DIMS + axis] > 0;
}

const sp_phrase *sp_cause_phrase(sp_derive *d, const sp_proof_result *r)
{
    const sp_cause *c = &r->cause;
    const sp_program *p = d->program;
    const char *axis = c->axis >= 0 ? p->axis_name[c->axis] : "";
    const char *axis2 = c->axis2 >= 0 ? p->axis_name[c->axis2] : "";
    sp_pool *pool = d->pool;
    switch (c->kind) {
    case SP_CAUSE_LAYOUT: {
        const sp_result_decl *decl = &p->result[r->declaration];
        return sp_say(pool, SP_SAY_CAUSE_LAYOUT, sp_layout_text(pool, p, &decl->declared),
                      sp_layout_text(pool, p, &p->node[decl->node].layout));
    }
    case SP_CAUSE_COVER:
        return sp_say(pool, SP_SAY_CAUSE_COVER);
    case SP_CAUSE_MISSING_SUM:
    case SP_CAUSE_SUM_INSIDE: {
        const sp_list *dims = stopped_sums(d, c);
        if (c->kind == SP_CAUSE_SUM_INSIDE)
            return sp_say(pool, SP_SAY_CAUSE_SUM_INSIDE, axis);
        if (dims->count > 0)
            return sp_say(pool, SP_SAY_CAUSE_MISSING_SUM, dims, axis);
        return sp_say(pool, SP_SAY_CAUSE_MISSING_SUM_OVER, axis);
    }
    case SP_CAUSE_WRONG_AXIS:
        return sp_say(pool, is_multiple(c, c->axis2) ? SP_SAY_CAUSE_WRONG_AXIS
                                                     : SP_SAY_CAUSE_WRONG_MEAN,
                      axis, axis2);
    case SP_CAUSE_PARTIAL_USED:
        return sp_say(pool, SP_SAY_CAUSE_PARTIAL_USED,
                      sp_derive_name(d, p->statement[c->used].name), axis);
    case SP_CAUSE_SIGN:
        return sp_say(pool, SP_SAY_CAUSE_SIGN);
    case SP_CAUSE_SIZE:
        return sp_say(pool, is_multiple(c, c->axis) ? SP_SAY_CAUSE_SUMMED_TWICE
                                                    : SP_SAY_CAUSE_DIVIDED,
                      sp_ranks_math(pool, p, (unsigned)c->axis), axis);
    case SP_CAUSE_FACTOR:
        return sp_say(pool, SP_SAY_CAUSE_FACTOR, math_of(d, c->ratio));
    case SP_CAUSE_TERM_FACTOR:
        return sp_say(pool, SP_SAY_CAUSE_TERM_FACTOR, math_of(d, c->part), math_of(d, c->ratio));
    case SP_CAUSE_MISSING_FACTOR:
        return sp_say(pool, SP_SAY_CAUSE_MISSING_FACTOR, math_of(d, c->part));
    case SP_CAUSE_EXTRA_FACTOR:
        return sp_say(pool, SP_SAY_CAUSE_EXTRA_FACTOR, math_of(d, c->part));
    case SP_CAUSE_UNEVEN:
        return sp_say(pool, SP_SAY_CAUSE_UNEVEN);
    case SP_CAUSE_EMPTY:
        return sp_say(pool, SP_SAY_CAUSE_EMPTY, sp_part_text(pool, p, r->nonempty));
    case SP_CAUSE_MISSING_TERM:
        return sp_say(pool, SP_SAY_CAUSE_MISSING_TERM, math_of(d, c->part));
    case SP_CAUSE_EXTRA_TERM:
        return sp_say(pool, SP_SAY_CAUSE_EXTRA_TERM, math_of(d, c->part));
    case SP_CAUSE_RANKS_DIFFER:
        return sp_say(pool, SP_SAY_CAUSE_RANKS_DIFFER, axis);
    case SP_CAUSE_NONE:
    case SP_CAUSE_OTHER:
        break;
    }
    return sp_say(pool, SP_SAY_CAUSE_OTHER);
}
