/* What a derivation is made from, shared by the files that make its sections. */
#ifndef SP_DERIVE_DERIVATION_H
#define SP_DERIVE_DERIVATION_H

#include "check/job.h"
#include "derive/drawing.h"
#include "derive/sentence.h"
#include "proof/explain.h"
#include "search/attempt.h"
#include "spmd/interpret.h"
#include "typeset/document.h"

/* Where a scheme leaves the delta rule. */
typedef struct sp_parting {
    bool parts;
    int statement; /* the first that is wrong; -1: a result's declaration is */
    const sp_proof_result *result; /* the first result that is wrong because of it */
} sp_parting;

/* How the value of a statement is related to the delta rule's. */
typedef enum sp_standing {
    SP_STANDING_NONE,    /* it is none of the delta rule's tensors */
    SP_STANDING_WHOLE,   /* it is one, whole on every rank */
    SP_STANDING_PART,    /* the rank's part of one */
    SP_STANDING_PARTIAL, /* a summand of one: the sum over `axis` is it */
    SP_STANDING_OPEN     /* the prover reached a limit */
} sp_standing;

typedef struct sp_statement_standing {
    sp_standing standing;
    sp_result result;
    int axis; /* PARTIAL */
} sp_statement_standing;

/* The numbers of a case. */
typedef struct sp_derive_values {
    sp_arithmetic in;
    const sp_matrix *input[SP_MAX_TENSORS]; /* whole */
    sp_value *statement;   /* [statement of the scheme] */
    sp_value *delta;       /* [result of the delta rule's program] */
    mpfr_t *entry;         /* for one entry at a time */
    const sp_numdiff *numdiff; /* NULL: off, or too much to be shown */
} sp_derive_values;

typedef struct sp_derive {
    sp_pool *pool;
    sp_document *doc;
    const sp_program *program, *delta;
    sp_naming naming, whole; /* of the two */
    const sp_gradient_proof *gradient; /* of mlp; NULL of other networks */
    sp_attempt *attempt;
    const sp_proof *proof; /* that of the attempt which says most */
    const sp_counterexample **failing; /* [result]; NULL: none was found, or it is proved */
    sp_parting parting;
    sp_statement_standing *standing; /* [statement] */
    sp_drawing drawing;
    sp_job *job;               /* the check of a case; NULL: no case */
    const sp_case *of;         /* NULL: no case */
    const sp_network *network; /* NULL: no case */
    const sp_outcome *outcome; /* NULL: no case */
    sp_derive_values values;   /* of a case */
    bool slopes_explained;     /* what finite differences are was said */
} sp_derive;

/* Fills in what follows from pool and program and, of a case, job and outcome; and writes the document. */
void sp_derive_write(sp_derive *d);
/* 0: the scheme computes the delta rule at all sizes, and the verdict of the case, if there is one, is a match.
 * 1: it does not, or the verdict is a mismatch. 3: this could not be found out. */
int sp_derive_exit_code(const sp_derive *d);

/* ---- sections, in the order of the document ---- */
void sp_derive_rule(sp_derive *d);    /* shapes, forward pass, loss, chain rule */
void sp_derive_network(sp_derive *d); /* the same of other networks than mlp */
void sp_derive_ranks(sp_derive *d);   /* what every rank holds and computes */
void sp_derive_merges(sp_derive *d);  /* how the whole results are made */
void sp_derive_ledger(sp_derive *d);  /* the collectives and what they move */
void sp_derive_end(sp_derive *d);     /* theorem and verdict, or where it parts */

/* ---- shared ---- */
#define SAY(d, ...) sp_document_say((d)->doc, sp_say((d)->pool, __VA_ARGS__))
#define PARAGRAPH(d, ...) sp_document_paragraph((d)->doc, sp_say((d)->pool, __VA_ARGS__))

/* The name of an axis as code; every axis of a set as a list. */
const sp_list *sp_derive_axes(sp_derive *d, unsigned axes);
/* A name of the network: a tensor, value, result, dimension or function. */
const sp_math *sp_derive_name(sp_derive *d, const char *name);
const sp_math *sp_derive_dim(sp_derive *d, const sp_part *part);
/* The statement as it stands in the scheme: "Z1 = X @ W1 + b1". */
const char *sp_derive_source(sp_derive *d, sp_span span);
/* Whether a formula of the prover is longer than what helps a reader. */
bool sp_derive_is_long(sp_derive *d, const sp_math *formula);
void sp_derive_picture(sp_derive *d, sp_picture *picture);
/* The identities that the prover used in a statement, or in putting a result together. */
void sp_derive_identities(sp_derive *d, int statement, int result);

/* ---- standing.c ---- */
void sp_derive_standings(sp_derive *d);

/* ---- numbers.c: nothing without a case ---- */
enum { SP_FULL = 8 }; /* matrices up to 8 x 8 are shown in full */
void sp_derive_values_of(sp_derive *d);
void sp_derive_input_numbers(sp_derive *d);
/* The delta rule's value of that result, and the finite differences beside a gradient. */
void sp_derive_whole_numbers(sp_derive *d, sp_result result);
/* What the ranks hold of a statement. */
void sp_derive_rank_numbers(sp_derive *d, size_t statement);

#endif
