/* Making expressions: sums, products, functions, reciprocals. */
#include "algebra/elementary.h"

#include "base/text.h"

#include <string.h>

sp_algebra *sp_algebra_open(sp_pool *pool, const sp_identities *identities)
{
    sp_algebra *in = SP_NEW(pool, sp_algebra);
    in->pool = pool;
    in->identities = identities;
    if (identities && !sp_identities_complete(identities))
        sp_is_missing(in, SP_MISSING_GIVEN);
    for (size_t a = 0; a < SP_MAX_AXES; a++)
        in->least_ranks[a] = 1;
    in->work_limit = SP_MAX_PROOF_WORK;
    in->zero = sp_expression_intern(in, NULL, 0);
    in->one = sp_integer(in, 1);
    return in;
}

void sp_algebra_give_up(sp_algebra *in, sp_proof_limit limit)
{
    in->stopped = limit;
    in->nested = 0; /* what was begun is left */
    sp_pool_fail(in->pool, SP_TIME_LIMIT);
}

void sp_algebra_fault(sp_algebra *in)
{
    sp_pool_fail(in->pool, SP_INTERNAL);
}

sp_proof_limit sp_algebra_run(sp_algebra *in, void (*body)(void *argument), void *argument)
{
    in->stopped = SP_PROOF_NO_LIMIT;
    in->nested = 0;
    sp_status status = sp_pool_run(in->pool, body, argument);
    if (status != SP_OK && in->stopped == SP_PROOF_NO_LIMIT)
        sp_pool_fail(in->pool, status);
    return in->stopped;
}

void sp_algebra_budget(sp_algebra *in, size_t terms)
{
    in->work = 0;
    in->work_limit = terms < SP_MAX_PROOF_WORK ? terms : SP_MAX_PROOF_WORK;
}

size_t sp_algebra_work(const sp_algebra *in)
{
    return in->work;
}

const char *sp_proof_limit_text(sp_pool *pool, sp_proof_limit limit)
{
    static const struct { long value; const char *words; } table[] = {
#define X(id, value, words) {value, words},
        SP_PROOF_LIMITS(X)
#undef X
    };
    if (limit == SP_PROOF_NO_LIMIT)
        return "";
    if (limit == SP_PROOF_ZERO_DIVISOR)
        return "it divides by 0";
    if (limit == SP_PROOF_NOT_POSITIVE)
        return "it takes a root or a logarithm of what is not positive";
    if (limit == SP_PROOF_EMPTY_MAXIMUM)
        return "it takes a maximum that may be over nothing";
    return sp_pool_format(pool, "more than %ld %s", table[limit - 1].value,
                          table[limit - 1].words);
}

void sp_algebra_assume_ranks(sp_algebra *in, unsigned axis, int64_t count)
{
    if (count > SP_MAX_PROOF_OFFSET)
        sp_algebra_give_up(in, SP_PROOF_LIMIT_OFFSET);
    if (in->least_ranks[axis] < count)
        in->least_ranks[axis] = count;
}

long sp_algebra_least_ranks(const sp_algebra *in, unsigned axis)
{
    return in->least_ranks[axis];
}

void sp_algebra_assume_even(sp_algebra *in)
{
    in->even = true;
}

void sp_algebra_assume(sp_algebra *in, const sp_program *program)
{
    in->assuming = program;
}

bool sp_algebra_even(const sp_algebra *in, const sp_part *part)
{
    for (size_t i = 0; in->assuming && i < in->assuming->assumptions; i++)
        if (in->assuming->assumption[i].kind == SP_ASSUME_EVEN &&
            sp_part_equal(&in->assuming->assumption[i].part, part))
            return true;
    return in->even;
}

void sp_algebra_forget(sp_algebra *in)
{
    in->plain = true;
}

bool sp_algebra_forgets(const sp_algebra *in)
{
    return in->plain;
}

/* The slot of an equal part, or the empty one where it belongs. */
static uint32_t *part_slot(const sp_algebra *in, const sp_part *part)
{
    uint64_t h = sp_mix(37, (uint64_t)part->dim << 8 | part->axes);
    for (unsigned a = 0; a < part->axes; a++)
        h = sp_mix(h, part->axis[a]);
    size_t at = h & (in->part_slots - 1);
    while (in->part_slot[at] && !sp_part_equal(&in->part[in->part_slot[at] - 1], part))
        at = (at + 1) & (in->part_slots - 1);
    return &in->part_slot[at];
}

static void grow_part_slots(sp_algebra *in)
{
    in->part_slots = in->part_slots ? 2 * in->part_slots : 64;
    sp_pool_free(in->pool, in->part_slot);
    in->part_slot = SP_NEW_ARRAY(in->pool, uint32_t, in->part_slots);
    for (uint32_t i = 0; i < in->parts; i++)
        *part_slot(in, &in->part[i]) = i + 1;
}

uint32_t sp_algebra_part(sp_algebra *in, const sp_part *part)
{
    if (2 * in->parts >= in->part_slots)
        grow_part_slots(in);
    uint32_t *slot = part_slot(in, part);
    if (*slot)
        return *slot - 1;
    if (in->parts == SP_MAX_PROOF_PARTS)
        sp_algebra_give_up(in, SP_PROOF_LIMIT_PARTS);
    in->part = sp_pool_grow(in->pool, in->part, &in->part_capacity, in->parts + 1,
                            sizeof *in->part);
    in->part[in->parts++] = *part;
    return (*slot = (uint32_t)in->parts) - 1; /* at most SP_MAX_PROOF_PARTS */
}

const sp_part *sp_algebra_part_of(const sp_algebra *in, uint32_t number)
{
    return &in->part[number];
}

unsigned sp_algebra_rules(sp_algebra *in)
{
    unsigned rules = in->rules;
    in->rules = 0;
    return rules;
}

size_t sp_algebra_divisors(const sp_algebra *in, const sp_expression *const **divisor)
{
    *divisor = in->divisor;
    return in->divisors;
}

size_t sp_algebra_positives(const sp_algebra *in, const sp_expression *const **positive)
{
    *positive = in->positive;
    return in->positives;
}

size_t sp_algebra_nonempty(const sp_algebra *in, const uint32_t **part)
{
    *part = in->nonempty;
    return in->nonempties;
}

void sp_algebra_distribution(sp_algebra *in, unsigned of, unsigned place)
{
    if (in->plain)
        return;
    in->distribution = sp_pool_grow(in->pool, in->distribution, &in->distribution_capacity,
                                    in->distributions + 1, sizeof *in->distribution);
    in->distribution[in->distributions++] = (sp_distribution){of, place};
}

void sp_algebra_positive_value(sp_algebra *in, unsigned of)
{
    if (of < SP_ENTRY_VALUE || of >= SP_ENTRY_SLOPE)
        sp_algebra_fault(in);
    const size_t at = of - SP_ENTRY_VALUE;
    in->positive_value = sp_pool_grow(in->pool, in->positive_value, &in->positive_values, at + 1,
                                      sizeof *in->positive_value);
    in->positive_value[at] = true;
}

bool sp_algebra_complete(const sp_algebra *in)
{
    return !in->incomplete;
}

const char *sp_algebra_missing(sp_pool *pool, const sp_algebra *in)
{
    static const char *const words[] = {
#define X(id, text) text,
        SP_MISSINGS(X)
#undef X
    };
    sp_text out = sp_text_in(pool);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (in->incomplete & 1U << i)
            sp_text_format(&out, "%s%s", out.length ? "; " : "", words[i]);
    return sp_text_string(&out);
}

sp_variable sp_fresh(sp_algebra *in, sp_sort sort)
{
    if (in->fresh == SP_MAX_PROOF_NAMES) /* another would run into the sort */
        sp_algebra_give_up(in, SP_PROOF_LIMIT_NAMES);
    return sp_variable_make(SP_VARIABLE_FRESH, sort, ++in->fresh);
}

/* ---- terms in the making ---- */

void sp_work_start(sp_work *w)
{
    w->coefficient = (sp_rational){1, 1};
    memset(w->size, 0, sizeof w->size);
    w->factors = w->summations = 0;
}

void sp_work_factor(sp_algebra *in, sp_work *w, const sp_factor *factor, int power)
{
    if (sp_is_symbol(factor, SP_SYMBOL_EXP)) {
        sp_rational c = factor->is.apply.argument[0]->term[0].coefficient;
        if (!sp_rational_multiply(&c, c, (sp_rational){power, 1}))
            sp_algebra_give_up(in, SP_PROOF_LIMIT_COEFFICIENT);
        sp_work_exponent(in, w, c, factor->is.apply.argument[0]->term[0].monomial);
        return;
    }
    for (size_t i = 0; i < w->factors; i++)
        if (w->factor[i].factor == factor) {
            w->factor[i].power += power;
            if (w->factor[i].power > SP_MAX_PROOF_POWER)
                sp_algebra_give_up(in, SP_PROOF_LIMIT_POWER);
            return;
        }
    if (w->factors == SP_MAX_PROOF_FACTORS)
        sp_algebra_give_up(in, SP_PROOF_LIMIT_FACTORS);
    w->factor[w->factors++] = (sp_power){factor, power};
}

void sp_work_size(sp_algebra *in, sp_work *w, sp_sort sort, int power)
{
    w->size[sort] += power;
    if (w->size[sort] > SP_MAX_PROOF_POWER || w->size[sort] < -SP_MAX_PROOF_POWER)
        sp_algebra_give_up(in, SP_PROOF_LIMIT_POWER);
}

void sp_work_sum(sp_algebra *in, sp_work *w, sp_variable v)
{
    if (w->summations == SP_MAX_PROOF_SUMMED)
        sp_algebra_give_up(in, SP_PROOF_LIMIT_SUMMED);
    w->summed[w->summations++] = v;
}

void sp_work_coefficient(sp_algebra *in, sp_work *w, sp_rational by)
{
    if (!sp_rational_multiply(&w->coefficient, w->coefficient, by))
        sp_algebra_give_up(in, SP_PROOF_LIMIT_COEFFICIENT);
}

void sp_work_open_term(sp_algebra *in, sp_work *w, const sp_term *term, sp_variable *variable,
                       size_t *variables)
{
    const sp_monomial *m = term->monomial;
    sp_work_coefficient(in, w, term->coefficient);
    for (sp_sort s = 0; s < SP_SORTS; s++)
        sp_work_size(in, w, s, m->size[s]);
    sp_substitution with;
    sp_substitution_start(&with);
    for (size_t i = 0; i < m->summations; i++) {
        sp_variable v = sp_fresh(in, sp_variable_sort(m->summed[i]));
        sp_substitute_variable(in, &with, m->summed[i], v);
        if (*variables == SP_MAX_PROOF_SUMMED)
            sp_algebra_give_up(in, SP_PROOF_LIMIT_SUMMED);
        variable[(*variables)++] = v;
    }
    for (size_t i = 0; i < m->factors; i++) {
        const sp_factor *f = m->factor[i].factor;
        if (sp_substitution_concerns(&with, f->variable, f->variables))
            f = sp_lone_factor(sp_substitute_factor(in, &with, f));
        if (!f) /* a change of names only */
            sp_algebra_fault(in);
        sp_work_factor(in, w, f, m->factor[i].power);
    }
}

void sp_work_term(sp_algebra *in, sp_work *w, const sp_term *term)
{
    sp_work_open_term(in, w, term, w->summed, &w->summations);
}

void sp_terms_add(sp_algebra *in, sp_terms *to, sp_rational coefficient,
                  const sp_monomial *monomial)
{
    if (to->count == 8 * SP_MAX_PROOF_TERMS)
        sp_algebra_give_up(in, SP_PROOF_LIMIT_TERMS);
    to->item = sp_pool_grow(in->pool, to->item, &to->capacity, to->count + 1, sizeof *to->item);
    to->item[to->count++] = (sp_term){coefficient, monomial};
}

const sp_expression *sp_terms_finish(sp_algebra *in, sp_terms *terms)
{
    const sp_expression *e = sp_expression_intern(in, terms->item, terms->count);
    sp_pool_free(in->pool, terms->item);
    return e;
}

/* ---- simple expressions ---- */

static const sp_expression *from_work(sp_algebra *in, sp_work *w)
{
    sp_terms out = {0};
    sp_work_normalise(in, w, &out);
    return sp_terms_finish(in, &out);
}

const sp_expression *sp_number(sp_algebra *in, sp_rational value)
{
    sp_work w;
    sp_work_start(&w);
    if (!sp_rational_make(&w.coefficient, value.n, value.d))
        sp_algebra_give_up(in, SP_PROOF_LIMIT_COEFFICIENT);
    return from_work(in, &w);
}

const sp_expression *sp_integer(sp_algebra *in, long value)
{
    return sp_number(in, (sp_rational){value, 1});
}

const sp_expression *sp_literal(sp_algebra *in, double value, const char *text)
{
    sp_rational fraction;
    sp_factor f = {.kind = SP_FACTOR_NUMBER};
    if (sp_rational_of_double(&fraction, value))
        return sp_number(in, fraction);
    if (!(value > 0))
        sp_algebra_fault(in);
    f.is.number.value = value;
    f.is.number.text = text;
    sp_is_missing(in, SP_MISSING_NUMBER);
    return sp_factor_alone(in, sp_factor_intern(in, &f));
}

bool sp_is_number(const sp_expression *a)
{
    const sp_monomial *m = a->terms == 1 ? a->term[0].monomial : NULL;
    bool number = m && m->summations == 0;
    for (size_t i = 0; number && i < m->factors; i++)
        number = m->factor[i].factor->kind == SP_FACTOR_NUMBER;
    return number;
}

const sp_expression *sp_size(sp_algebra *in, sp_sort sort)
{
    sp_work w;
    sp_work_start(&w);
    w.size[sort] = 1;
    return from_work(in, &w);
}

/* A factor that is in normal form by itself: no rule applies to it. */
const sp_expression *sp_factor_alone(sp_algebra *in, const sp_factor *factor)
{
    sp_power power = {factor, 1};
    sp_monomial m = {.factor = &power, .factors = 1};
    sp_term term = {{1, 1}, sp_monomial_intern(in, &m)};
    return sp_expression_intern(in, &term, 1);
}

const sp_factor *sp_lone_factor(const sp_expression *a)
{
    static const int16_t none[SP_SORTS];
    if (a->terms != 1 || a->term[0].coefficient.n != 1 || a->term[0].coefficient.d != 1)
        return NULL;
    const sp_monomial *m = a->term[0].monomial;
    if (m->summations || m->factors != 1 || m->factor[0].power != 1 ||
        memcmp(m->size, none, sizeof none) != 0)
        return NULL;
    return m->factor[0].factor;
}

const sp_expression *sp_entry(sp_algebra *in, unsigned of, size_t indices,
                              const sp_variable *index)
{
    sp_factor f = {.kind = SP_FACTOR_ENTRY};
    f.is.entry.of = of;
    if (indices > SP_MAX_ORDER)
        sp_algebra_fault(in);
    for (size_t d = 0; d < in->distributions; d++)
        if (in->distribution[d].of == of)
            sp_is_missing(in, SP_MISSING_DISTRIBUTION);
    f.is.entry.indices = (unsigned)indices; /* at most SP_MAX_ORDER */
    memcpy(f.is.entry.index, index, indices * sizeof *index);
    f.positive = of >= SP_ENTRY_VALUE && of - SP_ENTRY_VALUE < in->positive_values &&
                 in->positive_value[of - SP_ENTRY_VALUE];
    return sp_factor_alone(in, sp_factor_intern(in, &f));
}

/* [the number of ranks divides divisor] */
const sp_expression *sp_divides(sp_algebra *in, unsigned axis, int64_t divisor)
{
    if (divisor > SP_MAX_PROOF_OFFSET || divisor < -SP_MAX_PROOF_OFFSET)
        sp_algebra_give_up(in, SP_PROOF_LIMIT_OFFSET);
    if (divisor < 0)
        divisor = -divisor;
    if (divisor == 0) {
        sp_rule_applied(in, SP_RULE_SAME);
        return in->one;
    }
    if (divisor < in->least_ranks[axis]) {
        sp_rule_applied(in, SP_RULE_APART);
        return in->zero;
    }
    sp_factor f = {.kind = SP_FACTOR_DIVIDES};
    f.is.divides.axis = axis;
    f.is.divides.divisor = (int32_t)divisor; /* at most SP_MAX_PROOF_OFFSET */
    return sp_factor_alone(in, sp_factor_intern(in, &f));
}

const sp_expression *sp_same_rank(sp_algebra *in, sp_coordinate a, sp_coordinate b)
{
    int64_t d = (int64_t)b.offset - a.offset; /* base a = base b + d */
    if (sp_coordinate_same_base(&a, &b))
        return sp_divides(in, a.axis, d);
    a.offset = b.offset = 0;
    if (sp_coordinate_compare(&a, &b) > 0) {
        sp_coordinate swap = a;
        a = b;
        b = swap;
        d = -d;
    }
    if (a.kind == SP_COORDINATE_CONSTANT) /* -d = base b */
        a = sp_coordinate_moved(in, a, -d);
    else
        b = sp_coordinate_moved(in, b, d);
    sp_factor f = {.kind = SP_FACTOR_SAME_RANK};
    f.is.rank.left = a;
    f.is.rank.right = b;
    return sp_factor_alone(in, sp_factor_intern(in, &f));
}

const sp_expression *sp_same_index(sp_algebra *in, sp_variable a, sp_variable b)
{
    if (a == b) {
        sp_rule_applied(in, SP_RULE_SAME);
        return in->one;
    }
    sp_factor f = {.kind = SP_FACTOR_SAME_INDEX};
    f.is.index.left = a < b ? a : b;
    f.is.index.right = a < b ? b : a;
    return sp_factor_alone(in, sp_factor_intern(in, &f));
}

const sp_expression *sp_add(sp_algebra *in, const sp_expression *a, const sp_expression *b)
{
    if (a->terms == 0 || b->terms == 0)
        return a->terms == 0 ? b : a;
    sp_terms out = {0};
    for (size_t t = 0; t < a->terms; t++)
        sp_terms_add(in, &out, a->term[t].coefficient, a->term[t].monomial);
    for (size_t t = 0; t < b->terms; t++)
        sp_terms_add(in, &out, b->term[t].coefficient, b->term[t].monomial);
    return sp_terms_finish(in, &out);
}

const sp_expression *sp_scale(sp_algebra *in, const sp_expression *a, sp_rational by)
{
    if (by.n == 0) {
        sp_use_lone_maximum(in, a);
        return in->zero;
    }
    sp_terms out = {0};
    for (size_t t = 0; t < a->terms; t++) {
        sp_rational c;
        if (!sp_rational_multiply(&c, a->term[t].coefficient, by))
            sp_algebra_give_up(in, SP_PROOF_LIMIT_COEFFICIENT);
        sp_terms_add(in, &out, c, a->term[t].monomial);
    }
    return sp_terms_finish(in, &out);
}

const sp_expression *sp_subtract(sp_algebra *in, const sp_expression *a, const sp_expression *b)
{
    return sp_add(in, a, sp_scale(in, b, (sp_rational){-1, 1}));
}

const sp_expression *sp_multiply(sp_algebra *in, const sp_expression *a, const sp_expression *b)
{
    if (a == in->one)
        return b;
    if (b == in->one)
        return a;
    sp_use_lone_maximum(in, a);
    sp_use_lone_maximum(in, b);
    sp_terms out = {0};
    for (size_t s = 0; s < a->terms; s++)
        for (size_t t = 0; t < b->terms; t++) {
            sp_work w;
            sp_work_start(&w);
            sp_work_term(in, &w, &a->term[s]);
            sp_work_term(in, &w, &b->term[t]);
            sp_work_normalise(in, &w, &out);
        }
    return sp_terms_finish(in, &out);
}

const sp_expression *sp_sum_over(sp_algebra *in, const sp_expression *a, const sp_variable *over,
                                 size_t count)
{
    sp_terms out = {0};
    for (size_t t = 0; t < a->terms; t++) {
        sp_work w;
        sp_work_start(&w);
        sp_work_term(in, &w, &a->term[t]);
        for (size_t v = 0; v < count; v++)
            sp_work_sum(in, &w, over[v]);
        sp_work_normalise(in, &w, &out);
    }
    return sp_terms_finish(in, &out);
}

/* ---- functions ---- */

/* The conditions of an expression in which nothing summed occurs. */
static size_t outer_conditions(sp_algebra *in, const sp_expression *a, const sp_factor **list,
                               size_t count)
{
    for (size_t t = 0; a && t < a->terms; t++) {
        const sp_monomial *m = a->term[t].monomial;
        for (size_t i = 0; i < m->factors; i++) {
            const sp_factor *f = m->factor[i].factor;
            bool outer = f->kind < SP_FACTOR_ENTRY;
            for (size_t v = 0; v < f->variables && outer; v++)
                outer = !sp_variable_in(m->summed, m->summations, f->variable[v]);
            for (size_t j = 0; j < count && outer; j++)
                outer = list[j] != f;
            if (outer && count == SP_MAX_PROOF_CASES)
                sp_algebra_give_up(in, SP_PROOF_LIMIT_CASES);
            if (outer)
                list[count++] = f;
        }
    }
    return count;
}

/* a with a condition written as 1 (holds) or 0. */
static const sp_expression *with_condition(sp_algebra *in, const sp_expression *a,
                                           const sp_factor *condition, bool holds)
{
    sp_terms out = {0};
    for (size_t t = 0; t < a->terms; t++) {
        const sp_monomial *m = a->term[t].monomial;
        bool found = false;
        for (size_t i = 0; i < m->factors; i++)
            found = found || m->factor[i].factor == condition;
        if (!found) {
            sp_terms_add(in, &out, a->term[t].coefficient, m);
        } else if (holds) {
            sp_work w;
            sp_work_start(&w);
            sp_work_term(in, &w, &a->term[t]);
            for (size_t i = 0; i < w.factors; i++)
                if (w.factor[i].factor == condition)
                    w.factor[i] = w.factor[--w.factors];
            sp_work_normalise(in, &w, &out);
        }
    }
    return sp_terms_finish(in, &out);
}

enum { UNKNOWN_SIGN = 2 };

/* The sign of a number: sizes are positive. */
static int sign_of(const sp_expression *e)
{
    int sign = 0;
    for (size_t t = 0; t < e->terms; t++) {
        int here = e->term[t].coefficient.n > 0 ? 1 : -1;
        if (e->term[t].monomial->factors > 0 || e->term[t].monomial->summations > 0 ||
            (t > 0 && here != sign))
            return UNKNOWN_SIGN;
        sign = here;
    }
    return sign;
}

/* f(e) = [c] f(e where c is 1) + (1 - [c]) f(e where c is 0), for every condition outside of sums:
 * then functions are applied only to what does not branch. */
const sp_expression *sp_apply_again(sp_algebra *in, sp_symbol symbol, const sp_expression *a,
                                    const sp_expression *b)
{
    const sp_factor *list[SP_MAX_PROOF_CASES];
    size_t count = outer_conditions(in, a, list, 0);
    count = outer_conditions(in, b, list, count);
    if (count > 0) {
        const sp_expression *c = sp_factor_alone(in, list[0]);
        const sp_expression *yes = sp_apply_again(in, symbol, with_condition(in, a, list[0], true),
                                                  b ? with_condition(in, b, list[0], true) : NULL);
        const sp_expression *no = sp_apply_again(in, symbol, with_condition(in, a, list[0], false),
                                                 b ? with_condition(in, b, list[0], false) : NULL);
        sp_rule_applied(in, SP_RULE_CASES);
        return sp_add(in, no, sp_multiply(in, c, sp_subtract(in, yes, no)));
    }
    if (sp_is_elementary(symbol))
        return sp_elementary_apply(in, symbol, a);
    if (in->identities) {
        const sp_expression *known = sp_identity_apply(in, in->identities, symbol, a, b);
        if (known) {
            const sp_factor *same = sp_lone_factor(known);
            if (!same || same->kind != SP_FACTOR_APPLY || same->is.apply.symbol != symbol ||
                same->is.apply.argument[0] != a)
                sp_rule_applied(in, SP_RULE_GIVEN);
            return known;
        }
    }
    if (symbol == SP_SYMBOL_STEP) {
        int sign = sign_of(a);
        if (sign != UNKNOWN_SIGN) {
            sp_rule_applied(in, SP_RULE_SIGN);
            return sign > 0 ? in->one : in->zero;
        }
        sp_is_missing(in, SP_MISSING_STEP); /* step(2 z) = step(z), and more that is not used here */
    }
    sp_factor f = {.kind = SP_FACTOR_APPLY};
    f.is.apply.symbol = symbol;
    f.is.apply.argument[0] = a;
    f.is.apply.argument[1] = b;
    return sp_factor_alone(in, sp_factor_intern(in, &f));
}

void sp_note(sp_algebra *in, const sp_expression ***list, size_t *count, size_t *capacity,
             const sp_expression *a)
{
    for (size_t i = 0; i < *count; i++)
        if ((*list)[i] == a)
            return;
    *list = sp_pool_grow(in->pool, *list, capacity, *count + 1, sizeof **list);
    (*list)[(*count)++] = a;
}

const sp_expression *sp_apply(sp_algebra *in, sp_symbol symbol, const sp_expression *a,
                              const sp_expression *b)
{
    if (in->plain && sp_is_elementary(symbol))
        return sp_apply_again(in, SP_SYMBOL_PLAIN + symbol, a, b);
    bool positive = symbol == SP_SYMBOL_LOG || symbol == SP_SYMBOL_SQRT || symbol == SP_SYMBOL_RSQRT;
    if (positive && !sp_is_positive(a))
        sp_note(in, &in->positive, &in->positives, &in->positive_capacity, a);
    return sp_apply_again(in, symbol, a, b);
}

/* ---- reciprocals ---- */

/* 0 or 1 */
static bool is_truth(const sp_factor *f)
{
    return f->kind < SP_FACTOR_ENTRY ||
           (f->kind == SP_FACTOR_APPLY && f->is.apply.symbol == SP_SYMBOL_STEP);
}

static const sp_expression *inverse_alone(sp_algebra *in, const sp_expression *a)
{
    sp_factor f = {.kind = SP_FACTOR_INVERSE};
    f.is.inverse = a;
    return sp_factor_alone(in, sp_factor_intern(in, &f));
}

/* 1/x of a factor. */
static const sp_expression *invert_factor(sp_algebra *in, const sp_factor *f)
{
    const sp_expression *e = sp_factor_alone(in, f);
    if (is_truth(f)) {
        sp_rule_applied(in, SP_RULE_HOLDS);
        sp_is_missing(in, SP_MISSING_HOLDS); /* where it does not hold, it divides by 0 */
        return e;
    }
    if (f->kind == SP_FACTOR_INVERSE)
        return f->is.inverse;
    if (sp_is_symbol(f, SP_SYMBOL_EXP)) {
        sp_rule_applied(in, SP_RULE_EXPONENT);
        return sp_apply_again(in, SP_SYMBOL_EXP,
                              sp_scale(in, f->is.apply.argument[0], (sp_rational){-1, 1}), NULL);
    }
    if (sp_is_symbol(f, SP_SYMBOL_SQRT)) {
        sp_rule_applied(in, SP_RULE_ROOT);
        return sp_multiply(in, e, sp_invert(in, f->is.apply.argument[0]));
    }
    return inverse_alone(in, e);
}

/* 1/a = [c] 1/(a where c is 1) + (1 - [c]) 1/(a where c is 0), as in sp_apply: 1/exp([c] x) is exp(-[c] x). */
static const sp_expression *invert_by_case(sp_algebra *in, const sp_expression *a, const sp_factor *condition)
{
    const sp_expression *c = sp_factor_alone(in, condition), *result[2];
    for (int holds = 0; holds < 2; holds++) {
        const sp_expression *here = with_condition(in, a, condition, holds);
        if (here->terms == 0) /* this case is assumed not to be there: a is not 0 */
            sp_is_missing(in, SP_MISSING_HOLDS);
        result[holds] = here->terms == 0 ? in->zero : sp_invert(in, here);
    }
    sp_rule_applied(in, SP_RULE_CASES);
    return sp_add(in, result[0], sp_multiply(in, c, sp_subtract(in, result[1], result[0])));
}

const sp_expression *sp_invert(sp_algebra *in, const sp_expression *a)
{
    if (a->terms == 0)
        sp_algebra_give_up(in, SP_PROOF_ZERO_DIVISOR);
    if (a->terms > 1) { /* its parts divided by it are known: sp_work_share */
        const sp_expression *shared, *rest;
        if (a->elementary && sp_take_common(in, a, &shared, &rest))
            return sp_multiply(in, sp_invert(in, shared), sp_invert(in, rest));
        const sp_factor *list[SP_MAX_PROOF_CASES];
        if (a->elementary && outer_conditions(in, a, list, 0) > 0)
            return invert_by_case(in, a, list[0]);
        int power;
        if (a->elementary && sp_clear_fraction(in, a, false, &rest, &shared, &power)) {
            const sp_expression *result = sp_invert(in, rest);
            for (int p = 0; p < power; p++)
                result = sp_multiply(in, result, shared);
            return result;
        }
        sp_is_missing(in, SP_MISSING_SUM);
        if (a->elementary)
            sp_is_missing(in, SP_MISSING_EXPONENTIALS);
        return inverse_alone(in, a);
    }
    const sp_term *first = &a->term[0];
    sp_rational c;
    if (!sp_rational_invert(&c, first->coefficient))
        sp_algebra_give_up(in, SP_PROOF_LIMIT_COEFFICIENT);
    /* of a product the product of the reciprocals; what is summed together stays together */
    const sp_monomial *m = first->monomial;
    const sp_expression *result = sp_number(in, c);
    sp_work inner;
    sp_work_start(&inner);
    for (sp_sort s = 0; s < SP_SORTS; s++)
        if (m->size[s]) {
            sp_work w;
            sp_work_start(&w);
            w.size[s] = -m->size[s];
            result = sp_multiply(in, result, from_work(in, &w));
        }
    for (size_t i = 0; i < m->factors; i++) {
        const sp_factor *f = m->factor[i].factor;
        bool summed = false;
        for (size_t v = 0; v < f->variables && !summed; v++)
            summed = sp_variable_in(m->summed, m->summations, f->variable[v]);
        if (summed) {
            sp_work_factor(in, &inner, f, m->factor[i].power);
            continue;
        }
        const sp_expression *e = invert_factor(in, f);
        for (int k = 0; k < m->factor[i].power; k++)
            result = sp_multiply(in, result, e);
    }
    for (size_t i = 0; i < m->summations; i++)
        sp_work_sum(in, &inner, m->summed[i]);
    if (m->summations > 0 && m->elementary)
        sp_is_missing(in, SP_MISSING_EXPONENTIALS);
    if (m->summations > 1) /* one by one only where sums have nothing in common */
        sp_is_missing(in, SP_MISSING_SUMS);
    while (inner.summations > 0) {
        sp_work part;
        bool taken[SP_MAX_PROOF_FACTORS];
        sp_work_component(&inner, 0, NULL, &part, taken);
        sp_work_drop_component(&inner, &part, taken);
        sp_terms out = {0};
        sp_terms_add(in, &out, (sp_rational){1, 1}, sp_work_name(in, &part));
        result = sp_multiply(in, result, inverse_alone(in, sp_terms_finish(in, &out)));
    }
    return result;
}

/* The same, for what a program divides by. */
const sp_expression *sp_divide(sp_algebra *in, const sp_expression *a, const sp_expression *by)
{
    const sp_expression *inverse = sp_invert(in, by);
    if (!sp_is_number(by) && !(by->elementary && sp_is_positive(by)))
        sp_note(in, &in->divisor, &in->divisors, &in->divisor_capacity, by);
    return sp_multiply(in, a, inverse);
}
