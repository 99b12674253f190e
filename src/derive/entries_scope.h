/* The indices of a formula that is being written, for the files that write entries. */
#ifndef SP_DERIVE_ENTRIES_SCOPE_H
#define SP_DERIVE_ENTRIES_SCOPE_H

#include "derive/entries.h"

typedef struct sp_own_index {
    sp_math *leaf; /* its name may be changed until the formula is done */
    sp_part label;
    unsigned number;
    bool open;     /* its name may not be given to another one */
} sp_own_index;

typedef struct sp_entry_scope {
    const sp_naming *naming;
    sp_pool *pool;
    size_t statement; /* names of statements before it are known */
    bool started;
    sp_own_index *index;
    size_t count, room;
    const sp_math *coordinate[SP_MAX_AXES];
    unsigned bound;   /* letters of ranks used up */
    size_t made;      /* entries written so far */
} sp_entry_scope;

/* A softmax writes its operand twice: beyond so many entries a formula goes on with dots. */
enum { SP_MAX_ENTRIES = 5000 };

sp_entry_scope sp_entry_scope_of(const sp_naming *naming, size_t statement);
/* A new index with the label of a part. */
unsigned sp_entry_index(sp_entry_scope *w, const sp_part *label);
void sp_entry_indices(sp_entry_scope *w, const sp_layout *layout, unsigned index[SP_MAX_ORDER]);
const sp_math *sp_entry_leaf(const sp_entry_scope *w, unsigned index);
/* name[n,k]; a scalar without brackets. */
const sp_math *sp_entry_of(const sp_entry_scope *w, const sp_math *name, const unsigned *index, size_t count);
/* The same of a statement's value: math is its name. */
const sp_math *sp_entry_of_statement(const sp_entry_scope *w, const char *name, const sp_math *math,
                                     const sp_layout *layout, const unsigned *index);
/* The entry of a node's value at these indices. */
const sp_math *sp_entry_math(sp_entry_scope *w, int node, const unsigned *index);
/* Nothing is summed over yet. */
void sp_entry_none_summed(unsigned summed[SP_MAX_ORDER]);
/* The indices of an operand: those of the value, and those that are summed over, new ones where there is none yet. */
void sp_entry_operand(sp_entry_scope *w, const sp_node *n, int operand, const unsigned *index,
                      unsigned summed[SP_MAX_ORDER], unsigned own[SP_MAX_ORDER]);
/* The entry of an operand; what has no place in the value has an index that nothing sums over. */
const sp_math *sp_entry_of_operand(sp_entry_scope *w, const sp_node *n, int k, const unsigned *index);

#endif
