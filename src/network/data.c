/* The data of a case.
 *
 * Generated data is the same on every machine. Each tensor has a stream of its own, GSL's
 * mt19937 seeded from (seed, tensor), so that giving one tensor does not change another.
 * Gaussian numbers are made by the ratio of uniforms (gsl_ran_gaussian_ratio_method: Kinderman
 * and Monahan 1977, Leva 1992), whose values are quotients of 32-bit numbers; logarithms only
 * decide about acceptance.
 *
 * random(seed, scale): every entry is scale times a Gaussian number, in W1 and W2 also divided
 * by the square root of the fan-in (Din, Dh). Targets of the loss bce are uniform in (0, 1), not
 * scaled: they are probabilities.
 *
 * integers(seed, range): uniform in -range ... range. Targets of the loss bce are 0 or 1. */
#include "network/network.h"

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <string.h>

static const int dimensions[][2] = {
#define X(id, name, first, second, kind) {SP_DIM_##first, SP_DIM_##second},
    SP_TENSORS(X)
#undef X
};

void sp_network_shape(const size_t dim[SP_DIM_COUNT], sp_tensor tensor, size_t *rows, size_t *cols)
{
    bool vector = dimensions[tensor][1] == SP_DIM_COUNT;
    *rows = vector ? 1 : dim[dimensions[tensor][0]];
    *cols = dim[dimensions[tensor][vector ? 0 : 1]];
}

/* SplitMix64's output function (Steele, Lea, Flood 2014). */
static uint64_t scramble(uint64_t x)
{
    x += UINT64_C(0x9E3779B97F4A7C15);
    x = (x ^ (x >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94D049BB133111EB);
    return x ^ (x >> 31);
}

gsl_rng sp_random_stream(sp_pool *pool, uint64_t seed, unsigned stream)
{
    gsl_rng r = {gsl_rng_mt19937, sp_pool_alloc(pool, 1, gsl_rng_mt19937->size)};
    /* the last four bits are the stream: two streams of one seed never start alike */
    gsl_rng_set(&r, (unsigned long)((scramble(seed) & UINT64_C(0xFFFFFFF0)) | (stream & 15)));
    return r;
}

static void fill_random(const gsl_rng *r, double *value, size_t count, double factor)
{
    for (size_t i = 0; i < count; i++)
        value[i] = factor * gsl_ran_gaussian_ratio_method(r, 1);
}

static void fill_integers(const gsl_rng *r, double *value, size_t count, long low, long high)
{
    unsigned long choices = (unsigned long)(high - low) + 1;
    for (size_t i = 0; i < count; i++)
        value[i] = (double)(low + (long)gsl_rng_uniform_int(r, choices));
}

const double *sp_network_data(sp_pool *pool, const sp_case *of, sp_tensor tensor)
{
    if (of->given[tensor].value)
        return of->given[tensor].value;
    size_t rows, cols, count;
    sp_network_shape(of->dim, tensor, &rows, &cols);
    if (!sp_size_multiply(&count, rows, cols))
        sp_pool_fail(pool, SP_NO_MEMORY);
    double *value = SP_NEW_ARRAY(pool, double, count);
    gsl_rng r = sp_random_stream(pool, of->seed, (unsigned)tensor);
    bool probability = tensor == SP_TENSOR_Y && of->loss.name && !strcmp(of->loss.name, "bce");
    if (of->data == SP_DATA_INTEGERS) {
        fill_integers(&r, value, count, probability ? 0 : -of->range, probability ? 1 : of->range);
    } else if (probability) {
        for (size_t i = 0; i < count; i++)
            value[i] = gsl_rng_uniform_pos(&r);
    } else {
        bool weight = tensor == SP_TENSOR_W1 || tensor == SP_TENSOR_W2;
        fill_random(&r, value, count, weight ? of->scale / sqrt((double)rows) : of->scale);
    }
    sp_pool_free(pool, r.state);
    return value;
}
