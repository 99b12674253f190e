/* Logarithms and roots, of positive numbers: then sqrt(x)^2 = x, exp(log(x)) = x, and log(c x) = log(c) + log(x)
 * where c is positive by itself: an exponential, a number, a size, a root, 1/x of a positive x. A logarithm of
 * another product is not taken apart, as two factors may be negative. sqrt has powers 0 and 1 only. */
#include "algebra/elementary.h"

/* Numbers that are positive and not taken apart further: sizes and primes, or what is left of a number without
 * small primes. */
enum { UNITS = 128 + SP_SORTS, SMALL_PRIMES = 1000 };
typedef struct units {
    const sp_expression *unit[UNITS];
    int power[UNITS];
    size_t count;
} units;

static void add_unit(units *u, const sp_expression *unit, int power)
{
    if (power == 0)
        return;
    u->unit[u->count] = unit;
    u->power[u->count++] = power;
}

static void add_primes(sp_algebra *in, units *u, int64_t n, int sign)
{
    for (int64_t p = 2; p <= SMALL_PRIMES && p * p <= n; p++) {
        int power = 0;
        for (; n % p == 0; n /= p)
            power++;
        add_unit(u, sp_integer(in, p), sign * power);
    }
    if (n > 1)
        add_unit(u, sp_integer(in, n), sign);
}

/* a = units rest. Of a sum only where sp_invert does it too: sqrt(a)/a is 1/sqrt(a). */
static const sp_expression *take_units(sp_algebra *in, const sp_expression *a, units *u)
{
    u->count = 0;
    if (a->terms > 1 && !a->elementary)
        return a;
    sp_work shared;
    sp_work_start(&shared);
    sp_share_numbers(in, a, &shared);
    add_primes(in, u, shared.coefficient.n, 1);
    add_primes(in, u, shared.coefficient.d, -1);
    for (sp_sort s = 0; s < SP_SORTS; s++)
        if (shared.size[s] != 0)
            add_unit(u, sp_size(in, s), shared.size[s]);
    return u->count > 0 ? sp_without(in, a, &shared) : a;
}

/* unit^power */
static const sp_expression *power_of_unit(sp_algebra *in, const sp_expression *unit, int power)
{
    const sp_expression *result = in->one, *base = power < 0 ? sp_invert(in, unit) : unit;
    for (int i = 0; i < (power < 0 ? -power : power); i++)
        result = sp_multiply(in, result, base);
    return result;
}

/* a = exp(exponent) rest, with all that can be taken out; whether that is anything. */
static bool take_exponential(sp_algebra *in, const sp_expression *a, const sp_expression **exponent,
                             const sp_expression **rest)
{
    sp_work w;
    sp_work_start(&w);
    sp_share_exponentials(in, a, &w);
    if (w.factors == 0)
        return false;
    *exponent = in->zero;
    for (size_t i = 0; i < w.factors; i++) {
        const sp_term *e = sp_exponent_of(w.factor[i].factor);
        *exponent = sp_add(in, *exponent, sp_term_alone(in, e->coefficient, e->monomial));
    }
    *rest = sp_without(in, a, &w);
    return true;
}

/* A factor sqrt(x) that all terms share, and the rest; NULL if there is none. */
static const sp_factor *take_root(sp_algebra *in, const sp_expression *a, const sp_expression **rest)
{
    sp_work all, one;
    sp_work_start(&all);
    sp_share_factors(in, a, &all);
    for (size_t i = 0; i < all.factors; i++) {
        const sp_factor *f = all.factor[i].factor;
        if (!sp_is_symbol(f, SP_SYMBOL_SQRT))
            continue;
        sp_work_start(&one);
        sp_work_factor(in, &one, f, 1);
        *rest = sp_without(in, a, &one);
        return f;
    }
    return NULL;
}

/* x of 1/x, a product of nothing but reciprocals; or NULL. */
static const sp_expression *inverted(sp_algebra *in, const sp_expression *a)
{
    const sp_monomial *m = a->terms == 1 ? a->term[0].monomial : NULL;
    if (!m || m->summations > 0 || m->factors == 0)
        return NULL;
    for (size_t i = 0; i < m->factors; i++)
        if (m->factor[i].factor->kind != SP_FACTOR_INVERSE)
            return NULL;
    return sp_invert(in, a);
}

static const sp_expression *again(sp_algebra *in, sp_symbol symbol, const sp_expression *a)
{
    return sp_apply_again(in, symbol, a, NULL);
}

const sp_expression *sp_logarithm(sp_algebra *in, const sp_expression *a)
{
    const sp_expression *exponent, *rest, *minus = sp_integer(in, -1);
    sp_must_be_positive(in, a);
    if (a == in->one)
        return in->zero;
    if (take_exponential(in, a, &exponent, &rest)) {
        sp_rule_applied(in, SP_RULE_LOGARITHM);
        return sp_add(in, exponent, again(in, SP_SYMBOL_LOG, rest));
    }
    const sp_expression *x = inverted(in, a);
    if (x) {
        sp_rule_applied(in, SP_RULE_LOGARITHM);
        return sp_multiply(in, minus, again(in, SP_SYMBOL_LOG, x));
    }
    int power;
    if (sp_clear_fraction(in, a, true, &rest, &x, &power)) { /* log(a/x) = log(a) - log(x) for a positive x */
        sp_rule_applied(in, SP_RULE_LOGARITHM);
        return sp_subtract(in, again(in, SP_SYMBOL_LOG, rest),
                           sp_scale(in, again(in, SP_SYMBOL_LOG, x), (sp_rational){power, 1}));
    }
    const sp_factor *f = take_root(in, a, &rest);
    if (f) {
        sp_rule_applied(in, SP_RULE_LOGARITHM);
        return sp_add(in, again(in, SP_SYMBOL_LOG, rest),
                      sp_scale(in, again(in, SP_SYMBOL_LOG, f->is.apply.argument[0]), (sp_rational){1, 2}));
    }
    sp_is_missing(in, SP_MISSING_LOGARITHM);
    units u;
    rest = take_units(in, a, &u);
    if (u.count == 0)
        return sp_apply_alone(in, SP_SYMBOL_LOG, a);
    const sp_expression *sum = again(in, SP_SYMBOL_LOG, rest);
    for (size_t i = 0; i < u.count; i++)
        sum = sp_add(in, sum, sp_scale(in, sp_apply_alone(in, SP_SYMBOL_LOG, u.unit[i]), (sp_rational){u.power[i], 1}));
    sp_rule_applied(in, SP_RULE_LOGARITHM);
    return sum;
}

const sp_expression *sp_root(sp_algebra *in, const sp_expression *a)
{
    const sp_expression *exponent, *rest;
    sp_must_be_positive(in, a);
    if (a == in->one)
        return a;
    if (take_exponential(in, a, &exponent, &rest)) {
        sp_rule_applied(in, SP_RULE_ROOT);
        exponent = sp_scale(in, exponent, (sp_rational){1, 2});
        return sp_multiply(in, again(in, SP_SYMBOL_EXP, exponent), again(in, SP_SYMBOL_SQRT, rest));
    }
    const sp_expression *x = inverted(in, a);
    if (x) {
        sp_rule_applied(in, SP_RULE_ROOT);
        return sp_invert(in, again(in, SP_SYMBOL_SQRT, x));
    }
    int power;
    if (sp_clear_fraction(in, a, true, &rest, &x, &power)) {
        const sp_expression *below = sp_invert(in, again(in, SP_SYMBOL_SQRT, x));
        const sp_expression *result = again(in, SP_SYMBOL_SQRT, rest);
        for (int p = 0; p < power; p++)
            result = sp_multiply(in, result, below);
        sp_rule_applied(in, SP_RULE_ROOT);
        return result;
    }
    const sp_factor *f = take_root(in, a, &rest);
    if (f) { /* a fourth root is exp(log(x) / 4) */
        const sp_expression *log = again(in, SP_SYMBOL_LOG, f->is.apply.argument[0]);
        sp_rule_applied(in, SP_RULE_ROOT);
        return sp_multiply(in, again(in, SP_SYMBOL_EXP, sp_scale(in, log, (sp_rational){1, 4})),
                           again(in, SP_SYMBOL_SQRT, rest));
    }
    sp_is_missing(in, SP_MISSING_ROOT);
    units u;
    rest = take_units(in, a, &u);
    if (u.count == 0)
        return sp_apply_alone(in, SP_SYMBOL_SQRT, a);
    const sp_expression *product = again(in, SP_SYMBOL_SQRT, rest);
    for (size_t i = 0; i < u.count; i++) {
        int half = u.power[i] / 2 - (u.power[i] % 2 < 0);
        product = sp_multiply(in, product, power_of_unit(in, u.unit[i], half));
        if (u.power[i] % 2 != 0)
            product = sp_multiply(in, product, sp_apply_alone(in, SP_SYMBOL_SQRT, u.unit[i]));
    }
    sp_rule_applied(in, SP_RULE_ROOT);
    return product;
}

static size_t find(const sp_work *w, const sp_factor *f)
{
    size_t i = 0;
    while (i < w->factors && w->factor[i].factor != f)
        i++;
    return i;
}

/* sqrt(x)^2 / x = 1, where x is a sum: found before it is written as x. */
static int cancel_root(sp_algebra *in, sp_work *w, const sp_expression *x, int pairs)
{
    sp_factor inverse = {.kind = SP_FACTOR_INVERSE};
    inverse.is.inverse = x;
    size_t at = find(w, sp_factor_intern(in, &inverse));
    if (at == w->factors)
        return pairs;
    int common = w->factor[at].power < pairs ? w->factor[at].power : pairs;
    w->factor[at].power -= common;
    if (w->factor[at].power == 0)
        w->factor[at] = w->factor[--w->factors];
    return pairs - common;
}

const sp_expression *sp_work_take_root(sp_algebra *in, sp_work *w)
{
    for (size_t i = 0; i < w->factors; i++) {
        const sp_factor *f = w->factor[i].factor;
        const sp_term *e = sp_exponent_of(f);
        if (sp_is_symbol(f, SP_SYMBOL_SQRT) && w->factor[i].power > 1) {
            const sp_expression *x = f->is.apply.argument[0], *result = in->one;
            int pairs = w->factor[i].power / 2;
            w->factor[i].power %= 2;
            if (w->factor[i].power == 0)
                w->factor[i] = w->factor[--w->factors];
            sp_rule_applied(in, SP_RULE_ROOT);
            pairs = cancel_root(in, w, x, pairs);
            for (int p = 0; p < pairs; p++)
                result = sp_multiply(in, result, x);
            return result;
        }
        const sp_expression *x = e ? sp_inside_log(e->monomial) : NULL;
        if (!x)
            continue;
        sp_factor draft = {.kind = SP_FACTOR_APPLY};
        draft.is.apply.symbol = SP_SYMBOL_SQRT;
        draft.is.apply.argument[0] = x;
        size_t root = find(w, sp_factor_intern(in, &draft));
        sp_rational c = e->coefficient;
        if (sp_stays_exponent(c) && root == w->factors)
            continue;
        w->factor[i].power = 0;
        if (root < w->factors) {
            c = sp_rational_sum(in, c, (sp_rational){w->factor[root].power, 2});
            w->factor[root].power = 0;
        }
        for (size_t k = w->factors; k-- > 0;)
            if (w->factor[k].power == 0)
                w->factor[k] = w->factor[--w->factors];
        return sp_power_of_log(in, x, c, e->monomial);
    }
    return NULL;
}
