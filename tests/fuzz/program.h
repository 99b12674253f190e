/* Random programs for the campaign. */
#ifndef PROGRAM_H
#define PROGRAM_H

#include "masked.h"

typedef struct program {
    tree_scheme scheme;
    bool right;      /* by construction */
    world functions; /* sigma, g, loss alone: those that `prove` is given */
} program;

/* The delta rule on random layouts or a right scheme that ships, rewritten at random and mostly
 * spoiled; of a few results. */
void program_make(program *p, uint64_t *random);
/* Nodes point into their scheme, so a copy is read again from its text; false if that is too long. */
bool program_copy(tree_scheme *to, const tree_scheme *from);

#endif
