/* Maxima.
 *
 * A maximum is that of a multiset of values, written as a sum: max(sum(k: own(k) = r) member(S[k])). member is
 * a function of which nothing is known, so two such sums are equal, by rules that hold for every function,
 * only if the multisets are. The maximum does not depend on how often a value is there, only on whether: what
 * is not negative may be counted once. member(max(s)) is s inside of a maximum, for an empty s too; one value is
 * its own maximum. Conditions outside of sums are taken case by case, before.
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

const sp_expression *sp_maximum_apply(sp_algebra *in, sp_symbol symbol, const sp_expression *a)
{
    const sp_factor *lone = sp_lone_factor(a);
    if (symbol == SP_SYMBOL_MEMBER) {
        if (!lone || !sp_is_symbol(lone, SP_SYMBOL_MAXIMUM))
            return sp_apply_alone(in, symbol, a);
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
    return sp_apply_alone(in, symbol, values);
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
