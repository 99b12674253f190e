#include "numdiff/walker.h"

#include "lang/mlp.h"

#include <gsl/gsl_rng.h>
#include <math.h>
#include <string.h>

static const sp_kind kinds[] = {
    {SP_TENSOR_X, 1, true, SP_POINT_W1},     /* X[n, i]: row n of Z1 by t W1[i, :] */
    {SP_TENSOR_W1, 1, false, SP_POINT_XT},   /* W1[i, k]: column k of Z1 by t X[:, i] */
    {SP_TENSOR_B1, 1, false, SP_POINT_ONES}, /* b1[k]: column k of Z1 by t */
    {SP_TENSOR_W2, 2, false, SP_POINT_A1T},  /* W2[k, j]: column j of Z2 by t A1[:, k] */
    {SP_TENSOR_B2, 2, false, SP_POINT_ONES}, /* b2[j]: column j of Z2 by t */
};
enum { KINDS = sizeof kinds / sizeof *kinds };

enum { DIRECTIONS = 2 };

static size_t lines_of(const sp_walker *w, const sp_kind *k)
{
    const size_t *dim = w->of->dim;
    return k->by_row ? dim[SP_DIM_N] : dim[k->layer == 1 ? SP_DIM_DH : SP_DIM_DOUT];
}

static size_t rows_of(const sp_walker *w, const sp_kind *k)
{
    return sp_point_matrix_of(w->point, k->source)->rows;
}

static bool is_zero_or_finite(const sp_walker *w, const sp_matrix *m, size_t row, bool zero)
{
    mpfr_t value;
    mpfr_init2(value, 53); /* rounding to 53 bits makes nothing zero or infinite */
    w->in->system->get(w->in, m, row, 0, value);
    bool yes = zero ? mpfr_zero_p(value) : mpfr_number_p(value);
    mpfr_clear(value);
    return yes;
}

bool sp_walker_crosses(const sp_walker *w, const sp_matrix *crossings, size_t row)
{
    return !is_zero_or_finite(w, crossings, row, true);
}

bool sp_walker_finite(const sp_walker *w, const sp_matrix *change, size_t row)
{
    return is_zero_or_finite(w, change, row, false);
}

static sp_numdiff_state judge(sp_walker *w, const sp_curves *c, size_t row, const sp_slope *to)
{
    bool crosses = false;
    if (!sp_point_finite(w->point))
        return SP_NUMDIFF_UNUSABLE;
    for (int p = 0; p < SP_WALKER_POINTS; p++) {
        if (!sp_walker_finite(w, w->change[p], row))
            return SP_NUMDIFF_UNUSABLE;
        crosses = crosses || sp_walker_crosses(w, w->crossings[p], row);
    }
    sp_numdiff_state state = w->method->slope(w, c, row, to);
    return state == SP_NUMDIFF_JUDGED && crosses ? SP_NUMDIFF_KINK : state;
}

void sp_walker_change(sp_walker *w, const sp_curves *c, int p)
{
    sp_curves_change(c, 0, w->t[p], w->change[p], w->crossings[p]);
}

/* The changes along all curves at the four points. */
static void measure(sp_walker *w, const sp_curves *c)
{
    for (int p = 0; p < SP_WALKER_POINTS; p++) {
        w->change[p]->rows = w->crossings[p]->rows = c->count;
        w->method->change(w, c, p);
    }
}

static void count_state(sp_numdiff_tensor *t, sp_numdiff_state state)
{
    t->judged += state == SP_NUMDIFF_JUDGED;
    t->kinks += state == SP_NUMDIFF_KINK;
    t->unusable += state == SP_NUMDIFF_UNUSABLE;
}

static sp_slope slope_at(const sp_numdiff *result, sp_numdiff_tensor *t, size_t entry)
{
    if (result->mpfr)
        return (sp_slope){.slope = t->slope[entry], .error = t->error[entry]};
    return (sp_slope){.slope_binary64 = &t->slope_binary64[entry],
                      .error_binary64 = &t->error_binary64[entry]};
}

/* The entries of one line that were chosen, as many at once as the point takes. */
static void walk_line(sp_walker *w, const sp_kind *k, size_t line, const bool *chosen,
                      size_t *list)
{
    size_t lines = lines_of(w, k), rows = rows_of(w, k), most = sp_point_rows(w->point);
    sp_numdiff_tensor *t = &w->result->tensor[k->tensor];
    for (size_t row = 0; row < rows;) {
        sp_curves c = {.point = w->point, .kind = k, .line = line, .row = list};
        for (; row < rows && c.count < most; row++)
            if (!chosen || chosen[k->by_row ? line * rows + row : row * lines + line])
                list[c.count++] = row;
        if (c.count == 0)
            break;
        sp_pool_poll(w->in->pool);
        sp_curves_make(&c);
        measure(w, &c);
        for (size_t r = 0; r < c.count; r++) {
            size_t entry = k->by_row ? line * rows + list[r] : list[r] * lines + line;
            sp_slope to = slope_at(w->result, t, entry);
            t->state[entry] = judge(w, &c, r, &to);
            count_state(t, t->state[entry]);
        }
        sp_curves_free(&c);
    }
}

static void set_steps(sp_walker *w, const sp_matrix *factors, long step)
{
    static const int sign[SP_WALKER_POINTS] = {-1, -1, 1, 1}, twice[SP_WALKER_POINTS] = {1, 0, 0, 1};
    w->exponent = step - sp_point_exponent(w->point, factors);
    if (!w->result->mpfr && w->exponent < -900) /* h must be a normal double */
        w->exponent = -900;
    for (int p = 0; p < SP_WALKER_POINTS; p++)
        w->method->power_of_two(w->t[p], sign[p], w->exponent + twice[p]);
}

/* One entry of each of `count` equal stretches of the tensor, row-major. */
static bool *choose(sp_walker *w, gsl_rng *r, size_t size, size_t count)
{
    if (count >= size)
        return NULL;
    bool *chosen = SP_NEW_ARRAY(w->in->pool, bool, size);
    for (size_t s = 0; s < count; s++) {
        size_t first = (size_t)((double)size * (double)s / (double)count);
        size_t end = (size_t)((double)size * (double)(s + 1) / (double)count);
        if (end > size || s + 1 == count)
            end = size;
        size_t stretch = end > first ? end - first : 1;
        chosen[first + (size_t)gsl_rng_uniform_int(r, stretch)] = true;
    }
    return chosen;
}

/* NaN everywhere; those not chosen share the last number's limbs, which a NaN does not use. */
static void make_mpfr(sp_pool *pool, mpfr_t *value, size_t count, const bool *chosen,
                      size_t looked_at, mpfr_prec_t bits)
{
    size_t size = mpfr_custom_get_size(bits);
    char *limbs = sp_pool_alloc(pool, looked_at + 1, size); /* one more for those not looked at */
    for (size_t i = 0; i < count; i++) {
        void *own = limbs;
        if (!chosen || chosen[i])
            limbs += size;
        mpfr_custom_init(own, bits);
        mpfr_custom_init_set(value[i], MPFR_NAN_KIND, 0, bits, own);
    }
}

sp_numdiff *sp_numdiff_empty(sp_pool *pool, const sp_case *of)
{
    sp_numdiff *result = SP_NEW(pool, sp_numdiff);
    result->step = "";
    for (int i = 0; i < KINDS; i++) {
        sp_numdiff_tensor *t = &result->tensor[kinds[i].tensor];
        sp_network_shape(of->dim, &sp_mlp.tensor[kinds[i].tensor].whole, &t->rows, &t->cols);
        result->entries += t->rows * t->cols;
        t->state = SP_NEW_ARRAY(pool, sp_numdiff_state, t->rows * t->cols);
    }
    if (of->numdiff == SP_NUMDIFF_OFF)
        result->sample = "nothing: switched off in the case";
    return result;
}

static void make_tensor(sp_walker *w, const sp_kind *k, const bool *chosen, size_t count)
{
    sp_pool *pool = w->in->pool;
    sp_numdiff_tensor *t = &w->result->tensor[k->tensor];
    size_t size = t->rows * t->cols;
    w->result->looked_at += count;
    if (w->result->mpfr) {
        t->slope = SP_NEW_ARRAY(pool, mpfr_t, size);
        t->error = SP_NEW_ARRAY(pool, mpfr_t, size);
        make_mpfr(pool, t->slope, size, chosen, count, (mpfr_prec_t)w->in->bits);
        make_mpfr(pool, t->error, size, chosen, count, 53);
    } else {
        t->slope_binary64 = SP_NEW_ARRAY(pool, double, size);
        t->error_binary64 = SP_NEW_ARRAY(pool, double, size);
        for (size_t i = 0; i < size; i++)
            t->slope_binary64[i] = t->error_binary64[i] = (double)NAN;
    }
}

static void walk_direction(sp_walker *w, const sp_kind *k, gsl_rng *r)
{
    sp_pool *pool = w->in->pool;
    const sp_numdiff_tensor *t = &w->result->tensor[k->tensor];
    sp_numdiff_direction *d = &w->result->direction[w->result->directions++];
    size_t size = t->rows * t->cols;
    d->tensor = k->tensor;
    d->direction = SP_NEW_ARRAY(pool, double, size);
    for (size_t i = 0; i < size; i++)
        d->direction[i] = gsl_rng_uniform_int(r, 2) ? 1 : -1;
    make_mpfr(pool, &d->slope, 1, NULL, 1, w->result->mpfr ? (mpfr_prec_t)w->in->bits : 53);
    make_mpfr(pool, &d->error, 1, NULL, 1, 53);
    sp_curves c = {.point = w->point, .kind = k, .direction = d->direction, .count = 1};
    sp_curves_make(&c);
    set_steps(w, c.v, w->step);
    measure(w, &c);
    double slope = (double)NAN, error = (double)NAN;
    sp_slope to = {.slope = d->slope, .error = d->error};
    if (!w->result->mpfr)
        to = (sp_slope){.slope_binary64 = &slope, .error_binary64 = &error};
    d->state = judge(w, &c, 0, &to);
    if (!w->result->mpfr) {
        mpfr_set_d(d->slope, slope, MPFR_RNDN);
        mpfr_set_d(d->error, error, MPFR_RNDU);
    }
    sp_curves_free(&c);
}

/* Multiply-adds that one evaluation of a formula is worth. */
static double formula_cost(const sp_formula *f)
{
    double cost = 0;
    for (size_t i = 0; i < f->count; i++) {
        if (f->node[i].kind != SP_FORMULA_PRIMITIVE)
            continue;
        switch (f->node[i].primitive) {
        case SP_PRIMITIVE_EXP:
        case SP_PRIMITIVE_LOG:
        case SP_PRIMITIVE_TANH:
        case SP_PRIMITIVE_ERF:
        case SP_PRIMITIVE_ERF_PRIME:
            cost += 100;
            break;
        default:
            cost += 5;
        }
    }
    return cost;
}

/* Multiply-adds for one entry: what sp_point_change does at four points. */
static double entry_cost(const sp_walker *w, const sp_network *network, const sp_kind *k)
{
    double n = (double)w->of->dim[SP_DIM_N], dh = (double)w->of->dim[SP_DIM_DH];
    double dout = (double)w->of->dim[SP_DIM_DOUT], hidden = 15 + formula_cost(&network->own[SP_MLP_SIGMA].value);
    bool quadratic = sp_point_quadratic(w->point);
    double output =
        quadratic ? 10 : 20 + formula_cost(&network->own[SP_MLP_G].value) +
                             formula_cost(&network->own[SP_MLP_LOSS].value);
    double cost = n * output;
    if (k->by_row)
        cost = dh * hidden + dh * dout + dout * output;
    else if (k->layer == 1)
        cost = n * hidden + n * (quadratic ? 10 : dout * output);
    return SP_WALKER_POINTS * cost;
}

/* The largest number of entries of each tensor that stays within the budget, at least 1. */
static size_t affordable(const sp_walker *w, const sp_network *network, double budget)
{
    size_t low = 1, high = 1;
    for (int k = 0; k < KINDS; k++)
        if (lines_of(w, &kinds[k]) * rows_of(w, &kinds[k]) > high)
            high = lines_of(w, &kinds[k]) * rows_of(w, &kinds[k]);
    while (low < high) {
        size_t middle = high - (high - low) / 2;
        double cost = 0;
        for (int k = 0; k < KINDS; k++) {
            size_t size = lines_of(w, &kinds[k]) * rows_of(w, &kinds[k]);
            cost += (double)(size < middle ? size : middle) * entry_cost(w, network, &kinds[k]);
        }
        if (cost <= budget)
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

static void describe_sample(sp_walker *w, size_t count, bool budget)
{
    w->result->sample = sp_pool_format(
        w->in->pool,
        "%s%zu %s of each tensor (all of a smaller one), one at random from each of as many equal "
        "stretches, and %d random directions of +1 and -1 through each tensor not seen whole",
        budget ? "within the budget: " : "", count, count == 1 ? "entry" : "entries", DIRECTIONS);
}

void sp_walker_run(sp_walker *w, const sp_network *network, double budget)
{
    sp_pool *pool = w->in->pool;
    sp_numdiff *result = w->result;
    size_t count = affordable(w, network, budget > 0 ? budget : HUGE_VAL);
    bool limited = w->of->numdiff != SP_NUMDIFF_SAMPLE || w->of->sample > count;
    if (!limited)
        count = w->of->sample;
    gsl_rng sample = sp_random_stream(pool, w->of->seed, SP_SAMPLE_STREAM);
    gsl_rng direction = sp_random_stream(pool, w->of->seed, SP_DIRECTION_STREAM);
    result->direction = SP_NEW_ARRAY(pool, sp_numdiff_direction, KINDS * DIRECTIONS);
    for (int p = 0; p < SP_WALKER_POINTS; p++) {
        w->t[p] = sp_matrix_create(w->in, 1, 1);
        w->change[p] = sp_matrix_create(w->in, sp_point_rows(w->point), 1);
        w->crossings[p] = sp_matrix_create(w->in, sp_point_rows(w->point), 1);
    }
    size_t *list = SP_NEW_ARRAY(pool, size_t, sp_point_rows(w->point));
    for (int i = 0; i < KINDS; i++) {
        const sp_kind *k = &kinds[i];
        size_t size = lines_of(w, k) * rows_of(w, k);
        bool *chosen = choose(w, &sample, size, count);
        make_tensor(w, k, chosen, chosen ? count : size);
        set_steps(w, sp_point_matrix_of(w->point, k->source), w->step);
        for (size_t line = 0; line < lines_of(w, k); line++)
            walk_line(w, k, line, chosen, list);
        for (int d = 0; chosen && d < DIRECTIONS; d++)
            walk_direction(w, k, &direction);
        sp_pool_free(pool, chosen);
    }
    if (result->looked_at < result->entries)
        describe_sample(w, count, limited);
    for (int p = 0; p < SP_WALKER_POINTS; p++) {
        sp_matrix_free(w->in, w->change[p]);
        sp_matrix_free(w->in, w->crossings[p]);
    }
}
