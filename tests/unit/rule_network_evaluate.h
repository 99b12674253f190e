/* The reference of the derived delta rule: forward-mode dual numbers over the prime field GF(2^61 - 1).
 *
 * A value is an array of its entries, an entry a dual number: its value and its tangent. Functions of the
 * network have random values and random slopes, so what is equal here is equal for all functions, but for
 * an accident of probability 2^-50. Elementary functions have random values and the slopes that they have in
 * calculus, written in these values. No code is shared with src: an operation is its definition by indices. */
#ifndef RULE_NETWORK_EVALUATE_H
#define RULE_NETWORK_EVALUATE_H

#include "rule/network.h"

typedef struct duals duals;

typedef enum rule_outcome {
    RULE_RIGHT,
    RULE_WRONG,
    RULE_UNDEFINED /* something is divided by 0 with these data: draw others */
} rule_outcome;

/* The next number below n of a sequence; all that is random comes from here. */
uint64_t draw_below(uint64_t *state, uint64_t n);

duals *duals_new(sp_pool *pool, const sp_net_rule *rule);
/* How many of the nodes are the network's; the rule's come behind them. */
int duals_forward_nodes(const duals *d);
/* Whether a tensor or forward value is part of some second argument, by which there is no derivative. */
bool duals_in_second_argument(const duals *d, bool of_tensor, size_t index);
/* Draws sizes from 1 to 3, data and functions. */
void duals_draw(duals *d, uint64_t *state);
/* Compares every entry of every gradient of the rule; what has none, and stands in no second argument, must
 * have 0. Adds the first difference to `difference`. */
rule_outcome duals_compare(duals *d, sp_text *difference);

#endif
