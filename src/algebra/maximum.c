/* Maxima.
 *
 * A maximum is that of a multiset of values, written as a sum: max(sum(k: own(k) = r) member(S[k])). member is
 * a function of which nothing is known, so two such sums are equal, by rules that hold for every function,
 * only if the multisets are. The maximum does not depend on how often a value is there, only on whether: what
 * is not negative may be counted once. member(max(s)) is s inside of a maximum, for an empty s too; one value is
 * its own maximum. Conditions outside of sums are taken case by case, before.
 *
 * max(c x + a) = c max(x) + a for a positive c, and max(exp(x)) = exp(max(x)): taken out where there are values
 * whatever is owned, put in again where the maximum is a value of another one.
 *
 * The maximum of nothing is no number. What is seen to be over nothing is given up; what may be is noted where
 * the maximum is used for anything but another maximum. */
#include "algebra/elementary.h"

#include <string.h>

/* ---- what a maximum is taken over ---- */

/* Conditions times one member(a). */
static void check_values(sp_algebra *in, const sp_monomial *m)
{
    int members = 0;
    for (size_t i = 0; i < m->factors; i++) {
        if (sp_is_symbol(m->factor[i].factor, SP_SYMBOL_MEMBER))
            members += m->factor[i].power;
        else if (m->factor[i].factor->kind >= SP_FACTOR_ENTRY)
            members = 2;
    }
    if (members != 1)
        sp_algebra_fault(in);
}

/* The same values, each as often as a smaller number says that is positive where the old one is. */
static const sp_expression *counted_less(sp_algebra *in, const sp_expression *values)
{
    bool negative = false;
    sp_work shared;
    sp_terms out = {0};
    for (size_t t = 0; t < values->terms; t++) {
        check_values(in, values->term[t].monomial);
        negative = negative || values->term[t].coefficient.n < 0;
    }
    sp_work_start(&shared);
    sp_share_numbers(in, values, &shared);
    for (size_t t = 0; t < values->terms; t++) {
        sp_monomial m = *values->term[t].monomial;
        sp_rational c = {1, 1};
        if (negative && (!sp_rational_invert(&c, shared.coefficient) ||
                         !sp_rational_multiply(&c, c, values->term[t].coefficient)))
            sp_algebra_give_up(in, SP_PROOF_LIMIT_COEFFICIENT);
        for (sp_sort s = 0; s < SP_SORTS; s++) {
            int power = negative ? m.size[s] - shared.size[s] : 0;
            if (power > SP_MAX_PROOF_POWER)
                sp_algebra_give_up(in, SP_PROOF_LIMIT_POWER);
            m.size[s] = (int16_t)power; /* at least 0, just checked */
        }
        const sp_monomial *kept = sp_monomial_intern(in, &m);
        bool seen = false; /* without sizes it may be another term */
        for (size_t i = 0; i < out.count && !negative && !seen; i++)
            seen = out.item[i].monomial == kept;
        if (!seen)
            sp_terms_add(in, &out, c, kept);
    }
    return sp_terms_finish(in, &out);
}

/* How many values there are, each as often as it is counted. */
static const sp_expression *count_of(sp_algebra *in, const sp_expression *values)
{
    sp_terms out = {0};
    for (size_t t = 0; t < values->terms; t++) {
        sp_work w;
        sp_work_start(&w);
        sp_work_term(in, &w, &values->term[t]);
        for (size_t i = 0; i < w.factors; i++)
            if (sp_is_symbol(w.factor[i].factor, SP_SYMBOL_MEMBER)) {
                w.factor[i] = w.factor[--w.factors];
                break;
            }
        sp_work_normalise(in, &w, &out);
    }
    return sp_terms_finish(in, &out);
}

/* ---- monotone functions of values: c x + a for a positive c, and exp(x) ---- */

typedef struct affine {
    const sp_expression *scale, *shift; /* scale is positive; NULL: exp */
} affine;

static const sp_expression *apply_affine(sp_algebra *in, const affine *f, const sp_expression *x)
{
    return f->scale ? sp_add(in, sp_multiply(in, f->scale, x), f->shift) : sp_apply_again(in, SP_SYMBOL_EXP, x, NULL);
}

static const sp_expression *value_in(const sp_monomial *m)
{
    for (size_t i = 0; i < m->factors; i++)
        if (sp_is_symbol(m->factor[i].factor, SP_SYMBOL_MEMBER))
            return m->factor[i].factor->is.apply.argument[0];
    return NULL;
}

/* The values after f, or after what undoes it: x of exp(x), (x - shift) / scale. Nothing summed in them occurs in f. */
static const sp_expression *mapped(sp_algebra *in, const sp_expression *values, const affine *f, bool undo)
{
    const sp_expression *sum = in->zero;
    for (size_t t = 0; t < values->terms; t++) {
        sp_variable summed[SP_MAX_PROOF_SUMMED];
        size_t summations = 0, at = 0;
        sp_work w;
        sp_work_start(&w);
        sp_work_open_term(in, &w, &values->term[t], summed, &summations);
        while (!sp_is_symbol(w.factor[at].factor, SP_SYMBOL_MEMBER)) /* check_values */
            at++;
        const sp_expression *x = w.factor[at].factor->is.apply.argument[0];
        w.factor[at] = w.factor[--w.factors];
        if (!undo)
            x = apply_affine(in, f, x);
        else if (f->scale)
            x = sp_multiply(in, sp_subtract(in, x, f->shift), sp_invert(in, f->scale));
        else
            x = sp_monomial_exponent(in, x->term[0].monomial);
        sp_terms out = {0};
        sp_work_normalise(in, &w, &out);
        const sp_expression *product = sp_multiply(in, sp_terms_finish(in, &out),
                                                   sp_apply_again(in, SP_SYMBOL_MEMBER, x, NULL));
        sum = sp_add(in, sum, sp_sum_over(in, product, summed, summations));
    }
    return sum;
}

/* Whether it is exp(x): a product of nothing but exponentials. */
static bool is_exponential(const sp_expression *a)
{
    static const int16_t none[SP_SORTS];
    const sp_monomial *m = a->terms == 1 ? a->term[0].monomial : NULL;
    if (!m || m->summations > 0 || m->factors == 0 || a->term[0].coefficient.n != 1 || a->term[0].coefficient.d != 1 ||
        memcmp(m->size, none, sizeof none) != 0)
        return false;
    for (size_t i = 0; i < m->factors; i++)
        if (!sp_exponent_of(m->factor[i].factor))
            return false;
    return true;
}

static bool depends(const sp_monomial *m, const sp_variable *summed, size_t summations)
{
    for (size_t v = 0; v < summations; v++)
        if (sp_variable_in(m->variable, m->variables, summed[v]))
            return true;
    return false;
}

/* What all values have added to them that is the same for all of them. */
static const sp_expression *shared_shift(sp_algebra *in, const sp_expression *values)
{
    const sp_expression *first = value_in(values->term[0].monomial);
    sp_terms out = {0};
    for (size_t i = 0; i < first->terms; i++) {
        const sp_term *part = &first->term[i];
        bool everywhere = true;
        for (size_t t = 0; t < values->terms && everywhere; t++) {
            const sp_monomial *m = values->term[t].monomial;
            const sp_expression *x = value_in(m);
            bool here = false;
            for (size_t k = 0; k < x->terms; k++)
                here = here || (x->term[k].monomial == part->monomial &&
                                sp_rational_equal(x->term[k].coefficient, part->coefficient));
            everywhere = here && !depends(part->monomial, m->summed, m->summations);
        }
        if (everywhere)
            sp_terms_add(in, &out, part->coefficient, part->monomial);
    }
    return sp_terms_finish(in, &out);
}

/* What all values are a multiple of: a positive number and sizes, and positive factors that are the same for all. Of
 * values of one kind only. */
static const sp_expression *shared_scale(sp_algebra *in, const sp_expression *values)
{
    sp_work w, factors;
    const sp_monomial *m = values->term[0].monomial;
    const sp_expression *x = value_in(m);
    if (values->terms > 1 || x->terms == 0)
        return in->one;
    sp_work_start(&w);
    sp_work_start(&factors);
    sp_share_numbers(in, x, &w);
    sp_share_factors(in, x, &factors);
    for (size_t i = 0; i < factors.factors; i++)
        if (sp_is_positive(sp_factor_alone(in, factors.factor[i].factor)) && !sp_is_bound(m, factors.factor[i].factor))
            sp_work_factor(in, &w, factors.factor[i].factor, factors.factor[i].power);
    sp_terms out = {0};
    sp_work_normalise(in, &w, &out);
    return sp_terms_finish(in, &out);
}

/* max(c x + a) = c max(x) + a, max(exp(x)) = exp(max(x)), of values that are there whatever is owned; NULL if that is
 * nothing new. */
static const sp_expression *taken_out(sp_algebra *in, const sp_expression *values)
{
    affine f = {in->one, shared_shift(in, values)};
    bool exponential = true;
    for (size_t t = 0; t < values->terms; t++)
        exponential = exponential && is_exponential(value_in(values->term[t].monomial));
    if (f.shift->terms == 0 && exponential)
        f.scale = NULL;
    else if (f.shift->terms == 0)
        f.scale = shared_scale(in, values);
    if (f.scale == in->one && f.shift->terms == 0)
        return NULL;
    sp_rule_applied(in, SP_RULE_MONOTONE);
    return apply_affine(in, &f, sp_apply_again(in, SP_SYMBOL_MAXIMUM, mapped(in, values, &f, true), NULL));
}

/* The s of a = c max(s) + a', and f = c x + a'; NULL for others. */
static const sp_expression *maximum_inside(sp_algebra *in, const sp_expression *a, affine *f)
{
    const sp_expression *values = NULL;
    f->shift = in->zero;
    for (size_t t = 0; t < a->terms; t++) {
        const sp_monomial *m = a->term[t].monomial;
        size_t at = m->factors;
        for (size_t i = 0; i < m->factors; i++)
            if (sp_is_symbol(m->factor[i].factor, SP_SYMBOL_MAXIMUM))
                at = i;
        if (at == m->factors) {
            f->shift = sp_add(in, f->shift, sp_term_alone(in, a->term[t].coefficient, m));
            continue;
        }
        if (values || m->factor[at].power != 1 || m->summations > 0)
            return NULL;
        values = m->factor[at].factor->is.apply.argument[0];
        sp_work w;
        sp_work_start(&w);
        sp_work_term(in, &w, &a->term[t]);
        for (size_t i = w.factors; i-- > 0;)
            if (w.factor[i].factor == m->factor[at].factor)
                w.factor[i] = w.factor[--w.factors];
        sp_terms out = {0};
        sp_work_normalise(in, &w, &out);
        f->scale = sp_terms_finish(in, &out);
        if (!sp_is_positive(f->scale))
            return NULL;
    }
    return values;
}

/* member(c max(s) + a) and member(exp(max(s))), inside of a maximum: the values of s after that. NULL for others. */
static const sp_expression *put_in(sp_algebra *in, const sp_expression *a)
{
    const bool exponential = is_exponential(a);
    affine f, exp = {NULL, in->zero};
    const sp_expression *x = exponential ? sp_monomial_exponent(in, a->term[0].monomial) : a;
    const sp_expression *values = maximum_inside(in, x, &f);
    if (!values)
        return NULL;
    sp_rule_applied(in, SP_RULE_MONOTONE);
    values = mapped(in, values, &f, false);
    return exponential ? mapped(in, values, &exp, false) : values;
}

const sp_expression *sp_maximum_apply(sp_algebra *in, sp_symbol symbol, const sp_expression *a)
{
    const sp_factor *lone = sp_lone_factor(a);
    if (symbol == SP_SYMBOL_MEMBER) {
        if (!lone || !sp_is_symbol(lone, SP_SYMBOL_MAXIMUM)) {
            const sp_expression *values = put_in(in, a);
            return values ? values : sp_apply_alone(in, symbol, a);
        }
        sp_rule_applied(in, SP_RULE_MAXIMUM);
        return lone->is.apply.argument[0];
    }
    if (a->terms == 0)
        sp_algebra_give_up(in, SP_PROOF_EMPTY_MAXIMUM);
    const sp_expression *values = counted_less(in, a);
    if (values != a)
        sp_rule_applied(in, SP_RULE_MAXIMUM);
    lone = sp_lone_factor(values);
    if (lone) /* one value */
        return lone->is.apply.argument[0];
    sp_is_missing(in, SP_MISSING_MAXIMUM);
    bool negative = false;
    for (size_t t = 0; t < values->terms; t++)
        negative = negative || values->term[t].coefficient.n < 0;
    const sp_expression *out = !negative && sp_is_positive(count_of(in, values)) ? taken_out(in, values) : NULL;
    return out ? out : sp_apply_alone(in, symbol, values);
}

const sp_expression *sp_max_over(sp_algebra *in, const sp_expression *a, const sp_expression *condition,
                                 const sp_variable *over, size_t count)
{
    const sp_expression *value = sp_apply_again(in, SP_SYMBOL_MEMBER, a, NULL);
    value = sp_sum_over(in, sp_multiply(in, condition, value), over, count);
    return sp_apply_again(in, SP_SYMBOL_MAXIMUM, value, NULL);
}

const sp_expression *sp_max_of(sp_algebra *in, const sp_expression *a, const sp_expression *b)
{
    const sp_expression *both = sp_add(in, sp_apply_again(in, SP_SYMBOL_MEMBER, a, NULL),
                                       sp_apply_again(in, SP_SYMBOL_MEMBER, b, NULL));
    return sp_apply_again(in, SP_SYMBOL_MAXIMUM, both, NULL);
}

/* ---- whether it is taken over anything ---- */

static bool is_bound(const sp_monomial *m, const sp_coordinate *c)
{
    return c->kind != SP_COORDINATE_CONSTANT && sp_variable_in(m->summed, m->summations, c->variable);
}

/* The part in [own(v) = t] for a summed v, where nothing summed is in t. */
static bool part_in(const sp_monomial *m, const sp_factor *f, sp_variable *v, uint32_t *part)
{
    if (f->kind != SP_FACTOR_SAME_RANK || is_bound(m, &f->is.rank.left) == is_bound(m, &f->is.rank.right))
        return false;
    const sp_coordinate *own = is_bound(m, &f->is.rank.left) ? &f->is.rank.left : &f->is.rank.right;
    *v = own->variable;
    *part = own->part;
    return own->kind == SP_COORDINATE_OWNER;
}

/* Whether the smaller part is the greater one split further: some axes more. */
static bool splits(const sp_part *greater, const sp_part *smaller)
{
    return greater->dim == smaller->dim && greater->axes <= smaller->axes &&
           memcmp(greater->axis, smaller->axis, greater->axes * sizeof *greater->axis) == 0;
}

/* Whether there is a value for the term if every rank has indices of some parts: at most one part for each
 * summed index, or parts of which each splits the other. Notes them. */
static bool has_values(sp_algebra *in, const sp_monomial *m, bool note)
{
    for (size_t i = 0; i < m->factors; i++) {
        sp_variable v, other;
        uint32_t part, also;
        bool smallest = true;
        if (m->factor[i].factor->kind >= SP_FACTOR_ENTRY)
            continue;
        if (!part_in(m, m->factor[i].factor, &v, &part))
            return false;
        for (size_t j = 0; j < m->factors; j++) {
            if (j == i || !part_in(m, m->factor[j].factor, &other, &also) || other != v)
                continue;
            const sp_part *mine = sp_algebra_part_of(in, part), *another = sp_algebra_part_of(in, also);
            if (part == also || (!splits(mine, another) && !splits(another, mine)))
                return false;
            smallest = smallest && splits(another, mine);
        }
        bool seen = !smallest;
        for (size_t k = 0; k < in->nonempties && note && !seen; k++)
            seen = in->nonempty[k] == part;
        if (!note || seen)
            continue;
        in->nonempty = sp_pool_grow(in->pool, in->nonempty, &in->nonempty_capacity, in->nonempties + 1,
                                    sizeof *in->nonempty);
        in->nonempty[in->nonempties++] = part;
    }
    return true;
}

void sp_maximum_used(sp_algebra *in, const sp_factor *maximum)
{
    const sp_expression *values = maximum->is.apply.argument[0];
    if (sp_is_positive(count_of(in, values)))
        return;
    for (size_t t = 0; t < values->terms; t++)
        if (values->term[t].coefficient.n < 0) /* values may be taken away again */
            sp_algebra_give_up(in, SP_PROOF_EMPTY_MAXIMUM);
    for (size_t t = 0; t < values->terms; t++)
        if (has_values(in, values->term[t].monomial, false)) {
            (void)has_values(in, values->term[t].monomial, true);
            return;
        }
    sp_algebra_give_up(in, SP_PROOF_EMPTY_MAXIMUM);
}
