/* Derivatives, and values put for entries. Derivatives in index notation: d T[i,k] / d T[j,l] = [i
 * = j] [k = l], the product rule, the chain rule. */
#include "algebra/elementary.h"

static const sp_expression *of_expression(sp_algebra *in, const sp_expression *a, unsigned of,
                                          size_t indices, const sp_variable *index);

static sp_symbol prime(sp_algebra *in, sp_symbol symbol)
{
    switch (symbol) {
    case SP_SYMBOL_SIGMA: return SP_SYMBOL_SIGMA_PRIME;
    case SP_SYMBOL_G: return SP_SYMBOL_G_PRIME;
    case SP_SYMBOL_LOSS: return SP_SYMBOL_LOSS_PRIME; /* by its first argument */
    default: sp_algebra_fault(in); /* second derivatives have no name */
    }
}

/* f' of f = symbol(a). */
static const sp_expression *slope(sp_algebra *in, const sp_factor *f)
{
    const sp_expression *const *a = f->is.apply.argument;
    switch (f->is.apply.symbol) {
    case SP_SYMBOL_EXP: return sp_factor_alone(in, f);
    case SP_SYMBOL_LOG: return sp_invert(in, a[0]);
    case SP_SYMBOL_SQRT: return sp_scale(in, sp_invert(in, sp_factor_alone(in, f)), (sp_rational){1, 2});
    default: return sp_apply(in, prime(in, f->is.apply.symbol), a[0], a[1]);
    }
}

static const sp_expression *of_factor(sp_algebra *in, const sp_factor *f, unsigned of,
                                      size_t indices, const sp_variable *index)
{
    const sp_expression *result = in->zero;
    switch (f->kind) {
    case SP_FACTOR_SAME_RANK:
    case SP_FACTOR_SAME_INDEX:
    case SP_FACTOR_DIVIDES:
    case SP_FACTOR_NUMBER:
        return result;
    case SP_FACTOR_ENTRY:
        if (f->is.entry.of != of)
            return result;
        result = in->one;
        for (size_t i = 0; i < indices; i++)
            result = sp_multiply(in, result,
                                 sp_same_index(in, f->is.entry.index[i], index[i]));
        return result;
    case SP_FACTOR_APPLY: {
        const sp_expression *const *e = f->is.apply.argument;
        const sp_expression *inner = of_expression(in, e[0], of, indices, index);
        if (e[1] && of_expression(in, e[1], of, indices, index)->terms > 0)
            sp_algebra_fault(in); /* loss by y is never asked for */
        if (inner->terms == 0)
            return result;
        return sp_multiply(in, slope(in, f), inner);
    }
    case SP_FACTOR_INVERSE: {
        const sp_expression *inner = of_expression(in, f->is.inverse, of, indices, index);
        const sp_expression *once = sp_factor_alone(in, f);
        return sp_scale(in, sp_multiply(in, sp_multiply(in, once, once), inner),
                        (sp_rational){-1, 1});
    }
    }
    return result;
}

/* The term whose factor product is `sum`, an expression in which the term's summed variables are
 * free. */
static void sum_again(sp_algebra *in, const sp_work *w, const sp_expression *sum,
                      const sp_variable *summed, size_t summations, sp_terms *out)
{
    for (size_t t = 0; t < sum->terms; t++) {
        sp_work next;
        sp_work_start(&next);
        next.coefficient = w->coefficient;
        for (sp_sort s = 0; s < SP_SORTS; s++)
            next.size[s] = w->size[s];
        sp_work_term(in, &next, &sum->term[t]);
        for (size_t v = 0; v < summations; v++)
            sp_work_sum(in, &next, summed[v]);
        sp_work_normalise(in, &next, out);
    }
}

static const sp_expression *of_term(sp_algebra *in, const sp_term *term, unsigned of,
                                    size_t indices, const sp_variable *index)
{
    sp_variable summed[SP_MAX_PROOF_SUMMED];
    size_t summations = 0;
    sp_work w;
    sp_work_start(&w);
    sp_work_open_term(in, &w, term, summed, &summations);
    const sp_expression *sum = in->zero;
    for (size_t i = 0; i < w.factors; i++) {
        const sp_expression *product = of_factor(in, w.factor[i].factor, of, indices, index);
        if (product->terms == 0)
            continue;
        product = sp_scale(in, product, (sp_rational){w.factor[i].power, 1});
        for (size_t j = 0; j < w.factors; j++)
            for (int p = j == i; p < w.factor[j].power; p++)
                product = sp_multiply(in, product, sp_factor_alone(in, w.factor[j].factor));
        sum = sp_add(in, sum, product);
    }
    sp_terms out = {0};
    sum_again(in, &w, sum, summed, summations, &out);
    return sp_terms_finish(in, &out);
}

static const sp_expression *of_expression(sp_algebra *in, const sp_expression *a, unsigned of,
                                          size_t indices, const sp_variable *index)
{
    const sp_expression *sum = in->zero;
    for (size_t t = 0; t < a->terms; t++)
        sum = sp_add(in, sum, of_term(in, &a->term[t], of, indices, index));
    return sum;
}

const sp_expression *sp_derivative(sp_algebra *in, const sp_expression *a, unsigned of,
                                   size_t indices, const sp_variable *index)
{
    for (size_t d = 0; d < in->distributions; d++)
        if (in->distribution[d].of == of)
            sp_algebra_fault(in); /* its entries cannot be moved one by one: their sum is put as 1 */
    return of_expression(in, a, of, indices, index);
}

static const sp_expression *value_of_factor(sp_algebra *in, const sp_factor *f, unsigned of,
                                            size_t places, const sp_variable *place,
                                            const sp_expression *value)
{
    if (f->kind == SP_FACTOR_ENTRY && f->is.entry.of == of) {
        sp_substitution with;
        sp_substitution_start(&with);
        for (size_t i = 0; i < places; i++)
            sp_substitute_variable(in, &with, place[i], f->is.entry.index[i]);
        return sp_substitute(in, &with, value);
    }
    if (f->kind == SP_FACTOR_APPLY) {
        const sp_expression *const *e = f->is.apply.argument;
        return sp_apply_again(in, f->is.apply.symbol,
                              sp_substitute_value(in, e[0], of, places, place, value),
                              e[1] ? sp_substitute_value(in, e[1], of, places, place, value) : NULL);
    }
    if (f->kind == SP_FACTOR_INVERSE)
        return sp_invert(in, sp_substitute_value(in, f->is.inverse, of, places, place, value));
    return sp_factor_alone(in, f);
}

const sp_expression *sp_substitute_value(sp_algebra *in, const sp_expression *a, unsigned of,
                                  size_t places, const sp_variable *place,
                                  const sp_expression *value)
{
    sp_terms out = {0};
    for (size_t t = 0; t < a->terms; t++) {
        sp_variable summed[SP_MAX_PROOF_SUMMED];
        size_t summations = 0;
        sp_work w;
        sp_work_start(&w);
        sp_work_open_term(in, &w, &a->term[t], summed, &summations);
        const sp_expression *product = in->one;
        for (size_t i = 0; i < w.factors; i++) {
            const sp_expression *e = value_of_factor(in, w.factor[i].factor, of, places, place,
                                                     value);
            for (int p = 0; p < w.factor[i].power; p++)
                product = sp_multiply(in, product, e);
        }
        sum_again(in, &w, product, summed, summations, &out);
    }
    return sp_terms_finish(in, &out);
}
