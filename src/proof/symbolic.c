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

/* A value of order 1 beside one of order 2: its index is the column. */
static const sp_expression *as_columns(run *r, const sp_node *n, int operand)
{
    const sp_node *o = &r->program->node[operand];
    const sp_expression *e = r->value[operand];
    if (n->layout.order == 2 && o->layout.order == 1)
        return sp_put_index(r->in, e, place(&o->layout, 0),
                            sp_variable_place(1, o->layout.part[0].dim));
    return e;
}

static const sp_expression *product(run *r, const sp_node *n, sp_step *step)
{
    const sp_layout *a = &r->program->node[n->operand[0]].layout;
    const sp_layout *b = &r->program->node[n->operand[1]].layout;
    sp_variable k = sp_fresh(r->in, sp_sort_of_dim(a->part[1].dim));
    const sp_expression *left = sp_put_index(r->in, r->value[n->operand[0]], place(a, 1), k);
    const sp_expression *right = sp_put_index(r->in, r->value[n->operand[1]], place(b, 0), k);
    step->operand[0] = left;
    step->operand[1] = right;
    step->between = SP_OP_PRODUCT;
    return sum_held(r, &a->part[1], k, sp_multiply(r->in, left, right), step);
}

static const sp_expression *transpose(run *r, const sp_node *n)
{
    const sp_layout *a = &r->program->node[n->operand[0]].layout;
    const sp_expression *e = r->value[n->operand[0]];
    if (a->order < 2)
        return e;
    sp_variable fresh = sp_fresh(r->in, sp_sort_of_dim(a->part[0].dim));
    e = sp_put_index(r->in, e, place(a, 0), fresh);
    e = sp_put_index(r->in, e, place(a, 1), sp_variable_place(0, a->part[1].dim));
    return sp_put_index(r->in, e, fresh, sp_variable_place(1, a->part[0].dim));
}

static const sp_expression *sum_over_ranks(run *r, unsigned axis, const sp_expression *e,
                                           bool mean, sp_step *step)
{
    sp_variable q = sp_fresh(r->in, sp_sort_of_axis(axis));
    e = sp_put_rank(r->in, e, sp_variable_rank(axis), sp_coordinate_of(q));
    step->operand[0] = e;
    step->summed[step->summations++] = q;
    e = sp_sum_over(r->in, e, &q, 1);
    if (mean)
        e = sp_divide(r->in, e, sp_size(r->in, sp_sort_of_axis(axis)));
    return e;
}

static sp_symbol symbol_of(sp_op op)
{
    switch (op) {
    case SP_OP_SIGMA: return SP_SYMBOL_SIGMA;
    case SP_OP_SIGMA_PRIME: return SP_SYMBOL_SIGMA_PRIME;
    case SP_OP_G: return SP_SYMBOL_G;
    case SP_OP_G_PRIME: return SP_SYMBOL_G_PRIME;
    case SP_OP_LOSS_PRIME: return SP_SYMBOL_LOSS_PRIME;
    default: return SP_SYMBOL_STEP;
    }
}

static const sp_expression *number(run *r, const sp_node *n)
{
    sp_rational value;
    if (!sp_rational_of_double(&value, n->number))
        sp_algebra_give_up(r->in, SP_PROOF_LIMIT_COEFFICIENT);
    return sp_number(r->in, value);
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

/* The rules of design.md section 5, one case for each operation. */
static const sp_expression *evaluate(run *r, const sp_node *n, sp_step *step)
{
    sp_algebra *in = r->in;
    unsigned axis = (unsigned)n->axis; /* -1 where the operation has none: not used then */
    const sp_node *of = n->operand[0] >= 0 ? &r->program->node[n->operand[0]] : NULL;
    const sp_expression *a = n->operand[0] >= 0 ? as_columns(r, n, n->operand[0]) : NULL;
    const sp_expression *b = n->operand[1] >= 0 ? as_columns(r, n, n->operand[1]) : NULL;
    sp_variable index[2];
    step->operand[0] = a;
    step->operand[1] = b;
    step->between = n->op;
    switch (n->op) {
    case SP_OP_LOAD:
        for (unsigned i = 0; i < n->layout.order; i++)
            index[i] = place(&n->layout, i);
        return sp_entry(in, SP_ENTRY_TENSOR + (unsigned)n->tensor, n->layout.order, index);
    case SP_OP_NUMBER:
        return number(r, n);
    case SP_OP_RANKS:
        return sp_size(in, sp_sort_of_axis(axis));
    case SP_OP_EXTENT:
        return sp_size(in, sp_sort_of_dim(n->dim));
    case SP_OP_OWNED:
        if (sp_algebra_even(in))
            return even_count(in, &n->part);
        step->operand[0] = sp_integer(in, 1);
        return sum_held(r, &n->part, sp_fresh(in, sp_sort_of_dim(n->part.dim)),
                        step->operand[0], step);
    case SP_OP_PRODUCT:
        return product(r, n, step);
    case SP_OP_ADD:
        return sp_add(in, a, b);
    case SP_OP_SUB:
        return sp_subtract(in, a, b);
    case SP_OP_MUL:
        return sp_multiply(in, a, b);
    case SP_OP_DIV:
        return sp_divide(in, a, b);
    case SP_OP_NEG:
        return sp_scale(in, a, (sp_rational){-1, 1});
    case SP_OP_TRANSPOSE:
        return transpose(r, n);
    case SP_OP_SIGMA:
    case SP_OP_SIGMA_PRIME:
    case SP_OP_G:
    case SP_OP_G_PRIME:
    case SP_OP_LOSS_PRIME:
    case SP_OP_STEP:
        return sp_apply(in, symbol_of(n->op), a, b);
    case SP_OP_SUM: {
        sp_variable k = sp_fresh(in, sp_sort_of_dim(n->dim));
        a = sp_put_index(in, a, place(&of->layout, (unsigned)n->place), k);
        step->operand[0] = a;
        a = sum_held(r, &of->layout.part[n->place], k, a, step);
        if (of->layout.order == 2 && n->place == 0) /* the column index is now the only one */
            a = sp_put_index(in, a, place(&of->layout, 1),
                             sp_variable_place(0, of->layout.part[1].dim));
        return a;
    }
    case SP_OP_ALLREDUCE:
    case SP_OP_REDUCESCATTER:
        return sum_over_ranks(r, axis, a, n->op == SP_OP_ALLREDUCE && n->mean, step);
    case SP_OP_ALLGATHER:
        return sp_put_rank(in, a, sp_variable_rank(axis),
                           sp_owner(in, &of->layout.part[n->place],
                                    place(&of->layout, (unsigned)n->place)));
    case SP_OP_SLICE:
        return a;
    case SP_OP_ALLTOALL:
        return sp_put_rank(in, a, sp_variable_rank(axis),
                           sp_owner(in, &of->layout.part[n->place2],
                                    place(&of->layout, (unsigned)n->place2)));
    case SP_OP_BROADCAST:
        return sp_put_rank(in, a, sp_variable_rank(axis),
                           sp_coordinate_constant(in, axis, n->constant));
    case SP_OP_SHIFT: {
        sp_coordinate to = sp_coordinate_of(sp_variable_rank(axis));
        return sp_put_rank(in, a, sp_variable_rank(axis),
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

const sp_expression **sp_symbolic(sp_algebra *in, const sp_program *program, sp_pool *pool,
                                  sp_steps *steps)
{
    run r = {in, program, SP_NEW_ARRAY(pool, const sp_expression *, program->nodes), steps, pool};
    /* operations and statements: at most 1,000,000 and 10,000, so their numbers fit into an int */
    for (size_t i = 0; i < program->nodes; i++)
        if (program->node[i].op == SP_OP_ONLY || program->node[i].op == SP_OP_BROADCAST) {
            if (program->node[i].constant >= SP_MAX_PROOF_OFFSET)
                sp_algebra_give_up(in, SP_PROOF_LIMIT_OFFSET);
            sp_algebra_assume_ranks(in, (unsigned)program->node[i].axis,
                                    program->node[i].constant + 1);
        }
    size_t statement = 0;
    for (size_t i = 0; i < program->nodes; i++) {
        const sp_node *n = &program->node[i];
        while (statement < program->statements && program->statement[statement].node < (int)i)
            statement++;
        sp_step step = {.statement = (int)statement, .result = -1, .op = n->op, .axis = n->axis};
        (void)sp_algebra_rules(in);
        step.after = r.value[i] = evaluate(&r, n, &step);
        if (!steps)
            continue;
        step.rules = sp_algebra_rules(in);
        sp_steps_add(pool, steps, &step);
    }
    return r.value;
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
            value = sp_put_rank(in, value, sp_variable_rank(layout->part[p].axis[a - 1]),
                                owner_of_prefix(in, &layout->part[p], a, place(layout, p)));
    if (sum_axis >= 0) {
        sp_variable q = sp_fresh(in, sp_sort_of_axis((unsigned)sum_axis));
        value = sp_put_rank(in, value, sp_variable_rank((unsigned)sum_axis),
                            sp_coordinate_of(q));
        value = sp_sum_over(in, value, &q, 1);
    }
    return value;
}
