/* Certificates: what is proved of a scheme, as a self-contained file for Coq with math-comp.
 *
 * The file is rules.v, then a section over any ordered field: any sizes and numbers of ranks, owners, data and
 * functions, and any values in place of what a rank reads outside of its own part. It defines the delta rule and what
 * every rank computes to be read, gives the same as data, which Coq finds equal by computing, and has one theorem for
 * each proved result. rules.v has a checker of such data, proved sound once: a theorem is a computation, and no
 * tactic looks for its proof. */
#ifndef SP_PROOF_CERTIFICATE_H
#define SP_PROOF_CERTIFICATE_H

#include "proof/prove.h"

/* The text of the file. `any` is the proof for any functions; `given` is that by the identities of given ones, or NULL:
 * results that it alone proves get a theorem under these identities. Both are `plain` if
 * sp_certificate_forgets. NULL if no result is proved. Owned by the pool. */
const char *sp_certificate(sp_pool *pool, const sp_proof *any, const sp_proof *given, size_t *theorems);
/* Whether a scheme, or its delta rule, uses what rules.v knows nothing of: distributions, elementary functions,
 * divisors with indices. Its certificate has any functions in the place of these, x^-1 in that of 1/x, and no
 * distributions. */
bool sp_certificate_forgets(const sp_program *program);
/* "That its delta rule is the gradient is not part of this certificate: ..." and why; NULL: it is. */
const char *sp_certificate_lacks(sp_pool *pool, const sp_program *program);
/* Why no certificate of a scheme can be written: what it uses that rules.v does not know. NULL: one can. */
const char *sp_certificate_missing(sp_pool *pool, const sp_program *program);

#endif
