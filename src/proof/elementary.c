/* Exponentials, logarithms, roots, and sums of distributions.
 *
 * An exponential of a sum is a product: a term has one factor exp(c m) for each monomial m of its exponent at
 * most, so what hangs together is seen factor by factor. sqrt has powers 0 and 1 only. Roots and logarithms
 * are of positive numbers: then sqrt(x)^2 = x, exp(log(x)) = x, and log(exp(a) x) = a + log(x), as exp(a) is
 * positive, and log(c x) = log(c) + log(x) for numbers and sizes; a logarithm of another product is not taken
 * apart, as two factors may be negative. */
#include "proof/algebra.h"

#include <string.h>

static const sp_expression *of_factor(sp_algebra *in, sp_symbol symbol, const sp_expression *a)
{
    sp_factor f = {.kind = SP_FACTOR_APPLY};
    f.is.apply.symbol = symbol;
    f.is.apply.argument[0] = a;
    return sp_factor_alone(in, sp_factor_intern(in, &f));
}

static const sp_expression *one_term(sp_algebra *in, sp_rational c, const sp_monomial *m)
{
    sp_term term = {c, m};
    return sp_expression_intern(in, &term, 1);
}

static sp_rational plus(sp_algebra *in, sp_rational a, sp_rational b)
{
    if (!sp_rational_add(&a, a, b))
        sp_algebra_give_up(in, SP_PROOF_LIMIT_COEFFICIENT);
    return a;
}

static sp_rational negative(sp_rational a)
{
    return (sp_rational){-a.n, a.d};
}

/* ---- exponentials ---- */

static const sp_term *exponent_of(const sp_factor *f)
{
    return sp_is_symbol(f, SP_SYMBOL_EXP) ? &f->is.apply.argument[0]->term[0] : NULL;
}

void sp_work_exponent(sp_algebra *in, sp_work *w, sp_rational c, const sp_monomial *m)
{
    size_t at = 0;
    while (at < w->factors && !(exponent_of(w->factor[at].factor) &&
                                exponent_of(w->factor[at].factor)->monomial == m))
        at++;
    if (at < w->factors) {
        sp_rule_applied(in, SP_RULE_EXPONENT);
        c = plus(in, c, exponent_of(w->factor[at].factor)->coefficient);
    } else if (at == SP_MAX_PROOF_FACTORS) {
        sp_algebra_give_up(in, SP_PROOF_LIMIT_FACTORS);
    }
    if (c.n != 0) {
        const sp_expression *e = of_factor(in, SP_SYMBOL_EXP, one_term(in, c, m));
        w->factor[at] = (sp_power){sp_lone_factor(e), 1};
        w->factors += at == w->factors;
    } else if (at < w->factors) {
        w->factor[at] = w->factor[--w->factors];
    }
}

/* The x of a monomial log(x), or NULL. */
static const sp_expression *inside_log(const sp_monomial *m)
{
    static const int16_t none[SP_SORTS];
    if (m->factors != 1 || m->summations > 0 || m->factor[0].power != 1 ||
        !sp_is_symbol(m->factor[0].factor, SP_SYMBOL_LOG) || memcmp(m->size, none, sizeof none) != 0)
        return NULL;
    return m->factor[0].factor->is.apply.argument[0];
}

/* exp(c log(x)) stays only for what is no power of sqrt(x), with 0 < c < 1. */
static bool stays_exponent(sp_rational c)
{
    return c.n > 0 && c.n < c.d && c.d != 2;
}

/* exp(c log(x)) = x^n x^f with n whole and 0 <= f < 1 */
static const sp_expression *power_of(sp_algebra *in, const sp_expression *x, sp_rational c, const sp_monomial *m)
{
    int64_t n = c.n / c.d - (c.n % c.d < 0);
    if (n > SP_MAX_PROOF_POWER || n < -SP_MAX_PROOF_POWER)
        sp_algebra_give_up(in, SP_PROOF_LIMIT_POWER);
    sp_rational f = plus(in, c, (sp_rational){-n, 1});
    const sp_expression *result = in->one, *base = n < 0 ? sp_invert(in, x) : x;
    sp_rule_applied(in, SP_RULE_EXPONENT);
    if (f.n != 0)
        result = f.d == 2 ? sp_apply_again(in, SP_SYMBOL_SQRT, x, NULL)
                          : of_factor(in, SP_SYMBOL_EXP, one_term(in, f, m));
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
        const sp_expression *x = inside_log(m);
        const sp_expression *factor = x && !stays_exponent(c)
                                          ? power_of(in, x, c, m)
                                          : of_factor(in, SP_SYMBOL_EXP, one_term(in, c, m));
        result = sp_multiply(in, result, factor);
    }
    return result;
}

/* ---- what is positive ---- */

static bool positive_factor(const sp_factor *f)
{
    return sp_is_symbol(f, SP_SYMBOL_EXP) || sp_is_symbol(f, SP_SYMBOL_SQRT) ||
           (f->kind == SP_FACTOR_INVERSE && sp_is_positive(f->is.inverse));
}

bool sp_is_positive(const sp_expression *a)
{
    bool positive = false; /* a term that is, beside others that are not negative */
    for (size_t t = 0; t < a->terms; t++) {
        const sp_monomial *m = a->term[t].monomial;
        bool here = true;
        if (a->term[t].coefficient.n < 0)
            return false;
        for (size_t i = 0; i < m->factors; i++) {
            if (positive_factor(m->factor[i].factor))
                continue;
            here = false;
            if (m->factor[i].factor->kind >= SP_FACTOR_ENTRY && m->factor[i].power % 2 != 0)
                return false;
        }
        positive = positive || here;
    }
    return positive;
}

/* What stands under a root or in a logarithm is no number that is not positive. */
static void must_be_positive(sp_algebra *in, const sp_expression *a)
{
    bool number = true, positive = false;
    for (size_t t = 0; t < a->terms; t++) {
        number = number && a->term[t].monomial->factors == 0;
        positive = positive || a->term[t].coefficient.n > 0;
    }
    if (number && !positive)
        sp_algebra_give_up(in, SP_PROOF_NOT_POSITIVE);
}

/* ---- what all terms share ---- */

static bool is_bound(const sp_monomial *m, const sp_factor *f)
{
    for (size_t v = 0; v < f->variables; v++)
        if (sp_variable_in(m->summed, m->summations, f->variable[v]))
            return true;
    return false;
}

/* The factor's power in a term where nothing summed occurs in it, else 0. */
static int free_power(const sp_monomial *m, const sp_factor *f)
{
    for (size_t i = 0; i < m->factors; i++)
        if (m->factor[i].factor == f)
            return is_bound(m, f) ? 0 : m->factor[i].power;
    return 0;
}

/* c of exp(c exponent), the same. */
static sp_rational free_exponent(const sp_monomial *m, const sp_monomial *exponent)
{
    for (size_t i = 0; i < m->factors; i++) {
        const sp_term *e = exponent_of(m->factor[i].factor);
        if (e && e->monomial == exponent && !is_bound(m, m->factor[i].factor))
            return e->coefficient;
    }
    return (sp_rational){0, 1};
}

static bool is_less(sp_algebra *in, sp_rational a, sp_rational b)
{
    return plus(in, a, negative(b)).n < 0;
}

/* The least c of exp(c exponent) in all terms. */
static sp_rational least_exponent(sp_algebra *in, const sp_expression *a, const sp_monomial *exponent)
{
    sp_rational least = free_exponent(a->term[0].monomial, exponent);
    for (size_t t = 1; t < a->terms; t++) {
        sp_rational c = free_exponent(a->term[t].monomial, exponent);
        if (is_less(in, c, least))
            least = c;
    }
    return least;
}

static void share_exponentials(sp_algebra *in, const sp_expression *a, sp_work *shared)
{
    for (size_t t = 0; t < a->terms; t++)
        for (size_t i = 0; i < a->term[t].monomial->factors; i++) {
            const sp_term *e = exponent_of(a->term[t].monomial->factor[i].factor);
            if (!e)
                continue;
            bool seen = false;
            for (size_t j = 0; j < shared->factors && !seen; j++)
                seen = exponent_of(shared->factor[j].factor) &&
                       exponent_of(shared->factor[j].factor)->monomial == e->monomial;
            sp_rational least = seen ? (sp_rational){0, 1} : least_exponent(in, a, e->monomial);
            if (least.n != 0)
                sp_work_exponent(in, shared, least, e->monomial);
        }
}

static void share_factors(sp_algebra *in, const sp_expression *a, sp_work *shared)
{
    const sp_monomial *first = a->term[0].monomial;
    for (size_t i = 0; i < first->factors; i++) {
        const sp_factor *f = first->factor[i].factor;
        int least = exponent_of(f) ? 0 : free_power(first, f);
        for (size_t t = 1; t < a->terms && least > 0; t++) {
            int power = free_power(a->term[t].monomial, f);
            least = power < least ? power : least;
        }
        if (least > 0)
            sp_work_factor(in, shared, f, least);
    }
}

static int64_t greatest_common(int64_t a, int64_t b)
{
    while (b != 0) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a < 0 ? -a : a;
}

/* No choice in it depends on names: the greatest fraction that all coefficients are whole multiples of. */
void sp_share_numbers(sp_algebra *in, const sp_expression *a, sp_work *shared)
{
    int64_t n = 0, d = 1;
    for (size_t t = 0; t < a->terms; t++) {
        sp_rational c = a->term[t].coefficient;
        n = greatest_common(n, c.n);
        if (__builtin_mul_overflow(d, c.d / greatest_common(d, c.d), &d))
            sp_algebra_give_up(in, SP_PROOF_LIMIT_COEFFICIENT);
    }
    shared->coefficient = (sp_rational){n, d};
    for (sp_sort s = 0; s < SP_SORTS; s++) {
        int least = a->term[0].monomial->size[s];
        for (size_t t = 1; t < a->terms; t++)
            if (a->term[t].monomial->size[s] < least)
                least = a->term[t].monomial->size[s];
        shared->size[s] = least;
    }
}

/* Whether most of its terms are negative. */
static bool mostly_negative(const sp_expression *a)
{
    size_t below = 0;
    for (size_t t = 0; t < a->terms; t++)
        below += a->term[t].coefficient.n < 0;
    return 2 * below > a->terms;
}

static const sp_expression *without(sp_algebra *in, const sp_expression *a, const sp_work *shared)
{
    sp_rational c;
    if (!sp_rational_invert(&c, shared->coefficient))
        sp_algebra_give_up(in, SP_PROOF_LIMIT_COEFFICIENT);
    sp_terms out = {0};
    for (size_t t = 0; t < a->terms; t++) {
        sp_work w;
        sp_work_start(&w);
        sp_work_term(in, &w, &a->term[t]);
        sp_work_coefficient(in, &w, c);
        for (sp_sort s = 0; s < SP_SORTS; s++)
            sp_work_size(in, &w, s, -shared->size[s]);
        for (size_t i = 0; i < shared->factors; i++) {
            const sp_term *e = exponent_of(shared->factor[i].factor);
            if (e) {
                sp_work_exponent(in, &w, negative(e->coefficient), e->monomial);
                continue;
            }
            size_t at = 0;
            while (w.factor[at].factor != shared->factor[i].factor) /* it is there */
                at++;
            w.factor[at].power -= shared->factor[i].power;
            if (w.factor[at].power == 0)
                w.factor[at] = w.factor[--w.factors];
        }
        sp_work_normalise(in, &w, &out);
    }
    return sp_terms_finish(in, &out);
}

static const sp_expression *from_work(sp_algebra *in, sp_work *w)
{
    sp_terms out = {0};
    sp_work_normalise(in, w, &out);
    return sp_terms_finish(in, &out);
}

bool sp_take_common(sp_algebra *in, const sp_expression *a, const sp_expression **shared,
                    const sp_expression **rest)
{
    sp_work w;
    sp_work_start(&w);
    sp_share_numbers(in, a, &w);
    if (mostly_negative(a))
        w.coefficient = negative(w.coefficient);
    share_factors(in, a, &w);
    share_exponentials(in, a, &w);
    bool any = w.factors > 0 || w.coefficient.n != 1 || w.coefficient.d != 1;
    for (sp_sort s = 0; s < SP_SORTS && !any; s++)
        any = w.size[s] != 0;
    if (!any)
        return false;
    sp_rule_applied(in, SP_RULE_COMMON);
    *rest = without(in, a, &w);
    *shared = from_work(in, &w);
    return true;
}

/* The greatest power of 1/x in a term where nothing summed occurs in it; 0 if it is in none. */
static int greatest_power(const sp_expression *a, const sp_factor *f)
{
    int greatest = 0;
    for (size_t t = 0; t < a->terms; t++) {
        int power = free_power(a->term[t].monomial, f);
        greatest = power > greatest ? power : greatest;
    }
    return greatest;
}

/* x^power times a, where a has no greater power of 1/x: what cancels is dropped, whether or not x is known by
 * its parts. */
static const sp_expression *times_powers(sp_algebra *in, const sp_expression *a, const sp_factor *inverse, int power)
{
    const sp_expression *sum = in->zero;
    for (size_t t = 0; t < a->terms; t++) {
        int here = free_power(a->term[t].monomial, inverse);
        sp_work w;
        sp_work_start(&w);
        sp_work_term(in, &w, &a->term[t]);
        for (size_t i = 0; i < w.factors && here > 0; i++)
            if (w.factor[i].factor == inverse) {
                w.factor[i] = w.factor[--w.factors];
                break;
            }
        const sp_expression *product = from_work(in, &w);
        for (int p = here; p < power; p++)
            product = sp_multiply(in, product, inverse->is.inverse);
        sum = sp_add(in, sum, product);
    }
    return sum;
}

bool sp_clear_fraction(sp_algebra *in, const sp_expression *a, bool positive, const sp_expression **numerator,
                       const sp_expression **x, int *power)
{
    for (size_t t = 0; t < a->terms; t++)
        for (size_t i = 0; i < a->term[t].monomial->factors; i++) {
            const sp_factor *f = a->term[t].monomial->factor[i].factor;
            if (f->kind != SP_FACTOR_INVERSE || is_bound(a->term[t].monomial, f) || (positive && !positive_factor(f)))
                continue;
            *power = greatest_power(a, f);
            *x = f->is.inverse;
            *numerator = times_powers(in, a, f, *power);
            sp_rule_applied(in, SP_RULE_COMMON);
            return true;
        }
    return false;
}

/* ---- logarithms and roots ---- */

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
    return u->count > 0 ? without(in, a, &shared) : a;
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
    share_exponentials(in, a, &w);
    if (w.factors == 0)
        return false;
    *exponent = in->zero;
    for (size_t i = 0; i < w.factors; i++) {
        const sp_term *e = exponent_of(w.factor[i].factor);
        *exponent = sp_add(in, *exponent, one_term(in, e->coefficient, e->monomial));
    }
    *rest = without(in, a, &w);
    return true;
}

/* A factor sqrt(x) that all terms share, and the rest; NULL if there is none. */
static const sp_factor *take_root(sp_algebra *in, const sp_expression *a, const sp_expression **rest)
{
    sp_work all, one;
    sp_work_start(&all);
    share_factors(in, a, &all);
    for (size_t i = 0; i < all.factors; i++) {
        const sp_factor *f = all.factor[i].factor;
        if (!sp_is_symbol(f, SP_SYMBOL_SQRT))
            continue;
        sp_work_start(&one);
        sp_work_factor(in, &one, f, 1);
        *rest = without(in, a, &one);
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

static const sp_expression *logarithm(sp_algebra *in, const sp_expression *a)
{
    const sp_expression *exponent, *rest, *minus = sp_integer(in, -1);
    must_be_positive(in, a);
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
        return of_factor(in, SP_SYMBOL_LOG, a);
    const sp_expression *sum = again(in, SP_SYMBOL_LOG, rest);
    for (size_t i = 0; i < u.count; i++)
        sum = sp_add(in, sum, sp_scale(in, of_factor(in, SP_SYMBOL_LOG, u.unit[i]), (sp_rational){u.power[i], 1}));
    sp_rule_applied(in, SP_RULE_LOGARITHM);
    return sum;
}

static const sp_expression *root(sp_algebra *in, const sp_expression *a)
{
    const sp_expression *exponent, *rest;
    must_be_positive(in, a);
    if (a == in->one)
        return a;
    if (take_exponential(in, a, &exponent, &rest)) {
        sp_rule_applied(in, SP_RULE_ROOT);
        return sp_multiply(in, again(in, SP_SYMBOL_EXP, sp_scale(in, exponent, (sp_rational){1, 2})), again(in, SP_SYMBOL_SQRT, rest));
    }
    const sp_expression *x = inverted(in, a);
    if (x) {
        sp_rule_applied(in, SP_RULE_ROOT);
        return sp_invert(in, again(in, SP_SYMBOL_SQRT, x));
    }
    int power;
    if (sp_clear_fraction(in, a, true, &rest, &x, &power)) {
        const sp_expression *below = sp_invert(in, again(in, SP_SYMBOL_SQRT, x)), *result = again(in, SP_SYMBOL_SQRT, rest);
        for (int p = 0; p < power; p++)
            result = sp_multiply(in, result, below);
        sp_rule_applied(in, SP_RULE_ROOT);
        return result;
    }
    const sp_factor *f = take_root(in, a, &rest);
    if (f && rest != in->one) {
        sp_rule_applied(in, SP_RULE_ROOT);
        return sp_multiply(in, again(in, SP_SYMBOL_SQRT, sp_factor_alone(in, f)), again(in, SP_SYMBOL_SQRT, rest));
    }
    sp_is_missing(in, SP_MISSING_ROOT);
    units u;
    rest = take_units(in, a, &u);
    if (u.count == 0)
        return of_factor(in, SP_SYMBOL_SQRT, a);
    const sp_expression *product = again(in, SP_SYMBOL_SQRT, rest);
    for (size_t i = 0; i < u.count; i++) {
        int half = u.power[i] / 2 - (u.power[i] % 2 < 0);
        product = sp_multiply(in, product, power_of_unit(in, u.unit[i], half));
        if (u.power[i] % 2 != 0)
            product = sp_multiply(in, product, of_factor(in, SP_SYMBOL_SQRT, u.unit[i]));
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
        const sp_term *e = exponent_of(f);
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
        const sp_expression *x = e ? inside_log(e->monomial) : NULL;
        if (x && !stays_exponent(e->coefficient)) {
            w->factor[i] = w->factor[--w->factors];
            return power_of(in, x, e->coefficient, e->monomial);
        }
    }
    return NULL;
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
    case SP_SYMBOL_LOG: return logarithm(in, a);
    case SP_SYMBOL_SQRT: return root(in, a);
    case SP_SYMBOL_RSQRT: return sp_invert(in, root(in, a));
    default: return sp_maximum_apply(in, symbol, a);
    }
}
