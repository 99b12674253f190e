/* Symbolic differentiation, forward mode: the derivative of every node from those of its operands,
 * in the order of the nodes, so that neither depth nor shared subexpressions matter. */
#include "network/build.h"
#include "network/network.h"

/* The derivative of v = f(a, b), where p is the derivative of a and q that of b.
 * The slope of max(a, b) is a's where a > b and else b's; step is constant beside its jump.
 * v / b instead of a / b^2, which could overflow where the quotient does not. */
#define DERIVATIVES(X)                                                              \
    X(ADD, add(p, q))                                                               \
    X(SUB, sub(p, q))                                                               \
    X(MUL, add(mul(p, b), mul(a, q)))                                               \
    X(DIV, div(sub(p, mul(v, q)), b))                                               \
    X(NEG, neg(p))                                                                  \
    X(EXP, mul(v, p))                                                               \
    X(LOG, div(p, a))                                                               \
    X(TANH, mul(sub(number(1), mul(v, v)), p))                                      \
    X(ERF, mul(call(ERF_PRIME, a), p))                                              \
    X(ERF_PRIME, mul(mul(mul(number(-2), a), v), p))                                \
    X(SQRT, div(p, mul(number(2), v)))                                              \
    X(MAX, p == q ? p                                                               \
                  : add(mul(call(STEP, sub(a, b)), p),                              \
                        mul(sub(number(1), call(STEP, sub(a, b))), q)))             \
    X(STEP, number(0))

#define number(value) sp_build_number(to, value)
#define add(x, y) sp_build_add(to, x, y)
#define sub(x, y) sp_build_sub(to, x, y)
#define mul(x, y) sp_build_mul(to, x, y)
#define div(x, y) sp_build_div(to, x, y)
#define neg(x) sp_build_neg(to, x)
#define call(f, x) sp_build_call(to, SP_PRIMITIVE_##f, x)

/* b and q are -1 for primitives of one operand, which do not use them. */
static int derivative_of(sp_builder *to, sp_primitive f, int v, int a, int b, int p, int q)
{
    switch (f) {
#define X(id, value)        \
    case SP_PRIMITIVE_##id: \
        return value;
        DERIVATIVES(X)
#undef X
    case SP_PRIMITIVE_COUNT:
        break;
    }
    sp_pool_fail(to->pool, SP_INTERNAL);
}

sp_formula sp_formula_derivative(sp_pool *pool, const sp_formula *formula, int variable)
{
    sp_builder builder = sp_builder_in(pool), *to = &builder;
    int *value = sp_build_copy_all(to, formula);
    int *slope = SP_NEW_ARRAY(pool, int, formula->count);
    for (size_t i = 0; i < formula->count; i++) {
        const sp_formula_node *n = &formula->node[i];
        if (n->kind != SP_FORMULA_PRIMITIVE) {
            slope[i] = number(n->kind == SP_FORMULA_VARIABLE && n->variable == variable);
            continue;
        }
        int a = n->operand[0], b = n->operand[1];
        slope[i] = derivative_of(to, n->primitive, value[i], value[a], b < 0 ? -1 : value[b],
                                 slope[a], b < 0 ? -1 : slope[b]);
    }
    sp_formula derivative = sp_build_finish(to, slope[formula->count - 1], formula->variables);
    sp_pool_free(pool, value);
    sp_pool_free(pool, slope);
    return derivative;
}
