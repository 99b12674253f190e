/* What the files of number systems share: their table entry, broadcasting, index lists, threads. */
#ifndef SP_NUMBER_SYSTEM_H
#define SP_NUMBER_SYSTEM_H

#include "number/number.h"

#define X(id, text, what)                           \
    extern const sp_number_system sp_number_##id; \
    extern const char sp_number_name_##id[], sp_number_summary_##id[];
SP_NUMBER_SYSTEMS(X)
#undef X
/* The name and summary of a system's own line in the table, for its initialiser. */
#define SP_NUMBER_TEXTS(id) .name = sp_number_name_##id, .summary = sp_number_summary_##id

/* How an elementwise operation goes through its operands, in as few and long runs as possible:
 * entry k of run r of `out` is out[r * length + k], that of an operand [r * run + k * step], and
 * step is 0 or 1. An operand that is not there (unary operations) has 0 for both. */
typedef struct sp_walk {
    size_t runs, length;
    size_t a_run, a_step, b_run, b_step;
} sp_walk;

sp_walk sp_walk_over(const sp_matrix *out, const sp_matrix *a, const sp_matrix *b);

static inline size_t sp_listed(const size_t *list, size_t i)
{
    return list ? list[i] : i;
}

/* Copies length neighbouring entries; places count entries in row-major order. */
typedef void (*sp_run_copy)(const sp_arithmetic *in, sp_matrix *out, size_t to, const sp_matrix *a,
                            size_t from, size_t length);
/* The `copy` of a number system by runs of neighbouring entries: lists that name consecutive
 * columns make long runs, no lists and equal widths make one. */
void sp_copy_by_runs(const sp_arithmetic *in, sp_run_copy copy, sp_matrix *out,
                     const size_t *out_row, const size_t *out_col, const sp_matrix *a,
                     const size_t *a_row, const size_t *a_col, size_t rows, size_t cols);

/* work(context, worker, begin, end) for parts of 0 ... items - 1, on at most in->threads threads
 * of which the caller is worker 0. Workers must not touch the pool. `cost` is the work of one
 * item in nanoseconds, roughly: little work stays on the caller, much of it is cut into slices
 * between which the pool is polled. MPFR may be used: its caches are freed when a thread ends. */
typedef void (*sp_work)(void *context, size_t worker, size_t begin, size_t end);
void sp_in_parallel(const sp_arithmetic *in, size_t items, double cost, sp_work work,
                    void *context);
size_t sp_workers(const sp_arithmetic *in); /* how many there may be, at least 1 */

/* erf' correctly rounded; in binary64, within 4 units in the last place of a normal result. */
int sp_mpfr_erf_prime(mpfr_ptr out, mpfr_srcptr a, mpfr_rnd_t rounding);
double sp_erf_prime(double a);

#endif
