/* The static rules: from the syntax tree to programs, formulas and cases. */
#ifndef SP_LANG_CHECK_H
#define SP_LANG_CHECK_H

#include "lang/parser.h"

/* NULL after an error. variables name the arguments; dimensions: whether N and Dout may be used.
 * Adds the literals that were rounded to *inexact. */
const sp_formula *sp_check_formula(sp_reporter *reporter, const sp_terms *terms,
                                   const sp_expression *value, const char *const *variables,
                                   size_t count, bool dimensions, size_t *inexact);

/* The program of a scheme, or NULL after an error. */
const sp_program *sp_check_scheme(sp_reporter *reporter, const sp_scheme_syntax *scheme);

/* The type rule of one term; reports and gives -1 if it does not hold. For check_scheme.c. */
typedef struct sp_typing {
    sp_reporter *reporter;
    sp_program *program;
    size_t node_room;
} sp_typing;

int sp_type_add(sp_typing *typing, sp_node node);
/* left and right: nodes of the operands, -1 where there is none. */
int sp_type_operation(sp_typing *typing, const sp_term *term, int left, int right);
int sp_type_call(sp_typing *typing, const sp_term *term, int left, int right);
/* Reports the unknown names of a call whose operand is wrong. */
void sp_type_names(sp_typing *typing, const sp_term *term);
/* Names inside schemes; -1, and false, after a diagnostic. */
int sp_type_axis(sp_typing *typing, sp_name name);
int sp_type_dim(sp_typing *typing, sp_name name);
bool sp_type_part(sp_typing *typing, const sp_dimref *ref, sp_part *part);

/* What a case refers to, and where the cases go. */
typedef struct sp_case_context {
    sp_reporter *reporter;
    /* The program that a name or path means; NULL after a diagnostic. */
    const sp_program *(*scheme)(void *argument, const sp_choice *choice);
    void *argument;
    sp_unit *unit;
    size_t case_room;
} sp_case_context;

/* Adds the cases, one for each combination of the members of sets. */
void sp_check_case(sp_case_context *context, const sp_case_syntax *item);

#endif
