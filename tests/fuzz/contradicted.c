/* Contradictions, made as small as they go, and printed. */
#include "truth.h"

#include "shrink.h"

#include <stdio.h>
#include <string.h>

enum { TEXT = TREE_TEXT + 8192 };

static char text[TEXT];

contradicted contradicted_of(const program *p, contradiction what, int result, uint64_t seed)
{
    contradicted t = {.what = what, .of = p, .seed = seed};
    if (result >= 0)
        memcpy(t.name, p->scheme.statement[p->scheme.result[result].statement].name, TREE_NAME);
    return t;
}

static int result_named(const tree_scheme *s, const char *name)
{
    for (int r = 0; r < s->results; r++)
        if (!name[0] || strcmp(s->statement[s->result[r].statement].name, name) == 0)
            return r;
    return -1;
}

static bool proof_contradicts(const contradicted *t, const tree_scheme *s)
{
    static proof_answer answer;
    seen found = {0};
    uint64_t random = t->seed;
    int r = result_named(s, t->name);
    if (r < 0 || !tree_print(s, text, sizeof text))
        return false;
    ask_proof(&answer, text, &t->of->functions);
    if (t->what == REFUSED)
        return answer.status != SP_OK && answer.status != SP_TIME_LIMIT;
    if (answer.status != SP_OK)
        return false;
    if (t->what == REFUTED_RIGHT) {
        truth_look(&found, s, &t->of->functions, &random, TRUTH_MORE);
        return answer.outcome[r] == SP_PROOF_OUTCOME_REFUTED && !found.wrong[r] && found.said > 0;
    }
    if (answer.outcome[r] != SP_PROOF_OUTCOME_PROVED)
        return false;
    truth_look(&found, s, &t->of->functions, &random, TRUTH_WORLDS);
    return found.wrong[r];
}

/* Whether the scheme, with the case's sizes and owners, does the same. */
static bool is_contradicted(void *context, const tree_scheme *s)
{
    static truth found;
    static check_answer answer;
    static world at;
    const contradicted *t = context;
    if (!t->at)
        return proof_contradicts(t, s);
    at = *t->at;
    int r = result_named(s, t->name);
    if (r < 0 || !world_fit(&at, s) || !ask_write_case(text, sizeof text, s, &at, &t->with->as))
        return false;
    ask_check(&answer, text);
    if (t->what == REFUSED)
        return answer.status != SP_OK && answer.status != SP_TIME_LIMIT;
    if (answer.status != SP_OK)
        return false;
    truth_find(&found, s, &at, t->with, t->seed);
    if (t->what == FAULT)
        return answer.fault[0] && found.own[r] != MASKED_SAYS_NOTHING;
    if (t->what == MISMATCH_RIGHT) /* smaller than what is right by construction need not be right */
        truth_look_near_kinks(&found, s, &at, t->seed);
    return truth_judge(&found, r, answer.verdict[r]) == t->what;
}

void contradicted_show(const contradicted *t, const char *why)
{
    static tree_scheme small;
    static char shown[TEXT];
    if (!program_copy(&small, &t->of->scheme))
        return;
    static world at;
    contradicted here = *t;
    if (t->at) {
        at = *t->at;
        here.at = &at;
    }
    bool again = is_contradicted(&here, &small);
    if (again)
        shrink_scheme(&small, is_contradicted, &here);
    for (int which = 0; again && t->at && which < TREE_DIMS + TREE_AXES;) {
        world before = at;
        if (world_smaller(&at, which) && is_contradicted(&here, &small))
            continue;
        at = before;
        which++;
    }
    printf("CONTRADICTION: %s%s%s: %s%s\n", contradiction_words[t->what], t->name[0] ? ": " : "",
           t->name, why, again ? "" : " (not again: as it is)");
    if (t->of->functions.sigma || t->of->functions.g || t->of->functions.loss)
        printf("given functions: sigma %d, g %d, loss %d\n", (int)t->of->functions.sigma,
               (int)t->of->functions.g, (int)t->of->functions.loss);
    if (t->at ? world_fit(&at, &small) && ask_write_case(shown, sizeof shown, &small, &at,
                                                             &t->with->as)
              : tree_print(&small, shown, sizeof shown))
        puts(shown);
    fflush(stdout);
}
