/* The static rules: from the syntax tree to programs, formulas and cases. */
#ifndef SP_LANG_CHECK_H
#define SP_LANG_CHECK_H

#include "lang/parser.h"

/* NULL after an error. variables name the arguments; of: the network whose dimensions may be used, if there are two
 * of them. Adds the literals that were rounded to *inexact. */
const sp_formula *sp_check_formula(sp_reporter *reporter, const sp_signature *of, const sp_syntax_terms *terms,
                                   const sp_syntax_expression *value, const char *const *variables,
                                   size_t count, size_t *inexact);

/* Whether a name is one of the built-in activations or losses that a function `label` may be; reports it if not. */
bool sp_check_builtin(sp_reporter *reporter, sp_name name, const char *label, bool loss, const char *const *known,
                      size_t count);

/* The program of a scheme of the network, or NULL after an error. */
const sp_program *sp_check_scheme(sp_reporter *reporter, const sp_signature *of, const sp_scheme_syntax *scheme);

/* The type rule of one term; reports and gives -1 if it does not hold. For check_scheme.c. */
typedef struct sp_typing {
    sp_reporter *reporter;
    sp_program *program;
    size_t node_room;
} sp_typing;

int sp_type_add(sp_typing *typing, sp_node node);
/* left and right: nodes of the operands, -1 where there is none. */
int sp_type_operation(sp_typing *typing, const sp_syntax_term *term, int left, int right);
int sp_type_call(sp_typing *typing, const sp_syntax_term *term, int left, int right);
/* The function that a call of none of the language's functions means: false if the network has none of that name. */
bool sp_type_function(const sp_signature *of, const char *name, sp_function *function, bool *prime);
/* A call of it; right: -1 for one argument. */
int sp_type_apply(sp_typing *typing, const sp_syntax_term *term, sp_function function, bool prime, int left, int right);
/* Reports the unknown names of a call whose operand is wrong. */
void sp_type_names(sp_typing *typing, const sp_syntax_term *term);
/* Names inside schemes; -1, and false, after a diagnostic. */
int sp_type_axis(sp_typing *typing, sp_name name);
bool sp_type_label(sp_typing *typing, sp_name name, sp_part *label);
bool sp_type_part(sp_typing *typing, const sp_dimref *ref, sp_part *part);

/* Where a label is in a layout; -1: nowhere. */
int sp_place_of(const sp_layout *layout, const sp_part *label);
/* The layout of a value by name of two, and where their parts go (node->layout, node->to). both: it has the
 * dimensions of both; else one side's are among those of the other, which is what it is written as. */
typedef enum sp_fit { SP_FIT, SP_FIT_LABELS, SP_FIT_SPLITS, SP_FIT_ORDER } sp_fit;
sp_fit sp_type_join(const sp_layout *a, const sp_layout *b, bool both, sp_node *node);

/* What a case refers to, and where the cases go. */
typedef struct sp_case_context {
    sp_reporter *reporter;
    /* The program that a name or path means; NULL after a diagnostic. */
    const sp_program *(*scheme)(void *argument, const sp_choice *choice);
    void *argument;
    const sp_vocabulary *vocabulary;
    sp_unit *unit;
    size_t case_room;
} sp_case_context;

/* Adds the cases, one for each combination of the members of sets. */
void sp_check_case(sp_case_context *context, const sp_case_syntax *item);

#endif
