/* proof: maxima and distributions, each rule with what it must refuse; and what networks are made of: softmax,
 * cross-entropy, attention, norms, split over ranks or not. */
#include "algebra_elementary.h"

/* ---- maxima ---- */

/* Broken by: a maximum that counts how often a value is there; one that forgets a condition. */
TEST(a_maximum_of_maxima_is_the_maximum)
{
    (void)unused;
    sp_variable q = rank(), k = index_of(SP_DIM_DH), l = index_of(SP_DIM_DH), t = index_of(SP_DIM_N);
    const sp_expression *s = at1(S, k), *all = largest(k, ONE, s), *x = at0(P), *y = at0(Q);
    const sp_expression *local = largest(k, owned_by(k, coordinate(q)), s);
    SAME(all, largest(l, ONE, at1(S, l)));
    SAME(largest(q, ONE, local), all);
    SAME(largest(q, ONE, all), all);
    SAME(largest(q, ONE, largest(q, ONE, local)), all);
    SAME(largest(k, ONE, x), x);
    SAME(largest(q, ONE, x), x);
    SAME(largest(k, ONE, largest(t, ONE, at2(S, t, k))), largest(t, ONE, largest(k, ONE, at2(S, t, k))));
    SAME(sp_max_of(in, x, y), sp_max_of(in, y, x));
    SAME(sp_max_of(in, x, x), x);
    SAME(sp_max_of(in, x, sp_max_of(in, y, x)), sp_max_of(in, x, y));
    SAME(sp_max_of(in, all, largest(q, ONE, local)), all);
    SAME(sp_max_of(in, all, sp_max_of(in, all, x)), sp_max_of(in, all, x));
    /* an all-gather of each rank's maximum: the maximum over the ranks that own something */
    const sp_expression *owners = largest(k, owned_by(k, coordinate(R)), s);
    SAME(sp_substitute_rank(in, local, q, coordinate(R)), owners);
    const uint32_t *part;
    assert_int_equal(sp_algebra_nonempty(in, &part), 0); /* nothing but maxima of maxima so far */
    NOT_SAME(local, all);
    NOT_SAME(owners, all);
    NOT_SAME(sum(q, local), all);
    NOT_SAME(largest(q, ONE, times(number(2, 1), local)), all);
    NOT_SAME(largest(k, ONE, times(s, s)), times(all, all));
    NOT_SAME(largest(k, ONE, plus(s, at1(Y, k))), plus(all, largest(k, ONE, at1(Y, k))));
    NOT_SAME(sp_max_of(in, x, y), x);
    NOT_SAME(sp_max_of(in, x, ZERO), x);
    NOT_SAME(largest(k, owned_by(k, coordinate(R)), x), x); /* it may be over nothing */
    SAME(largest(q, ONE, largest(k, owned_by(k, coordinate(q)), x)), x);
    /* max(sum) is not sum(max), and an outer sum is not forgotten */
    NOT_SAME(largest(k, ONE, sum(t, at2(S, t, k))), sum(t, largest(k, ONE, at2(S, t, k))));
    NOT_SAME(sum(t, largest(k, ONE, at2(S, t, k))), largest(k, ONE, at2(S, t, k)));
    assert_false(sp_algebra_complete(in));
}

/* Broken by: a factor whose sign is not known, a summand that is not the same for all, a part that may be empty. */
TEST(a_monotone_function_of_a_maximum_is_the_maximum_of_its_values)
{
    (void)unused;
    sp_variable q = rank(), k = index_of(SP_DIM_DH), t = index_of(SP_DIM_N);
    const sp_expression *s = at1(S, k), *all = largest(k, ONE, s), *x = at0(P), *two = number(2, 1);
    const sp_expression *size = sp_size(in, sp_sort_of_dim(SP_DIM_DH)), *mine = owned_by(k, coordinate(q));
    SAME(largest(k, ONE, plus(s, ONE)), plus(all, ONE));
    SAME(largest(k, ONE, plus(s, x)), plus(all, x));
    SAME(largest(k, ONE, plus(at2(S, t, k), at1(Y, t))), plus(largest(k, ONE, at2(S, t, k)), at1(Y, t)));
    SAME(largest(k, ONE, times(two, s)), times(two, all));
    SAME(largest(k, ONE, plus(times(size, s), times(two, x))), plus(times(size, all), times(two, x)));
    SAME(largest(k, ONE, over(s, root(size))), over(all, root(size)));
    SAME(largest(k, ONE, e_to(s)), e_to(all));
    SAME(largest(k, ONE, times(two, e_to(minus(s, x)))), times(two, e_to(minus(all, x))));
    SAME(ln(largest(k, ONE, e_to(s))), all);
    SAME(sp_max_of(in, plus(x, ONE), plus(at0(Q), ONE)), plus(sp_max_of(in, x, at0(Q)), ONE));
    /* of ranks' parts: nothing is assumed of them as long as nothing but a maximum uses them */
    const uint32_t *part;
    SAME(largest(q, ONE, largest(k, mine, plus(s, x))), plus(all, x));
    SAME(largest(q, ONE, largest(k, mine, e_to(times(two, s)))), e_to(times(two, all)));
    assert_int_equal(sp_algebra_nonempty(in, &part), 0);
    const sp_expression *local = largest(k, mine, s);
    SAME(largest(q, ONE, plus(times(two, local), x)), plus(times(two, all), x));
    assert_int_equal(sp_algebra_nonempty(in, &part), 1);
    SAME(ln(largest(q, ONE, e_to(local))), all);
    NOT_SAME(largest(k, ONE, minus(ZERO, s)), minus(ZERO, all));
    NOT_SAME(largest(q, ONE, minus(ZERO, local)), minus(ZERO, all));
    NOT_SAME(largest(q, ONE, times(x, local)), times(x, all));
    NOT_SAME(largest(q, ONE, times(x, local)), largest(k, ONE, times(x, s)));
    NOT_SAME(largest(q, ONE, minus(ZERO, local)), largest(k, ONE, minus(ZERO, s)));
    NOT_SAME(largest(k, ONE, times(x, s)), times(x, all));
    NOT_SAME(largest(k, ONE, plus(s, at1(Y, k))), plus(all, at1(Y, k)));
    NOT_SAME(largest(k, ONE, plus(s, at1(Y, k))), plus(all, largest(k, ONE, at1(Y, k))));
    const sp_expression *each = e_to(at1(Y, k));
    NOT_SAME(largest(k, ONE, times(s, each)), times(all, each));
    NOT_SAME(sp_max_of(in, plus(x, ONE), at0(Q)), plus(sp_max_of(in, x, at0(Q)), ONE));
    NOT_SAME(sp_max_of(in, times(two, x), at0(Q)), times(two, sp_max_of(in, x, at0(Q))));
    NOT_SAME(largest(q, ONE, plus(local, sum(k, times(mine, s)))), plus(all, sum(k, times(mine, s))));
    NOT_SAME(largest(k, ONE, e_to(s)), all);
    NOT_SAME(largest(k, ONE, plus(e_to(s), e_to(x))), e_to(plus(all, x)));
}

/* allreduce(allreduce(max(S), tp), tp, max): the inner one is a sum of local maxima. */
TEST(a_sum_of_maxima_is_no_maximum)
{
    (void)unused;
    sp_variable q = rank(), q2 = rank(), k = index_of(SP_DIM_DH);
    const sp_expression *s = at1(S, k), *all = largest(k, ONE, s);
    const sp_expression *summed = sum(q, largest(k, owned_by(k, coordinate(q)), s));
    const sp_expression *trap = largest(q2, ONE, summed);
    SAME(trap, summed); /* the same on every rank */
    NOT_SAME(trap, all);
    const uint32_t *part;
    assert_int_equal(sp_algebra_nonempty(in, &part), 1); /* it is NaN where a rank holds nothing */
    assert_int_equal(part[0], sp_algebra_part(in, &over_tp));
    /* a mean of the same maximum is it, for what nothing has to be assumed */
    SAME(over(sum(q, all), sp_size(in, sp_sort_of_axis(0))), all);
    assert_int_equal(sp_algebra_nonempty(in, &part), 1);
}

/* Broken by: an assumption that is forgotten, or made of what is not used. */
TEST(parts_that_must_not_be_empty_are_listed)
{
    (void)unused;
    sp_variable q = rank(), k = index_of(SP_DIM_DH), t = index_of(SP_DIM_N), l = index_of(SP_DIM_DH);
    sp_variable p = sp_fresh(in, sp_sort_of_axis(1));
    const sp_expression *s = at1(S, k);
    const uint32_t *part;
    (void)times(at0(P), largest(t, ONE, at2(S, t, K)));
    (void)e_to(minus(ZERO, largest(k, ONE, s)));
    (void)largest(q, ONE, largest(k, owned_by(k, coordinate(q)), s));
    const sp_expression *local = largest(k, owned_by(k, coordinate(q)), s);
    const sp_expression *with_more = sp_max_of(in, local, at0(P)); /* never over nothing */
    (void)e_to(with_more);
    (void)times(with_more, with_more);
    /* each of its own part's: the part of one's own index is not empty, but no need to see that */
    assert_int_equal(sp_algebra_nonempty(in, &part), 0);
    (void)e_to(local);
    assert_int_equal(sp_algebra_nonempty(in, &part), 1);
    (void)e_to(minus(ZERO, local));
    (void)sigma(sp_substitute_rank(in, local, q, coordinate(R)));
    assert_int_equal(sp_algebra_nonempty(in, &part), 1);
    /* what is multiplied by 0, or counted */
    sp_variable r = sp_variable_rank(1);
    const sp_part over_n = {.dim = SP_DIM_N, .axes = 1, .axis = {1}};
    const sp_part over_d = {.dim = SP_DIM_DIN, .axes = 1, .axis = {1}};
    sp_variable i = index_of(SP_DIM_DIN), o = index_of(SP_DIM_DH);
    const sp_expression *of_n = sp_same_rank(in, sp_owner(in, &over_n, t), coordinate(r));
    const sp_expression *of_d = sp_same_rank(in, sp_owner(in, &over_d, i), coordinate(r));
    const sp_expression *of_other = sp_same_rank(in, sp_owner(in, &over_other, o), coordinate(r));
    const sp_expression *top_n = largest(t, of_n, at1(S, t)), *top_d = largest(i, of_d, at1(S, i));
    (void)times(ZERO, top_n);
    assert_int_equal(sp_algebra_nonempty(in, &part), 2);
    (void)times(top_d, ZERO);
    assert_int_equal(sp_algebra_nonempty(in, &part), 3);
    (void)sum(i, largest(o, of_other, at1(S, o)));
    assert_int_equal(sp_algebra_nonempty(in, &part), 4);
    /* of a part that splits another the smaller one */
    const sp_expression *both = times(owned_by(l, coordinate(q)),
                                      sp_same_rank(in, sp_owner(in, &over_both, l), coordinate(p)));
    (void)sp_invert(in, largest(l, both, at1(S, l)));
    assert_int_equal(sp_algebra_nonempty(in, &part), 5);
    assert_int_equal(part[4], sp_algebra_part(in, &over_both));
    /* the larger one of two: one of them is enough */
    sp_algebra *fresh = in = sp_algebra_open(pool, NULL);
    (void)e_to(sp_max_of(in, largest(t, of_n, at1(S, t)), largest(i, of_d, at1(S, i))));
    assert_int_equal(sp_algebra_nonempty(fresh, &part), 1);
}

static void max_of_nothing(void *unused)
{
    (void)unused;
    (void)largest(K, ZERO, at0(S));
}

static void max_where_it_may_not_hold(void *unused)
{
    (void)unused;
    sp_variable q = rank();
    (void)largest(q, owned_by(K, coordinate(R)), at0(S));
}

static void max_over_two_unrelated_parts(void *unused)
{
    (void)unused;
    sp_variable k = index_of(SP_DIM_DH);
    const sp_expression *both = times(owned_by(k, coordinate(R)),
        sp_same_rank(in, sp_owner(in, &over_other, k), sp_coordinate_of(sp_variable_rank(1))));
    (void)e_to(largest(k, both, at1(S, k)));
}

static void max_of_what_is_left(void *unused)
{
    (void)unused;
    sp_variable k = index_of(SP_DIM_DH);
    (void)e_to(largest(k, minus(ONE, owned_by(k, coordinate(R))), at1(S, k)));
}

static void log_of_zero(void *unused)
{
    (void)unused;
    (void)ln(minus(at0(S), at0(S)));
}

static void root_of_less(void *unused)
{
    (void)unused;
    (void)root(minus(ZERO, sp_size(in, SP_DIM_N)));
}

/* What is no number is not turned into one: it is given up. */
static void what_is_no_number_is_given_up(void **state)
{
    (void)state;
    static const struct {
        void (*body)(void *);
        sp_proof_limit limit;
        const char *text;
    } stops[] = {
        {max_of_nothing, SP_PROOF_EMPTY_MAXIMUM, "it takes a maximum that may be over nothing"},
        {max_where_it_may_not_hold, SP_PROOF_EMPTY_MAXIMUM, "it takes a maximum that may be over nothing"},
        {max_over_two_unrelated_parts, SP_PROOF_EMPTY_MAXIMUM, "it takes a maximum that may be over nothing"},
        {max_of_what_is_left, SP_PROOF_EMPTY_MAXIMUM, "it takes a maximum that may be over nothing"},
        {log_of_zero, SP_PROOF_NOT_POSITIVE, "it takes a root or a logarithm of what is not positive"},
        {root_of_less, SP_PROOF_NOT_POSITIVE, "it takes a root or a logarithm of what is not positive"},
    };
    for (size_t i = 0; i < sizeof stops / sizeof *stops; i++) {
        assert_int_equal(sp_pool_open(&pool, NULL, NULL), SP_OK);
        in = sp_algebra_open(pool, NULL);
        assert_int_equal(sp_algebra_run(in, stops[i].body, NULL), stops[i].limit);
        assert_string_equal(sp_proof_limit_text(pool, stops[i].limit), stops[i].text);
        sp_pool_close(pool);
    }
}

static const sp_expression *unknown_log(void) { return ln(at0(S)); }
static const sp_expression *unknown_root(void) { return root(at0(S)); }
static const sp_expression *unknown_maximum(void) { return sp_max_of(in, at0(S), at0(Y)); }
static const sp_expression *unknown_share(void) { return sp_invert(in, plus(e_to(at0(S)), e_to(at0(Y)))); }
static const sp_expression *unknown_number(void) { return sp_literal(in, 1e-5, "1e-5"); }
static const sp_expression *unknown_sum(void) { return sp_invert(in, sum(K, e_to(at1(S, K)))); }

/* Where more is true than is used, different forms are not said to be different functions. */
static void what_is_not_decided_is_said(void **state)
{
    (void)state;
    static const struct {
        const sp_expression *(*make)(void);
        const char *words;
    } undecided[] = {
        {unknown_log, "of log only"},
        {unknown_root, "of sqrt only"},
        {unknown_maximum, "of a maximum only"},
        {unknown_share, "divided by a sum of exponentials"},
        {unknown_sum, "divided by a sum of exponentials"},
        {unknown_number, "of numbers such as 1e-5"},
    };
    for (size_t i = 0; i < sizeof undecided / sizeof *undecided; i++) {
        assert_int_equal(sp_pool_open(&pool, NULL, NULL), SP_OK);
        in = sp_algebra_open(pool, NULL);
        assert_true(sp_algebra_complete(in));
        (void)undecided[i].make();
        assert_false(sp_algebra_complete(in));
        assert_non_null(strstr(sp_algebra_missing(pool, in), undecided[i].words));
        sp_pool_close(pool);
    }
}

/* ---- distributions ---- */

/* Broken by: a sum that is weighted, over another index, or over a part. */
TEST(distributions_sum_to_one)
{
    (void)unused;
    sp_variable v = index_of(SP_DIM_DH), t = index_of(SP_DIM_N), q = rank(), b = index_of(SP_DIM_DH);
    const sp_expression *y = at2(Y, t, v), *x = at1(S, v), *w = at1(P, t);
    NOT_SAME(sum(v, y), ONE);
    sp_algebra_distribution(in, Y, 1);
    SAME(sum(v, y), ONE);
    SAME(sum(t, sum(v, times(w, y))), sum(t, w));
    SAME(sum(t, sum(v, y)), sp_size(in, SP_DIM_N));
    SAME(sum(q, sum(v, times(owned_by(v, coordinate(q)), y))), ONE);
    SAME(sum(v, over(times(x, y), x)), ONE);
    SAME(sum(v, times(y, e_to(minus(x, x)))), ONE);
    SAME(sigma(sum(v, y)), sigma(ONE));
    NOT_SAME(sum(t, y), ONE);
    NOT_SAME(sum(v, times(x, y)), ONE);
    NOT_SAME(sum(v, times(y, e_to(x))), ONE);
    NOT_SAME(sum(v, times(y, sigma(x))), ONE);
    NOT_SAME(sum(v, times(y, y)), ONE);
    NOT_SAME(sum(v, times(owned_by(v, coordinate(R)), y)), ONE);
    NOT_SAME(sum(v, at2(S, t, v)), ONE);
    NOT_SAME(sum(v, at2(Y, v, v)), ONE);
    NOT_SAME(sum(v, sum(b, times(y, at2(Q, v, b)))), sum(b, at2(Q, v, b)));
    NOT_SAME(y, ONE);
    /* softmax and cross-entropy: the sum over the classes of p - y is 0 */
    const sp_expression *p = over(e_to(at2(S, t, v)), sum(b, e_to(at2(S, t, b))));
    SAME(sum(v, minus(p, y)), ZERO);
    assert_non_null(strstr(sp_algebra_missing(pool, in), "distribution"));
}

/* ---- what networks need, put together ---- */

/* d/dx of a softmax, a logarithm of it, and a loss. Y is a distribution. */
TEST(cross_entropy_has_the_gradient_p_less_y)
{
    (void)unused;
    sp_variable v = index_of(SP_DIM_DH), m = index_of(SP_DIM_DH), l = index_of(SP_DIM_DH), q = rank();
    sp_algebra_distribution(in, Y, 0);
    const sp_expression *x = at1(S, v), *z = sum(v, e_to(x)), *lse = ln(z), *xm = at1(S, m);
    const sp_expression *loss = minus(ZERO, sum(v, times(at1(Y, v), ln(over(e_to(x), z)))));
    SAME(minus(ZERO, sum(v, times(at1(Y, v), minus(x, lse)))), minus(lse, sum(v, times(at1(Y, v), x))));
    const sp_expression *slope = sp_derivative(in, loss, S, 1, &m);
    SAME(slope, minus(over(e_to(xm), z), at1(Y, m)));
    NOT_SAME(slope, minus(over(e_to(xm), z), at1(Q, m)));
    NOT_SAME(slope, minus(at1(Y, m), over(e_to(xm), z)));
    /* a split vocabulary: each rank its maximum, sum, and part of the product */
    const sp_expression *mine = owned_by(v, coordinate(q)), *top = largest(v, mine, x), *all = largest(q, ONE, top);
    const sp_expression *total = sum(q, sum(v, times(mine, e_to(minus(x, all)))));
    SAME(all, largest(l, ONE, at1(S, l)));
    SAME(plus(ln(total), all), lse);
    SAME(minus(plus(ln(total), all), sum(q, sum(v, times(mine, times(at1(Y, v), x))))), loss);
    NOT_SAME(plus(ln(total), top), lse);
    NOT_SAME(ln(total), lse);
    const uint32_t *part;
    assert_int_equal(sp_algebra_nonempty(in, &part), 1); /* ln(total) + top uses the maximum of one part */
}

static sp_variable dims(void) { return index_of(SP_DIM_DIN); }

/* One head: O[t,d] = sum(u) P[t,u] V[u,d] with P = softmax(sum(e) Q[t,e] K[u,e] / sqrt(Din)). */
enum { KEYS = 5, VALUES = 6, SLOPES = 7 };

static const sp_expression *score(sp_variable t, sp_variable u)
{
    sp_variable e = dims();
    return over(sum(e, times(at2(Q, t, e), at2(KEYS, u, e))), root(sp_size(in, SP_DIM_DIN)));
}

static const sp_expression *attention(sp_variable t, sp_variable u)
{
    sp_variable v = index_of(SP_DIM_DH);
    return over(e_to(score(t, u)), sum(v, e_to(score(t, v))));
}

static const sp_expression *weighed(sp_variable t, sp_variable u)
{
    sp_variable d = dims();
    return sum(d, times(at2(SLOPES, t, d), at2(VALUES, u, d)));
}

/* The gradient of sum(t,d) G[t,d] O[t,d] by Q: sum(u) dS[t,u] K[u,e] / sqrt(Din), dS = P (dP - sum(u) dP P). */
TEST(attention_has_the_gradient_of_the_textbook)
{
    (void)unused;
    sp_variable t = index_of(SP_DIM_N), u = index_of(SP_DIM_DH), v = index_of(SP_DIM_DH), q = rank();
    sp_variable place[2] = {index_of(SP_DIM_N), dims()};
    sp_variable n = place[0], e = place[1];
    const sp_expression *loss = sum(t, sum(u, times(attention(t, u), weighed(t, u))));
    const sp_expression *mean = sum(v, times(attention(n, v), weighed(n, v)));
    const sp_expression *ds = times(attention(n, u), minus(weighed(n, u), mean));
    const sp_expression *dq = over(sum(u, times(ds, at2(KEYS, u, e))), root(sp_size(in, SP_DIM_DIN)));
    SAME(sp_derivative(in, loss, Q, 2, place), dq);
    NOT_SAME(sp_derivative(in, loss, Q, 2, place), sum(u, times(ds, at2(KEYS, u, e))));
    const sp_expression *biased = times(attention(n, u), weighed(n, u));
    NOT_SAME(sp_derivative(in, loss, Q, 2, place),
             over(sum(u, times(biased, at2(KEYS, u, e))), root(sp_size(in, SP_DIM_DIN))));
    SAME(sum(u, ds), ZERO);
    /* keys and values split over ranks: each rank its maximum and sums, merged with the common maximum */
    sp_variable d = dims();
    const sp_expression *here = owned_by(u, coordinate(q));
    const sp_expression *top = largest(u, here, score(n, u));
    const sp_expression *all = largest(q, ONE, top);
    const sp_expression *part = times(here, e_to(minus(score(n, u), top)));
    const sp_expression *up = sum(q, times(e_to(minus(top, all)), sum(u, times(part, at2(VALUES, u, d)))));
    const sp_expression *down = sum(q, times(e_to(minus(top, all)), sum(u, part)));
    SAME(over(up, down), sum(u, times(attention(n, u), at2(VALUES, u, d))));
    NOT_SAME(over(sum(q, sum(u, times(part, at2(VALUES, u, d)))), sum(q, sum(u, part))),
             sum(u, times(attention(n, u), at2(VALUES, u, d))));
    const uint32_t *number;
    assert_int_equal(sp_algebra_nonempty(in, &number), 1);
}

/* y = (x - mean) rsqrt(variance + eps): dx = r (g - mean(g) - y mean(g y)). */
TEST(layer_norm_has_the_gradient_of_the_textbook)
{
    (void)unused;
    sp_variable i = index_of(SP_DIM_DH), j = index_of(SP_DIM_DH), m = index_of(SP_DIM_DH);
    const sp_expression *d = sp_size(in, SP_DIM_DH), *eps = at0(P), *g = at1(Y, i);
    const sp_expression *mean = over(sum(j, at1(S, j)), d), *xi = minus(at1(S, i), mean), *xm = minus(at1(S, m), mean);
    const sp_expression *r = rsqrt(plus(over(sum(i, times(xi, xi)), d), eps));
    const sp_expression *loss = sum(i, times(g, times(xi, r)));
    const sp_expression *gm = over(sum(i, g), d), *gy = over(sum(i, times(g, times(xi, r))), d);
    const sp_expression *dx = times(r, minus(minus(at1(Y, m), gm), times(times(xm, r), gy)));
    SAME(sp_derivative(in, loss, S, 1, &m), dx);
    NOT_SAME(sp_derivative(in, loss, S, 1, &m), times(r, minus(at1(Y, m), times(times(xm, r), gy))));
    /* without the mean and eps: rms norm */
    const sp_expression *x = at1(S, i), *s = rsqrt(over(sum(i, times(x, x)), d));
    const sp_expression *rms = sum(i, times(g, times(x, s)));
    SAME(sp_derivative(in, rms, S, 1, &m),
         times(s, minus(at1(Y, m), times(times(at1(S, m), s), over(sum(i, times(g, times(x, s))), d)))));
    SAME(over(sum(i, times(times(x, s), times(x, s))), d), ONE);
    /* the sums put together from parts */
    sp_variable q = rank();
    const sp_expression *parts = sum(q, sum(i, times(owned_by(i, coordinate(q)), times(xi, xi))));
    SAME(rsqrt(plus(over(parts, d), eps)), r);
    const sp_expression *local = sum(i, times(owned_by(i, coordinate(R)), times(xi, xi)));
    NOT_SAME(rsqrt(plus(over(local, d), eps)), r);
}

/* ---- main ---- */

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_maximum_of_maxima_is_the_maximum),
        cmocka_unit_test(a_monotone_function_of_a_maximum_is_the_maximum_of_its_values),
        cmocka_unit_test(a_sum_of_maxima_is_no_maximum),
        cmocka_unit_test(parts_that_must_not_be_empty_are_listed),
        cmocka_unit_test(what_is_no_number_is_given_up),
        cmocka_unit_test(what_is_not_decided_is_said),
        cmocka_unit_test(distributions_sum_to_one),
        cmocka_unit_test(cross_entropy_has_the_gradient_p_less_y),
        cmocka_unit_test(attention_has_the_gradient_of_the_textbook),
        cmocka_unit_test(layer_norm_has_the_gradient_of_the_textbook),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
