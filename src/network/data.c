/* The data of a case.
 *
 * Generated data is the same on every machine. Each tensor has a stream of its own, GSL's
 * mt19937 seeded from (seed, tensor), so that giving one tensor does not change another.
 * Gaussian numbers are made by the ratio of uniforms (gsl_ran_gaussian_ratio_method: Kinderman
 * and Monahan 1977, Leva 1992), whose values are quotients of 32-bit numbers; logarithms only
 * decide about acceptance.
 *
 * random(seed, scale): every entry is scale times a Gaussian number, in parameters of two or more dimensions
 * also divided by the square root of the size of the first (the fan-in); scalars are positive. Targets of the
 * loss bce are uniform in (0, 1), not scaled: they are probabilities.
 *
 * integers(seed, range): uniform in -range ... range, scalars from 1. Targets of the loss bce are 0 or 1.
 *
 * Distributions are one-hot: a random index gets 1. */
#include "network/network.h"

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <string.h>

const char *sp_network_entry_text(sp_pool *pool, const sp_layout *whole, const size_t dim[SP_MAX_DIMS], size_t row,
                                  size_t column)
{
    size_t index[SP_MAX_ORDER];
    if (whole->order == 0)
        return "";
    index[whole->order - 1] = column;
    for (unsigned i = whole->order - 1u; i-- > 0; row /= dim[whole->part[i].dim])
        index[i] = row % dim[whole->part[i].dim];
    sp_text text = sp_text_in(pool);
    for (unsigned i = 0; i < whole->order; i++)
        sp_text_format(&text, "%s%zu", i ? "," : "[", index[i]);
    sp_text_add(&text, "]");
    return sp_text_string(&text);
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
    /* the last four bits are the stream: no two of the first 16 streams of one seed start alike */
    const uint64_t from = stream < 16 ? seed : scramble(seed ^ stream >> 4);
    gsl_rng_set(&r, (unsigned long)((scramble(from) & UINT64_C(0xFFFFFFF0)) | (stream & 15)));
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

/* One random index of that place gets 1, for every index of the others. */
static void fill_one_hot(const gsl_rng *r, double *value, const size_t dim[SP_MAX_DIMS], const sp_tensor_info *tensor)
{
    const sp_lines lines = sp_layout_lines(dim, &tensor->whole, (unsigned)tensor->distribution);
    for (size_t l = 0; l < lines.count; l++)
        value[sp_line_first(&lines, l) + gsl_rng_uniform_int(r, lines.length) * lines.step] = 1;
}

/* Whether the tensor is the target of a function that is bce: then its entries are probabilities. */
static bool is_probability(const sp_case *of, sp_tensor tensor)
{
    const sp_program *rule = of->program->of->rule;
    for (size_t i = 0; rule && i < rule->nodes; i++) {
        const sp_node *n = &rule->node[i];
        if (n->op != SP_OP_APPLY || n->operand[1] < 0 || n->function >= SP_MAX_OWN_FUNCTIONS)
            continue;
        const sp_node *target = &rule->node[n->operand[1]];
        const char *name = of->function[n->function].name;
        if (target->op == SP_OP_LOAD && target->tensor == tensor && name && strcmp(name, "bce") == 0)
            return true;
    }
    return false;
}

const double *sp_network_data(sp_pool *pool, const sp_case *of, sp_tensor tensor)
{
    if (of->given[tensor].value)
        return of->given[tensor].value;
    const sp_tensor_info *info = &of->program->of->tensor[tensor];
    size_t rows, cols, count;
    sp_layout_shape(of->dim, &info->whole, &rows, &cols);
    if (!sp_size_multiply(&count, rows, cols))
        sp_pool_fail(pool, SP_NO_MEMORY);
    double *value = SP_NEW_ARRAY(pool, double, count);
    gsl_rng r = sp_random_stream(pool, of->seed, tensor < SP_SAMPLE_STREAM ? tensor : tensor + 2);
    const bool probability = is_probability(of, tensor), scalar = info->whole.order == 0;
    if (info->distribution >= 0) {
        fill_one_hot(&r, value, of->dim, info);
    } else if (of->data == SP_DATA_INTEGERS) {
        fill_integers(&r, value, count, probability ? 0 : scalar ? 1 : -of->range, probability ? 1 : of->range);
    } else if (probability) {
        for (size_t i = 0; i < count; i++)
            value[i] = gsl_rng_uniform_pos(&r);
    } else {
        const bool weight = info->param && info->whole.order >= 2;
        fill_random(&r, value, count, weight ? of->scale / sqrt((double)of->dim[info->whole.part[0].dim]) : of->scale);
        value[0] = scalar ? fabs(value[0]) : value[0];
    }
    sp_pool_free(pool, r.state);
    return value;
}
