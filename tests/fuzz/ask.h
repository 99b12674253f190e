/* What the library says of a scheme, through its public interface. */
#ifndef ASK_H
#define ASK_H

#include "masked.h"

#include <shardproof/shardproof.h>

enum { ASK_WHY = 200 };

typedef struct proof_answer {
    sp_status status;
    sp_proof_outcome outcome[TREE_RESULTS];
    char why[TREE_RESULTS][ASK_WHY]; /* of what is not proved */
    char refused[ASK_WHY];           /* SP_BAD_INPUT */
} proof_answer;

typedef struct check_answer {
    sp_status status;
    sp_verdict verdict[TREE_RESULTS];
    char why[TREE_RESULTS][ASK_WHY];
    char fault[ASK_WHY];   /* evidence that contradicts itself; "" */
    char refused[ASK_WHY]; /* SP_BAD_INPUT */
} check_answer;

/* `prove`, for the world's functions where they are not any. */
void ask_proof(proof_answer *answer, const char *scheme, const world *functions);
/* `check` of a text with one case. */
void ask_check(check_answer *answer, const char *text);
/* How a case is given what a world does not know. */
typedef struct ask_case {
    const char *network; /* NULL: the world's functions */
    const char *data;    /* a line; NULL: the world's data */
    const char *extras;  /* lines at the end */
} ask_case;

/* Writes the world as a case of the scheme, after the scheme; false if it is too long. */
bool ask_write_case(char *text, size_t size, const tree_scheme *s, const world *w,
                    const ask_case *with);

#endif
