/* Activations and losses as formulas. */
#include "derive/naming.h"

#include <stdio.h>
#include <stdlib.h>

static const sp_math *number(sp_pool *pool, const sp_formula_node *n)
{
    if (n->number_text)
        return sp_math_leaf(pool, SP_MATH_NUMBER, n->number_text);
    char digits[32];
    for (int precision = 1; precision <= 17; precision++) {
        snprintf(digits, sizeof digits, "%.*g", precision, n->number);
        if (strtod(digits, NULL) == n->number)
            break;
    }
    return sp_math_leaf(pool, SP_MATH_NUMBER, sp_pool_format(pool, "%s", digits));
}

static const sp_math *primitive(sp_pool *pool, const sp_formula_node *n, const sp_math *a,
                                const sp_math *b)
{
    static const char *const name[] = {
#define X(id, text, operands, meaning) text,
        SP_PRIMITIVES(X)
#undef X
    };
    switch (n->primitive) {
    case SP_PRIMITIVE_ADD: return sp_math_add(pool, a, b, false);
    case SP_PRIMITIVE_SUB: return sp_math_add(pool, a, b, true);
    case SP_PRIMITIVE_MUL:
        if (a == b)
            return sp_math_of(pool, SP_MATH_POWER, a, sp_math_count(pool, 2), NULL);
        return sp_math_of(pool, SP_MATH_PRODUCT, a, b, NULL);
    case SP_PRIMITIVE_DIV: return sp_math_of(pool, SP_MATH_FRACTION, a, b, NULL);
    case SP_PRIMITIVE_NEG: return sp_math_negative(pool, a);
    default:
        return sp_math_of(pool, SP_MATH_APPLY, sp_math_word(pool, name[n->primitive]), a, b);
    }
}

const sp_math *sp_formula_math(sp_pool *pool, const sp_signature *of, const sp_formula *formula,
                               const sp_math *const argument[2])
{
    const sp_math **value = SP_NEW_ARRAY(pool, const sp_math *, formula->count);
    for (size_t i = 0; i < formula->count; i++) {
        const sp_formula_node *n = &formula->node[i];
        switch (n->kind) {
        case SP_FORMULA_VARIABLE: value[i] = argument[n->variable]; break;
        case SP_FORMULA_NUMBER: value[i] = number(pool, n); break;
        case SP_FORMULA_DIMENSION:
            value[i] = sp_name_math(pool, of, of->dim[n->dimension]);
            break;
        case SP_FORMULA_PRIMITIVE:
            value[i] = primitive(pool, n, value[n->operand[0]],
                                 n->operand[1] >= 0 ? value[n->operand[1]] : NULL);
            break;
        }
    }
    return value[formula->count - 1];
}
