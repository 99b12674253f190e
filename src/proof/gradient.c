#include "proof/gradient.h"

#include "lang/lang.h"

/* The forward pass from its end to its beginning. The loss depends on each value through one other value only, so the
 * chain rule has one term: the derivative by that other value, times the derivative of that one by this.
 *  the value or tensor, the value through which the loss depends on it, the delta rule's name of the derivative
 *  (-1: none) */
#define SP_CHAIN(X)                                   \
    X(SP_ENTRY_VALUE + SP_RESULT_A2, -1, -1)          \
    X(SP_ENTRY_VALUE + SP_RESULT_Z2, SP_RESULT_A2, SP_RESULT_D2)   \
    X(SP_ENTRY_TENSOR + SP_TENSOR_W2, SP_RESULT_Z2, SP_RESULT_DW2) \
    X(SP_ENTRY_TENSOR + SP_TENSOR_B2, SP_RESULT_Z2, SP_RESULT_DB2) \
    X(SP_ENTRY_VALUE + SP_RESULT_A1, SP_RESULT_Z2, -1)             \
    X(SP_ENTRY_VALUE + SP_RESULT_Z1, SP_RESULT_A1, SP_RESULT_D1)   \
    X(SP_ENTRY_TENSOR + SP_TENSOR_W1, SP_RESULT_Z1, SP_RESULT_DW1) \
    X(SP_ENTRY_TENSOR + SP_TENSOR_B1, SP_RESULT_Z1, SP_RESULT_DB1) \
    X(SP_ENTRY_TENSOR + SP_TENSOR_X, SP_RESULT_Z1, SP_RESULT_DX)

static sp_layout layout_of(unsigned entry)
{
    return entry >= SP_ENTRY_VALUE ? sp_mlp.result[entry - SP_ENTRY_VALUE].whole
                                   : sp_mlp.tensor[entry].whole;
}

static void places_of(const sp_layout *layout, sp_variable index[2])
{
    for (unsigned i = 0; i < layout->order; i++)
        index[i] = sp_variable_place(i, layout->part[i].dim);
}

static void fresh_indices(sp_algebra *in, const sp_layout *layout, sp_variable index[2])
{
    for (unsigned i = 0; i < layout->order; i++)
        index[i] = sp_fresh(in, sp_sort_of_dim(layout->part[i].dim));
}

static const sp_expression *put_all(sp_algebra *in, const sp_expression *e,
                                    const sp_layout *layout, const sp_variable *from,
                                    const sp_variable *to)
{
    for (unsigned i = 0; i < layout->order; i++)
        e = sp_substitute_index(in, e, from[i], to[i]);
    return e;
}

static const sp_expression *value_entry(sp_algebra *in, unsigned kind, sp_result r,
                                        const sp_variable *index)
{
    return sp_entry(in, kind + (unsigned)r, sp_mlp.result[r].whole.order, index);
}

/* The defining expression of a forward value, the values before it by name. */
static const sp_expression *definition(sp_algebra *in, sp_result r, const sp_variable index[2])
{
    sp_variable n = index[0], k = index[1];
    switch (r) {
    case SP_RESULT_Z1:
    case SP_RESULT_Z2: { /* Z1 = X @ W1 + b1, Z2 = A1 @ W2 + b2 */
        bool first = r == SP_RESULT_Z1;
        sp_variable l = sp_fresh(in, sp_sort_of_dim(first ? SP_DIM_DIN : SP_DIM_DH));
        const sp_variable row[2] = {n, l}, column[2] = {l, k};
        const sp_expression *x = first ? sp_entry(in, SP_TENSOR_X, 2, row)
                                       : value_entry(in, SP_ENTRY_VALUE, SP_RESULT_A1, row);
        const sp_expression *w = sp_entry(in, first ? SP_TENSOR_W1 : SP_TENSOR_W2, 2, column);
        const sp_expression *b = sp_entry(in, first ? SP_TENSOR_B1 : SP_TENSOR_B2, 1, &k);
        return sp_add(in, sp_sum_over(in, sp_multiply(in, x, w), &l, 1), b);
    }
    case SP_RESULT_A1:
        return sp_apply(in, SP_SYMBOL_SIGMA, value_entry(in, SP_ENTRY_VALUE, SP_RESULT_Z1, index),
                        NULL);
    default:
        return sp_apply(in, SP_SYMBOL_G, value_entry(in, SP_ENTRY_VALUE, SP_RESULT_Z2, index),
                        NULL);
    }
}

/* Puts forward values for their names, last first, until only tensors are left. */
static const sp_expression *expand(const sp_gradient_proof *p, const sp_expression *e)
{
    static const sp_result order[] = {SP_RESULT_A2, SP_RESULT_Z2, SP_RESULT_A1, SP_RESULT_Z1};
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        sp_layout layout = sp_mlp.result[order[i]].whole;
        sp_variable place[2];
        places_of(&layout, place);
        e = sp_substitute_value(p->algebra, e, SP_ENTRY_VALUE + (unsigned)order[i], layout.order, place,
                         p->rule[order[i]]);
    }
    return e;
}

static void differentiate(sp_gradient_proof *p, sp_gradient_step *s,
                          const sp_expression *const expanded_of[SP_RESULT_COUNT])
{
    sp_algebra *in = p->algebra;
    sp_layout layout = layout_of(s->of), through;
    sp_variable place[2], index[2], fresh[2];
    places_of(&layout, place);
    fresh_indices(in, &layout, fresh);
    if (s->by < 0) {
        s->local = sp_derivative(in, p->loss, s->of, layout.order, fresh);
        s->local = s->slope = put_all(in, s->local, &layout, fresh, place);
        s->expanded = expand(p, s->slope);
        return;
    }
    through = sp_mlp.result[s->by].whole;
    fresh_indices(in, &through, index);
    s->local = sp_derivative(in, definition(in, (sp_result)s->by, index), s->of, layout.order,
                             fresh);
    s->local = put_all(in, s->local, &layout, fresh, place);
    const sp_expression *above = value_entry(in, SP_ENTRY_SLOPE, (sp_result)s->by, index);
    s->slope = sp_sum_over(in, sp_multiply(in, above, s->local), index, through.order);
    sp_variable outer[2];
    places_of(&through, outer);
    above = put_all(in, expanded_of[s->by], &through, outer, index);
    s->expanded = expand(p, sp_sum_over(in, sp_multiply(in, above, s->local), index,
                                        through.order));
}

static void prove(void *argument)
{
    sp_gradient_proof *p = argument;
    sp_algebra *in = p->algebra;
    const sp_expression **value = sp_symbolic(in, p->program, p->pool, NULL);
    for (size_t i = 0; i < p->program->results; i++)
        p->rule[p->program->result[i].result] = value[p->program->result[i].node];
    sp_variable cell[2] = {sp_fresh(in, SP_DIM_N), sp_fresh(in, SP_DIM_DOUT)};
    p->loss = sp_sum_over(in, sp_apply(in, SP_SYMBOL_LOSS,
                                       value_entry(in, SP_ENTRY_VALUE, SP_RESULT_A2, cell),
                                       sp_entry(in, SP_TENSOR_Y, 2, cell)), cell, 2);
    static const struct { unsigned of; int by, result; } chain[] = {
#define X(of, by, result) {of, by, result},
        SP_CHAIN(X)
#undef X
    };
    const sp_expression *expanded[SP_RESULT_COUNT] = {0};
    /* what is differentiated is the program's forward pass */
    p->proved = true;
    for (sp_result r = SP_RESULT_Z1; r <= SP_RESULT_A2; r++) {
        sp_layout layout = sp_mlp.result[r].whole;
        sp_variable place[2];
        places_of(&layout, place);
        p->proved = p->proved && expand(p, definition(in, r, place)) == p->rule[r];
    }
    for (size_t i = 0; i < sizeof chain / sizeof *chain; i++) {
        sp_gradient_step *s = &p->step[p->steps++];
        s->of = chain[i].of;
        s->by = chain[i].by;
        s->result = chain[i].result;
        differentiate(p, s, expanded);
        if (s->of >= SP_ENTRY_VALUE)
            expanded[s->of - SP_ENTRY_VALUE] = s->expanded;
        s->rule = s->result >= 0 ? p->rule[s->result] : NULL;
        s->proved = s->rule == s->expanded;
        p->proved = p->proved && (s->proved || s->result < 0);
    }
}

const sp_gradient_proof *sp_gradient_prove(sp_pool *pool)
{
    sp_gradient_proof *p = SP_NEW(pool, sp_gradient_proof);
    p->pool = pool;
    p->algebra = sp_algebra_open(pool, NULL);
    p->program = sp_scheme_builtin(pool, "delta-rule");
    if (!p->program || sp_algebra_run(p->algebra, prove, p) != SP_PROOF_NO_LIMIT)
        sp_pool_fail(pool, SP_INTERNAL);
    return p;
}
