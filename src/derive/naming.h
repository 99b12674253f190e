/* Programs and index expressions as formulas. */
#ifndef SP_DERIVE_NAMING_H
#define SP_DERIVE_NAMING_H

#include "typeset/math.h"
#include "lang/formula.h"
#include "proof/notation.h"

/* A name of the network: a tensor, value, dimension or function; those of mlp are letters with layers. */
const sp_math *sp_name_math(sp_pool *pool, const sp_signature *of, const char *name);
const sp_math *sp_function_math(sp_pool *pool, const sp_signature *of, sp_function function, bool prime);
/* "S'": the dimension of a part under its label. */
const sp_math *sp_label_math(sp_pool *pool, const sp_signature *of, const sp_part *part);

/* ---- programs ---- */

typedef struct sp_naming {
    sp_pool *pool;
    const sp_program *program;
    unsigned *varies;  /* [node]: bit 1u << axis: ranks along it may hold different values */
    int *statement_of; /* [node]: the first statement whose value it is; -1 */
} sp_naming;

sp_naming sp_naming_of(sp_pool *pool, const sp_program *program);
/* A name with the coordinates of this rank on the axes on which it varies: W1_r. */
const sp_math *sp_value_math(const sp_naming *naming, const char *name, unsigned varies);
/* The right-hand side of a statement; values of earlier statements by name. */
const sp_math *sp_statement_math(const sp_naming *naming, size_t statement);
/* A node inside of a statement, by name where it has one of an earlier statement. */
const sp_math *sp_node_math(const sp_naming *naming, int node, size_t statement);
/* The same on the rank at a coordinate of an axis, given as text: W2_0. */
const sp_math *sp_node_math_at(const sp_naming *naming, int node, size_t statement, unsigned axis,
                               const char *coordinate);
/* What stands for this rank's coordinate on an axis: r, or the axis' name where there are several, or where r is an
 * index. */
const char *sp_coordinate_text(const sp_naming *naming, unsigned axis);
/* How many ranks an axis has: P, or P_tp where there are several axes. */
const sp_math *sp_ranks_math(sp_pool *pool, const sp_program *program, unsigned axis);
/* A number, or the size of a mesh, a dimension or a part: NUMBER, RANKS, EXTENT, OWNED. */
const sp_math *sp_number_math(sp_pool *pool, const sp_program *p, const sp_node *n);

/* ---- functions ---- */

/* A formula of one or two variables with these arguments put for them. */
const sp_math *sp_formula_math(sp_pool *pool, const sp_signature *of, const sp_formula *formula,
                               const sp_math *const argument[2]);

/* ---- index expressions ---- */

typedef struct sp_indexing {
    sp_pool *pool;
    sp_algebra *algebra;
    const sp_program *program;       /* for the names of axes; may be NULL */
    const sp_expression *const *rule; /* [result], to be written by name; may be NULL */
    const sp_math *const *slope;     /* [result] what dL/d(result) is called; NULL: dL/d.. */
} sp_indexing;

/* Call these inside of sp_algebra_run: looking for names is rewriting. */
const sp_math *sp_index_math(const sp_indexing *in, const sp_expression *e);
/* The same of a value with this layout, whose indices have the names of sp_place_math. */
const sp_math *sp_index_math_at(const sp_indexing *in, const sp_layout *layout, const sp_expression *e);
/* The entry itself, "W2[k,o]"; a scalar has no indices. */
const sp_math *sp_place_math(const sp_indexing *in, const sp_math *name, const sp_layout *layout);
/* What a step of the prover starts from, and what it comes to. */
const sp_math *sp_step_math(const sp_indexing *in, const sp_step *step);

#endif
