/* What is divided: by itself, and by a sum that it is a part of.
 *
 * For s = c lead + rest, lead/s is written (1 - rest/s)/c, where the lead is the greatest term of s. The
 * order of terms respects products and names of variables do not matter in it: so a term that is
 * rewritten is replaced by smaller ones only, and one that is not is rewritten under no other names
 * either. Where it does not tell the greatest term, nothing is done. Terms that differ in sizes only
 * are led by the one whose powers of sizes in the work are furthest from 0. */
#include "algebra/elementary.h"

#include <stdlib.h>
#include <string.h>

/* A factor with no summed variable, a sum of factors that hang together, or exp(exponent): the others are
 * NULL. Powers are whole but for exponentials, whose products are what their powers are of. */
typedef struct atom {
    const sp_factor *factor;
    const sp_monomial *sum, *exponent;
    sp_rational power;
} atom;

typedef struct product {
    atom atom[SP_MAX_PROOF_FACTORS];
    size_t atoms;
} product;

/* The order of products: degree, without exponentials; sums; then powers of shapes, the greatest shape first. */
typedef struct measure {
    size_t degree, summations;
    struct { uint64_t shape; sp_rational power; } part[SP_MAX_PROOF_FACTORS];
    size_t parts;
} measure;

typedef struct lead {
    uint64_t hash;
    const sp_expression *of;
    product product;
    const size_t *term; /* the terms with this product: they differ in sizes */
    size_t terms;       /* 0: none is the greatest */
} lead;

/* ---- parts of a term ---- */

static bool counts_as_free(const sp_factor *fixed, sp_variable v)
{
    return fixed && sp_variable_in(fixed->variable, fixed->variables, v);
}

void sp_work_component(const sp_work *w, size_t first, const sp_factor *fixed, sp_work *part, bool *taken)
{
    sp_work_start(part);
    memset(taken, 0, w->factors * sizeof *taken);
    if (counts_as_free(fixed, w->summed[first]))
        return;
    part->summed[part->summations++] = w->summed[first];
    for (bool again = true; again;) {
        again = false;
        for (size_t i = 0; i < w->factors; i++) {
            const sp_factor *f = w->factor[i].factor;
            if (taken[i])
                continue;
            for (size_t v = 0; v < part->summations && !taken[i]; v++)
                taken[i] = sp_variable_in(f->variable, f->variables, part->summed[v]);
            if (!taken[i])
                continue;
            again = true;
            part->factor[part->factors++] = w->factor[i];
            for (size_t v = 0; v < w->summations; v++)
                if (sp_variable_in(f->variable, f->variables, w->summed[v]) &&
                    !counts_as_free(fixed, w->summed[v]) &&
                    !sp_variable_in(part->summed, part->summations, w->summed[v]))
                    part->summed[part->summations++] = w->summed[v];
        }
    }
}

static void drop_factor(sp_work *w, size_t at)
{
    w->factor[at] = w->factor[--w->factors];
}

void sp_work_drop_component(sp_work *w, const sp_work *part, const bool *taken)
{
    for (size_t i = w->factors; i-- > 0;)
        if (taken[i])
            drop_factor(w, i);
    for (size_t i = 0; i < part->summations; i++)
        sp_work_drop_summed(w, part->summed[i]);
}

/* Whether the part is m but for the names of what it is summed over. Its other variables occur in a factor
 * that m stands in: so none of them is bound in m, and none in a part as high as m. */
static bool is_monomial(sp_algebra *in, sp_work *part, const sp_monomial *m)
{
    unsigned height = 0;
    for (size_t i = 0; i < part->factors; i++)
        if (part->factor[i].factor->height > height)
            height = part->factor[i].factor->height;
    return part->summations == m->summations && part->factors == m->factors && height == m->height &&
           sp_work_name(in, part) == m;
}

static size_t find_factor(const sp_work *w, const sp_factor *f)
{
    size_t i = 0;
    while (i < w->factors && w->factor[i].factor != f)
        i++;
    return i;
}

/* ---- one term ---- */

/* One reciprocal against what is equal to its argument; true if something was cancelled. */
static bool cancel_one(sp_algebra *in, sp_work *w, size_t at)
{
    const sp_expression *s = w->factor[at].factor->is.inverse;
    if (s->terms != 1)
        return false;
    const sp_factor *lone = sp_lone_factor(s);
    size_t i = lone ? find_factor(w, lone) : w->factors;
    if (i < w->factors) {
        int common = w->factor[i].power < w->factor[at].power ? w->factor[i].power
                                                              : w->factor[at].power;
        w->factor[i].power -= common;
        w->factor[at].power -= common;
        size_t high = i > at ? i : at, low = i > at ? at : i;
        if (w->factor[high].power == 0)
            drop_factor(w, high);
        if (w->factor[low].power == 0)
            drop_factor(w, low);
        return true;
    }
    for (size_t v = 0; v < w->summations && !lone; v++) {
        sp_work part;
        bool taken[SP_MAX_PROOF_FACTORS];
        sp_work_component(w, v, w->factor[at].factor, &part, taken);
        if (!is_monomial(in, &part, s->term[0].monomial))
            continue;
        if (--w->factor[at].power == 0)
            taken[at] = true;
        sp_work_drop_component(w, &part, taken);
        return true;
    }
    return false;
}

void sp_work_cancel(sp_algebra *in, sp_work *w)
{
    for (size_t i = 0; i < w->factors;)
        if (w->factor[i].factor->kind == SP_FACTOR_INVERSE && cancel_one(in, w, i)) {
            sp_rule_applied(in, SP_RULE_DIVIDE);
            i = 0;
        } else {
            i++;
        }
}

/* ---- x step(x x) ---- */

/* Whether e is a positive number times a square that is not 0 where the work is not. */
static bool square_in(const sp_work *w, const sp_expression *e)
{
    if (e->terms != 1 || e->term[0].coefficient.n < 0 || e->term[0].monomial->summations > 0)
        return false;
    const sp_monomial *m = e->term[0].monomial;
    for (size_t i = 0; i < m->factors; i++)
        if (m->factor[i].power % 2 != 0 || find_factor(w, m->factor[i].factor) == w->factors)
            return false;
    return true;
}

void sp_work_square_steps(sp_algebra *in, sp_work *w)
{
    for (size_t i = 0; i < w->factors;) {
        const sp_factor *f = w->factor[i].factor;
        if (f->kind == SP_FACTOR_APPLY && f->is.apply.symbol == SP_SYMBOL_STEP &&
            square_in(w, f->is.apply.argument[0])) {
            drop_factor(w, i);
            sp_rule_applied(in, SP_RULE_SQUARE);
            i = 0;
        } else {
            i++;
        }
    }
}

/* ---- sums: their leads ---- */

static void add_atom(sp_algebra *in, product *p, atom a)
{
    for (size_t i = 0; i < p->atoms; i++)
        if (p->atom[i].factor == a.factor && p->atom[i].sum == a.sum && p->atom[i].exponent == a.exponent) {
            p->atom[i].power = sp_rational_sum(in, p->atom[i].power, a.power);
            return;
        }
    p->atom[p->atoms++] = a;
}

static void add_factor(sp_algebra *in, product *p, sp_power power)
{
    const sp_term *e = sp_exponent_of(power.factor);
    add_atom(in, p, e ? (atom){.exponent = e->monomial, .power = e->coefficient}
                      : (atom){.factor = power.factor, .power = {power.power, 1}});
}

/* A term as a product of what hangs together; every atom has a factor, so there is room. */
static void take_apart(sp_algebra *in, const sp_term *term, product *p)
{
    sp_work w;
    sp_work_start(&w);
    sp_work_term(in, &w, term);
    p->atoms = 0;
    while (w.summations > 0) {
        sp_work part;
        bool taken[SP_MAX_PROOF_FACTORS];
        sp_work_component(&w, 0, NULL, &part, taken);
        add_atom(in, p, (atom){.sum = sp_work_name(in, &part), .power = {1, 1}});
        sp_work_drop_component(&w, &part, taken);
    }
    for (size_t i = 0; i < w.factors; i++)
        add_factor(in, p, w.factor[i]);
}

static uint64_t shape_of(const atom *a)
{
    return a->exponent ? sp_mix(43, sp_monomial_shape(a->exponent))
           : a->sum    ? sp_monomial_shape(a->sum)
                       : sp_factor_shape(a->factor);
}

static void take_measure(sp_algebra *in, const sp_term *term, const product *p, measure *m)
{
    m->degree = m->parts = 0;
    m->summations = term->monomial->summations;
    for (size_t i = 0; i < term->monomial->factors; i++)
        m->degree += (size_t)term->monomial->factor[i].power; /* at least 1 */
    for (size_t i = 0; i < p->atoms; i++) {
        uint64_t shape = shape_of(&p->atom[i]);
        m->degree -= p->atom[i].exponent != NULL;
        size_t at = 0;
        while (at < m->parts && m->part[at].shape > shape)
            at++;
        if (at < m->parts && m->part[at].shape == shape) {
            m->part[at].power = sp_rational_sum(in, m->part[at].power, p->atom[i].power);
            continue;
        }
        memmove(m->part + at + 1, m->part + at, (m->parts++ - at) * sizeof *m->part);
        m->part[at].shape = shape;
        m->part[at].power = p->atom[i].power;
    }
}

#define ORDER(a, b) ((a) < (b) ? -1 : (a) > (b))

static int compare_rationals(sp_rational a, sp_rational b)
{
    __extension__ typedef __int128 wide; /* denominators are positive */
    wide left = (wide)a.n * b.d, right = (wide)b.n * a.d;
    return ORDER(left, right);
}

static int compare_measures(const measure *a, const measure *b)
{
    int order = ORDER(a->degree, b->degree);
    if (order == 0)
        order = ORDER(a->summations, b->summations);
    for (size_t i = 0; i < a->parts && i < b->parts && order == 0; i++) {
        order = ORDER(a->part[i].shape, b->part[i].shape);
        if (order == 0)
            order = compare_rationals(a->part[i].power, b->part[i].power);
    }
    return order ? order : ORDER(a->parts, b->parts);
}

static bool same_product(const product *a, const product *b)
{
    size_t found = 0;
    for (size_t i = 0; i < a->atoms; i++)
        for (size_t j = 0; j < b->atoms; j++)
            found += a->atom[i].factor == b->atom[j].factor && a->atom[i].sum == b->atom[j].sum &&
                     a->atom[i].exponent == b->atom[j].exponent &&
                     sp_rational_equal(a->atom[i].power, b->atom[j].power);
    return a->atoms == b->atoms && found == a->atoms;
}

static void find_lead(sp_algebra *in, const sp_expression *s, lead *l)
{
    size_t *term = sp_algebra_alloc(in, s->terms * sizeof *term);
    measure greatest = {0}, m;
    product p;
    bool unclear = false;
    l->term = term;
    l->terms = 0;
    for (size_t t = 0; t < s->terms; t++) {
        take_apart(in, &s->term[t], &p);
        take_measure(in, &s->term[t], &p, &m);
        int order = t == 0 ? 1 : compare_measures(&m, &greatest);
        if (order < 0)
            continue;
        if (order > 0) {
            greatest = m;
            l->product = p;
            l->terms = 0;
            unclear = false;
        }
        unclear = unclear || !same_product(&p, &l->product);
        term[l->terms++] = t;
    }
    if (unclear)
        l->terms = 0;
}

static uint64_t lead_hash(const void *l) { return ((const lead *)l)->hash; }

/* Made once for each sum. */
static const lead *lead_of(sp_algebra *in, const sp_expression *s)
{
    for (size_t at = in->leads.capacity ? s->hash & (in->leads.capacity - 1) : 0;
         in->leads.capacity && in->leads.item[at]; at = (at + 1) & (in->leads.capacity - 1))
        if (((const lead *)in->leads.item[at])->of == s)
            return in->leads.item[at];
    lead *l = sp_algebra_alloc(in, sizeof *l);
    l->hash = s->hash;
    l->of = s;
    find_lead(in, s, l);
    sp_table_add(in, &in->leads, l, lead_hash);
    return l;
}

/* ---- sums: what is rewritten ---- */

/* Whether the powers are further from 0 than others: their sum, then the first that differs. */
static bool further(const int *a, const int *b)
{
    int sum = 0, first = 0;
    for (size_t s = 0; s < SP_SORTS; s++) {
        sum += abs(a[s]) - abs(b[s]);
        if (first == 0)
            first = ORDER(a[s], b[s]);
    }
    return sum > 0 || (sum == 0 && first > 0);
}

/* The term of the lead that the sizes of the work belong to: with it as the lead, the powers of all
 * others would be nearer to 0. s->terms if there is none. */
static size_t leading_term(const sp_work *w, const sp_expression *s, const lead *l)
{
    for (size_t i = 0; i < l->terms; i++) {
        const int16_t *mine = s->term[l->term[i]].monomial->size;
        bool leads = true;
        for (size_t j = 0; j < l->terms && leads; j++) {
            int other[SP_SORTS];
            for (size_t k = 0; k < SP_SORTS; k++)
                other[k] = w->size[k] - mine[k] + s->term[l->term[j]].monomial->size[k];
            leads = j == i || further(w->size, other);
        }
        if (leads)
            return l->term[i];
    }
    return s->terms;
}

/* c of exp(c m) in the work. */
static sp_rational exponent_in(const sp_work *w, const sp_monomial *m)
{
    for (size_t i = 0; i < w->factors; i++) {
        const sp_term *e = sp_exponent_of(w->factor[i].factor);
        if (e && e->monomial == m)
            return e->coefficient;
    }
    return (sp_rational){0, 1};
}

/* Takes an atom out of the work; false if it is not there. */
static bool take_out(sp_algebra *in, sp_work *w, const atom *a, const sp_factor *keep)
{
    if (a->exponent) {
        sp_rational there = exponent_in(w, a->exponent);
        if (a->power.n <= 0 || compare_rationals(there, a->power) < 0)
            return false;
        sp_work_exponent(in, w, (sp_rational){-a->power.n, a->power.d}, a->exponent);
        return true;
    }
    int64_t power = a->power.n;
    if (a->factor) {
        size_t i = find_factor(w, a->factor);
        if (i == w->factors || w->factor[i].power < power)
            return false;
        w->factor[i].power -= (int)power; /* at most what is there */
        if (w->factor[i].power == 0)
            drop_factor(w, i);
        return true;
    }
    int64_t found = 0;
    for (size_t v = 0; v < w->summations && found < power;) {
        sp_work part;
        bool taken[SP_MAX_PROOF_FACTORS];
        sp_work_component(w, v, keep, &part, taken);
        if (!is_monomial(in, &part, a->sum)) {
            v++;
            continue;
        }
        sp_work_drop_component(w, &part, taken);
        found++;
        v = 0;
    }
    return found == power;
}

/* x/s where x contains term number `at` of s without what is in rest: 1/c less the other terms of s times
 * rest/(c s). */
static void split_share(sp_algebra *in, sp_work *rest, const sp_factor *inverse, size_t at, sp_terms *out)
{
    const sp_expression *s = inverse->is.inverse;
    sp_rational c;
    if (!sp_rational_invert(&c, s->term[at].coefficient))
        sp_algebra_give_up(in, SP_PROOF_LIMIT_COEFFICIENT);
    sp_work_coefficient(in, rest, c);
    for (sp_sort k = 0; k < SP_SORTS; k++)
        sp_work_size(in, rest, k, -s->term[at].monomial->size[k]);
    sp_rule_applied(in, SP_RULE_SHARE);
    for (size_t t = 0; t < s->terms; t++) {
        if (t == at)
            continue;
        sp_work part = *rest;
        sp_work_coefficient(in, &part, (sp_rational){-1, 1});
        sp_work_term(in, &part, &s->term[t]);
        sp_work_normalise(in, &part, out);
    }
    size_t place = find_factor(rest, inverse);
    if (--rest->factor[place].power == 0)
        drop_factor(rest, place);
    sp_work_normalise(in, rest, out);
}

/* Whether the monomial is a product of exponentials of what is not summed, or 1. */
static bool is_exponential(const sp_monomial *m)
{
    for (size_t i = 0; i < m->factors; i++)
        if (!sp_exponent_of(m->factor[i].factor))
            return false;
    return m->summations == 0;
}

/* For s = a x + c y with exponentials x and y, and numbers a and c: 1/(y s) = (1/(x y) - c/(x s))/a. With y/s by
 * its lead y, the least power of y beside 1/s is left in which no exponent of y is negative. */
static bool share_one_below(sp_algebra *in, sp_work *w, const sp_factor *inverse, sp_terms *out)
{
    const sp_expression *s = inverse->is.inverse;
    if (s->terms != 2 || !s->elementary || !is_exponential(s->term[0].monomial) ||
        !is_exponential(s->term[1].monomial))
        return false;
    const lead *l = lead_of(in, s);
    if (l->terms != 1)
        return false;
    const sp_monomial *y = s->term[l->term[0]].monomial, *x = s->term[1 - l->term[0]].monomial;
    bool below = false;
    for (size_t i = 0; i < y->factors; i++)
        below = below || exponent_in(w, sp_exponent_of(y->factor[i].factor)->monomial).n < 0;
    if (!below)
        return false;
    sp_work rest = *w;
    for (size_t i = 0; i < x->factors; i++) {
        const sp_term *e = sp_exponent_of(x->factor[i].factor);
        sp_work_exponent(in, &rest, sp_rational_negative(e->coefficient), e->monomial);
    }
    split_share(in, &rest, inverse, 1 - l->term[0], out);
    return true;
}

/* One reciprocal of a sum. */
static bool share_one(sp_algebra *in, sp_work *w, const sp_factor *inverse, sp_terms *out)
{
    const sp_expression *s = inverse->is.inverse;
    const lead *l = lead_of(in, s);
    size_t leading = leading_term(w, s, l);
    if (leading == s->terms)
        return false;
    sp_work rest = *w;
    for (int sums = 0; sums < 2; sums++) /* naming sums is dear: last */
        for (size_t i = 0; i < l->product.atoms; i++)
            if ((l->product.atom[i].sum != NULL) == (sums == 1) &&
                !take_out(in, &rest, &l->product.atom[i], inverse))
                return false;
    split_share(in, &rest, inverse, leading, out);
    return true;
}

bool sp_work_share(sp_algebra *in, sp_work *w, sp_terms *out)
{
    for (size_t i = 0; i < w->factors; i++) {
        const sp_factor *f = w->factor[i].factor;
        if (f->kind == SP_FACTOR_INVERSE && f->is.inverse->terms > 1 &&
            (share_one(in, w, f, out) || share_one_below(in, w, f, out)))
            return true;
    }
    return false;
}
