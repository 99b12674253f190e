/* Programs in index notation: what every operation does to one entry of its value. */
#ifndef SP_DERIVE_ENTRIES_H
#define SP_DERIVE_ENTRIES_H

#include "derive/naming.h"

/* "Qh_r[b,s,h,k] = sum(d) X[b,s,d] Wq_r[d,h,k]": a statement, values of earlier ones by name. Sums over a split
 * dimension say which indices they run over; a gathered value is that of the rank that owns the index. */
const sp_math *sp_statement_entries(const sp_naming *naming, size_t statement);
/* The right side alone. */
const sp_math *sp_statement_entries_right(const sp_naming *naming, size_t statement);
/* "Z[b,s] = Z_(own(b))[b,s]": the whole value from those of the ranks. */
const sp_math *sp_owner_entries(const sp_naming *naming, const char *name, const sp_layout *layout);
/* Whether the operations of a statement are those of matrices and are written so: products, sums of equal shapes, a
 * vector added to every row. */
bool sp_statement_is_of_matrices(const sp_naming *naming, size_t statement);

/* ---- derivatives ---- */

/* How a value is read by another statement: through one or several paths in its expression. */
typedef struct sp_reading {
    const sp_naming *naming; /* of a program without a mesh */
    int node;                /* of the value that is read: of a statement, or a LOAD */
    const char *name;        /* of the value */
    size_t by;               /* the statement that reads it */
    const char *slope;       /* what the derivative of L by its value is called; NULL: it is L itself */
} sp_reading;

enum { SP_MAX_READINGS = 64 };

/* How often it is read where the derivative is not 0 for all data; more than SP_MAX_READINGS: too often. */
size_t sp_readings(const sp_reading *r);
/* dL/dV[v] as the sum over the entries of every reader; readers, count. */
const sp_math *sp_chain_rule(const sp_reading *reader, size_t count);
/* dU[u]/dV[v] = ..., brackets where indices must agree. *brackets: there are some. */
const sp_math *sp_local_derivative(const sp_reading *r, bool *brackets);
/* dL/dV[v] = ..., with the sums done in which a bracket leaves one term. */
const sp_math *sp_chain_result(const sp_reading *reader, size_t count);

#endif
