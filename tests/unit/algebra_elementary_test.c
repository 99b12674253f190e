/* proof: exponentials, logarithms, roots and what is divided by them: every rule of the normal form, each with what
 * it must refuse. */
#include "algebra_elementary.h"

/* ---- exponentials ---- */

/* Broken by: exponentials that are left beside each other; a coefficient of an exponent that is forgotten. */
TEST(products_of_exponentials_add_exponents)
{
    (void)unused;
    const sp_expression *x = at0(S), *y = at0(Y), *n = sp_size(in, SP_DIM_N);
    SAME(e_to(ZERO), ONE);
    SAME(times(e_to(x), e_to(y)), e_to(plus(x, y)));
    SAME(times(e_to(x), e_to(x)), e_to(sp_scale(in, x, (sp_rational){2, 1})));
    SAME(times(e_to(times(x, y)), e_to(minus(x, times(x, y)))), e_to(x));
    SAME(sp_invert(in, e_to(x)), e_to(minus(ZERO, x)));
    SAME(times(e_to(x), sp_invert(in, e_to(x))), ONE);
    SAME(times(e_to(times(number(1, 2), x)), e_to(times(number(1, 2), x))), e_to(x));
    SAME(times(e_to(ONE), e_to(number(-1, 1))), ONE);
    SAME(over(times(n, e_to(times(n, x))), e_to(times(n, x))), n);
    SAME(e_to(times(plus(x, y), plus(x, y))),
         times(e_to(times(x, x)), times(e_to(times(y, y)), e_to(times(number(2, 1), times(x, y))))));
    NOT_SAME(e_to(plus(x, y)), plus(e_to(x), e_to(y)));
    NOT_SAME(e_to(times(x, y)), times(e_to(x), e_to(y)));
    NOT_SAME(e_to(times(number(2, 1), x)), times(number(2, 1), e_to(x)));
    NOT_SAME(e_to(times(n, x)), e_to(x));
    NOT_SAME(e_to(x), sigma(x));
    const sp_expression *product = times(times(e_to(x), at1(P, K)), e_to(times(number(-1, 2), y)));
    SAME(sp_monomial_exponent(in, product->term[0].monomial), minus(x, times(number(1, 2), y)));
    SAME(sp_monomial_exponent(in, x->term[0].monomial), ZERO);
    /* no sum of exponentials is divided by: different forms are different functions */
    assert_true(sp_algebra_complete(in));
}

/* Broken by: an exponent that is not summed with the rest of its term; a substitution that forgets exponents. */
TEST(exponents_are_part_of_sums_and_substitutions)
{
    (void)unused;
    sp_variable k = index_of(SP_DIM_DH), l = index_of(SP_DIM_DH), q = rank();
    const sp_expression *f = e_to(at1(S, k)), *g = e_to(at1(Y, k)), *m = at0(P);
    SAME(sum(k, f), sum(l, e_to(at1(S, l))));
    SAME(sum(k, times(f, g)), sum(k, e_to(plus(at1(S, k), at1(Y, k)))));
    NOT_SAME(sum(k, times(f, g)), times(sum(k, f), sum(k, g)));
    SAME(sum(k, sum(l, e_to(plus(at1(S, k), at1(Y, l))))), times(sum(k, f), sum(k, g)));
    SAME(sum(k, e_to(minus(at1(S, k), m))), times(e_to(minus(ZERO, m)), sum(k, f)));
    NOT_SAME(sum(k, f), times(sp_size(in, SP_DIM_DH), f));
    SAME(sp_substitute_index(in, times(e_to(minus(at1(S, k), at1(S, l))), f), k, l), e_to(at1(S, l)));
    SAME(sum(q, times(owned_by(K, coordinate(q)), sum(k, times(owned_by(k, coordinate(q)), f)))),
         sum(k, times(sp_same_rank(in, sp_owner(in, &over_tp, k), sp_owner(in, &over_tp, K)), f)));
    /* a value put for entries */
    sp_variable place = sp_variable_place(0, SP_DIM_DH);
    const sp_expression *value = plus(ln(at1(Y, place)), m);
    SAME(sp_substitute_value(in, sum(k, f), S, 1, &place, value), times(e_to(m), sum(k, at1(Y, k))));
    SAME(sp_substitute_value(in, e_to(times(number(2, 1), at1(S, K))), S, 1, &place, value),
         times(e_to(times(number(2, 1), m)), times(at1(Y, K), at1(Y, K))));
}

/* Broken by: exp([t = u] x) that is [t = u] exp(x). */
TEST(exponentials_are_taken_case_by_case)
{
    (void)unused;
    const sp_expression *c = owned_by(K, coordinate(R)), *x = at0(S), *y = at0(Y);
    const sp_expression *not_c = minus(ONE, c);
    SAME(e_to(times(c, x)), plus(times(c, e_to(x)), not_c));
    SAME(e_to(plus(times(c, x), times(not_c, y))), plus(times(c, e_to(x)), times(not_c, e_to(y))));
    SAME(times(c, e_to(times(c, x))), times(c, e_to(x)));
    NOT_SAME(e_to(times(c, x)), times(c, e_to(x)));
    SAME(times(e_to(times(c, x)), e_to(minus(ZERO, times(c, x)))), ONE);
    SAME(sp_invert(in, e_to(times(c, x))), e_to(minus(ZERO, times(c, x))));
}

/* ---- reciprocals ---- */

/* Broken by: a component that is closed over what is summed outside of the reciprocal. */
TEST(what_is_divided_by_itself_is_found_under_outer_sums)
{
    (void)unused;
    sp_variable t = index_of(SP_DIM_N), u = index_of(SP_DIM_DH), v = index_of(SP_DIM_DH);
    const sp_expression *f = e_to(at2(S, t, u)), *z = sum(v, e_to(at2(S, t, v)));
    const sp_expression *p = over(f, z), *w = at1(Y, t);
    SAME(sum(u, p), ONE);
    SAME(sum(t, sum(u, times(w, p))), sum(t, w));
    SAME(sum(u, sum(t, times(w, p))), sum(t, w));
    SAME(sum(t, times(w, times(z, sp_invert(in, times(z, z))))), sum(t, over(w, z)));
    SAME(sum(t, times(times(w, z), times(z, sp_invert(in, z)))), sum(t, times(w, z)));
    NOT_SAME(sum(t, sum(u, times(w, times(at2(P, t, u), p)))), sum(t, w));
    NOT_SAME(sum(t, sum(u, times(w, times(p, p)))), sum(t, w));
    /* another row's sum is not this one's, and no part of it */
    sp_variable other = index_of(SP_DIM_N);
    const sp_expression *crossed = over(f, sum(v, e_to(at2(S, other, v))));
    NOT_SAME(sum(t, sum(u, times(w, crossed))), sum(t, w));
    NOT_SAME(sum(other, sum(t, sum(u, times(w, crossed)))), sum(other, sum(t, w)));
    const sp_expression *part = over(f, sum(v, times(owned_by(v, coordinate(R)), e_to(at2(S, t, v)))));
    NOT_SAME(sum(t, sum(u, times(w, part))), sum(t, w));
    SAME(sum(t, sum(u, times(times(w, owned_by(u, coordinate(R))), part))), sum(t, w));
    /* a part of a sum of several terms */
    const sp_expression *sink = e_to(at1(P, t)), *two = plus(z, sink), *q = over(f, two);
    SAME(plus(sum(t, sum(u, times(w, q))), sum(t, times(w, over(sink, two)))), sum(t, w));
    SAME(sum(t, sum(u, times(w, q))), minus(sum(t, w), sum(t, times(w, over(sink, two)))));
    NOT_SAME(sum(t, sum(u, times(w, q))), sum(t, w));
    NOT_SAME(plus(sum(t, sum(u, times(w, q))), sum(t, over(sink, two))), sum(t, w));
    /* an index that stands in the reciprocal and in the rest, without functions */
    const sp_expression *total = sum(v, at2(S, t, v));
    SAME(sum(t, times(w, over(total, total))), sum(t, w));
    SAME(sum(t, times(times(w, at2(S, t, K)), over(total, total))), sum(t, times(w, at2(S, t, K))));
    assert_false(sp_algebra_complete(in));
}

/* Broken by: a shift that stays in a reciprocal; a scale that is taken for a shift. */
TEST(softmax_does_not_depend_on_a_shift)
{
    (void)unused;
    sp_variable t = FIRST, v = index_of(SP_DIM_DH);
    const sp_expression *s = at2(S, t, K), *sv = at2(S, t, v), *m = at1(P, t);
    const sp_expression *softmax = over(e_to(s), sum(v, e_to(sv)));
    SAME(over(e_to(minus(s, m)), sum(v, e_to(minus(sv, m)))), softmax);
    SAME(over(times(m, e_to(s)), times(m, sum(v, e_to(sv)))), softmax);
    NOT_SAME(over(e_to(times(m, s)), sum(v, e_to(times(m, sv)))), softmax);
    NOT_SAME(over(e_to(minus(s, m)), sum(v, e_to(sv))), softmax);
    NOT_SAME(over(e_to(s), sum(v, e_to(times(number(2, 1), sv)))), softmax);
    const sp_expression *mv = at1(P, v); /* a shift that is different in each term is none */
    NOT_SAME(over(e_to(minus(s, at1(P, K))), sum(v, e_to(minus(sv, mv)))), softmax);
    /* of two sums the shift that is shared by both */
    const sp_expression *two = plus(sum(v, e_to(sv)), e_to(m)), *c = at0(Q);
    SAME(over(e_to(minus(s, c)), plus(sum(v, e_to(minus(sv, c))), e_to(minus(m, c)))), over(e_to(s), two));
    NOT_SAME(over(e_to(minus(s, c)), plus(sum(v, e_to(minus(sv, c))), e_to(m))), over(e_to(s), two));
    /* numbers, sizes and factors that a sum with exponentials shares */
    const sp_expression *n = sp_size(in, SP_DIM_N), *third = times(n, times(c, number(-2, 3)));
    SAME(sp_invert(in, times(third, two)), times(sp_invert(in, third), sp_invert(in, two)));
    SAME(sp_invert(in, minus(ZERO, two)), minus(ZERO, sp_invert(in, two)));
}

/* Softmax over a split dimension: each rank its maximum and its sum. Broken by: an exponent that is put a rank
 * and not added up again. */
TEST(partial_softmaxes_are_merged)
{
    (void)unused;
    sp_variable q = rank(), k = index_of(SP_DIM_DH), l = index_of(SP_DIM_DH);
    const sp_expression *s = at1(S, k), *all = at0(P), *none = ZERO;
    /* m_q as an opaque value of rank q, M as one of all */
    sp_variable j = index_of(SP_DIM_DH);
    const sp_expression *mq = sigma(sum(j, times(owned_by(j, coordinate(q)), at1(Q, j))));
    const sp_expression *mine = times(owned_by(k, coordinate(q)), e_to(minus(s, mq)));
    const sp_expression *merged = sum(q, times(e_to(minus(mq, all)), sum(k, mine)));
    SAME(merged, times(e_to(minus(none, all)), sum(k, e_to(s))));
    SAME(over(e_to(minus(at1(S, K), all)), merged), over(e_to(at1(S, K)), sum(l, e_to(at1(S, l)))));
    const sp_expression *values = sum(q, times(e_to(minus(mq, all)), sum(k, times(at1(Y, k), mine))));
    SAME(over(values, merged), over(sum(k, times(at1(Y, k), e_to(s))), sum(k, e_to(s))));
    /* two blocks, one after the other: the sum so far is scaled to the new maximum */
    const sp_expression *first = owned_by(k, coordinate(R)), *second = minus(ONE, first);
    const sp_expression *m1 = at1(P, FIRST), *m2 = at1(Q, FIRST), *top = sp_max_of(in, m1, m2);
    const sp_expression *l1 = sum(k, times(first, e_to(minus(s, m1)))), *l2 = sum(k, times(second, e_to(minus(s, m2))));
    const sp_expression *both = plus(times(l1, e_to(minus(m1, top))), times(l2, e_to(minus(m2, top))));
    SAME(both, times(e_to(minus(none, top)), sum(k, e_to(s))));
    SAME(over(e_to(minus(at1(S, K), top)), both), over(e_to(at1(S, K)), sum(l, e_to(at1(S, l)))));
    NOT_SAME(plus(l1, times(l2, e_to(minus(m2, top)))), both);
    NOT_SAME(sum(q, sum(k, mine)), merged); /* not scaled to the common maximum */
    NOT_SAME(sum(q, times(e_to(minus(all, mq)), sum(k, mine))), merged);
    NOT_SAME(sum(q, times(e_to(minus(times(number(2, 1), mq), all)), sum(k, mine))), merged);
}

/* Broken by: independent sums that are inverted together; dependent ones that are inverted apart. */
TEST(independent_sums_are_inverted_one_by_one)
{
    (void)unused;
    sp_variable k = index_of(SP_DIM_DH), i = index_of(SP_DIM_DIN);
    const sp_expression *a = sum(k, at1(S, k)), *b = sum(i, at1(Y, i)), *x = at0(P);
    SAME(sp_invert(in, times(a, b)), times(sp_invert(in, a), sp_invert(in, b)));
    SAME(over(times(a, x), times(a, b)), over(x, b));
    SAME(over(times(a, b), times(a, times(a, b))), sp_invert(in, a));
    const sp_expression *joined = sum(k, sum(i, times(at2(Q, k, i), times(at1(S, k), at1(Y, i)))));
    NOT_SAME(sp_invert(in, joined), sp_invert(in, times(a, b)));
    SAME(over(joined, joined), ONE);
    /* 1/(c x + c y) stays as it is where no elementary function occurs */
    const sp_expression *y = at0(Q), *c = at1(P, K);
    NOT_SAME(sp_invert(in, times(c, plus(x, y))), times(sp_invert(in, c), sp_invert(in, plus(x, y))));
    SAME(times(plus(x, times(y, x)), sp_invert(in, plus(x, times(y, x)))), ONE);
}

/* Broken by: a lead that forgets exponents, or that is looked for at the wrong end of them. */
TEST(sigmoid_written_out_satisfies_its_equation)
{
    (void)unused;
    const sp_expression *z = plus(at1(S, K), at0(P)), *e = e_to(z), *small = e_to(minus(ZERO, z));
    const sp_expression *s = sp_invert(in, plus(ONE, small)), *u = sp_invert(in, plus(ONE, e));
    SAME(s, over(e, plus(ONE, e)));
    SAME(s, minus(ONE, u));
    SAME(times(small, times(s, s)), times(s, minus(ONE, s)));
    SAME(times(e, times(u, u)), times(s, minus(ONE, s)));
    SAME(times(small, u), minus(small, u));
    SAME(times(times(small, small), u), plus(minus(times(small, small), small), u));
    NOT_SAME(s, u);
    NOT_SAME(times(s, s), s);
    /* with numbers and sizes: y/(a + c y) = (1 - a/(a + c y))/c */
    const sp_expression *n = sp_size(in, SP_DIM_N), *c = number(-3, 2), *two = plus(n, times(c, times(n, e)));
    SAME(times(plus(ONE, times(c, e)), times(n, sp_invert(in, two))), ONE);
    SAME(times(times(small, two), sp_invert(in, two)), small);
    SAME(times(times(times(e, e), two), sp_invert(in, two)), times(e, e));
    SAME(times(times(e_to(times(number(1, 2), z)), two), sp_invert(in, two)), e_to(times(number(1, 2), z)));
    /* the same of two exponentials, from either end */
    const sp_expression *a = at1(S, K), *b = at1(P, FIRST), *both = plus(e_to(a), e_to(b));
    for (int i = -3; i <= 3; i++)
        for (int j = -3; j <= 3; j++) {
            const sp_expression *f = e_to(plus(times(number(i, 2), a), times(number(j, 2), b)));
            SAME(times(times(f, both), sp_invert(in, both)), f);
            SAME(plus(over(times(f, e_to(a)), both), over(times(f, e_to(b)), both)), f);
        }
    /* silu' = s (1 + z (1 - s)) */
    const sp_expression *x = at0(Q);
    const sp_expression *sx = sp_invert(in, plus(ONE, e_to(minus(ZERO, x))));
    const sp_expression *silu = times(x, sx);
    const sp_expression *one_more = plus(ONE, e_to(minus(ZERO, x)));
    SAME(plus(sx, over(over(times(x, e_to(minus(ZERO, x))), one_more), one_more)),
         times(sx, plus(ONE, minus(x, silu))));
    NOT_SAME(plus(sx, silu), times(sx, plus(ONE, minus(x, silu))));
    /* under a sum too */
    sp_variable k = index_of(SP_DIM_DH);
    const sp_expression *ek = e_to(minus(ZERO, at1(S, k))), *sk = sp_invert(in, plus(ONE, ek));
    SAME(sum(k, times(at1(Y, k), times(sk, minus(ONE, sk)))),
         sum(k, times(times(at1(Y, k), ek), times(sk, sk))));
}

/* tanh as (e^z - e^-z) / (e^z + e^-z) */
TEST(tanh_written_out_satisfies_its_equation)
{
    (void)unused;
    const sp_expression *z = at1(S, K), *e = e_to(z), *f = e_to(minus(ZERO, z));
    const sp_expression *t = over(minus(e, f), plus(e, f));
    SAME(t, minus(ONE, over(number(2, 1), plus(e_to(times(number(2, 1), z)), ONE))));
    SAME(minus(ONE, times(t, t)), over(over(number(4, 1), plus(e, f)), plus(e, f)));
    NOT_SAME(minus(ONE, t), over(over(number(4, 1), plus(e, f)), plus(e, f)));
}

/* ---- logarithms ---- */

static bool lists_positive(const sp_expression *e)
{
    const sp_expression *const *positive;
    size_t count = sp_algebra_positives(in, &positive);
    for (size_t i = 0; i < count; i++)
        if (positive[i] == e)
            return true;
    return false;
}

/* Broken by: an exponential of a summed index that is taken out; a product that is taken apart. */
TEST(logarithms_undo_exponentials)
{
    (void)unused;
    sp_variable t = FIRST, v = index_of(SP_DIM_DH);
    const sp_expression *x = at0(S), *y = at0(Y), *m = at1(P, t), *s = at2(S, t, v);
    const sp_expression *z = sum(v, e_to(s)), *half = number(1, 2), *n = sp_size(in, SP_DIM_N);
    SAME(ln(ONE), ZERO);
    SAME(ln(e_to(x)), x);
    SAME(e_to(ln(x)), x);
    SAME(ln(times(e_to(x), y)), plus(x, ln(y)));
    SAME(ln(plus(times(e_to(x), y), times(e_to(x), n))), plus(x, ln(plus(y, n))));
    SAME(ln(plus(ONE, e_to(x))), plus(x, ln(plus(ONE, e_to(minus(ZERO, x))))));
    SAME(plus(m, ln(sum(v, e_to(minus(s, m))))), ln(z));
    SAME(ln(over(e_to(x), z)), minus(x, ln(z)));
    SAME(ln(over(y, z)), minus(ln(y), ln(z)));
    SAME(ln(sp_invert(in, y)), minus(ZERO, ln(y)));
    SAME(e_to(plus(x, ln(y))), times(y, e_to(x)));
    SAME(e_to(minus(ZERO, ln(y))), sp_invert(in, y));
    SAME(e_to(times(number(3, 1), ln(y))), times(y, times(y, y)));
    SAME(e_to(times(half, ln(y))), root(y));
    SAME(e_to(times(number(-3, 2), ln(y))), times(rsqrt(y), sp_invert(in, y)));
    const sp_expression *third = e_to(times(number(1, 3), ln(y))), *up = times(third, times(third, third));
    SAME(up, y);
    SAME(times(third, e_to(times(number(2, 3), ln(y)))), y);
    sp_variable k = index_of(SP_DIM_DH), l = index_of(SP_DIM_DH);
    const sp_expression *two = number(2, 3), *up_k = e_to(times(two, plus(ln(at1(S, k)), ln(at1(Y, k)))));
    const sp_expression *up_l = sp_substitute_index(in, up_k, k, l);
    SAME(sum(l, sum(k, times(sp_same_index(in, k, l), times(up_k, up_l)))), sum(l, times(up_l, up_l)));
    SAME(e_to(times(number(-2, 3), ln(y))), times(third, sp_invert(in, y)));
    SAME(e_to(minus(x, ln(z))), over(e_to(x), z)); /* softmax by log-sum-exp */
    NOT_SAME(sum(v, times(e_to(s), e_to(minus(m, ln(z))))), ONE);
    SAME(sum(v, e_to(minus(s, ln(z)))), ONE);
    NOT_SAME(ln(sum(v, e_to(minus(s, at1(P, v))))), minus(ln(z), m));
    NOT_SAME(ln(times(x, y)), plus(ln(x), ln(y))); /* both may be negative */
    NOT_SAME(ln(times(x, x)), times(number(2, 1), ln(x)));
    NOT_SAME(ln(plus(x, y)), plus(ln(x), ln(y)));
    NOT_SAME(ln(plus(e_to(x), y)), plus(x, ln(plus(ONE, y))));
    SAME(ln(over(z, plus(ONE, z))), minus(ln(z), ln(plus(ONE, z))));
    SAME(ln(over(plus(x, z), plus(ONE, z))), minus(ln(plus(x, z)), ln(plus(ONE, z))));
    SAME(ln(sp_invert(in, times(x, y))), minus(ZERO, ln(times(x, y))));
    SAME(ln(times(n, x)), plus(ln(n), ln(x)));
    SAME(ln(times(number(3, 8), x)), minus(plus(ln(number(3, 1)), ln(x)), times(number(3, 1), ln(number(2, 1)))));
    SAME(ln(over(ONE, times(n, x))), minus(minus(ZERO, ln(n)), ln(x)));
    SAME(ln(over(y, times(z, z))), minus(ln(y), times(number(2, 1), ln(z))));
    SAME(ln(minus(ONE, sp_invert(in, plus(ONE, e_to(x))))), minus(x, ln(plus(ONE, e_to(x)))));
    const sp_expression *less = minus(e_to(x), e_to(y)), *mixed = plus(e_to(x), y);
    NOT_SAME(ln(over(y, less)), minus(ln(y), ln(less))); /* both may be negative */
    NOT_SAME(ln(over(y, mixed)), minus(ln(y), ln(mixed)));
    NOT_SAME(ln(times(n, x)), ln(x));
    NOT_SAME(ln(minus(ZERO, x)), ln(x));
    NOT_SAME(e_to(times(x, ln(y))), y);
    assert_true(lists_positive(y) && lists_positive(times(x, y)) && lists_positive(times(e_to(x), y)));
    const sp_expression *const *divisor;
    size_t divisors = sp_algebra_divisors(in, &divisor);
    (void)over(y, z);
    (void)over(y, e_to(x));
    assert_int_equal(sp_algebra_divisors(in, &divisor), divisors);
    (void)over(y, minus(e_to(x), e_to(minus(ZERO, y))));
    assert_int_equal(sp_algebra_divisors(in, &divisor), divisors + 1);
    assert_false(lists_positive(z) || lists_positive(e_to(x)) || lists_positive(over(e_to(x), z)) ||
                 lists_positive(ONE));
    /* a sum over a part may be over nothing */
    const sp_expression *part = sum(v, times(owned_by(v, coordinate(R)), e_to(s)));
    (void)ln(part);
    assert_true(lists_positive(part));
    assert_false(sp_algebra_complete(in));
    /* cross-entropy of a distribution, both ways */
    sp_algebra_distribution(in, Y, 0);
    const sp_expression *sv = at1(S, v), *lse = ln(sum(v, e_to(sv)));
    SAME(sum(v, times(at1(Y, v), ln(over(e_to(sv), sum(v, e_to(sv)))))), minus(sum(v, times(at1(Y, v), sv)), lse));
}

/* Broken by: sqrt(x x) = x; a root that is positive of what may be negative. */
TEST(roots_of_positive_numbers)
{
    (void)unused;
    sp_variable k = index_of(SP_DIM_DH), t = index_of(SP_DIM_N), l = index_of(SP_DIM_DH);
    const sp_expression *x = at0(S), *y = at0(Y), *d = sp_size(in, SP_DIM_DH), *eps = at0(P);
    const sp_expression *square = times(at2(S, t, k), at2(S, t, k));
    const sp_expression *v = plus(over(sum(k, square), d), eps), *r = rsqrt(v);
    SAME(times(root(x), root(x)), x);
    SAME(times(rsqrt(x), rsqrt(x)), sp_invert(in, x));
    SAME(times(x, rsqrt(x)), root(x));
    SAME(over(root(x), x), rsqrt(x));
    SAME(sp_invert(in, rsqrt(x)), root(x));
    SAME(times(root(d), root(d)), d);
    const sp_expression *z = plus(ONE, e_to(x));
    SAME(root(over(y, z)), over(root(y), root(z)));
    SAME(root(over(plus(y, x), z)), over(root(plus(y, x)), root(z)));
    SAME(root(sp_invert(in, times(x, y))), rsqrt(times(x, y)));
    SAME(times(root(root(y)), root(root(y))), root(y));
    SAME(times(root(y), root(root(y))), e_to(times(number(3, 4), ln(y))));
    SAME(e_to(times(number(1, 2), ln(root(y)))), root(root(y)));
    SAME(root(ONE), ONE);
    SAME(root(number(12, 1)), times(number(2, 1), root(number(3, 1))));
    SAME(root(over(x, d)), over(root(x), root(d)));
    SAME(root(times(times(number(1, 8), d), times(d, times(d, x)))),
         times(times(number(1, 4), d), times(root(number(2, 1)), times(root(d), root(x)))));
    NOT_SAME(root(minus(ZERO, x)), root(x));
    SAME(root(sp_invert(in, x)), rsqrt(x));
    SAME(root(times(e_to(x), y)), times(e_to(times(number(1, 2), x)), root(y)));
    SAME(ln(root(x)), times(number(1, 2), ln(x)));
    SAME(times(root(times(x, y)), root(times(x, y))), times(x, y));
    SAME(times(r, times(r, v)), ONE);
    SAME(times(r, times(r, r)), over(r, v));
    SAME(times(times(r, r), sum(l, times(at2(S, t, l), at2(S, t, l)))), times(d, minus(ONE, over(eps, v))));
    SAME(sum(t, times(at1(Y, t), times(times(r, v), times(r, ONE)))), sum(t, at1(Y, t)));
    SAME(sum(t, times(times(at1(Y, t), root(v)), times(root(v), sp_invert(in, v)))), sum(t, at1(Y, t)));
    /* a sum of two that look alike has no lead */
    const sp_expression *alike = plus(at1(S, k), at1(S, l));
    SAME(times(rsqrt(alike), rsqrt(alike)), sp_invert(in, alike));
    SAME(times(root(alike), rsqrt(alike)), ONE);
    /* several at once */
    sp_variable m = index_of(SP_DIM_DH), o = index_of(SP_DIM_DH);
    const sp_expression *rk = root(plus(at1(S, k), x)), *al = plus(at1(S, l), x), *rl = root(al);
    const sp_expression *rm = root(plus(at1(S, m), x)), *ro = root(plus(at1(S, o), x));
    const sp_expression *kml = times(sp_same_index(in, k, l), sp_same_index(in, m, l));
    SAME(sum(k, sum(m, times(kml, times(rk, times(rl, rm))))), times(al, rl));
    const sp_expression *four = times(times(rk, rl), times(rm, ro)), *kmol = times(kml, sp_same_index(in, o, l));
    SAME(sum(k, sum(m, sum(o, times(kmol, times(four, sp_invert(in, al)))))), al);
    NOT_SAME(root(times(x, x)), x);
    NOT_SAME(root(x), x);
    NOT_SAME(root(times(x, y)), times(root(x), root(y))); /* both may be negative */
    NOT_SAME(root(plus(x, y)), plus(root(x), root(y)));
    NOT_SAME(times(root(x), root(y)), root(plus(x, y)));
    NOT_SAME(sum(k, times(root(at1(S, k)), root(at1(S, k)))), times(sum(k, root(at1(S, k))), sum(k, root(at1(S, k)))));
    assert_true(lists_positive(x) && lists_positive(v) && lists_positive(times(x, x)));
    /* what is put does not have to be assumed again */
    const sp_expression *const *positive;
    size_t count = sp_algebra_positives(in, &positive);
    SAME(sp_substitute_index(in, rsqrt(v), t, FIRST), rsqrt(sp_substitute_index(in, v, t, FIRST)));
    assert_int_equal(sp_algebra_positives(in, &positive), count + 1);
    assert_false(sp_algebra_complete(in));
}

/* ---- derivatives ---- */

/* Broken by: numbers told apart by how they are written, or not told apart; one that is not positive. */
TEST(numbers_that_are_no_fractions_are_themselves)
{
    (void)unused;
    const sp_expression *c = sp_literal(in, 1e-5, "1e-5"), *x = at0(S);
    const sp_expression *const *assumed;
    SAME(c, sp_literal(in, 0.00001, "0.00001"));
    NOT_SAME(c, sp_literal(in, 1e-6, "1e-6"));
    NOT_SAME(c, ZERO);
    SAME(plus(c, c), times(number(2, 1), c));
    SAME(over(times(c, x), c), x);
    SAME(sp_literal(in, 0.5, "0.5"), number(1, 2));
    SAME(sp_literal(in, 0, "0"), ZERO);
    SAME(times(root(plus(times(x, x), c)), root(plus(times(x, x), c))), plus(times(x, x), c));
    assert_int_equal(sp_algebra_positives(in, &assumed), 0);
    assert_int_equal(sp_algebra_divisors(in, &assumed), 0);
    (void)root(minus(times(x, x), c));
    assert_int_equal(sp_algebra_positives(in, &assumed), 1);
}

TEST(derivatives_of_elementary_functions)
{
    (void)unused;
    sp_variable k = index_of(SP_DIM_DH), m = index_of(SP_DIM_DH), l = index_of(SP_DIM_DH);
    const sp_expression *x = at1(S, k), *xm = at1(S, m), *f = at1(Y, k), *fm = at1(Y, m);
    SAME(sp_derivative(in, sum(k, times(f, e_to(times(x, x)))), S, 1, &m),
         times(times(number(2, 1), fm), times(xm, e_to(times(xm, xm)))));
    SAME(sp_derivative(in, sum(k, times(f, ln(x))), S, 1, &m), over(fm, xm));
    SAME(sp_derivative(in, sum(k, times(f, root(x))), S, 1, &m), times(times(number(1, 2), fm), rsqrt(xm)));
    SAME(sp_derivative(in, ln(sum(k, e_to(x))), S, 1, &m), over(e_to(xm), sum(l, e_to(at1(S, l)))));
    SAME(sp_derivative(in, sp_invert(in, plus(ONE, e_to(at0(S)))), S, 0, NULL),
         minus(times(sp_invert(in, plus(ONE, e_to(at0(S)))), sp_invert(in, plus(ONE, e_to(at0(S))))),
               sp_invert(in, plus(ONE, e_to(at0(S))))));
    /* softmax' = p ([k = m] - p) */
    const sp_expression *p = over(e_to(at1(S, K)), sum(l, e_to(at1(S, l))));
    const sp_expression *pm = over(e_to(xm), sum(l, e_to(at1(S, l))));
    SAME(sp_derivative(in, p, S, 1, &m), times(p, minus(sp_same_index(in, K, m), pm)));
    NOT_SAME(sp_derivative(in, p, S, 1, &m), times(p, minus(ONE, pm)));
}

/* ---- main ---- */

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(products_of_exponentials_add_exponents),
        cmocka_unit_test(exponents_are_part_of_sums_and_substitutions),
        cmocka_unit_test(exponentials_are_taken_case_by_case),
        cmocka_unit_test(what_is_divided_by_itself_is_found_under_outer_sums),
        cmocka_unit_test(softmax_does_not_depend_on_a_shift),
        cmocka_unit_test(partial_softmaxes_are_merged),
        cmocka_unit_test(independent_sums_are_inverted_one_by_one),
        cmocka_unit_test(sigmoid_written_out_satisfies_its_equation),
        cmocka_unit_test(logarithms_undo_exponentials),
        cmocka_unit_test(roots_of_positive_numbers),
        cmocka_unit_test(numbers_that_are_no_fractions_are_themselves),
        cmocka_unit_test(derivatives_of_elementary_functions),
        cmocka_unit_test(tanh_written_out_satisfies_its_equation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
