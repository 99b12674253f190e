/* Counterexamples: the smallest sizes, ranks, splits and data on which a result is not the delta
 * rule's.
 *
 * Sites (site.h) are tried from the smallest on. Whether a result can differ at a site is
 * decided over GF(p) with random data and random functions, p another prime from 2^61 to 2^62 at every
 * site: where that shows nothing, nothing can differ there, but for a probability of E (d / 2^61 + (h / 61)
 * / 2^55), E entries being of degree d in the data and the functions' values (Schwartz and Zippel) and
 * their numbers of h bits (field.h). The primes are the same in every search, so there are numbers that
 * are equal modulo one of them only: one site of every size, that in chunks, is tried with true numbers
 * too. A site at which an entry has no value in the field is not decided: it is counted, and the next one
 * is tried.
 *
 * At the first site where something differs, the simplest functions that show it are chosen, then
 * small integer data: as many zeros as possible, then ones. What is found was evaluated exactly;
 * with functions that have no exact values, the difference is beyond a rigorous bound at 256 bits.
 * Functions that a case gives are kept, whatever they are. No site before it in the order of
 * site.h fails for any functions; for given ones, and for schemes with step, which is a
 * random function in the field too, none was seen to fail with any of SP_SEARCH_LIMIT_DRAWS data.
 *
 * The search ends after SP_SEARCH_LIMIT_WORK operations, so that it finds the same on every machine,
 * or, where that is asked for, with the time that its pool has. */
#ifndef SP_SEARCH_H
#define SP_SEARCH_H

#include "proof/prove.h"
#include "search/site.h"

typedef struct sp_counterexample {
    const char *scheme; /* the scheme's own text, or "" where it is named */
    const char *text;   /* the case alone: what can be pasted is scheme, then text */
    const char *sizes;  /* "N = 1, Din = 1, Dh = 2, Dout = 1, tp = 2" */
    const char *mesh;   /* "tp = 2": the axes of more than one rank; "" if there are none */
    const char *splits; /* "Dh/tp = 1 + 0"; "" if nothing is split over more than one rank */
    const char *network; /* "sigma = identity, g = identity, loss = half-sse" */
    const char *brief;  /* where it fails, in the fewest words: "tp = 2", "dp = 2, N/dp = 2 + 1" */
    size_t dim[SP_MAX_DIMS], axis[SP_MAX_AXES];
    sp_site_order order; /* EVEN: all parts are equal */
    bool only_uneven;    /* proved right for every size if parts are equal */
    bool layout;         /* the declared layout does not fit; got and want are "" */
    bool exact;          /* got and want are fractions; else decimals of values known to 256 bits */
    const char *rank;    /* "tp = 1", "dp = 0, tp = *" where tp is summed; "" without a mesh */
    const char *index;   /* "[0,1]" */
    const char *got, *want;
    sp_result_set wrong; /* bit 1u << index of every result of the program that mismatches there */
} sp_counterexample;

typedef struct sp_search_options {
    /* How the case names the scheme: a built-in's name, "\"path\"", a scheme of the same file;
     * NULL: by its own name, with its text put in front. */
    const char *reference;
    /* Functions that are given, by a case; NULL or an empty one: any. */
    const sp_function_spec *function; /* [function]; NULL: none is given */
    /* What ends it is the time limit of the pool, in place of a limit on work: what was not found by
     * then is not found. wanted: bit 1u << index of every result that will be asked for, 0: all; one
     * that takes all the time leaves the others what was found on the way. */
    bool by_time;
    sp_result_set wanted;
} sp_search_options;

/* Remembers what was tried: the searches for the results of one scheme share it. */
typedef struct sp_search sp_search;

/* options may be NULL. */
sp_search *sp_search_open(sp_pool *pool, const sp_program *program,
                          const sp_search_options *options);
/* A counterexample to a result of the program; NULL if there is none within the bounds. */
const sp_counterexample *sp_search_find(sp_search *search, size_t result);
/* The bounds in words, and what was tried within them. */
const char *sp_search_bounds(const sp_search *search);

typedef enum sp_search_at_case {
    SP_SEARCH_CANNOT_FAIL, /* there it is right for all data and all functions */
    SP_SEARCH_CAN_FAIL,    /* for some data and functions, not necessarily the case's own */
    SP_SEARCH_NOT_TRIED    /* too large, or some entry has no value, or step is used */
} sp_search_at_case;

/* Whether a result can fail at a case's own sizes and splits: if not, the case excludes every
 * counterexample. */
sp_search_at_case sp_search_try_case(sp_search *search, size_t result, const sp_case *of);

#endif
