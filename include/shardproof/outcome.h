/* The result model: what the check of one case found, as plain data to read.
 *
 * A tree: outcome -> results -> evidence, witness; every report is made from it alone. Numbers are
 * texts where a double would lose them: differences, bounds and error bars are rounded up to 3
 * digits ("1.23e-75", "0", "inf", "nan"), values show only digits that are certain. NULL where
 * there is nothing to say. Rows and columns are global and count from 0, as ranks do; a vector is
 * one row. */
#ifndef SHARDPROOF_OUTCOME_H
#define SHARDPROOF_OUTCOME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*  id, name, meaning */
#define SP_VERDICTS(X) \
    X(MATCH,     "match",     "no contradiction; evidence that could have failed on every entry") \
    X(MISMATCH,  "mismatch",  "a contradiction, shown by a witness")                             \
    X(UNDECIDED, "undecided", "neither; the reason says what was missing")

typedef enum sp_verdict {
#define X(id, name, meaning) SP_VERDICT_##id,
    SP_VERDICTS(X)
#undef X
    SP_VERDICT_COUNT
} sp_verdict;

/* What one piece of evidence says about a result. */
#define SP_FINDINGS(X) \
    X(NONE,        "none",        "not looked at")                                             \
    X(SILENT,      "silent",      "looked at, but it could not have failed on every entry")    \
    X(AGREES,      "agrees",      "could have failed on every entry, and did not")             \
    X(CONTRADICTS, "contradicts", "the result is not the delta rule's")

typedef enum sp_finding {
#define X(id, name, meaning) SP_FINDING_##id,
    SP_FINDINGS(X)
#undef X
    SP_FINDING_COUNT
} sp_finding;

/* How a verdict compares with the case's `expect`. */
#define SP_EXPECTATIONS(X) \
    X(MET,  "met",  "came out as the case expects")             \
    X(MISSED, "missed", "came out otherwise")                   \
    X(OPEN, "open", "could not be told: something is undecided")

typedef enum sp_expectation {
#define X(id, name, meaning) SP_EXPECTATION_##id,
    SP_EXPECTATIONS(X)
#undef X
    SP_EXPECTATION_COUNT
} sp_expectation;

#define SP_PROOF_OUTCOMES(X) \
    X(NONE,    "none",    "no proof was tried")                     \
    X(PROVED,  "proved",  "the delta rule's, for every size")       \
    X(REFUTED, "refuted", "not the delta rule's, not at every size") \
    X(OPEN,    "open",    "neither proved nor refuted")

typedef enum sp_proof_outcome {
#define X(id, name, meaning) SP_PROOF_OUTCOME_##id,
    SP_PROOF_OUTCOMES(X)
#undef X
    SP_PROOF_OUTCOME_COUNT
} sp_proof_outcome;

const char *sp_verdict_name(sp_verdict verdict);
const char *sp_finding_name(sp_finding finding);
const char *sp_expectation_name(sp_expectation expectation);
const char *sp_proof_outcome_name(sp_proof_outcome outcome);

/* An entry of a result on a rank. */
typedef struct sp_place {
    size_t rank;             /* of a sum over an axis: the first of the ranks added */
    const char *coordinates; /* "tp = 1", "dp = 0, tp = *" where tp is summed; "" without a mesh */
    size_t row, column;
    const char *index; /* as a reader writes it: "[3,0]", "[3]" for a vector */
} sp_place;

/* Does the declared layout fit what the program computes? */
typedef struct sp_layout_evidence {
    sp_finding finding;
    const char *declared; /* "dW2[Dh, Dout] sum tp" */
    const char *computed; /* "[Dh/tp, Dout]" */
    const char *merge;    /* how the whole is made: "rows over tp", "sum over tp", "every rank" */
    const char *collision;   /* if it does not fit: which shapes collide, in words */
    const char *right_merge; /* the declaration that is right, found by trying; NULL if none is */
    const char *advice;      /* the same in words */
} sp_layout_evidence;

/* Comparison with the delta rule in one number system, on every rank and every entry. */
typedef struct sp_difference_evidence {
    const char *system; /* "binary64", "mpfr" */
    unsigned bits;
    sp_finding finding;
    size_t compared;   /* entries, over every rank; the sum of the next five */
    size_t within;     /* differ by no more than a finite bound */
    size_t beyond;     /* differ by more than the bound */
    size_t one_sided;  /* NaN or infinite on one side only, which no rounding explains */
    size_t unbounded;  /* no finite bound is known, and not both are NaN or infinite: says nothing */
    size_t not_finite; /* NaN or infinite on both sides: says nothing */
    size_t equal;      /* of the finite ones, the same bit for bit */
    size_t ranks;      /* that hold entries; of a sum over an axis: groups of ranks */
    size_t ranks_wrong;  /* of these, with an entry that is beyond or one-sided */
    const char *largest; /* difference, of the contradicting entries if there are any */
    sp_place place;      /* where it is */
    const char *bound;   /* what rounding explains there */
    const char *scale;   /* largest magnitude of the delta rule's result, rounded down */
    long bits_agree;     /* floor(log2(scale / largest)), at most bits; bits where all are equal */
} sp_difference_evidence;

/* Finite differences of the unsharded loss in one number system. */
typedef struct sp_numdiff_evidence {
    const char *system;
    unsigned bits;
    sp_finding finding; /* about the sharded gradient; binary64's is never above silent */
    size_t entries, looked_at, judged, kinks, unusable; /* of the tensor */
    size_t delta_within, delta_beyond; /* the delta rule's entries in and out of their error bars */
    const char *delta_largest, *delta_bar; /* largest difference to the delta rule, the bar there */
    sp_place delta_place;
    /* the sharded gradient, on every rank: entries that were judged and have a finite bound */
    size_t compared, within, beyond;
    const char *largest, *bar;
    sp_place place;
    /* directional derivatives through the whole tensor, taken where not every entry was */
    size_t directions, delta_directions_beyond;
    size_t directions_beyond; /* of the gathered sharded gradient */
} sp_numdiff_evidence;

/* Random identity testing over GF(p), p primes of 62 bits that are drawn from the seed, at the case's own
 * sizes: for all data and functions. */
typedef struct sp_field_evidence {
    sp_finding finding; /* CONTRADICTS: with the case's own functions, shown by a witness */
    bool differs;       /* it does for random functions; silent if a property of the case's own
                         * functions may make the result right */
    size_t compared;    /* entries, over every rank */
    unsigned trials;    /* each modulo another prime */
    uint64_t seed;
    const char *error; /* AGREES: probability that a wrong result was not seen, "1e-30" */
    const char *random_functions; /* "sigma, step": those that were random; "" if none */
} sp_field_evidence;

/* A proof for every size. */
typedef struct sp_proof_evidence {
    sp_proof_outcome outcome;
    sp_finding finding;         /* about this case's sizes */
    const char *given;          /* proved for these functions only: "sigma = relu"; NULL: for all */
    const char *assumed;        /* PROVED, where these are not 0 on any rank: "count(N/dp)"; NULL: always */
    const char *broken;         /* how this case breaks that, so that the proof says nothing about it: "count(N/dp)
                                 * is 0 on rank 1 (dp = 1)"; NULL: it does not */
    const char *statement;      /* what was proved, or the difference of the two sides, in words */
    const char *cause;          /* likely cause, in words */
    const char *counterexample; /* a case that can be pasted into a file */
    const char *sizes;          /* smallest sizes at which it fails: "tp = 2" */
    const char *reach;          /* a match that is not proved: how far it is right, in words */
} sp_proof_evidence;

/* What shows a mismatch. */
typedef struct sp_witness {
    const char *kind;   /* "layout", "difference", "not finite", "finite difference", "field" */
    const char *system; /* the number system of got and want; NULL for a layout */
    sp_place place;
    const char *got, *want; /* on the rank, and by the delta rule (or the finite difference) */
    const char *difference, *bound;
    const char *quotient;   /* got / want at the place, what is certain of 3 digits; or NULL */
    const char *ratio;      /* uniform ratio: "1/3", "0", "-1"; NULL if there is none */
    const char *ratio_text; /* "db2 is 1/3 of the delta rule on every entry" */
    const char *text;       /* the place, got and want in one line */
    const char *extent;     /* how much is wrong, and the ratio: "24 of 24 entries are wrong..." */
} sp_witness;

enum { SP_OUTCOME_SYSTEMS = 8 };

typedef struct sp_result_outcome {
    const char *name; /* "dW1" */
    size_t line, column; /* of its declaration in the scheme's file; 0 for a built-in one */
    const char *file;
    size_t rows, columns;
    bool vector;
    sp_verdict verdict;
    /* whether the case expects that; met where it expects a mismatch of no matter which results,
     * unless the verdict is undecided */
    sp_expectation expectation;
    const char *reason; /* why, in one sentence */
    sp_layout_evidence layout;
    sp_proof_evidence proof;
    sp_field_evidence field;
    sp_difference_evidence difference[SP_OUTCOME_SYSTEMS];
    size_t differences;
    sp_numdiff_evidence numdiff[SP_OUTCOME_SYSTEMS]; /* gradients of X, W1, b1, W2, b2 only */
    size_t numdiffs;
    const sp_witness *witness; /* NULL unless the verdict is mismatch */
} sp_result_outcome;

typedef struct sp_dim_outcome {
    const char *name;
    size_t size;
} sp_dim_outcome;

typedef struct sp_axis_outcome {
    const char *name;
    size_t ranks;
} sp_axis_outcome;

/* `Dh/tp` and how many indices every rank owns. */
typedef struct sp_split_outcome {
    const char *part; /* "Dh/tp" */
    const char *kind; /* "chunk", "cyclic(2)", ...: as the language writes it */
    const size_t *size; /* in rank order, the first axis of the part outermost */
    size_t parts;
} sp_split_outcome;

/* How the finite differences of the case were taken. */
typedef struct sp_numdiff_outcome {
    const char *system;
    unsigned bits;
    const char *step;   /* in words */
    const char *sample; /* in words, if not every entry was looked at */
    size_t entries, looked_at, directions;
} sp_numdiff_outcome;

typedef struct sp_outcome {
    const char *name, *file;
    size_t line;
    const char *scheme;
    sp_verdict verdict;
    sp_expectation expectation;
    const char *expected; /* as the case writes it: "match", "mismatch dW1, db1" */
    const char *surprise; /* how it came out otherwise; NULL if met */
    const sp_dim_outcome *dim; /* of the network */
    size_t dims;
    const char *network;  /* "sigma = relu, g = identity, loss = half-sse" */
    const char *data;     /* "random(seed = 7); X given" */
    unsigned precision;
    bool deterministic;
    const sp_axis_outcome *axis;
    size_t axes, ranks;
    const sp_split_outcome *split;
    size_t splits;
    const sp_numdiff_outcome *numdiff;
    size_t numdiffs;
    const sp_result_outcome *result; /* in the order of the scheme's declaration */
    size_t results;
    const char *const *warning; /* sentences */
    size_t warnings;
    /* "dW1, db1": gradients of parameters and inputs of the network that are no results of the scheme; NULL: all are */
    const char *not_checked;
    const char *fault; /* evidence that contradicts itself, both sides: shardproof is wrong, exit
                        * code 70; NULL */
    size_t inexact_literals; /* rounded once to binary64 before anything was computed */
} sp_outcome;

#endif
