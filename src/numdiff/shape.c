#include "numdiff/shape.h"

#include "network/build.h"

static bool *uses_of_variable_0(sp_pool *pool, const sp_formula *f)
{
    bool *uses = SP_NEW_ARRAY(pool, bool, f->count);
    for (size_t i = 0; i < f->count; i++) {
        const sp_formula_node *n = &f->node[i];
        uses[i] = n->kind == SP_FORMULA_VARIABLE && n->variable == 0;
        for (int o = 0; o < 2; o++)
            if (n->kind == SP_FORMULA_PRIMITIVE && n->operand[o] >= 0)
                uses[i] = uses[i] || uses[n->operand[o]];
    }
    return uses;
}

static bool is(const sp_formula_node *n, sp_primitive f)
{
    return n->kind == SP_FORMULA_PRIMITIVE && n->primitive == f;
}

sp_kinks sp_formula_kinks(sp_pool *pool, const sp_formula *f)
{
    sp_kinks kinks = {.formula = NULL};
    bool *uses = uses_of_variable_0(pool, f);
    size_t capacity = 0;
    for (size_t i = 0; i < f->count; i++) {
        const sp_formula_node *n = &f->node[i];
        if (!uses[i] || !(is(n, SP_PRIMITIVE_MAX) || is(n, SP_PRIMITIVE_STEP)))
            continue;
        sp_builder b = sp_builder_in(pool);
        int *node = sp_build_copy_all(&b, f), sign = node[n->operand[0]];
        if (is(n, SP_PRIMITIVE_MAX))
            sign = sp_build_sub(&b, sign, node[n->operand[1]]);
        kinks.formula = sp_pool_grow(pool, kinks.formula, &capacity, kinks.count + 1,
                                     sizeof *kinks.formula);
        kinks.formula[kinks.count++] = sp_build_finish(&b, sign, f->variables);
        sp_pool_free(pool, node);
    }
    sp_pool_free(pool, uses);
    return kinks;
}

static int larger(int a, int b)
{
    return a > b ? a : b;
}

static int degree_of(sp_primitive f, int a, int b)
{
    int degree = SP_DEGREE_UNKNOWN;
    if (f == SP_PRIMITIVE_ADD || f == SP_PRIMITIVE_SUB)
        degree = larger(a, b);
    else if (f == SP_PRIMITIVE_MUL)
        degree = a + b;
    else if (f == SP_PRIMITIVE_NEG || (f == SP_PRIMITIVE_DIV && b == 0))
        degree = a;
    else if (a == 0 && b == 0) /* a constant of any kind */
        degree = 0;
    return degree < SP_DEGREE_UNKNOWN ? degree : SP_DEGREE_UNKNOWN;
}

int sp_formula_degree(sp_pool *pool, const sp_formula *f, int degree)
{
    int *of = SP_NEW_ARRAY(pool, int, f->count);
    for (size_t i = 0; i < f->count; i++) {
        const sp_formula_node *n = &f->node[i];
        if (n->kind == SP_FORMULA_VARIABLE)
            of[i] = n->variable == 0 ? degree : 0;
        else if (n->kind == SP_FORMULA_PRIMITIVE)
            of[i] = degree_of(n->primitive, of[n->operand[0]],
                              n->operand[1] < 0 ? 0 : of[n->operand[1]]);
    }
    int result = of[f->count - 1];
    sp_pool_free(pool, of);
    return result;
}
