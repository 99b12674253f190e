/* Measures the interpreter, the number systems and the finite differences against the bare library
 * calls that they need; tests/bench/run prints what it finds. Nothing is asserted.
 *
 *     bench binary64 | mpfr | numdiff | prove
 *
 * What is compared is measured in turns, so that both see the same machine, and the median is shown. */
#include "network/network.h"
#include "numdiff/numdiff.h"
#include "spmd/interpret.h"
#include "lang/lang.h"
#include "proof/prove.h"

#include <cblas.h>
#include <shardproof/schemes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MAX_ROUNDS = 9 };

/* A case, and what every measurement of it needs. */
typedef struct bench {
    sp_pool *pool;
    const sp_case *of;
    const sp_network *network;
    const sp_program *delta_rule;
} bench;

static double seconds(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *value, size_t count)
{
    qsort(value, count, sizeof *value, compare);
    return value[count / 2];
}

static bench open_bench(sp_pool *pool, const char *text)
{
    sp_diagnostics diagnostics = {.pool = pool};
    sp_vocabulary words = {.activation = sp_activation_names, .activations = sp_activation_count,
                           .loss = sp_loss_names, .losses = sp_loss_count};
    const sp_source *source = sp_source_from(pool, "bench", text, strlen(text), &diagnostics);
    sp_unit *unit = sp_unit_load(pool, source, &words, &diagnostics);
    if (diagnostics.errors) {
        sp_text shown = sp_text_in(pool);
        sp_diagnostic_show(&shown, &diagnostics.item[0]);
        fputs(sp_text_string(&shown), stderr);
        exit(2);
    }
    const sp_case *of = unit->item[0];
    return (bench){pool, of, sp_network_of_case(pool, of), sp_scheme_builtin(pool, "delta-rule")};
}

/* The six products of forward and backward: out is rows x cols, inner is summed over. */
typedef struct product_shape {
    sp_dim rows, inner, cols;
} product_shape;

static const product_shape products[] = {
    {SP_DIM_N, SP_DIM_DIN, SP_DIM_DH},    /* X W1 */
    {SP_DIM_N, SP_DIM_DH, SP_DIM_DOUT},   /* A1 W2 */
    {SP_DIM_DH, SP_DIM_N, SP_DIM_DOUT},   /* A1^T D2 */
    {SP_DIM_N, SP_DIM_DOUT, SP_DIM_DH},   /* D2 W2^T */
    {SP_DIM_DIN, SP_DIM_N, SP_DIM_DH},    /* X^T D1 */
    {SP_DIM_N, SP_DIM_DH, SP_DIM_DIN},    /* D1 W1^T */
};
enum { PRODUCTS = sizeof products / sizeof *products };

static double multiply_adds(const bench *b)
{
    double sum = 0;
    for (int i = 0; i < PRODUCTS; i++)
        sum += (double)b->of->dim[products[i].rows] * (double)b->of->dim[products[i].inner]
               * (double)b->of->dim[products[i].cols];
    return sum;
}

/* ---- the interpreter ---- */

typedef struct whole_run {
    const bench *b;
    sp_arithmetic in;
    const sp_inputs *inputs;
} whole_run;

static void run_whole(void *argument)
{
    whole_run *run = argument;
    sp_interpret_whole(&run->in, run->b->delta_rule, run->b->network, run->inputs);
}

/* Wall seconds of forward and backward, memory included. */
static double time_whole(whole_run run)
{
    sp_pool *pool = NULL;
    if (sp_pool_open(&pool, NULL, NULL) != SP_OK)
        exit(70);
    run.in.pool = pool;
    double start = seconds(CLOCK_MONOTONIC);
    sp_status status = sp_pool_run(pool, run_whole, &run);
    sp_pool_close(pool);
    double end = seconds(CLOCK_MONOTONIC);
    if (status != SP_OK)
        exit(70);
    return end - start;
}

static whole_run open_whole(const bench *b, const char *system, unsigned bits, unsigned threads,
                            sp_inputs *inputs)
{
    whole_run run = {b, {.system = sp_number_system_find(system), .pool = b->pool, .bits = bits,
                         .threads = threads}, inputs};
    *inputs = sp_inputs_of_case(&run.in, b->of);
    return run;
}

/* ---- binary64 ---- */

static double *doubles(const bench *b, size_t count)
{
    double *value = SP_NEW_ARRAY(b->pool, double, count);
    for (size_t i = 0; i < count; i++)
        value[i] = 1.0 / (double)(i + 1);
    return value;
}

static void bench_binary64(sp_pool *pool)
{
    bench b = open_bench(pool, "case c\n  dims N = 512, Din = 1024, Dh = 4096, Dout = 1024\n"
                               "  scheme delta-rule\n");
    const size_t *dim = b.of->dim, entries = 4096 * 1024;
    double *x = doubles(&b, entries), *y = doubles(&b, entries), *z = doubles(&b, entries);
    sp_inputs inputs;
    whole_run run = open_whole(&b, "binary64", 53, 2, &inputs);
    double whole[MAX_ROUNDS], bare[MAX_ROUNDS];
    size_t rounds = 5;
    time_whole(run);
    for (size_t round = 0; round < rounds; round++) {
        double start = seconds(CLOCK_MONOTONIC);
        for (int i = 0; i < PRODUCTS; i++) {
            int m = (int)dim[products[i].rows], k = (int)dim[products[i].inner];
            int n = (int)dim[products[i].cols];
            /* the products that start with a transposed matrix are those that sum over N */
            bool left = products[i].inner == SP_DIM_N, right = i == 3 || i == 5;
            cblas_dgemm(CblasRowMajor, left ? CblasTrans : CblasNoTrans,
                        right ? CblasTrans : CblasNoTrans, m, n, k, 1, x, left ? m : k, y,
                        right ? k : n, 0, z, n);
        }
        bare[round] = seconds(CLOCK_MONOTONIC) - start;
        whole[round] = time_whole(run);
    }
    double w = median(whole, rounds), p = median(bare, rounds);
    printf("binary64, 512x1024x4096x1024: %.3f s; its six cblas_dgemm %.3f s; ratio %.2f\n", w, p,
           w / p);
}

/* ---- mpfr ---- */

static mpfr_t *numbers(const bench *b, size_t count, unsigned bits)
{
    mpfr_t *value = SP_NEW_ARRAY(b->pool, mpfr_t, count);
    for (size_t i = 0; i < count; i++) {
        mpfr_init2(value[i], bits);
        mpfr_set_ui(value[i], 1, MPFR_RNDN);
        mpfr_div_ui(value[i], value[i], i + 3, MPFR_RNDN);
    }
    return value;
}

static void clear_numbers(mpfr_t *value, size_t count)
{
    for (size_t i = 0; i < count; i++)
        mpfr_clear(value[i]);
}

/* Seconds of the six products as nothing but loops of mpfr_mul and mpfr_add along rows. */
static double time_bare_loops(const bench *b, unsigned bits, mpfr_t *x, mpfr_t *y)
{
    mpfr_t sum, term;
    mpfr_inits2(bits, sum, term, (mpfr_ptr)0);
    double start = seconds(CLOCK_MONOTONIC);
    for (int p = 0; p < PRODUCTS; p++) {
        size_t rows = b->of->dim[products[p].rows], cols = b->of->dim[products[p].cols];
        size_t inner = b->of->dim[products[p].inner];
        for (size_t i = 0; i < rows; i++)
            for (size_t j = 0; j < cols; j++) {
                mpfr_set_zero(sum, 1);
                for (size_t k = 0; k < inner; k++) {
                    mpfr_mul(term, x[i * inner + k], y[j * inner + k], MPFR_RNDN);
                    mpfr_add(sum, sum, term, MPFR_RNDN);
                }
            }
    }
    double end = seconds(CLOCK_MONOTONIC);
    mpfr_clears(sum, term, (mpfr_ptr)0);
    return end - start;
}

static void bench_mpfr(sp_pool *pool)
{
    bench b = open_bench(pool, "case c\n  dims N = 64, Din = 128, Dh = 256, Dout = 64\n"
                               "  scheme delta-rule\n");
    double count = multiply_adds(&b);
    size_t entries = 128 * 256, rounds = 3;
    for (unsigned bits = 128; bits <= 256; bits *= 2) {
        mpfr_t *x = numbers(&b, entries, bits), *y = numbers(&b, entries, bits);
        sp_inputs inputs;
        whole_run one = open_whole(&b, "mpfr", bits, 1, &inputs), two = one;
        two.in.threads = 2;
        double bare[MAX_ROUNDS], single[MAX_ROUNDS], both[MAX_ROUNDS];
        for (size_t round = 0; round < rounds; round++) {
            bare[round] = time_bare_loops(&b, bits, x, y);
            single[round] = time_whole(one);
            both[round] = time_whole(two);
        }
        double loop = median(bare, rounds), w = median(single, rounds), t = median(both, rounds);
        printf("mpfr %u bits, 64x128x256x64: %.1f ns a multiply-add, bare loop %.1f ns; ratio %.2f;"
               " two threads %.1f ns, %.2f times as fast\n",
               bits, 1e9 * w / count, 1e9 * loop / count, w / loop, 1e9 * t / count, w / t);
        clear_numbers(x, entries);
        clear_numbers(y, entries);
    }
}

/* ---- finite differences ---- */

static void bench_numdiff(sp_pool *pool)
{
    bench b = open_bench(pool, "case c\n  dims N = 32, Din = 64, Dh = 256, Dout = 64\n"
                               "  network sigma = tanh\n  scheme delta-rule\n");
    double start = seconds(CLOCK_PROCESS_CPUTIME_ID);
    const sp_numdiff *in_binary64 = sp_numdiff_binary64(pool, b.of, b.network, 0, false);
    double middle = seconds(CLOCK_PROCESS_CPUTIME_ID);
    const sp_numdiff *in_mpfr = sp_numdiff_mpfr(pool, b.of, b.network, 128, 0);
    double end = seconds(CLOCK_PROCESS_CPUTIME_ID);
    printf("finite differences in binary64, %zu of %zu entries, 32x64x256x64, tanh: %.2f s of processor\n",
           in_binary64->looked_at, in_binary64->entries, middle - start);
    printf("finite differences in mpfr 128 bits, %zu of %zu entries: %.2f s of processor\n",
           in_mpfr->looked_at, in_mpfr->entries, end - middle);
}

/* ---- proofs ---- */

enum { PROOFS = 101 };

typedef struct proof_run {
    sp_pool *pool;
    const char *text;
    bool proved;
} proof_run;

static void prove_text(void *argument)
{
    proof_run *run = argument;
    sp_diagnostics found = {.pool = run->pool};
    sp_vocabulary words = {.activation = sp_activation_names, .activations = sp_activation_count,
                           .loss = sp_loss_names, .losses = sp_loss_count};
    const sp_source *source =
        sp_source_from(run->pool, "bench", run->text, strlen(run->text), &found);
    const sp_unit *unit = sp_unit_load(run->pool, source, &words, &found);
    run->proved = found.errors == 0 && sp_proof_holds(sp_prove(run->pool, unit->program[0], NULL));
}

/* Milliseconds from the text to the proof, memory included. */
static double time_proof(const char *text)
{
    double time[PROOFS];
    for (size_t round = 0; round < PROOFS; round++) {
        proof_run run = {.text = text};
        double start = seconds(CLOCK_MONOTONIC);
        if (sp_pool_open(&run.pool, NULL, NULL) != SP_OK ||
            sp_pool_run(run.pool, prove_text, &run) != SP_OK || !run.proved)
            exit(70);
        sp_pool_close(run.pool);
        time[round] = 1e3 * (seconds(CLOCK_MONOTONIC) - start);
    }
    return median(time, PROOFS);
}

static void bench_prove(sp_pool *pool)
{
    for (size_t i = 0; i < sp_scheme_count(); i++)
        printf("proof of %s, parsing included: %.2f ms\n", sp_scheme_name(i),
               time_proof(sp_scheme_text(i)));
    static const char *const sizes[] = {
        "N = 8, Din = 8, Dh = 8, Dout = 8\n  mesh tp = 8",
        "N = 16384, Din = 4096, Dh = 16384, Dout = 4096\n  mesh tp = 65536",
    };
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        const char *text = sp_pool_format(pool, "%s\ncase c\n  scheme megatron\n  dims %s\n",
                                          sp_scheme_text(sp_scheme_find("megatron")), sizes[i]);
        printf("proof of megatron in a case on %s ranks%s: %.2f ms\n", i ? "65,536" : "8",
               i ? ", with the layer of GPT-3 6.7B" : "", time_proof(text));
    }
}

/* ---- */

typedef struct part {
    const char *name;
    void (*run)(sp_pool *pool);
    sp_pool *pool;
} part;

static void run_part(void *argument)
{
    part *p = argument;
    p->run(p->pool);
}

int main(int argc, char **argv)
{
    part parts[] = {
        {"binary64", bench_binary64, NULL},
        {"mpfr", bench_mpfr, NULL},
        {"numdiff", bench_numdiff, NULL},
        {"prove", bench_prove, NULL},
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (argc != 2 || strcmp(argv[1], parts[i].name) != 0)
            continue;
        if (sp_pool_open(&parts[i].pool, NULL, NULL) != SP_OK)
            return 70;
        sp_status status = sp_pool_run(parts[i].pool, run_part, &parts[i]);
        sp_pool_close(parts[i].pool);
        return sp_status_exit_code(status);
    }
    fputs("usage: bench binary64 | mpfr | numdiff | prove\n", stderr);
    return 2;
}
