#include "numdiff/walker.h"

#include "lang/mlp.h"

static const sp_kind kinds[] = {
    {SP_TENSOR_X, 1, true, SP_POINT_W1},     /* X[n, i]: row n of Z1 by t W1[i, :] */
    {SP_TENSOR_W1, 1, false, SP_POINT_XT},   /* W1[i, k]: column k of Z1 by t X[:, i] */
    {SP_TENSOR_B1, 1, false, SP_POINT_ONES}, /* b1[k]: column k of Z1 by t */
    {SP_TENSOR_W2, 2, false, SP_POINT_A1T},  /* W2[k, j]: column j of Z2 by t A1[:, k] */
    {SP_TENSOR_B2, 2, false, SP_POINT_ONES}, /* b2[j]: column j of Z2 by t */
};
enum { KINDS = sizeof kinds / sizeof *kinds };

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

/* The entries of one line that were chosen, as many at once as the point takes. */
static void walk_line(sp_walker *w, const sp_kind *k, size_t line, const bool *chosen,
                      size_t *list)
{
    size_t lines = lines_of(w, k), rows = rows_of(w, k), most = sp_point_rows(w->point);
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
            sp_slope to = sp_sample_slope(w->result, k->tensor, entry);
            sp_sample_record(w->result, k->tensor, entry, judge(w, &c, r, &to));
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

static void walk_direction(sp_walker *w, const sp_kind *k, sp_sample *sample)
{
    sp_numdiff_direction *d = sp_sample_direction(w->in->pool, sample, w->result, k->tensor);
    sp_curves c = {.point = w->point, .kind = k, .direction = d->direction, .count = 1};
    sp_curves_make(&c);
    set_steps(w, c.v, w->step);
    measure(w, &c);
    double own[2];
    sp_slope to = sp_direction_slope(w->result, d, own);
    sp_direction_record(w->result, d, own, judge(w, &c, 0, &to));
    sp_curves_free(&c);
}

/* Multiply-adds for one entry: what sp_point_change does at four points. */
static double entry_cost(const sp_walker *w, const sp_network *network, const sp_kind *k)
{
    double n = (double)w->of->dim[SP_DIM_N], dh = (double)w->of->dim[SP_DIM_DH];
    double dout = (double)w->of->dim[SP_DIM_DOUT], hidden = 15 + sp_formula_cost(&network->own[SP_MLP_SIGMA].value);
    bool quadratic = sp_point_quadratic(w->point);
    double output =
        quadratic ? 10 : 20 + sp_formula_cost(&network->own[SP_MLP_G].value) +
                             sp_formula_cost(&network->own[SP_MLP_LOSS].value);
    double cost = n * output;
    if (k->by_row)
        cost = dh * hidden + dh * dout + dout * output;
    else if (k->layer == 1)
        cost = n * hidden + n * (quadratic ? 10 : dout * output);
    return SP_WALKER_POINTS * cost;
}

void sp_walker_run(sp_walker *w, const sp_network *network, double budget)
{
    sp_pool *pool = w->in->pool;
    sp_numdiff *result = w->result;
    double cost[SP_MAX_TENSORS] = {0};
    for (int k = 0; k < KINDS; k++)
        cost[kinds[k].tensor] = entry_cost(w, network, &kinds[k]);
    sp_sample sample = sp_sample_create(pool, w->of, result, cost, budget);
    for (int p = 0; p < SP_WALKER_POINTS; p++) {
        w->t[p] = sp_matrix_create(w->in, 1, 1);
        w->change[p] = sp_matrix_create(w->in, sp_point_rows(w->point), 1);
        w->crossings[p] = sp_matrix_create(w->in, sp_point_rows(w->point), 1);
    }
    size_t *list = SP_NEW_ARRAY(pool, size_t, sp_point_rows(w->point));
    for (int i = 0; i < KINDS; i++) {
        const sp_kind *k = &kinds[i];
        bool *chosen = sp_sample_choose(pool, &sample, result, k->tensor);
        set_steps(w, sp_point_matrix_of(w->point, k->source), w->step);
        for (size_t line = 0; line < lines_of(w, k); line++)
            walk_line(w, k, line, chosen, list);
        for (int d = 0; chosen && d < SP_DIRECTIONS; d++)
            walk_direction(w, k, &sample);
        sp_pool_free(pool, chosen);
    }
    sp_sample_describe(pool, &sample, result);
    for (int p = 0; p < SP_WALKER_POINTS; p++) {
        sp_matrix_free(w->in, w->change[p]);
        sp_matrix_free(w->in, w->crossings[p]);
    }
}
