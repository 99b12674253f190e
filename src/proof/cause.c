#include "proof/cause.h"

#include <string.h>

/* What is compared: the value of a statement in a layout with what the delta rule has there. */
typedef struct comparison {
    const sp_proof *proof;
    const sp_layout *layout;
    int sum_axis;
    const sp_expression *value, *computed, *expected;
    sp_cause *cause;
} comparison;

static bool found(comparison *c, sp_cause_kind kind)
{
    c->cause->kind = kind;
    return true;
}

/* ---- terms up to their coefficients and sizes ---- */

/* The one number and sizes that a is times b, or NULL. */
static const sp_expression *ratio_of(sp_algebra *in, const sp_expression *a,
                                     const sp_expression *b)
{
    const sp_expression *ratio = NULL;
    if (a->terms != b->terms || a->terms == 0)
        return NULL;
    for (size_t i = 0; i < a->terms; i++) {
        const sp_expression *here = NULL;
        for (size_t j = 0; j < b->terms && !here; j++)
            here = sp_term_ratio(in, &a->term[i], &b->term[j]);
        if (!here || (ratio && here != ratio))
            return NULL;
        ratio = here;
    }
    return ratio;
}

/* The axis whose size, or one over it, the ratio is; -1 for others. */
static int axis_of_ratio(const sp_expression *ratio)
{
    const sp_term *t = &ratio->term[0];
    int axis = -1;
    if (ratio->terms != 1 || t->coefficient.n != 1 || t->coefficient.d != 1 ||
        t->monomial->factors > 0)
        return -1;
    for (sp_sort s = 0; s < SP_SORTS; s++) {
        int power = t->monomial->size[s];
        if (power == 0)
            continue;
        if (s < SP_MAX_DIMS || axis >= 0 || power > 1 || power < -1)
            return -1;
        axis = (int)s - SP_MAX_DIMS; /* s < SP_SORTS */
    }
    return axis;
}

/* ---- the tests, each for one cause: axes and statements are few, their numbers fit into an int ---- */

/* The terms that depend on r summed over the axis of r, the others as they are; *partial: those
 * terms. */
static const sp_expression *completed(sp_algebra *in, const sp_expression *e, sp_variable r,
                                      const sp_expression **partial)
{
    sp_variable q = sp_fresh(in, sp_variable_sort(r));
    const sp_expression *rest;
    *partial = sp_terms_with(in, e, r, &rest);
    const sp_expression *sum = sp_substitute_rank(in, *partial, r, sp_coordinate_of(q));
    return sp_add(in, sp_sum_over(in, sum, &q, 1), rest);
}

/* The same for the arguments of functions, the innermost first. */
static const sp_expression *completed_inside(sp_algebra *in, const sp_expression *e,
                                             sp_variable r, const sp_expression **partial)
{
    const sp_expression *sum = sp_integer(in, 0);
    for (size_t t = 0; t < e->terms; t++) {
        sp_open_term open;
        sp_term_open(in, &e->term[t], &open);
        const sp_expression *product = open.head;
        for (size_t i = 0; i < open.factors; i++) {
            const sp_factor *f = open.factor[i].factor;
            const sp_expression *argument[2] = {NULL, NULL}, *changed = sp_factor_alone(in, f);
            if (f->kind == SP_FACTOR_APPLY && sp_variable_in(f->variable, f->variables, r)) {
                for (size_t k = 0; k < 2 && f->is.apply.argument[k]; k++) {
                    argument[k] = f->is.apply.argument[k];
                    if (sp_has_variable(argument[k], r)) {
                        argument[k] = completed_inside(in, argument[k], r, partial);
                        if (sp_has_variable(argument[k], r))
                            argument[k] = completed(in, argument[k], r, partial);
                    }
                }
                changed = sp_apply(in, f->is.apply.symbol, argument[0], argument[1]);
            }
            for (int p = 0; p < open.factor[i].power; p++)
                product = sp_multiply(in, product, changed);
        }
        sum = sp_add(in, sum, sp_sum_over(in, product, open.summed, open.summations));
    }
    return sum;
}

/* Right once the arguments of functions are summed over an axis. */
static bool sum_inside(comparison *c)
{
    sp_algebra *in = c->proof->algebra;
    for (unsigned a = 0; a < c->proof->program->axes; a++) {
        sp_variable r = sp_variable_rank(a);
        if (c->value->height == 0 || !sp_has_variable(c->value, r))
            continue;
        const sp_expression *e = completed_inside(in, c->value, r, &c->cause->part);
        if (sp_symbolic_whole(in, c->layout, c->sum_axis, e) == c->expected) {
            c->cause->axis = (int)a;
            return found(c, SP_CAUSE_SUM_INSIDE);
        }
    }
    c->cause->part = NULL;
    return false;
}

/* Right once what depends on the coordinate r of an axis is summed over it. */
static bool missing_sum(comparison *c)
{
    sp_algebra *in = c->proof->algebra;
    for (unsigned a = 0; a < c->proof->program->axes; a++) {
        sp_variable r = sp_variable_rank(a);
        if (!sp_has_variable(c->value, r))
            continue;
        const sp_expression *partial, *sum = completed(in, c->value, r, &partial);
        sum = sp_symbolic_whole(in, c->layout, c->sum_axis, sum);
        c->cause->axis = (int)a;
        c->cause->part = partial;
        if (sum == c->expected)
            return found(c, SP_CAUSE_MISSING_SUM);
        c->cause->ratio = ratio_of(in, sum, c->expected);
        if (c->cause->ratio && axis_of_ratio(c->cause->ratio) >= 0) {
            c->cause->axis2 = axis_of_ratio(c->cause->ratio);
            return found(c, SP_CAUSE_WRONG_AXIS);
        }
    }
    c->cause->axis = -1;
    c->cause->part = c->cause->ratio = NULL;
    return false;
}

static bool factor(comparison *c)
{
    sp_algebra *in = c->proof->algebra;
    const sp_expression *ratio = ratio_of(in, c->computed, c->expected);
    if (!ratio)
        return false;
    c->cause->ratio = ratio;
    c->cause->axis = axis_of_ratio(ratio);
    if (ratio == sp_integer(in, -1))
        return found(c, SP_CAUSE_SIGN);
    return found(c, c->cause->axis >= 0 ? SP_CAUSE_SIZE : SP_CAUSE_FACTOR);
}

static const sp_term *counterpart(sp_algebra *in, const sp_expression *e, const sp_term *term)
{
    for (size_t i = 0; i < e->terms; i++)
        if (sp_term_ratio(in, term, &e->term[i]))
            return &e->term[i];
    return NULL;
}

/* One term comes a wrong number of times, is missing, or is too many; the others are right. */
static bool single_term(comparison *c)
{
    sp_algebra *in = c->proof->algebra;
    const sp_term *wrong = NULL, *missing = NULL, *extra = NULL;
    size_t faults = 0;
    for (size_t i = 0; i < c->expected->terms; i++) {
        const sp_term *e = &c->expected->term[i], *t = counterpart(in, c->computed, e);
        if (!t)
            missing = e;
        else if (sp_term_ratio(in, t, e) != sp_integer(in, 1))
            wrong = e;
        faults += !t || sp_term_ratio(in, t, e) != sp_integer(in, 1);
    }
    for (size_t i = 0; i < c->computed->terms; i++)
        if (!counterpart(in, c->expected, &c->computed->term[i])) {
            extra = &c->computed->term[i];
            faults++;
        }
    if (faults != 1)
        return false;
    const sp_term *at = wrong ? wrong : missing ? missing : extra;
    c->cause->part = sp_term_alone(in, at->coefficient, at->monomial);
    if (!wrong)
        return found(c, missing ? SP_CAUSE_MISSING_TERM : SP_CAUSE_EXTRA_TERM);
    c->cause->ratio = sp_term_ratio(in, counterpart(in, c->computed, wrong), wrong);
    return found(c, SP_CAUSE_TERM_FACTOR);
}

/* The one factor that `more` has and `less` has not; NULL if that is not all. */
static const sp_factor *factor_between(const sp_term *more, const sp_term *less)
{
    const sp_monomial *a = more->monomial, *b = less->monomial;
    const sp_factor *between = NULL;
    if (a->factors != b->factors + 1 || memcmp(a->size, b->size, sizeof a->size) != 0 ||
        !sp_rational_equal(more->coefficient, less->coefficient))
        return NULL;
    for (size_t i = 0; i < a->factors; i++) {
        bool both = false;
        for (size_t j = 0; j < b->factors; j++)
            both = both || (b->factor[j].factor == a->factor[i].factor &&
                            b->factor[j].power == a->factor[i].power);
        if (!both && between)
            return NULL;
        if (!both)
            between = a->factor[i].factor;
    }
    return between;
}

static bool missing_factor(comparison *c)
{
    if (c->expected->terms != 1 || c->computed->terms != 1)
        return false;
    const sp_term *e = &c->expected->term[0], *t = &c->computed->term[0];
    const sp_factor *missing = factor_between(e, t), *extra = factor_between(t, e);
    if (!missing && !extra)
        return false;
    /* its summed variables are named as in that term: whole terms are shown beside it */
    c->cause->part = sp_factor_alone(c->proof->algebra, missing ? missing : extra);
    return found(c, missing ? SP_CAUSE_MISSING_FACTOR : SP_CAUSE_EXTRA_FACTOR);
}

static bool ranks_differ(comparison *c)
{
    for (unsigned a = 0; a < c->proof->program->axes; a++)
        if (sp_has_variable(c->computed, sp_variable_rank(a))) {
            c->cause->axis = (int)a;
            return found(c, SP_CAUSE_RANKS_DIFFER);
        }
    return false;
}

/* ---- where it goes wrong first ---- */

static bool *nodes_used(const sp_proof *proof, int node)
{
    const sp_program *p = proof->program;
    bool *used = SP_NEW_ARRAY(proof->pool, bool, p->nodes);
    used[node] = true;
    for (size_t i = p->nodes; i-- > 0;)
        for (int k = 0; k < 2 && used[i]; k++)
            if (p->node[i].operand[k] >= 0)
                used[p->node[i].operand[k]] = true;
    return used;
}

/* The axis over which a value has to be summed to be right; -1: none. */
static int partial_over(comparison *c)
{
    for (unsigned a = 0; a < c->proof->program->axes; a++)
        if (sp_has_variable(c->value, sp_variable_rank(a)) &&
            sp_symbolic_covers(c->layout, (int)a) &&
            sp_symbolic_whole(c->proof->algebra, c->layout, (int)a, c->value) == c->expected)
            return (int)a;
    return -1;
}

/* Sets the comparison to a statement that has a name of the delta rule. */
static bool compare_statement(comparison *c, size_t statement)
{
    const sp_program *p = c->proof->program;
    const size_t r = sp_signature_result(p->of, p->statement[statement].name);
    int node = p->statement[statement].node;
    if (r == p->of->results || !c->proof->rule[r])
        return false;
    const sp_layout whole = p->of->result[r].whole;
    c->layout = &p->node[node].layout;
    c->sum_axis = -1;
    c->value = c->proof->value[node];
    c->expected = c->proof->rule[r];
    if (c->layout->order != whole.order || !sp_symbolic_covers(c->layout, -1))
        return false;
    for (unsigned i = 0; i < whole.order; i++)
        if (!sp_label_equal(&c->layout->part[i], &whole.part[i]))
            return false;
    c->computed = sp_symbolic_whole(c->proof->algebra, c->layout, -1, c->value);
    return true;
}

/* The first test that finds a cause; SP_CAUSE_OTHER stays if none does. */
static bool explained(comparison *c, int partial, int partial_axis, bool even)
{
    if (missing_sum(c) || factor(c) || single_term(c) || missing_factor(c))
        return true;
    if (sum_inside(c))
        return true;
    if (partial >= 0) {
        c->cause->used = partial;
        c->cause->axis = partial_axis;
        return found(c, SP_CAUSE_PARTIAL_USED);
    }
    if (even)
        return found(c, SP_CAUSE_UNEVEN);
    return ranks_differ(c);
}

void sp_cause_find(const sp_proof *proof, sp_proof_result *result)
{
    const sp_program *p = proof->program;
    const sp_result_decl *d = &p->result[result->declaration];
    comparison c = {.proof = proof, .cause = &result->cause};
    bool *used = nodes_used(proof, d->node);
    int partial = -1, partial_axis = -1, at = -1;
    for (size_t s = 0; s < p->statements && at < 0; s++) {
        int node = p->statement[s].node;
        if (!used[node] || node == d->node || !compare_statement(&c, s) ||
            c.computed == c.expected)
            continue;
        int axis = partial_over(&c);
        if (axis < 0) {
            at = (int)s;
        } else {
            partial = (int)s;
            partial_axis = axis;
        }
    }
    if (at < 0) { /* the statement of the result itself, as it is declared */
        for (size_t s = 0; s < p->statements; s++)
            if (p->statement[s].node == d->node)
                at = (int)s;
        c.layout = &d->declared;
        c.sum_axis = d->sum_axis;
        c.value = proof->value[d->node];
        c.computed = result->computed;
        c.expected = result->expected;
    }
    result->cause.statement = at;
    result->cause.computed = c.computed;
    result->cause.expected = c.expected;
    result->cause.kind = SP_CAUSE_OTHER;
    (void)explained(&c, partial, partial_axis, result->right_with_even_parts);
    for (unsigned a = 0; a < p->axes; a++) {
        if (sp_algebra_least_ranks(proof->algebra, a) > 1)
            continue; /* it cannot be run with one */
        const sp_expression *one = sp_divides(proof->algebra, a, 1);
        if (sp_multiply(proof->algebra, result->difference, one)->terms == 0)
            result->right_with_one_rank |= 1U << a;
    }
}
