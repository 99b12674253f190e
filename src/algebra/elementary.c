/* Exponentials, and sums of distributions.
 *
 * An exponential of a sum is a product: a term has one factor exp(c m) for each monomial m of its exponent at
 * most, so what hangs together is seen factor by factor. */
#include "algebra/elementary.h"

#include <string.h>

const sp_expression *sp_apply_alone(sp_algebra *in, sp_symbol symbol, const sp_expression *a)
{
    sp_factor f = {.kind = SP_FACTOR_APPLY};
    f.is.apply.symbol = symbol;
    f.is.apply.argument[0] = a;
    return sp_factor_alone(in, sp_factor_intern(in, &f));
}

const sp_expression *sp_term_alone(sp_algebra *in, sp_rational c, const sp_monomial *m)
{
    sp_term term = {c, m};
    return sp_expression_intern(in, &term, 1);
}

sp_rational sp_rational_sum(sp_algebra *in, sp_rational a, sp_rational b)
{
    if (!sp_rational_add(&a, a, b))
        sp_algebra_give_up(in, SP_PROOF_LIMIT_COEFFICIENT);
    return a;
}

/* ---- exponentials ---- */

void sp_work_exponent(sp_algebra *in, sp_work *w, sp_rational c, const sp_monomial *m)
{
    size_t at = 0;
    while (at < w->factors && !(sp_exponent_of(w->factor[at].factor) &&
                                sp_exponent_of(w->factor[at].factor)->monomial == m))
        at++;
    if (at < w->factors) {
        sp_rule_applied(in, SP_RULE_EXPONENT);
        c = sp_rational_sum(in, c, sp_exponent_of(w->factor[at].factor)->coefficient);
    } else if (at == SP_MAX_PROOF_FACTORS) {
        sp_algebra_give_up(in, SP_PROOF_LIMIT_FACTORS);
    }
    if (c.n != 0) {
        const sp_expression *e = sp_apply_alone(in, SP_SYMBOL_EXP, sp_term_alone(in, c, m));
        w->factor[at] = (sp_power){sp_lone_factor(e), 1};
        w->factors += at == w->factors;
    } else if (at < w->factors) {
        w->factor[at] = w->factor[--w->factors];
    }
}

const sp_expression *sp_monomial_exponent(sp_algebra *in, const sp_monomial *m)
{
    const sp_expression *sum = in->zero;
    for (size_t i = 0; i < m->factors; i++)
        if (sp_exponent_of(m->factor[i].factor))
            sum = sp_add(in, sum, m->factor[i].factor->is.apply.argument[0]);
    return sum;
}

const sp_expression *sp_inside_log(const sp_monomial *m)
{
    static const int16_t none[SP_SORTS];
    if (m->factors != 1 || m->summations > 0 || m->factor[0].power != 1 ||
        !sp_is_symbol(m->factor[0].factor, SP_SYMBOL_LOG) || memcmp(m->size, none, sizeof none) != 0)
        return NULL;
    return m->factor[0].factor->is.apply.argument[0];
}

bool sp_stays_exponent(sp_rational c)
{
    return c.n > 0 && c.n < c.d && c.d != 2;
}

/* x^n x^f with n whole and 0 <= f < 1 */
const sp_expression *sp_power_of_log(sp_algebra *in, const sp_expression *x, sp_rational c,
                                     const sp_monomial *m)
{
    int64_t n = c.n / c.d - (c.n % c.d < 0);
    if (n > SP_MAX_PROOF_POWER || n < -SP_MAX_PROOF_POWER)
        sp_algebra_give_up(in, SP_PROOF_LIMIT_POWER);
    sp_rational f = sp_rational_sum(in, c, (sp_rational){-n, 1});
    const sp_expression *result = in->one, *base = n < 0 ? sp_invert(in, x) : x;
    sp_rule_applied(in, SP_RULE_EXPONENT);
    if (f.n != 0)
        result = f.d == 2 ? sp_apply_again(in, SP_SYMBOL_SQRT, x, NULL)
                          : sp_apply_alone(in, SP_SYMBOL_EXP, sp_term_alone(in, f, m));
    for (int64_t i = 0; i < (n < 0 ? -n : n); i++)
        result = sp_multiply(in, result, base);
    return result;
}

static const sp_expression *exponential(sp_algebra *in, const sp_expression *a)
{
    const sp_expression *result = in->one;
    for (size_t t = 0; t < a->terms; t++) {
        sp_rational c = a->term[t].coefficient;
        const sp_monomial *m = a->term[t].monomial;
        const sp_expression *x = sp_inside_log(m);
        const sp_expression *factor = x && !sp_stays_exponent(c)
                                          ? sp_power_of_log(in, x, c, m)
                                          : sp_apply_alone(in, SP_SYMBOL_EXP, sp_term_alone(in, c, m));
        result = sp_multiply(in, result, factor);
    }
    return result;
}

/* ---- distributions ---- */

/* Whether the factor, a power of 1, is summed as a whole distribution over v, which occurs nowhere else. */
static bool is_distributed(const sp_work *w, size_t at, sp_distribution d, sp_variable *v)
{
    const sp_factor *f = w->factor[at].factor;
    size_t places = 0;
    if (f->kind != SP_FACTOR_ENTRY || w->factor[at].power != 1 || f->is.entry.of != d.of ||
        d.place >= f->is.entry.indices)
        return false;
    *v = f->is.entry.index[d.place];
    for (size_t i = 0; i < f->is.entry.indices; i++)
        places += f->is.entry.index[i] == *v;
    for (size_t j = 0; j < w->factors; j++)
        if (j != at && sp_variable_in(w->factor[j].factor->variable, w->factor[j].factor->variables, *v))
            return false;
    return places == 1 && sp_variable_in(w->summed, w->summations, *v);
}

bool sp_work_distribution(sp_algebra *in, sp_work *w)
{
    for (size_t i = 0; i < w->factors; i++)
        for (size_t d = 0; d < in->distributions; d++) {
            sp_variable v;
            if (!is_distributed(w, i, in->distribution[d], &v))
                continue;
            w->factor[i] = w->factor[--w->factors];
            sp_work_drop_summed(w, v);
            sp_rule_applied(in, SP_RULE_DISTRIBUTION);
            return true;
        }
    return false;
}

/* ---- all of them ---- */

const sp_expression *sp_elementary_apply(sp_algebra *in, sp_symbol symbol, const sp_expression *a)
{
    switch (symbol) {
    case SP_SYMBOL_EXP: return exponential(in, a);
    case SP_SYMBOL_LOG: return sp_logarithm(in, a);
    case SP_SYMBOL_SQRT: return sp_root(in, a);
    case SP_SYMBOL_RSQRT: return sp_invert(in, sp_root(in, a));
    default: return sp_maximum_apply(in, symbol, a);
    }
}
