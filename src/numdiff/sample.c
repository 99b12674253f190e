#include "numdiff/sample.h"

#include <math.h>

sp_numdiff *sp_numdiff_empty(sp_pool *pool, const sp_case *of)
{
    const sp_signature *signature = of->program->of;
    sp_numdiff *result = SP_NEW(pool, sp_numdiff);
    result->step = "";
    for (size_t r = 0; r < signature->results; r++) {
        const int tensor = signature->result[r].gradient_of;
        if (tensor < 0)
            continue;
        sp_numdiff_tensor *t = &result->tensor[tensor];
        sp_layout_shape(of->dim, &signature->tensor[tensor].whole, &t->rows, &t->cols);
        result->entries += t->rows * t->cols;
        t->state = SP_NEW_ARRAY(pool, sp_numdiff_state, t->rows * t->cols);
    }
    if (of->numdiff == SP_NUMDIFF_OFF)
        result->sample = "nothing: switched off in the case";
    return result;
}

double sp_formula_cost(const sp_formula *f)
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

static size_t size_of(const sp_numdiff *result, size_t tensor)
{
    return result->tensor[tensor].rows * result->tensor[tensor].cols;
}

/* The largest number of entries of each tensor that stays within the budget, at least 1. */
static size_t affordable(const sp_numdiff *result, const double cost[SP_MAX_TENSORS], double budget)
{
    size_t low = 1, high = 1;
    for (size_t t = 0; t < SP_MAX_TENSORS; t++)
        if (size_of(result, t) > high)
            high = size_of(result, t);
    while (low < high) {
        size_t middle = high - (high - low) / 2;
        double sum = 0;
        for (size_t t = 0; t < SP_MAX_TENSORS; t++) {
            size_t size = size_of(result, t);
            if (size > 0)
                sum += (double)(size < middle ? size : middle) * cost[t];
        }
        if (sum <= budget)
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

sp_sample sp_sample_create(sp_pool *pool, const sp_case *of, sp_numdiff *result, const double cost[SP_MAX_TENSORS],
                           double budget)
{
    sp_sample sample = {.count = affordable(result, cost, budget > 0 ? budget : HUGE_VAL)};
    sample.limited = of->numdiff != SP_NUMDIFF_SAMPLE || of->sample > sample.count;
    if (!sample.limited)
        sample.count = of->sample;
    sample.entries = sp_random_stream(pool, of->seed, SP_SAMPLE_STREAM);
    sample.directions = sp_random_stream(pool, of->seed, SP_DIRECTION_STREAM);
    size_t tensors = 0;
    for (size_t t = 0; t < SP_MAX_TENSORS; t++)
        tensors += size_of(result, t) > 0;
    result->direction = SP_NEW_ARRAY(pool, sp_numdiff_direction, tensors * SP_DIRECTIONS);
    return sample;
}

/* One entry of each of `count` equal stretches of the tensor, row-major. */
static bool *choose(sp_pool *pool, gsl_rng *r, size_t size, size_t count)
{
    if (count >= size)
        return NULL;
    bool *chosen = SP_NEW_ARRAY(pool, bool, size);
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
static void make_mpfr(sp_pool *pool, mpfr_t *value, size_t count, const bool *chosen, size_t looked_at,
                      mpfr_prec_t bits)
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

/* The bits of the numbers that the method computes with: half as many again as those that are looked for. */
static mpfr_prec_t slope_bits(const sp_numdiff *result)
{
    return result->mpfr ? (mpfr_prec_t)result->working_bits : 53;
}

bool *sp_sample_choose(sp_pool *pool, sp_sample *sample, sp_numdiff *result, sp_tensor tensor)
{
    sp_numdiff_tensor *t = &result->tensor[tensor];
    size_t size = t->rows * t->cols;
    bool *chosen = choose(pool, &sample->entries, size, sample->count);
    size_t count = chosen ? sample->count : size;
    result->looked_at += count;
    if (result->mpfr) {
        t->slope = SP_NEW_ARRAY(pool, mpfr_t, size);
        t->error = SP_NEW_ARRAY(pool, mpfr_t, size);
        make_mpfr(pool, t->slope, size, chosen, count, slope_bits(result));
        make_mpfr(pool, t->error, size, chosen, count, 53);
    } else {
        t->slope_binary64 = SP_NEW_ARRAY(pool, double, size);
        t->error_binary64 = SP_NEW_ARRAY(pool, double, size);
        for (size_t i = 0; i < size; i++)
            t->slope_binary64[i] = t->error_binary64[i] = (double)NAN;
    }
    return chosen;
}

sp_slope sp_sample_slope(const sp_numdiff *result, sp_tensor tensor, size_t entry)
{
    const sp_numdiff_tensor *t = &result->tensor[tensor];
    if (result->mpfr)
        return (sp_slope){.slope = t->slope[entry], .error = t->error[entry]};
    return (sp_slope){.slope_binary64 = &t->slope_binary64[entry], .error_binary64 = &t->error_binary64[entry]};
}

void sp_sample_record(sp_numdiff *result, sp_tensor tensor, size_t entry, sp_numdiff_state state)
{
    sp_numdiff_tensor *t = &result->tensor[tensor];
    t->state[entry] = state;
    t->judged += state == SP_NUMDIFF_JUDGED;
    t->kinks += state == SP_NUMDIFF_KINK;
    t->unusable += state == SP_NUMDIFF_UNUSABLE;
}

sp_numdiff_direction *sp_sample_direction(sp_pool *pool, sp_sample *sample, sp_numdiff *result, sp_tensor tensor)
{
    sp_numdiff_direction *d = &result->direction[result->directions++];
    size_t size = size_of(result, tensor);
    d->tensor = tensor;
    d->direction = SP_NEW_ARRAY(pool, double, size);
    for (size_t i = 0; i < size; i++)
        d->direction[i] = gsl_rng_uniform_int(&sample->directions, 2) ? 1 : -1;
    make_mpfr(pool, &d->slope, 1, NULL, 1, slope_bits(result));
    make_mpfr(pool, &d->error, 1, NULL, 1, 53);
    return d;
}

sp_slope sp_direction_slope(const sp_numdiff *result, sp_numdiff_direction *d, double own[2])
{
    own[0] = own[1] = (double)NAN;
    if (result->mpfr)
        return (sp_slope){.slope = d->slope, .error = d->error};
    return (sp_slope){.slope_binary64 = &own[0], .error_binary64 = &own[1]};
}

void sp_direction_record(const sp_numdiff *result, sp_numdiff_direction *d, const double own[2],
                         sp_numdiff_state state)
{
    d->state = state;
    if (result->mpfr)
        return;
    mpfr_set_d(d->slope, own[0], MPFR_RNDN);
    mpfr_set_d(d->error, own[1], MPFR_RNDU);
}

void sp_sample_describe(sp_pool *pool, const sp_sample *sample, sp_numdiff *result)
{
    if (result->looked_at >= result->entries)
        return;
    result->sample = sp_pool_format(
        pool,
        "%s%zu %s of each tensor (all of a smaller one), one at random from each of as many equal "
        "stretches, and %d random directions of +1 and -1 through each tensor not seen whole",
        sample->limited ? "within the budget: " : "", sample->count, sample->count == 1 ? "entry" : "entries",
        SP_DIRECTIONS);
}
