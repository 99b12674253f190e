/* What all terms of a sum share, and what is positive. */
#include "algebra/elementary.h"

/* ---- what is positive ---- */

static bool positive_factor(const sp_factor *f)
{
    return f->kind == SP_FACTOR_NUMBER || f->positive || sp_is_symbol(f, SP_SYMBOL_EXP) ||
           sp_is_symbol(f, SP_SYMBOL_SQRT) ||
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

void sp_must_be_positive(sp_algebra *in, const sp_expression *a)
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

bool sp_is_bound(const sp_monomial *m, const sp_factor *f)
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
            return sp_is_bound(m, f) ? 0 : m->factor[i].power;
    return 0;
}

/* c of exp(c exponent), the same. */
static sp_rational free_exponent(const sp_monomial *m, const sp_monomial *exponent)
{
    for (size_t i = 0; i < m->factors; i++) {
        const sp_term *e = sp_exponent_of(m->factor[i].factor);
        if (e && e->monomial == exponent && !sp_is_bound(m, m->factor[i].factor))
            return e->coefficient;
    }
    return (sp_rational){0, 1};
}

static bool is_less(sp_algebra *in, sp_rational a, sp_rational b)
{
    return sp_rational_sum(in, a, sp_rational_negative(b)).n < 0;
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

void sp_share_exponentials(sp_algebra *in, const sp_expression *a, sp_work *shared)
{
    for (size_t t = 0; t < a->terms; t++)
        for (size_t i = 0; i < a->term[t].monomial->factors; i++) {
            const sp_term *e = sp_exponent_of(a->term[t].monomial->factor[i].factor);
            if (!e)
                continue;
            bool seen = false;
            for (size_t j = 0; j < shared->factors && !seen; j++)
                seen = sp_exponent_of(shared->factor[j].factor) &&
                       sp_exponent_of(shared->factor[j].factor)->monomial == e->monomial;
            sp_rational least = seen ? (sp_rational){0, 1} : least_exponent(in, a, e->monomial);
            if (least.n != 0)
                sp_work_exponent(in, shared, least, e->monomial);
        }
}

void sp_share_factors(sp_algebra *in, const sp_expression *a, sp_work *shared)
{
    const sp_monomial *first = a->term[0].monomial;
    for (size_t i = 0; i < first->factors; i++) {
        const sp_factor *f = first->factor[i].factor;
        int least = sp_exponent_of(f) ? 0 : free_power(first, f);
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

const sp_expression *sp_without(sp_algebra *in, const sp_expression *a, const sp_work *shared)
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
            const sp_term *e = sp_exponent_of(shared->factor[i].factor);
            if (e) {
                sp_work_exponent(in, &w, sp_rational_negative(e->coefficient), e->monomial);
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
        w.coefficient = sp_rational_negative(w.coefficient);
    sp_share_factors(in, a, &w);
    sp_share_exponentials(in, a, &w);
    bool any = w.factors > 0 || w.coefficient.n != 1 || w.coefficient.d != 1;
    for (sp_sort s = 0; s < SP_SORTS && !any; s++)
        any = w.size[s] != 0;
    if (!any)
        return false;
    sp_rule_applied(in, SP_RULE_COMMON);
    *rest = sp_without(in, a, &w);
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
            if (f->kind != SP_FACTOR_INVERSE || sp_is_bound(a->term[t].monomial, f) ||
                (positive && !positive_factor(f)))
                continue;
            *power = greatest_power(a, f);
            *x = f->is.inverse;
            *numerator = times_powers(in, a, f, *power);
            sp_rule_applied(in, SP_RULE_COMMON);
            return true;
        }
    return false;
}
