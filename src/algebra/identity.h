/* What is known of given functions: without this, sigma, g, their derivatives and loss' are any
 * functions at all. */
#ifndef SP_ALGEBRA_IDENTITY_H
#define SP_ALGEBRA_IDENTITY_H

#include "algebra/expression.h"

/* Names of built-in activations and losses, as in a case; NULL, or a name without identities here:
 * nothing is known of that function. */
struct sp_identities {
    const sp_signature *of;
    const char *name[SP_MAX_OWN_FUNCTIONS];
};

/* The value of an application by the identities of the given functions, or NULL if none applies. */
const sp_expression *sp_identity_apply(sp_algebra *in, const sp_identities *known,
                                       sp_symbol symbol, const sp_expression *a,
                                       const sp_expression *b);
/* Whether symbol(z) is z where z is positive, else 0. */
bool sp_identity_is_relu(const sp_identities *known, sp_symbol symbol);
/* Whether nothing is known of the functions beyond the identities that are used. */
bool sp_identities_complete(const sp_identities *known);
/* Lines such as "sigma' = sigma (1 - sigma)" for those that are known of the functions; "" if none.
 */
const char *sp_identities_text(sp_pool *pool, const sp_identities *known);

/* An identity as rules.v has it: its constructor and what f x and f' x are, in Coq, where %s is f; NULL: nothing is
 * known of that one. Of a loss `slope` is f' x y, for a mean times the number of entries. */
typedef struct sp_identity_law {
    const char *constructor, *value, *slope;
    bool mean;
} sp_identity_law;

/* NULL for names of which nothing is known, and for NULL. */
const sp_identity_law *sp_identity_law_of_activation(const char *name);
const sp_identity_law *sp_identity_law_of_loss(const char *name);

#endif
