/* Makes a scheme smaller as long as it keeps a property. */
#ifndef SHRINK_H
#define SHRINK_H

#include "tree.h"

typedef bool shrink_keeps(void *context, const tree_scheme *s);

/* Leaves the smallest scheme that it finds in *s, which has the property. */
void shrink_scheme(tree_scheme *s, shrink_keeps *keeps, void *context);

#endif
