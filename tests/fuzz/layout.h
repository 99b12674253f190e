/* The delta rule on random layouts: right schemes, each tensor split at random over one or several
 * axes, with the collectives that this asks for. */
#ifndef LAYOUT_H
#define LAYOUT_H

#include "tree.h"

/* A right scheme of 0 to 3 axes; split: of a hundred dimensions so many are split. */
void layout_scheme(tree_scheme *s, uint64_t *random, int split);

#endif
