/* Changes to schemes that need not be right: the language accepts what they make, no more is known. */
#ifndef WRONG_H
#define WRONG_H

#include "tree.h"

/*  id, what it does */
#define WRONGS(X)                                                             \
    X(dropped, "an operation dropped")                                        \
    X(collective, "a collective put around")                                  \
    X(exchanged, "an operation exchanged for another")                        \
    X(other_axis, "another axis")                                             \
    X(other_value, "another value of the same layout")                        \
    X(scaled, "a scalar factor")                                              \
    X(share, "a factor that depends on the rank")                             \
    X(stepped, "something times a step")                                      \
    X(added, "a term added")                                                  \
    X(hidden, "a factor that is nearly one, or is one modulo a prime")        \
    X(ranks, "the values of some ranks together")                             \
    X(powers, "a power or an inverse of a scalar made of data")

typedef enum wrong {
#define X(id, words) WRONG_##id,
    WRONGS(X)
#undef X
    WRONG_COUNT
} wrong;

extern const char *const wrong_words[WRONG_COUNT];

/* Changes the scheme at a random place; false if there is none, and it may then be broken. */
bool wrong_scheme(tree_scheme *s, wrong how, uint64_t *random);

#endif
