#include "proof/symbolic.h"

#include <string.h>

typedef struct run {
    sp_algebra *in;
    const sp_program *program;
    const sp_expression **value;
    sp_steps *steps;
    sp_pool *pool;
} run;

static sp_variable place(const sp_layout *layout, unsigned at)
{
    return sp_variable_place(at, layout->part[at].dim);
}

/* own of the first `axes` axes of a part. */
static sp_coordinate owner_of_prefix(sp_algebra *in, const sp_part *part, unsigned axes,
                                     sp_variable index)
{
    sp_part prefix = {.dim = part->dim, .axes = (uint8_t)axes}; /* at most part->axes */
    memcpy(prefix.axis, part->axis, axes);
    return sp_owner(in, &prefix, index);
}

/* The product over the axes of a part of [own(index) = this rank's coordinate]. */
static const sp_expression *held(sp_algebra *in, const sp_part *part, sp_variable index,
                                 sp_step *step)
{
    const sp_expression *product = sp_integer(in, 1);
    for (unsigned a = 1; a <= part->axes; a++) {
        sp_coordinate owner = owner_of_prefix(in, part, a, index);
        sp_coordinate rank = sp_coordinate_of(sp_variable_rank(part->axis[a - 1]));
        product = sp_multiply(in, product, sp_same_rank(in, owner, rank));
        if (step->conditions == SP_MAX_STEP_CONDITIONS)
            sp_algebra_give_up(in, SP_PROOF_LIMIT_FACTORS);
        step->owner[step->conditions] = owner;
        step->rank[step->conditions++] = rank;
    }
    return product;
}

/* Sum over an index of a part, of what this rank holds. */
static const sp_expression *sum_held(run *r, const sp_part *part, sp_variable index,
                                     const sp_expression *e, sp_step *step)
{
    const sp_expression *condition = held(r->in, part, index, step);
    step->summed[step->summations++] = index;
    return sp_sum_over(r->in, sp_multiply(r->in, e, condition), &index, 1);
}

/* An operand in the indices of the value, and in fresh ones that are summed over: those of both operands are the
 * same. */
static const sp_expression *placed(run *r, const sp_node *n, int operand, sp_variable summed[SP_MAX_ORDER])
{
    const sp_layout *of = &r->program->node[n->operand[operand]].layout;
    sp_variable from[SP_MAX_ORDER], to[SP_MAX_ORDER];
    for (unsigned p = 0; p < of->order; p++) {
        const unsigned at = n->to[operand][p], k = at - SP_MAX_ORDER;
        from[p] = place(of, p);
        if (at < SP_MAX_ORDER) {
            to[p] = sp_variable_place(at, of->part[p].dim);
            continue;
        }
        if (!summed[k])
            summed[k] = sp_fresh(r->in, sp_sort_of_dim(of->part[p].dim));
        to[p] = summed[k];
    }
    return sp_substitute_indices(r->in, r->value[n->operand[operand]], from, to, of->order);
}

/* The sum of e over what has no place in the value, of what this rank holds. */
static const sp_expression *summed_out(run *r, const sp_node *n, const sp_expression *e,
                                       const sp_variable summed[SP_MAX_ORDER], sp_step *step)
{
    const sp_layout *of = &r->program->node[n->operand[0]].layout;
    for (unsigned k = 0; k < SP_MAX_ORDER; k++)
        for (unsigned p = 0; p < of->order; p++)
            if (n->to[0][p] == SP_MAX_ORDER + k)
                e = sum_held(r, &of->part[p], summed[k], e, step);
    return e;
}

/* The largest e of what this rank holds. */
static const sp_expression *largest(run *r, const sp_node *n, const sp_expression *e,
                                    const sp_variable summed[SP_MAX_ORDER], sp_step *step)
{
    const sp_layout *of = &r->program->node[n->operand[0]].layout;
    const sp_expression *condition = sp_integer(r->in, 1);
    for (unsigned k = 0; k < SP_MAX_ORDER; k++)
        for (unsigned p = 0; p < of->order; p++)
            if (n->to[0][p] == SP_MAX_ORDER + k) {
                condition = sp_multiply(r->in, condition, held(r->in, &of->part[p], summed[k], step));
                step->summed[step->summations++] = summed[k];
            }
    return sp_max_over(r->in, e, condition, step->summed, step->summations);
}

static const sp_expression *largest_of_ranks(run *r, unsigned axis, const sp_expression *e, sp_step *step)
{
    sp_variable q = sp_fresh(r->in, sp_sort_of_axis(axis));
    e = sp_substitute_rank(r->in, e, sp_variable_rank(axis), sp_coordinate_of(q));
    step->operand[0] = e;
    step->summed[step->summations++] = q;
    return sp_max_over(r->in, e, sp_integer(r->in, 1), &q, 1);
}

/* a / b. */
static const sp_expression *quotient(sp_algebra *in, const sp_expression *a, const sp_expression *b, bool plain)
{
    return plain ? sp_multiply(in, a, sp_apply(in, SP_SYMBOL_RECIPROCAL, b, NULL)) : sp_divide(in, a, b);
}

/* exp(a) / sum exp(a), log(sum exp(a)) over a dimension that is whole. */
static const sp_expression *softmax(run *r, const sp_node *n, const sp_expression *a, sp_variable summed)
{
    sp_algebra *in = r->in;
    const sp_expression *power = sp_apply(in, SP_SYMBOL_EXP, a, NULL);
    if (n->op == SP_OP_LOGSUMEXP)
        return sp_apply(in, SP_SYMBOL_LOG, sp_sum_over(in, power, &summed, 1), NULL);
    const sp_variable at = sp_variable_place((unsigned)n->place, n->layout.part[n->place].dim);
    const sp_variable k = sp_fresh(in, sp_sort_of_dim(n->layout.part[n->place].dim));
    const sp_expression *sum = sp_sum_over(in, sp_substitute_index(in, power, at, k), &k, 1);
    return sp_algebra_forgets(in) ? quotient(in, power, sum, true) : sp_multiply(in, power, sp_invert(in, sum));
}

static const sp_expression *sum_over_ranks(run *r, unsigned axis, const sp_expression *e,
                                           bool mean, sp_step *step)
{
    sp_variable q = sp_fresh(r->in, sp_sort_of_axis(axis));
    e = sp_substitute_rank(r->in, e, sp_variable_rank(axis), sp_coordinate_of(q));
    step->operand[0] = e;
    step->summed[step->summations++] = q;
    e = sp_sum_over(r->in, e, &q, 1);
    if (mean)
        e = sp_divide(r->in, e, sp_size(r->in, sp_sort_of_axis(axis)));
    return e;
}

/* Equal parts: size(D) / (size(axis) ...). */
static const sp_expression *even_count(sp_algebra *in, const sp_part *part)
{
    const sp_expression *count = sp_size(in, sp_sort_of_dim(part->dim));
    for (unsigned a = 0; a < part->axes; a++)
        count = sp_multiply(in, count,
                            sp_invert(in, sp_size(in, sp_sort_of_axis(part->axis[a]))));
    return count;
}

/* What an operation does, written in indices: one case for each. */
static const sp_expression *evaluate(run *r, const sp_node *n, sp_step *step)
{
    sp_algebra *in = r->in;
    unsigned axis = (unsigned)n->axis; /* -1 where the operation has none: not used then */
    const sp_node *of = n->operand[0] >= 0 ? &r->program->node[n->operand[0]] : NULL;
    sp_variable index[SP_MAX_ORDER], summed[SP_MAX_ORDER] = {0};
    const sp_expression *a = n->operand[0] >= 0 ? placed(r, n, 0, summed) : NULL;
    const sp_expression *b = n->operand[1] >= 0 ? placed(r, n, 1, summed) : NULL;
    step->operand[0] = a;
    step->operand[1] = b;
    step->between = n->op;
    switch (n->op) {
    case SP_OP_LOAD:
        for (unsigned i = 0; i < n->layout.order; i++)
            index[i] = place(&n->layout, i);
        return sp_entry(in, SP_ENTRY_TENSOR + (unsigned)n->tensor, n->layout.order, index);
    case SP_OP_NUMBER:
        return sp_literal(in, n->number, n->number_text);
    case SP_OP_RANKS:
        return sp_size(in, sp_sort_of_axis(axis));
    case SP_OP_EXTENT:
        return sp_size(in, sp_sort_of_dim(n->dim));
    case SP_OP_OWNED:
        if (sp_algebra_even(in, &n->part))
            return even_count(in, &n->part);
        step->operand[0] = sp_integer(in, 1);
        return sum_held(r, &n->part, sp_fresh(in, sp_sort_of_dim(n->part.dim)),
                        step->operand[0], step);
    case SP_OP_PRODUCT:
    case SP_OP_DOT:
        step->between = SP_OP_PRODUCT;
        return summed_out(r, n, sp_multiply(in, a, b), summed, step);
    case SP_OP_ADD:
        return sp_add(in, a, b);
    case SP_OP_SUB:
        return sp_subtract(in, a, b);
    case SP_OP_MUL:
        return sp_multiply(in, a, b);
    case SP_OP_DIV:
        return quotient(in, a, b,
                        sp_algebra_forgets(in) && r->program->node[n->operand[1]].layout.order > 0);
    case SP_OP_NEG:
        return sp_scale(in, a, (sp_rational){-1, 1});
    case SP_OP_TRANSPOSE:
    case SP_OP_RENAME:
        return a;
    case SP_OP_APPLY:
        return sp_apply(in, 2 * n->function + n->prime, a, b);
    case SP_OP_SUM:
        return summed_out(r, n, a, summed, step);
    case SP_OP_MAX:
        return largest(r, n, a, summed, step);
    case SP_OP_SOFTMAX:
    case SP_OP_LOGSUMEXP:
        return softmax(r, n, a, summed[0]);
    case SP_OP_ALLREDUCE:
        if (n->how == SP_REDUCE_MAX)
            return largest_of_ranks(r, axis, a, step);
        return sum_over_ranks(r, axis, a, n->how == SP_REDUCE_MEAN, step);
    case SP_OP_REDUCESCATTER:
        return sum_over_ranks(r, axis, a, false, step);
    case SP_OP_ALLGATHER:
        return sp_substitute_rank(in, a, sp_variable_rank(axis),
                           sp_owner(in, &of->layout.part[n->place],
                                    place(&of->layout, (unsigned)n->place)));
    case SP_OP_SLICE:
        return a;
    case SP_OP_ALLTOALL:
        return sp_substitute_rank(in, a, sp_variable_rank(axis),
                           sp_owner(in, &of->layout.part[n->place2],
                                    place(&of->layout, (unsigned)n->place2)));
    case SP_OP_BROADCAST:
        return sp_substitute_rank(in, a, sp_variable_rank(axis),
                           sp_coordinate_constant(in, axis, n->constant));
    case SP_OP_SHIFT: {
        sp_coordinate to = sp_coordinate_of(sp_variable_rank(axis));
        return sp_substitute_rank(in, a, sp_variable_rank(axis),
                           sp_coordinate_moved(in, to, n->constant));
    }
    case SP_OP_ONLY:
        return sp_multiply(in, a, sp_same_rank(in, sp_coordinate_of(sp_variable_rank(axis)),
                                               sp_coordinate_constant(in, axis, n->constant)));
    case SP_OP_COUNT:
        break;
    }
    sp_pool_fail(r->pool, SP_INTERNAL);
}

void sp_steps_add(sp_pool *pool, sp_steps *steps, const sp_step *step)
{
    if (step->rules == 0)
        return;
    steps->item = sp_pool_grow(pool, steps->item, &steps->capacity, steps->count + 1,
                               sizeof *steps->item);
    steps->item[steps->count++] = *step;
}

void sp_symbolic_begin(sp_algebra *in, const sp_program *program)
{
    for (size_t i = 0; i < program->nodes; i++)
        if (sp_names_coordinate(&program->node[i])) {
            if (program->node[i].constant >= SP_MAX_PROOF_OFFSET)
                sp_algebra_give_up(in, SP_PROOF_LIMIT_OFFSET);
            sp_algebra_assume_ranks(in, (unsigned)program->node[i].axis,
                                    program->node[i].constant + 1);
        }
}

/* Operations and statements: at most 1,000,000 and 10,000, so their numbers fit into an int. */
static int statement_of(const sp_program *program, size_t node)
{
    size_t low = 0, high = program->statements; /* the first statement whose node is not before it */
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (program->statement[middle].node < (int)node)
            low = middle + 1;
        else
            high = middle;
    }
    return (int)low;
}

const sp_expression *sp_symbolic_node(sp_algebra *in, const sp_program *program, sp_pool *pool,
                                      const sp_expression **value, size_t node, sp_steps *steps)
{
    run r = {in, program, value, steps, pool};
    const sp_node *n = &program->node[node];
    sp_step step = {.statement = statement_of(program, node), .result = -1, .op = n->op, .axis = n->axis,
                    .symbol = 2 * n->function + n->prime};
    (void)sp_algebra_rules(in);
    step.after = evaluate(&r, n, &step);
    if (steps) {
        step.rules = sp_algebra_rules(in);
        sp_steps_add(pool, steps, &step);
    }
    return step.after;
}

const sp_expression **sp_symbolic(sp_algebra *in, const sp_program *program, sp_pool *pool,
                                  sp_steps *steps)
{
    const sp_expression **value = SP_NEW_ARRAY(pool, const sp_expression *, program->nodes);
    sp_symbolic_begin(in, program);
    for (size_t i = 0; i < program->nodes; i++)
        value[i] = sp_symbolic_node(in, program, pool, value, i, steps);
    return value;
}

bool sp_symbolic_covers(const sp_layout *layout, int sum_axis)
{
    unsigned used = sum_axis < 0 ? 0 : 1U << sum_axis;
    for (unsigned p = 0; p < layout->order; p++)
        for (unsigned a = 0; a < layout->part[p].axes; a++) {
            if (used & 1U << layout->part[p].axis[a])
                return false;
            used |= 1U << layout->part[p].axis[a];
        }
    return true;
}

const sp_expression *sp_symbolic_whole(sp_algebra *in, const sp_layout *layout, int sum_axis,
                                       const sp_expression *value)
{
    for (unsigned p = 0; p < layout->order; p++)
        for (unsigned a = 1; a <= layout->part[p].axes; a++)
            value = sp_substitute_rank(in, value, sp_variable_rank(layout->part[p].axis[a - 1]),
                                owner_of_prefix(in, &layout->part[p], a, place(layout, p)));
    if (sum_axis >= 0) {
        sp_variable q = sp_fresh(in, sp_sort_of_axis((unsigned)sum_axis));
        value = sp_substitute_rank(in, value, sp_variable_rank((unsigned)sum_axis),
                            sp_coordinate_of(q));
        value = sp_sum_over(in, value, &q, 1);
    }
    return value;
}
