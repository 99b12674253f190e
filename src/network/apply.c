/* Formulas over a number system, block by block.
 *
 * A block of 1024 doubles is 8 KB: the values of a formula's nodes stay in the first-level
 * cache, so that a formula costs one pass over memory whatever its length. Nodes without
 * variables are computed once, as 1 x 1 matrices that the number system repeats over a block. */
#include "network/network.h"

enum { BLOCK = 1024 };

/* What an instruction works on. */
typedef enum place { NOWHERE, VARIABLE, CONSTANT, SCRATCH, RESULT } place;

typedef struct value {
    place in;
    size_t index;
} value;

typedef struct instruction {
    sp_primitive f;
    value operand[2], out;
} instruction;

struct sp_formula_plan {
    const sp_arithmetic *in;
    size_t length;                   /* of a block: at most BLOCK */
    sp_matrix **constant, **scratch; /* 1 x 1; 1 x length */
    size_t constants, scratches;
    instruction *step;
    size_t steps;
    value result; /* RESULT: the last step's; or a VARIABLE or SCRATCH, which is copied */
};

static void compute(const sp_arithmetic *in, sp_primitive f, sp_matrix *out, const sp_matrix *a,
                    const sp_matrix *b)
{
    if (b)
        in->system->binary(in, f, out, a, b);
    else
        in->system->unary(in, f, out, a);
}

static value add_constant(sp_formula_plan *plan, const sp_formula_node *n, const value *of,
                          const size_t dim[SP_MAX_DIMS])
{
    const sp_arithmetic *in = plan->in;
    sp_matrix *m = sp_matrix_create(in, 1, 1);
    if (n->kind == SP_FORMULA_NUMBER)
        in->system->set(in, m, 0, 0, n->number);
    else if (n->kind == SP_FORMULA_DIMENSION)
        in->system->set(in, m, 0, 0, (double)dim[n->dimension]);
    else
        compute(in, n->primitive, m, plan->constant[of[n->operand[0]].index],
                n->operand[1] < 0 ? NULL : plan->constant[of[n->operand[1]].index]);
    plan->constant[plan->constants] = m;
    return (value){CONSTANT, plan->constants++};
}

/* The node that uses the value of each node last. */
static size_t *last_uses(sp_pool *pool, const sp_formula *formula)
{
    size_t *last = SP_NEW_ARRAY(pool, size_t, formula->count);
    for (size_t i = 0; i < formula->count; i++)
        for (int o = 0; o < 2; o++)
            if (formula->node[i].kind == SP_FORMULA_PRIMITIVE && formula->node[i].operand[o] >= 0)
                last[formula->node[i].operand[o]] = i;
    return last;
}

typedef struct planning {
    sp_formula_plan *plan;
    size_t *last_use;
    size_t *idle, idles; /* scratch that holds nothing needed */
} planning;

static value scratch_for(planning *p)
{
    sp_formula_plan *plan = p->plan;
    if (p->idles > 0)
        return (value){SCRATCH, p->idle[--p->idles]};
    plan->scratch[plan->scratches] = sp_matrix_create(plan->in, 1, p->plan->length);
    return (value){SCRATCH, plan->scratches++};
}

static value add_step(planning *p, const sp_formula_node *n, size_t index, bool last,
                      const value *of)
{
    instruction step = {.f = n->primitive};
    for (int o = 0; o < 2; o++)
        if (n->operand[o] >= 0)
            step.operand[o] = of[n->operand[o]];
    /* out shares no storage with the operands: it is chosen before they are released */
    step.out = last ? (value){RESULT, 0} : scratch_for(p);
    for (int o = 0; o < 2; o++)
        if (step.operand[o].in == SCRATCH && p->last_use[n->operand[o]] == index &&
            (o == 0 || n->operand[0] != n->operand[1]))
            p->idle[p->idles++] = step.operand[o].index;
    p->plan->step[p->plan->steps++] = step;
    return step.out;
}

/* A constant in every entry of a scratch matrix. */
static value repeated(planning *p, const sp_matrix *constant)
{
    const sp_arithmetic *in = p->plan->in;
    size_t *zeros = SP_NEW_ARRAY(in->pool, size_t, p->plan->length);
    value result = scratch_for(p);
    in->system->copy(in, p->plan->scratch[result.index], NULL, NULL, constant, NULL, zeros, 1,
                     p->plan->length);
    sp_pool_free(in->pool, zeros);
    return result;
}

static sp_formula_plan *make_plan(const sp_arithmetic *in, const sp_formula *formula,
                                  const size_t dim[SP_MAX_DIMS], size_t length)
{
    sp_pool *pool = in->pool;
    sp_formula_plan *plan = SP_NEW(pool, sp_formula_plan);
    size_t count = formula->count;
    *plan = (sp_formula_plan){.in = in,
                              .length = length,
                              .constant = SP_NEW_ARRAY(pool, sp_matrix *, count),
                              .scratch = SP_NEW_ARRAY(pool, sp_matrix *, count),
                              .step = SP_NEW_ARRAY(pool, instruction, count)};
    planning p = {.plan = plan,
                  .last_use = last_uses(pool, formula),
                  .idle = SP_NEW_ARRAY(pool, size_t, count)};
    value *of = SP_NEW_ARRAY(pool, value, count);
    for (size_t i = 0; i < count; i++) {
        const sp_formula_node *n = &formula->node[i];
        bool constant = n->kind != SP_FORMULA_VARIABLE;
        for (int o = 0; o < 2; o++)
            if (n->kind == SP_FORMULA_PRIMITIVE && n->operand[o] >= 0)
                constant = constant && of[n->operand[o]].in == CONSTANT;
        if (n->kind == SP_FORMULA_VARIABLE)
            of[i] = (value){VARIABLE, (size_t)n->variable};
        else if (constant)
            of[i] = add_constant(plan, n, of, dim);
        else
            of[i] = add_step(&p, n, i, i + 1 == count, of);
    }
    plan->result = of[count - 1];
    if (plan->result.in == CONSTANT)
        plan->result = repeated(&p, plan->constant[plan->result.index]);
    sp_pool_free(pool, of);
    sp_pool_free(pool, p.idle);
    sp_pool_free(pool, p.last_use);
    return plan;
}

static void free_plan(sp_formula_plan *plan)
{
    const sp_arithmetic *in = plan->in;
    for (size_t i = 0; i < plan->constants; i++)
        sp_matrix_free(in, plan->constant[i]);
    for (size_t i = 0; i < plan->scratches; i++)
        sp_matrix_free(in, plan->scratch[i]);
    sp_pool_free(in->pool, plan->constant);
    sp_pool_free(in->pool, plan->scratch);
    sp_pool_free(in->pool, plan->step);
    sp_pool_free(in->pool, plan);
}

/* One block: the run of length entries from first on. */
typedef struct block {
    const sp_formula_plan *plan;
    sp_matrix *out;
    const sp_matrix *variable[2];
    size_t first, length;
} block;

static sp_matrix matrix_of(const block *at, value v)
{
    const sp_arithmetic *in = at->plan->in;
    switch (v.in) {
    case VARIABLE:
        return sp_matrix_run(in, at->variable[v.index], at->first, at->length);
    case CONSTANT:
        return *at->plan->constant[v.index];
    case SCRATCH:
        return sp_matrix_run(in, at->plan->scratch[v.index], 0, at->length);
    case RESULT:
        return sp_matrix_run(in, at->out, at->first, at->length);
    case NOWHERE:
        break;
    }
    sp_pool_fail(in->pool, SP_INTERNAL);
}

static void apply_to_block(const block *at)
{
    const sp_formula_plan *plan = at->plan;
    const sp_arithmetic *in = plan->in;
    for (size_t s = 0; s < plan->steps; s++) {
        const instruction *step = &plan->step[s];
        sp_matrix out = matrix_of(at, step->out), a = matrix_of(at, step->operand[0]);
        if (step->operand[1].in == NOWHERE) {
            in->system->unary(in, step->f, &out, &a);
        } else {
            sp_matrix b = matrix_of(at, step->operand[1]);
            in->system->binary(in, step->f, &out, &a, &b);
        }
    }
    if (plan->result.in != RESULT) { /* the formula is a variable or a number */
        sp_matrix out = matrix_of(at, (value){RESULT, 0}), a = matrix_of(at, plan->result);
        in->system->copy(in, &out, NULL, NULL, &a, NULL, NULL, 1, at->length);
    }
}

sp_formula_plan *sp_formula_plan_create(const sp_arithmetic *in, const sp_formula *formula,
                                        const size_t dim[SP_MAX_DIMS], size_t entries)
{
    return make_plan(in, formula, dim, entries < 1 ? 1 : entries < BLOCK ? entries : BLOCK);
}

void sp_formula_plan_apply(const sp_formula_plan *plan, sp_matrix *out, const sp_matrix *a,
                           const sp_matrix *b)
{
    size_t entries = out->rows * out->cols;
    for (size_t first = 0; first < entries; first += plan->length) {
        size_t length = entries - first < plan->length ? entries - first : plan->length;
        apply_to_block(&(block){plan, out, {a, b}, first, length});
        sp_pool_poll(plan->in->pool);
    }
}

void sp_formula_apply(const sp_arithmetic *in, const sp_formula *formula,
                      const size_t dim[SP_MAX_DIMS], sp_matrix *out, const sp_matrix *a,
                      const sp_matrix *b)
{
    size_t entries = out->rows * out->cols;
    if (entries == 0)
        return;
    sp_formula_plan *plan = sp_formula_plan_create(in, formula, dim, entries);
    sp_formula_plan_apply(plan, out, a, b);
    free_plan(plan);
}

bool sp_formula_is_rational(const sp_formula *formula)
{
    for (size_t i = 0; i < formula->count; i++)
        if (formula->node[i].kind == SP_FORMULA_PRIMITIVE &&
            formula->node[i].primitive > SP_PRIMITIVE_NEG)
            return false;
    return true;
}
