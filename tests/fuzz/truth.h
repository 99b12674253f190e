/* What brute force knows of a program, and what of the library's answers contradicts it. */
#ifndef TRUTH_H
#define TRUTH_H

#include "ask.h"
#include "program.h"

enum {
    TRUTH_WORLDS = 5,  /* of each program */
    TRUTH_MORE = 60,   /* where a result is not proved, but right in all of them */
    TRUTH_SMALL = 3    /* data of cases, from -3 to 3 */
};

/*  id, words: none of them may be */
#define CONTRADICTIONS(X)                  \
    X(PROVED_WRONG, "proved and wrong")    \
    X(REFUTED_RIGHT, "refuted and right")  \
    X(MATCH_WRONG, "match and wrong")      \
    X(MISMATCH_RIGHT, "mismatch and right") \
    X(FAULT, "self-contradiction")         \
    X(REFUSED, "refused or failed")

typedef enum contradiction {
#define X(id, words) id,
    CONTRADICTIONS(X)
#undef X
    CONTRADICTION_COUNT
} contradiction;

extern const char *const contradiction_words[CONTRADICTION_COUNT];

/* ---- for every size ---- */

/* What worlds of a scheme showed. */
typedef struct seen {
    bool wrong[TREE_RESULTS];
    size_t worlds, said; /* of them such as said something */
} seen;

/* Looks at so many more worlds. */
void truth_look(seen *found, const tree_scheme *s, const world *functions, uint64_t *random,
                int worlds);

/* ---- of a case ---- */

/* What a match says: of all data, by the field; of the case's own; of none, for in doubles rounding may
 * explain a difference. */
typedef enum claim { ALL_DATA, OWN_DATA, NO_DATA } claim;

/* How a case is asked. Less evidence must not make a verdict wrong. */
typedef struct asking {
    ask_case as;
    claim of;
} asking;

typedef struct truth {
    masked_answer own[TREE_RESULTS]; /* with the case's data */
    bool other[TREE_RESULTS];        /* wrong with other data */
    int said;                        /* other data that said something */
    claim of;
} truth;

asking truth_draw_asking(uint64_t *random);
/* Of a scheme that is right by construction: any functions, and data of any size. */
asking truth_draw_wild(uint64_t *random);
/* The program's functions, and others where it has any, as a case may have them; false if it has one
 * that is not rational. */
bool truth_draw_functions(world *w, const program *p, uint64_t *random);
void truth_find(truth *t, const tree_scheme *s, const world *w, const asking *with,
                uint64_t seed);
/* Where something hinges on a sign, looks at data near the kinks too, which few other data reach. */
void truth_look_near_kinks(truth *t, const tree_scheme *s, const world *w, uint64_t seed);
/* CONTRADICTION_COUNT: none. */
contradiction truth_judge(const truth *t, int result, sp_verdict verdict);

/* ---- contradictions ---- */

typedef struct contradicted {
    contradiction what;
    const program *of;
    const world *at;   /* of a case; NULL: of a proof */
    const asking *with; /* of a case */
    uint64_t seed;
    char name[TREE_NAME]; /* of the result; "": any */
} contradicted;

/* result: its index; -1: any. */
contradicted contradicted_of(const program *p, contradiction what, int result, uint64_t seed);
/* Prints it, and the smallest program and case that are found to do the same. */
void contradicted_show(const contradicted *c, const char *why);

#endif
