/* The kinds of evidence about a result. A new one is a file that defines it, a line of SP_EVIDENCE_KINDS, and its part
 * of sp_result_outcome. */
#ifndef SP_CHECK_EVIDENCE_H
#define SP_CHECK_EVIDENCE_H

#include "check/job.h"
#include "check/verdict.h"

/* In the order in which they are gathered, judged and heard. */
#define SP_EVIDENCE_KINDS(X)                                                        \
    X(layout)     /* the declared layout fits the computed one */                   \
    X(difference) /* from the delta rule, in every number system */                 \
    X(numdiff)    /* finite differences of the unsharded loss */                    \
    X(proof)      /* for every size */                                              \
    X(field)      /* random identity testing at the case's sizes, for all data */

enum { SP_EVIDENCE_ITEMS = 16 };

/* One result while it is judged. */
typedef struct sp_judgement {
    sp_job *job;
    size_t result; /* of the program */
    const sp_result_decl *decl;
    sp_result_outcome *of; /* every kind fills in its part */
    sp_evidence_item item[SP_EVIDENCE_ITEMS];
    size_t items;
    bool *covered; /* [entry, in order of holdings]: a piece of evidence could have failed there */
    size_t entries;
    bool disputed; /* the finite differences contradict the delta rule itself */
} sp_judgement;

/* What the kinds have to say of a result that has its verdict. */
typedef struct sp_saying {
    sp_text agrees;          /* what does: "mpfr, proof" */
    const char *contradicts; /* why it is a mismatch, by the first kind that knows; NULL */
    sp_text silent;          /* on what nothing could have failed */
} sp_saying;

typedef struct sp_evidence_kind {
    const char *name;
    bool supports;              /* its agreement can make a match */
    void (*gather)(sp_job *job); /* for all results at once; NULL: it needs no more than the runs */
    void (*judge)(sp_judgement *judgement);
    void (*say)(const sp_judgement *judgement, sp_saying *to); /* may warn, too */
} sp_evidence_kind;

#define X(name) extern const sp_evidence_kind sp_evidence_##name;
SP_EVIDENCE_KINDS(X)
#undef X
extern const sp_evidence_kind *const sp_evidence_kinds[]; /* ends with NULL */

/* One finding of a kind about the result. */
void sp_found(sp_judgement *judgement, const sp_evidence_kind *kind, sp_finding finding);
/* Whether one of the findings so far contradicts. */
bool sp_is_contradicted(const sp_judgement *judgement);
/* Evidence that looked at every entry on every rank. */
void sp_cover_all(sp_judgement *judgement);
/* Adds to a list that commas separate. */
void sp_say_agrees(sp_saying *to, const char *name);

#endif
