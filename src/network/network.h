/* The network of a case: activations and loss as formulas, their derivatives, and the data.
 *
 * Built-in activations and losses are a table of formulas; derivatives come from symbolic
 * differentiation, d/dz of each primitive being one row of a table. */
#ifndef SP_NETWORK_NETWORK_H
#define SP_NETWORK_NETWORK_H

#include "lang/case.h"
#include "number/number.h"

#include <gsl/gsl_rng.h>

typedef struct sp_network_function {
    const char *name; /* as reports show it */
    sp_formula value; /* of z, or of (a, y) */
    sp_formula slope; /* its derivative by the first */
    bool smooth;      /* although it uses max or step (softplus) */
} sp_network_function;

/* The functions that a case's program and its delta rule call: the network's own, and others that they name. */
typedef struct sp_network {
    const sp_signature *of;
    const sp_network_function *own;   /* [of->functions] */
    const sp_network_function *named; /* [function - SP_MAX_OWN_FUNCTIONS]; without a name where none calls it */
    size_t dim[SP_MAX_DIMS];          /* what dimensions in formulas stand for */
} sp_network;

/* The names for lang's vocabulary, in the order of the table. */
extern const char *const sp_activation_names[];
extern const size_t sp_activation_count;
extern const char *const sp_loss_names[];
extern const size_t sp_loss_count;

/* The network of a case; formulas are owned by the pool. Names are those of the tables: lang has
 * checked them. */
const sp_network *sp_network_of_case(sp_pool *pool, const sp_case *of);
/* What the delta rule applies a function to first; NULL if it calls it nowhere. */
const sp_layout *sp_network_site(const sp_signature *of, sp_function f);
const sp_network_function *sp_network_function_of(const sp_network *network, sp_function f);
const sp_formula *sp_network_formula(const sp_network *network, sp_function f, bool prime);

/* d formula / d variable, simplified (0 and 1 folded away); owned by the pool. */
sp_formula sp_formula_derivative(sp_pool *pool, const sp_formula *formula, int variable);
/* The formula as the language writes it, with the fewest brackets; of: the network whose dimensions it uses. */
const char *sp_formula_text(sp_pool *pool, const sp_signature *of, const sp_formula *formula,
                            const char *const *variables);
/* Whether it uses + - * / alone, so that any field can evaluate it. */
bool sp_formula_is_rational(const sp_formula *formula);
/* out = formula(a, b) elementwise; a, b and out have one shape; b is NULL for one variable. */
void sp_formula_apply(const sp_arithmetic *in, const sp_formula *formula,
                      const size_t dim[SP_MAX_DIMS], sp_matrix *out, const sp_matrix *a,
                      const sp_matrix *b);

/* The same for many calls with one formula: its constants and its scratch are made once. entries:
 * how many the matrices usually have. in must outlive it. */
typedef struct sp_formula_plan sp_formula_plan;
sp_formula_plan *sp_formula_plan_create(const sp_arithmetic *in, const sp_formula *formula,
                                        const size_t dim[SP_MAX_DIMS], size_t entries);
void sp_formula_plan_apply(const sp_formula_plan *plan, sp_matrix *out, const sp_matrix *a,
                           const sp_matrix *b);

/* "[2,0]": the indices of an entry of the matrix of such a value; "" of a scalar. */
const char *sp_network_entry_text(sp_pool *pool, const sp_layout *whole, const size_t dim[SP_MAX_DIMS], size_t row,
                                  size_t column);
/* One whole tensor of a case's data as doubles, row-major, rows and columns from the case's
 * sizes (a vector is one row): given, or generated from the seed (GSL's mt19937; one stream for
 * each tensor, so that giving one tensor does not change another). Every number system starts
 * from these. */
const double *sp_network_data(sp_pool *pool, const sp_case *of, sp_tensor tensor);
/* A random stream from (seed, stream). Tensors have all but the two that are named. Its state is the pool's. */
enum { SP_SAMPLE_STREAM = 6, SP_DIRECTION_STREAM };
gsl_rng sp_random_stream(sp_pool *pool, uint64_t seed, unsigned stream);

#endif
