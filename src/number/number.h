/* Number systems: what a value is, and arithmetic on matrices of such values.
 *
 * A number system is one file and one line of SP_NUMBER_SYSTEMS. The interpreter and the
 * formulas are written once over this interface. Every operation writes to `out`, which has its
 * final shape already and shares no storage with the operands. Shapes with zero rows or columns
 * are legal everywhere: a product over zero indices is zero. Nothing here fails but for lack of
 * memory (sp_pool_fail); infinities and NaN are values. */
#ifndef SP_NUMBER_NUMBER_H
#define SP_NUMBER_NUMBER_H

#include "lang/formula.h"

#include <mpfr.h>

/*  id, name, what it shows */
#define SP_NUMBER_SYSTEMS(X)                                                                  \
    X(binary64, "binary64", "doubles, as a developer sees them")                              \
    X(mpfr, "mpfr", "correctly rounded numbers of the case's precision")                      \
    X(bound, "bound", "a double and a bound on its rounding error, any order of summation")   \
    X(field, "field", "elements of GF(p), p a large prime, functions random: identity for all data") \
    X(rational, "rational", "exact rationals, for formulas without transcendental functions")

typedef struct sp_number_system sp_number_system;

/* A number system opened for one job: all that its operations need to know. */
typedef struct sp_arithmetic {
    const sp_number_system *system;
    sp_pool *pool;
    unsigned bits;      /* mpfr: the precision; bound: sp_bound_radius below */
    bool deterministic; /* the same bits on every machine: products in index order, functions
                         * correctly rounded */
    unsigned threads;   /* at most so many for one operation; 0 counts as 1 */
    uint64_t seed;      /* for number systems that draw random values */
    uint64_t order;     /* field: the prime, above 2^60 and below 2^62; 0: 2^61 - 1 */
} sp_arithmetic;

/* A dense matrix; scalars are 1 x 1, vectors of n entries are 1 x n. Freed with its pool or
 * earlier by sp_matrix_free. The storage belongs to the number system, row-major. */
typedef struct sp_matrix {
    size_t rows, cols;
    void *data;
    void *extra; /* bound: the error bounds */
} sp_matrix;

struct sp_number_system {
    const char *name, *summary;
    bool has_infinities; /* and NaN and signed zeros, as IEEE 754 has them */
    size_t entry_bytes, extra_bytes; /* of one entry in data and in extra (0: there is none) */

    /* m->rows, m->cols are set; all entries become 0 */
    void (*create)(const sp_arithmetic *in, sp_matrix *m);
    void (*destroy)(const sp_arithmetic *in, sp_matrix *m);

    /* exact, or rounded once where an entry has fewer than 53 bits */
    void (*set)(const sp_arithmetic *in, sp_matrix *m, size_t i, size_t j, double value);
    /* value is initialised by the caller; exact if its precision is at least that of the entry */
    void (*get)(const sp_arithmetic *in, const sp_matrix *m, size_t i, size_t j, mpfr_t value);

    /* out[out_row[i], out_col[j]] = a[a_row[i], a_col[j]] for i < rows, j < cols; a NULL list is
     * 0, 1, 2, ... */
    void (*copy)(const sp_arithmetic *in, sp_matrix *out, const size_t *out_row,
                 const size_t *out_col, const sp_matrix *a, const size_t *a_row,
                 const size_t *a_col, size_t rows, size_t cols);
    void (*transpose)(const sp_arithmetic *in, sp_matrix *out, const sp_matrix *a);

    /* Elementwise. An operand with one row (column) where out has more is repeated over the rows
     * (columns). */
    void (*unary)(const sp_arithmetic *in, sp_primitive f, sp_matrix *out, const sp_matrix *a);
    void (*binary)(const sp_arithmetic *in, sp_primitive f, sp_matrix *out, const sp_matrix *a,
                   const sp_matrix *b);

    /* out = op(a) op(b), op the transpose where asked for. */
    void (*product)(const sp_arithmetic *in, sp_matrix *out, const sp_matrix *a, bool transpose_a,
                    const sp_matrix *b, bool transpose_b);
    /* over_rows: out is 1 x a->cols, the sums of columns; else out is a->rows x 1. */
    void (*sum)(const sp_arithmetic *in, sp_matrix *out, const sp_matrix *a, bool over_rows);
    /* Elementwise sum of count >= 1 matrices of one shape: an all-reduce. */
    void (*total)(const sp_arithmetic *in, sp_matrix *out, const sp_matrix *const *a, size_t count);

    /* NULL, or elementwise opaque functions in place of formulas that need more than + - * /, by number; b is
     * NULL for functions of one argument. */
    void (*function)(const sp_arithmetic *in, unsigned f, sp_matrix *out, const sp_matrix *a,
                     const sp_matrix *b);
};

extern const sp_number_system *const sp_number_system_table[];
extern const size_t sp_number_system_count;
/* NULL if there is none of that name. */
const sp_number_system *sp_number_system_find(const char *name);

/* Makes a matrix of zeros in in->pool. */
sp_matrix *sp_matrix_create(const sp_arithmetic *in, size_t rows, size_t cols);
void sp_matrix_free(const sp_arithmetic *in, sp_matrix *m); /* NULL is allowed */
/* The entries first, first + 1, ... of m in row-major order as a 1 x count matrix that shares m's
 * storage: valid as long as m is, never freed. */
sp_matrix sp_matrix_run(const sp_arithmetic *in, const sp_matrix *m, size_t first, size_t count);

/* rational only: entry (i, j) exactly, until the matrix is written to or freed; NULL where it has no
 * value, or one of more than SP_RATIONAL_BITS bits. */
enum { SP_RATIONAL_BITS = 65536 };
mpq_srcptr sp_rational_entry(const sp_matrix *m, size_t i, size_t j);

/* bound only: how far entry (i, j) may be from the true value, in any order of summation, with
 * or without FMA, when computed with unit roundoff u = 2^-p, p >= min(in->bits, 53): at most
 * sp_bound_radius * 2^-p (mpfr), or * 2^-53 (binary64, underflow included). Infinity where
 * nothing can be said; 0 where nothing is rounded. One run with the bits of an mpfr run
 * therefore serves that run and binary64. */
double sp_bound_radius(const sp_arithmetic *in, const sp_matrix *m, size_t i, size_t j);
/* Whether no computation gives a finite number there, whatever its precision and the range of its
 * exponents, because something was divided by an exact zero, or is the logarithm or square root of what is
 * certainly negative: rounding does not explain it. */
bool sp_bound_never_finite(const sp_arithmetic *in, const sp_matrix *m, size_t i, size_t j);
/* The radius of an entry that came out as `value`: 0 for a NaN or infinity that no computation avoids,
 * which rounding does not explain; infinite for one that more bits or exponents might. */
double sp_bound_radius_of(const sp_arithmetic *in, const sp_matrix *m, size_t i, size_t j,
                          mpfr_srcptr value);
/* An entry that is known up to radius * u: what sp_bound_radius will say of it. */
void sp_bound_set(const sp_arithmetic *in, sp_matrix *m, size_t i, size_t j, double value,
                  double radius);
/* Two computations of one real number, with radii E and F in `bound`, differ by at most (E + F)
 * u: rounding explains their difference if mpfr_lessequal_p(difference, limit). If not, the
 * exact difference is beyond the exact bound, and the numbers computed are different. */
/* difference = |got - want|, rounded down; NaN if either is NaN, or both the same infinity */
void sp_bound_difference(mpfr_t difference, mpfr_srcptr got, mpfr_srcptr want);
/* limit = (E + F) 2^-bits, rounded up; bits is 53 for binary64 */
void sp_bound_limit(mpfr_t limit, double radius_got, double radius_want, unsigned bits);

#endif
