/* Right rewritings of schemes: each puts a value in the place of one that is the same for all sizes,
 * meshes, owners, data and functions, as long as nothing divides by zero. */
#ifndef REWRITE_H
#define REWRITE_H

#include "tree.h"

/*  id, what it does */
#define VALUE_REWRITES(X)                                                                         \
    X(there_and_back, "shifted there and back")                                                   \
    X(only_sum, "the sum of what one rank has")                                                   \
    X(told, "broadcast of what every rank has")                                                   \
    X(mean_of_same, "the mean of what every rank has")                                            \
    X(shares, "a sum of shares")                                                                  \
    X(shifted, "shifted, what every rank has")                                                    \
    X(sliced, "sliced and gathered")                                                              \
    X(gathered, "gathered and sliced")                                                            \
    X(turned, "all-to-all there and back")                                                        \
    X(plus_minus, "something added and subtracted")                                               \
    X(pair, "a shift added, and subtracted in two steps")                                         \
    X(zero, "a zero term added")                                                                  \
    X(halves, "in fractions")                                                                     \
    X(multiples, "a multiple less the rest")                                                      \
    X(scalar, "times and over a computed scalar")                                                 \
    X(counted, "times the sum of counts over the size")                                           \
    X(negative, "minus twice")                                                                    \
    X(transposed, "transposed twice")                                                             \
    X(one_rank_apart, "one rank's value apart from the others'")                                  \
    X(split_sum, "an all-reduce as reduce-scatter and all-gather")                                \
    X(mean_times_size, "a sum as mean times size")                                                \
    X(shift_inside, "a shift inside of a sum")                                                    \
    X(scatter, "a reduce-scatter as slice of an all-reduce")                                      \
    X(one_rank, "a broadcast as the sum of what one rank has, or the other way round")            \
    X(slice, "a slice as reduce-scatter")                                                         \
    X(alltoall, "an all-to-all as slice of an all-gather, or the other way round")                \
    X(distribute, "a linear operation distributed over a sum")                                    \
    X(join, "a sum of linear operations joined")                                                  \
    X(add_into, "something added in a linear operation, subtracted outside")                      \
    X(commute, "operands exchanged")                                                              \
    X(exchange, "two collectives exchanged")                                                      \
    X(pull_out, "a factor out of a sum over ranks")                                               \
    X(push_in, "a factor into a sum over ranks")                                                  \
    X(product_in_parts, "a product in parts, summed over ranks")                                  \
    X(sum_in_parts, "a sum in parts, summed over ranks")                                          \
    X(bias_once, "a bias inside of the sum, on one rank")                                         \
    X(function_inside, "a function before the gather or slice, or after")                         \
    X(product_turned, "a product as the transpose of one")                                        \
    X(associate, "products associated otherwise")                                                 \
    X(factor_in_product, "a scalar through a product")                                            \
    X(step_twice, "step times itself")                                                            \
    X(name, "a value named, oddly")                                                               \
    X(inlined, "a statement inlined")

#define SCHEME_REWRITES(X)                                                                        \
    X(declare_sum, "a result declared as a sum")                                                  \
    X(declare_part, "a result declared in parts")                                                 \
    X(axis, "another axis, over which all is the same, or another name of one")

typedef enum rewrite {
#define X(id, words) REWRITE_##id,
    VALUE_REWRITES(X) SCHEME_REWRITES(X)
#undef X
    REWRITE_COUNT
} rewrite;

extern const char *const rewrite_words[REWRITE_COUNT];

/* Rewrites the scheme at a random place; false if there is none, and the scheme may then be broken:
 * keep a copy. */
bool rewrite_scheme(tree_scheme *s, rewrite how, uint64_t *random);

#endif
