/* The network of a case: activations and loss as formulas, their derivatives, and the data.
 *
 * Built-in activations and losses are a table of formulas; derivatives come from symbolic
 * differentiation, d/dz of each primitive being one row of a table. */
#ifndef SP_NETWORK_NETWORK_H
#define SP_NETWORK_NETWORK_H

#include "lang/case.h"
#include "number/number.h"

#include <gsl/gsl_rng.h>

typedef struct sp_network {
    const char *sigma_name, *g_name, *loss_name; /* as reports show them */
    sp_formula sigma, sigma_prime, g, g_prime;   /* of z */
    sp_formula loss, loss_prime; /* of (a, y): one entry's share of L, and its d/da */
    bool sigma_smooth, g_smooth, loss_smooth; /* smooth although it uses max or step (softplus) */
    size_t dim[SP_DIM_COUNT];                    /* what N and Dout in the loss stand for */
} sp_network;

/* The names for lang's vocabulary, in the order of the table. */
extern const char *const sp_activation_names[];
extern const size_t sp_activation_count;
extern const char *const sp_loss_names[];
extern const size_t sp_loss_count;

/* The network of a case; formulas are owned by the pool. Names are those of the tables: lang has
 * checked them. */
const sp_network *sp_network_of_case(sp_pool *pool, const sp_case *of);
const sp_formula *sp_network_formula(const sp_network *network, sp_function f);

/* d formula / d variable, simplified (0 and 1 folded away); owned by the pool. */
sp_formula sp_formula_derivative(sp_pool *pool, const sp_formula *formula, int variable);
/* The formula as the language writes it, with the fewest brackets. */
const char *sp_formula_text(sp_pool *pool, const sp_formula *formula, const char *const *variables);
/* Whether it uses + - * / alone, so that any field can evaluate it. */
bool sp_formula_is_rational(const sp_formula *formula);
/* out = formula(a, b) elementwise; a, b and out have one shape; b is NULL for one variable. */
void sp_formula_apply(const sp_arithmetic *in, const sp_formula *formula,
                      const size_t dim[SP_DIM_COUNT], sp_matrix *out, const sp_matrix *a,
                      const sp_matrix *b);

/* The same for many calls with one formula: its constants and its scratch are made once. entries:
 * how many the matrices usually have. in must outlive it. */
typedef struct sp_formula_plan sp_formula_plan;
sp_formula_plan *sp_formula_plan_create(const sp_arithmetic *in, const sp_formula *formula,
                                        const size_t dim[SP_DIM_COUNT], size_t entries);
void sp_formula_plan_apply(const sp_formula_plan *plan, sp_matrix *out, const sp_matrix *a,
                           const sp_matrix *b);

/* The sizes of a tensor; a vector is one row. */
void sp_network_shape(const size_t dim[SP_DIM_COUNT], sp_tensor tensor, size_t *rows, size_t *cols);
/* One whole tensor of a case's data as doubles, row-major, rows and columns from the case's
 * sizes (a vector is one row): given, or generated from the seed (GSL's mt19937; one stream for
 * each tensor, so that giving one tensor does not change another). Every number system starts
 * from these. */
const double *sp_network_data(sp_pool *pool, const sp_case *of, sp_tensor tensor);
/* A random stream from (seed, stream), stream < 16: those below SP_TENSOR_COUNT make the
 * tensors. Its state is the pool's. */
gsl_rng sp_random_stream(sp_pool *pool, uint64_t seed, unsigned stream);

#endif
