/* Proving schemes: does a scheme compute the delta rule, for every size, mesh, split, datum and function?
 *
 *     sp_cases_load_builtin(&schemes, "megatron", NULL), or sp_cases_load_file
 *     sp_proving_run(&proving, schemes, 0, NULL);
 *     ... sp_proving_outcome(proving)->outcome ...
 *     sp_proving_close(proving);
 *
 * What is not proved is searched for its smallest counterexample; only what has one is refuted. */
#ifndef SHARDPROOF_PROVE_H
#define SHARDPROOF_PROVE_H

#include <shardproof/cases.h>
#include <shardproof/outcome.h>
#include <shardproof/report.h>

/* ---- what can be proved ---- */

typedef struct sp_scheme_info {
    const char *name, *file; /* of a built-in one: "built-in/megatron.scheme" */
    size_t line;             /* of its name */
} sp_scheme_info;

/* A built-in scheme by its name, without cases. SP_BAD_USAGE: there is none. */
SP_MUST_USE sp_status sp_cases_load_builtin(sp_cases **cases, const char *name,
                                            const sp_load_options *options);
/* The schemes of a file, in its order, then the others that its cases name; 0 if the file has errors. */
size_t sp_cases_schemes(const sp_cases *cases);
/* NULL if there is no scheme of that index. */
const sp_scheme_info *sp_cases_scheme(const sp_cases *cases, size_t index);

/* Writes what was read as text; what: "program", the operations that the prover takes apart and the ranks run. For
 * people who work on shardproof: the text may be another in another version. SP_BAD_USAGE: no such scheme, or no such
 * text. options may be NULL. */
SP_MUST_USE sp_status sp_scheme_dump(const sp_cases *schemes, size_t index, const char *what,
                                     const sp_load_options *options, sp_sink sink);

/* ---- proving ---- */

/* The names that sigma and g, and loss, may be given by: index from 0; NULL after the last. */
const char *sp_activation_name(size_t index);
const char *sp_loss_name(size_t index);

/* Zero stands for the default of every field. */
typedef struct sp_proving_options {
    const char *sigma, *g, *loss; /* names of given functions, of which identities may be known; NULL: any */
    bool steps;                   /* the steps of the proof as text */
    bool certificate;             /* the text of the certificate */
    const sp_allocator *allocator;
    /* A time limit ends the search for counterexamples: what has none by then is open, and what is proved
     * or refuted stays so. Without one the search ends after a fixed amount of work. */
    const sp_limits *limits;
} sp_proving_options;

/* The smallest sizes, splits and data on which a result is not the delta rule's, as far as the search went. */
typedef struct sp_failing_case {
    const char *name;    /* of the case */
    const char *text;    /* the case, without its scheme */
    bool shown_before;   /* the case of an earlier result fails in this one too and is as small */
    const char *sizes;   /* "N = 1, Din = 1, Dh = 2, Dout = 1, tp = 2" */
    const char *splits;  /* "Dh/tp = 1 + 1"; "" if nothing is split over more than one rank */
    const char *network; /* "sigma = identity, g = identity, loss = half-sse" */
    const char *brief;   /* "tp = 2" */
    const char *rank;    /* "tp = 1"; "" without a mesh */
    const char *index;   /* "[0,1]" */
    const char *got, *want; /* NULL if the layout does not fit: then it is wrong everywhere */
    bool exact;          /* they are fractions; else decimals, known to 256 bits */
    bool only_uneven;    /* proved right for every size if parts are equal */
} sp_failing_case;

typedef struct sp_proved_result {
    const char *name; /* "dW1" */
    size_t line, column; /* of its declaration */
    sp_proof_outcome outcome; /* PROVED, REFUTED or OPEN */
    const char *given;     /* PROVED for these functions only: "sigma = relu"; NULL: for all */
    const char *statement; /* PROVED: what, in one line; else the cause, or what stopped the proof */
    /* not PROVED; NULL where there is nothing to say: */
    const char *made_from; /* an earlier result that fails by the same statement */
    const char *place;     /* the first statement that is not right: "Z2" */
    size_t place_line;
    const char *computed, *expected; /* formulas of that statement, by the scheme and by the delta rule */
    const char *difference; /* of the result, computed - expected */
    const char *right_if;   /* "one rank on tp": where it is right all the same */
    const sp_failing_case *failing; /* REFUTED */
    const char *bounds;     /* OPEN: where a counterexample was looked for and not found */
    const char *missing;    /* OPEN: why unequal formulas do not decide, so that it may be right all the same */
} sp_proved_result;

typedef struct sp_scheme_outcome {
    const char *scheme, *file;
    size_t line;
    sp_proof_outcome outcome; /* PROVED: all; REFUTED: one is; else OPEN */
    size_t proved, refuted, open;
    const sp_proved_result *result;
    size_t results;
    const char *not_checked; /* as that of sp_outcome */
    const char *theorem;     /* of what is proved, with all that it quantifies over and assumes; "" if nothing is */
    const char *steps;       /* "" unless asked for */
    const char *derivation;  /* of the delta rule from the loss, step by step; NULL for other schemes */
    const char *counterexamples; /* the scheme and all cases that are not shown before: a file; "" if none */
    const char *certificate; /* Coq; NULL unless asked for and something is proved */
    size_t certified;        /* results that have a theorem in it: all that are proved, but for those that are only by
                              * what is known of distributions, exp, log and roots, of a mean over other than two
                              * dimensions, or by that two functions are the same of which nothing else is known */
    const char *uncertified; /* what a certificate of such a scheme does not say; NULL: nothing */
    const char *not_certified; /* why no certificate of such a scheme can be written; NULL: it can, or none is wanted */
} sp_scheme_outcome;

/* The attempt to prove one scheme. Owns its outcome; needs the schemes no more. */
typedef struct sp_proving sp_proving;

/* options may be NULL. That a scheme is wrong is not an error. SP_BAD_USAGE: no such scheme, or a function that is
 * not known. SP_NO_MEMORY, SP_MEMORY_LIMIT, SP_TIME_LIMIT (reached by the proof itself), SP_INTERRUPTED, SP_INTERNAL:
 * *proving is NULL. */
SP_MUST_USE sp_status sp_proving_run(sp_proving **proving, const sp_cases *schemes, size_t index,
                                     const sp_proving_options *options);
/* Borrowed, until it is closed. */
const sp_scheme_outcome *sp_proving_outcome(const sp_proving *proving);
/* NULL is allowed. */
void sp_proving_close(sp_proving *proving);

/* The exit code that one outcome asks for: 0, 1 or 3. */
int sp_scheme_outcome_exit_code(const sp_scheme_outcome *outcome);

/* ---- reports ---- */

/* What one report is about. */
typedef struct sp_proof_report {
    const sp_scheme_outcome *const *scheme;
    size_t schemes;
    const sp_diagnosis *const *diagnosis;
    size_t diagnoses;
} sp_proof_report;

/* The formats of reports on proofs: index from 0; NULL after the last. */
const char *sp_proof_report_format(size_t index);
const char *sp_proof_report_format_summary(size_t index);
/* Writes a whole report. SP_BAD_USAGE: there is no format of that name. options may be NULL. */
SP_MUST_USE sp_status sp_proof_report_write(const sp_proof_report *report, const char *format,
                                            const sp_report_options *options, sp_sink sink);

#endif
