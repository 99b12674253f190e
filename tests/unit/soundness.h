/* Random mutations of right schemes, as texts: for soundness_test.c.
 *
 * soundness_mutate.c changes texts by what stands in them (calls, operands, layouts), without
 * knowledge of the language's rules: what comes out is kept if the language accepts it. */
#ifndef SOUNDNESS_H
#define SOUNDNESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MUTANT_TEXT = 16384, MUTANT_AXES = 8 };

typedef struct mutant {
    char text[MUTANT_TEXT];
    char axis[MUTANT_AXES][32];
    size_t axes;
    uint64_t state;
} mutant;

/*  id, what it does to a right scheme: how often each was kept is counted */
#define MUTATIONS(X)                                                      \
    X(WRAP, "something put around a value")                               \
    X(UNWRAP, "a collective, function or sum dropped")                    \
    X(EXCHANGE, "a collective exchanged for another")                     \
    X(AXIS, "another axis or dimension")                                  \
    X(MEAN, "mean for sum, sum for mean")                                 \
    X(OPERAND, "another operand")                                         \
    X(FACTOR, "a factor dropped")                                         \
    X(SIGN, "another operator")                                           \
    X(TRANSPOSE, "a transpose dropped or put in")                         \
    X(LAYOUT, "another layout of a tensor or result")                     \
    X(SUM_AXIS, "a sum over an axis declared, or not")                    \
    X(MOVE, "a collective moved in or out of what it is applied to")      \
    X(NEUTRAL, "what changes nothing")

typedef enum mutation {
#define X(id, words) MUTATE_##id,
    MUTATIONS(X)
#undef X
    MUTATION_COUNT
} mutation;

uint64_t mutant_random(mutant *m);
size_t mutant_below(mutant *m, size_t bound);
/* The text of a scheme as it is; its axes are read from it. */
void mutant_start(mutant *m, const char *text, uint64_t seed);
/* Changes the text at a random place; false if there is no such place. */
bool mutant_change(mutant *m, mutation how);
mutation mutant_draw(mutant *m);

extern const char *const mutation_words[MUTATION_COUNT];
/* Right schemes beside the built-in ones; ends with NULL. */
extern const char *const soundness_schemes[];

#endif
