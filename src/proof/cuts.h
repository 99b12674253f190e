/* Proofs of deep networks: the values of the delta rule by their names.
 *
 * Every value of the delta rule is written in those before it by their names, entries of which nothing is known but,
 * where it is seen, that they are positive. What a rank holds that is equal to such a value, put together from the
 * ranks that own it, is that value by its name from there on. What is proved so holds for any numbers that the names
 * stand for, hence for those of the delta rule. Where two formulas differ they may be equal all the same: names are
 * put for what they stand for, those that one side alone has first, then forward values, then gradients. What is not
 * proved so is not decided. */
#ifndef SP_PROOF_CUTS_H
#define SP_PROOF_CUTS_H

#include "proof/prove.h"

/* Proves results of the program: proved[result] of those that are wanted. The values of its nodes are kept in
 * proof->named. steps: of nodes that have no other value; may be NULL. */
void sp_prove_by_names(sp_proof *proof, const bool *wanted, bool *proved, sp_steps *steps);

#endif
