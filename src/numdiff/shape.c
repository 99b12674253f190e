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

/* a - b, a; -1 for other nodes. node[i] of the builder is node i. */
static int sign_of_kink(sp_builder *b, const sp_formula_node *n, const int *node)
{
    if (is(n, SP_PRIMITIVE_MAX))
        return sp_build_sub(b, node[n->operand[0]], node[n->operand[1]]);
    return is(n, SP_PRIMITIVE_STEP) ? node[n->operand[0]] : -1;
}

static int zero_of_pole(sp_builder *b, const sp_formula_node *n, const int *node)
{
    (void)b;
    if (is(n, SP_PRIMITIVE_DIV))
        return node[n->operand[1]];
    return is(n, SP_PRIMITIVE_LOG) || is(n, SP_PRIMITIVE_SQRT) ? node[n->operand[0]] : -1;
}

/* Those of all nodes in which variable 0 occurs. */
static sp_kinks collect(sp_pool *pool, const sp_formula *f,
                        int (*of_node)(sp_builder *b, const sp_formula_node *n, const int *node))
{
    sp_kinks found = {.formula = NULL};
    bool *uses = uses_of_variable_0(pool, f);
    size_t capacity = 0;
    for (size_t i = 0; i < f->count; i++) {
        if (!uses[i])
            continue;
        sp_builder b = sp_builder_in(pool);
        int *node = sp_build_copy_all(&b, f);
        const int root = of_node(&b, &f->node[i], node);
        if (root >= 0) {
            found.formula = sp_pool_grow(pool, found.formula, &capacity, found.count + 1, sizeof *found.formula);
            found.formula[found.count++] = sp_build_finish(&b, root, f->variables);
        }
        sp_pool_free(pool, node);
    }
    sp_pool_free(pool, uses);
    return found;
}

sp_kinks sp_formula_kinks(sp_pool *pool, const sp_formula *formula)
{
    return collect(pool, formula, sign_of_kink);
}

sp_kinks sp_formula_poles(sp_pool *pool, const sp_formula *formula)
{
    return collect(pool, formula, zero_of_pole);
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
