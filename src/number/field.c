/* Elements of GF(p), p a prime of 61 or 62 bits, on FLINT's nmod. Storage: one row-major array of
 * residues.
 *
 * What has no value (division by zero, infinities, a primitive that a field does not have) is
 * POISON, which spreads like a NaN. Functions other than + - * / are opaque: keyed random functions
 * of the residues, independent of one another. An identity that holds here for random data and a
 * random prime holds for all data and all functions, but for a small probability (Schwartz and Zippel;
 * the caller states it). Modulo one fixed prime it would not: 2^61 is 1 modulo 2^61 - 1. */
#include "number/field.h"
#include "number/system.h"

#include <flint/nmod_mat.h>
#include <flint/nmod_vec.h>
#include <math.h>
#include <string.h>

#define POISON SP_FIELD_NONE

static uint64_t order_of(const sp_arithmetic *in)
{
    return in->order ? in->order : SP_FIELD_ORDER;
}

static nmod_t modulus(const sp_arithmetic *in)
{
    nmod_t mod;
    nmod_init(&mod, order_of(in));
    return mod;
}

static uint64_t *residues(const sp_matrix *m)
{
    return m->data;
}

static void create(const sp_arithmetic *in, sp_matrix *m)
{
    m->data = SP_NEW_ARRAY(in->pool, uint64_t, m->rows *m->cols);
}

static void destroy(const sp_arithmetic *in, sp_matrix *m)
{
    sp_pool_free(in->pool, m->data);
    m->data = NULL;
}

/* A double is an integer of 53 bits times a power of two, of which every odd prime has a residue. */
static uint64_t residue_of(double value, nmod_t mod)
{
    if (!isfinite(value))
        return POISON;
    int exponent;
    double integer = ldexp(frexp(fabs(value), &exponent), 53);
    int power = exponent - 53;
    uint64_t scale = nmod_pow_ui(2, (ulong)(power < 0 ? -power : power), mod);
    if (power < 0)
        scale = nmod_inv(scale, mod);
    uint64_t magnitude = nmod_mul((uint64_t)integer, scale, mod);
    return value < 0 ? nmod_neg(magnitude, mod) : magnitude;
}

static void set(const sp_arithmetic *in, sp_matrix *m, size_t i, size_t j, double value)
{
    residues(m)[i * m->cols + j] = residue_of(value, modulus(in));
}

/* The residue of smallest magnitude, so that small integers are themselves. */
static void get(const sp_arithmetic *in, const sp_matrix *m, size_t i, size_t j, mpfr_t value)
{
    const uint64_t r = residues(m)[i * m->cols + j], order = order_of(in);
    if (r == POISON)
        mpfr_set_nan(value);
    else
        mpfr_set_sj(value, r > order / 2 ? -(int64_t)(order - r) : (int64_t)r, MPFR_RNDN);
}

static void copy_run(const sp_arithmetic *in, sp_matrix *out, size_t to, const sp_matrix *a,
                     size_t from, size_t length)
{
    (void)in;
    memcpy(residues(out) + to, residues(a) + from, length * sizeof(uint64_t));
}

static void copy(const sp_arithmetic *in, sp_matrix *out, const size_t *out_row,
                 const size_t *out_col, const sp_matrix *a, const size_t *a_row,
                 const size_t *a_col, size_t rows, size_t cols)
{
    sp_copy_by_runs(in, copy_run, out, out_row, out_col, a, a_row, a_col, rows, cols);
}

static void transpose(const sp_arithmetic *in, sp_matrix *out, const sp_matrix *a)
{
    (void)in;
    for (size_t i = 0; i < a->rows; i++)
        for (size_t j = 0; j < a->cols; j++)
            residues(out)[j * out->cols + i] = residues(a)[i * a->cols + j];
}

/* splitmix64's finalizer (Steele, Lea, Flood, OOPSLA 2014): a bijection that mixes all bits. */
static uint64_t mix(uint64_t x)
{
    x ^= x >> 30;
    x *= UINT64_C(0xBF58476D1CE4E5B9);
    x ^= x >> 27;
    x *= UINT64_C(0x94D049BB133111EB);
    return x ^ x >> 31;
}

static uint64_t key(uint64_t seed, uint64_t name, uint64_t a, uint64_t b)
{
    uint64_t h = mix(seed + UINT64_C(0x9E3779B97F4A7C15));
    h = mix(h ^ mix(name + 1));
    h = mix(h ^ mix(a + UINT64_C(0x2545F4914F6CDD1D)));
    return mix(h ^ b);
}

static uint64_t next(uint64_t h)
{
    return mix(h + UINT64_C(0x9E3779B97F4A7C15));
}

/* Uniform below the order: what is too large is drawn again. */
static uint64_t random_below(uint64_t order, uint64_t h)
{
    const int spare = __builtin_clzll(order);
    while (h >> spare >= order)
        h = next(h);
    return h >> spare;
}

uint64_t sp_field_random(uint64_t seed, uint64_t name, uint64_t a, uint64_t b)
{
    return random_below(SP_FIELD_ORDER, key(seed, name, a, b));
}

enum { NAME_STEP = 64, NAME_PRIME }; /* beside the names of sp_function */

uint64_t sp_field_prime(uint64_t seed)
{
    for (uint64_t h = key(seed, NAME_PRIME, 0, 0);; h = next(h)) {
        const uint64_t odd = SP_FIELD_LEAST | h >> 3 | 1;
        if (n_is_prime(odd)) /* proved for all numbers of 64 bits */
            return odd;
    }
}

static void unary(const sp_arithmetic *in, sp_primitive f, sp_matrix *out, const sp_matrix *a)
{
    const sp_walk walk = sp_walk_over(out, a, NULL);
    const nmod_t mod = modulus(in);
    for (size_t run = 0, i = 0; run < walk.runs; run++)
        for (size_t k = 0; k < walk.length; k++, i++) {
            const uint64_t x = residues(a)[run * walk.a_run + k * walk.a_step];
            uint64_t *to = &residues(out)[i];
            if (x == POISON)
                *to = POISON;
            else if (f == SP_PRIMITIVE_NEG)
                *to = nmod_neg(x, mod);
            else if (f == SP_PRIMITIVE_STEP) /* what is known of it: 0 or 1, and 0 at 0 */
                *to = x ? key(in->seed, NAME_STEP, x, 0) >> 3 & 1 : 0;
            else
                *to = POISON;
        }
}

static uint64_t combine(sp_primitive f, uint64_t x, uint64_t y, nmod_t mod)
{
    if (x == POISON || y == POISON)
        return POISON;
    switch (f) {
    case SP_PRIMITIVE_ADD:
        return nmod_add(x, y, mod);
    case SP_PRIMITIVE_SUB:
        return nmod_sub(x, y, mod);
    case SP_PRIMITIVE_MUL:
        return nmod_mul(x, y, mod);
    case SP_PRIMITIVE_DIV:
        return y == 0 ? POISON : nmod_div(x, y, mod);
    default:
        return POISON;
    }
}

static void binary(const sp_arithmetic *in, sp_primitive f, sp_matrix *out, const sp_matrix *a,
                   const sp_matrix *b)
{
    const sp_walk walk = sp_walk_over(out, a, b);
    const nmod_t mod = modulus(in);
    for (size_t run = 0, i = 0; run < walk.runs; run++)
        for (size_t k = 0; k < walk.length; k++, i++)
            residues(out)[i] = combine(f, residues(a)[run * walk.a_run + k * walk.a_step],
                                       residues(b)[run * walk.b_run + k * walk.b_step], mod);
}

/* A copy for FLINT with zeros in place of poison; whether there was any. */
static bool to_flint(nmod_mat_t to, const sp_matrix *m, bool transposed)
{
    bool poisoned = false;
    for (size_t i = 0; i < m->rows; i++)
        for (size_t j = 0; j < m->cols; j++) {
            const uint64_t r = residues(m)[i * m->cols + j];
            poisoned |= r == POISON;
            nmod_mat_entry(to, transposed ? j : i, transposed ? i : j) = r == POISON ? 0 : r;
        }
    return poisoned;
}

static bool is_poisoned(const sp_matrix *m, bool transposed, size_t i, size_t j)
{
    return residues(m)[transposed ? j * m->cols + i : i * m->cols + j] == POISON;
}

static void product(const sp_arithmetic *in, sp_matrix *out, const sp_matrix *a, bool transpose_a,
                    const sp_matrix *b, bool transpose_b)
{
    const size_t inner = transpose_a ? a->rows : a->cols;
    nmod_mat_t left, right, result;
    const uint64_t order = order_of(in);
    nmod_mat_init(left, (slong)out->rows, (slong)inner, order);
    nmod_mat_init(right, (slong)inner, (slong)out->cols, order);
    nmod_mat_init(result, (slong)out->rows, (slong)out->cols, order);
    const bool left_poisoned = to_flint(left, a, transpose_a);
    const bool right_poisoned = to_flint(right, b, transpose_b);
    nmod_mat_mul(result, left, right);
    for (size_t i = 0; i < out->rows; i++)
        for (size_t j = 0; j < out->cols; j++) {
            bool poisoned = false;
            for (size_t k = 0; k < inner && (left_poisoned || right_poisoned); k++)
                poisoned |= is_poisoned(a, transpose_a, i, k) || is_poisoned(b, transpose_b, k, j);
            residues(out)[i * out->cols + j] = poisoned ? POISON : nmod_mat_entry(result, i, j);
        }
    nmod_mat_clear(left);
    nmod_mat_clear(right);
    nmod_mat_clear(result);
}

static void sum(const sp_arithmetic *in, sp_matrix *out, const sp_matrix *a, bool over_rows)
{
    const nmod_t mod = modulus(in);
    memset(out->data, 0, out->rows * out->cols * sizeof(uint64_t));
    for (size_t i = 0, x = 0; i < a->rows; i++)
        for (size_t j = 0; j < a->cols; j++, x++) {
            uint64_t *to = &residues(out)[over_rows ? j : i];
            *to = combine(SP_PRIMITIVE_ADD, *to, residues(a)[x], mod);
        }
}

static void total(const sp_arithmetic *in, sp_matrix *out, const sp_matrix *const *a, size_t count)
{
    copy(in, out, NULL, NULL, a[0], NULL, NULL, out->rows, out->cols);
    for (size_t c = 1; c < count; c++)
        for (size_t i = 0; i < out->rows * out->cols; i++)
            residues(out)[i] =
                combine(SP_PRIMITIVE_ADD, residues(out)[i], residues(a[c])[i], modulus(in));
}

static void function(const sp_arithmetic *in, unsigned f, sp_matrix *out, const sp_matrix *a,
                     const sp_matrix *b)
{
    const uint64_t order = order_of(in);
    for (size_t i = 0; i < out->rows * out->cols; i++) {
        const uint64_t x = residues(a)[i], y = b ? residues(b)[i] : 0;
        residues(out)[i] = x == POISON || y == POISON
                               ? POISON
                               : random_below(order, key(in->seed, (uint64_t)f, x, y));
    }
}

void sp_field_fill(const sp_arithmetic *in, sp_matrix *m, uint64_t name)
{
    for (size_t i = 0; i < m->rows * m->cols; i++)
        residues(m)[i] = random_below(order_of(in), key(in->seed, ~name, i, 0));
}

const sp_number_system sp_number_field = {
    SP_NUMBER_TEXTS(field),
    .entry_bytes = sizeof(uint64_t),
    .create = create,
    .destroy = destroy,
    .set = set,
    .get = get,
    .copy = copy,
    .transpose = transpose,
    .unary = unary,
    .binary = binary,
    .product = product,
    .sum = sum,
    .total = total,
    .function = function,
};
