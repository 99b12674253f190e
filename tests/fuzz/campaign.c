/* The brute-force campaign: random programs, right and wrong ones, asked of the library's prover and
 * checker, and evaluated by masked arrays (masked.h), which share no code with it.
 *
 *     campaign [SEED [PROGRAMS [show]]]     exit code 1 if anything contradicts
 *
 * A program is the delta rule on random layouts, or a right scheme that ships, rewritten at random
 * (rewrite.h: right by construction) and mostly spoiled (wrong.h). What must not be:
 *
 *   proved and wrong     a world in which a proved result is not the delta rule's;
 *   refuted and right    refuted, though right by construction;
 *   match and wrong      a case that matches, though its scheme differs from the delta rule at the
 *                        case's sizes and functions, for its data or, where nothing hinges on a sign,
 *                        for any: that is what a match claims;
 *   mismatch and right   right by construction, or right at the case's sizes for its data and others, such
 *                        as are near the kinks among them;
 *   self-contradiction   evidence of one check that contradicts itself.
 *
 * Each of these is printed with its program made as small as it goes. What is left open is counted
 * by what the prover says is missing; `show` prints these programs too, those that are refuted though
 * no world differs, and those that take too long. A division by zero makes a world say nothing. */
#include "truth.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    CAUSES = 300,
    SHOWN = 4, /* contradictions of one kind and reason that are printed */
    TEXT = TREE_TEXT + 8192
};

typedef struct cause {
    char words[ASK_WHY];
    size_t seen[3]; /* by what worlds say */
} cause;

/* What worlds say of a result that is left open: all right, wrong, or nothing, for all divide by 0. */
typedef enum standing { RIGHT, WRONG, UNDEFINED } standing;

typedef struct tally {
    size_t programs, by_construction, results, worlds, silent_worlds;
    size_t proved, refuted, open, refuted_unseen, open_so[3];
    size_t cases, silent_cases, matches, mismatches, undecided, match_here;
    size_t found[CONTRADICTION_COUNT];
    size_t time_limits;
    size_t op[TREE_OP_COUNT];
    cause cause[CAUSES], reason[CONTRADICTION_COUNT][CAUSES];
    size_t causes, reasons[CONTRADICTION_COUNT];
} tally;

static tally count;
static bool shows;
static char text[TEXT];

/* What is no contradiction, but worth a look. */
static void show_program(const program *p, const char *what, int result, const char *why)
{
    static char shown[TEXT];
    if (!shows || !tree_print(&p->scheme, shown, sizeof shown))
        return;
    printf("%s: %s%s%s (sigma %d, g %d, loss %d)\n", what,
           result < 0 ? "" : p->scheme.statement[p->scheme.result[result].statement].name,
           result < 0 ? "" : ": ", why, (int)p->functions.sigma, (int)p->functions.g,
           (int)p->functions.loss);
    puts(shown);
}

/* The words of a cause; what belongs to the program (formulas, names, numbers) becomes a dot. */
static void shorten(char *to, size_t size, const char *words)
{
    size_t length = 0;
    bool dot = false;
    int depth = 0;
    to[0] = 0;
    while (*words) {
        size_t end = strcspn(words, " ");
        bool formula = depth > 0 || end == 0;
        for (size_t k = 0; k < end; k++) {
            depth += (words[k] == '(') - (words[k] == ')');
            formula = formula || strchr("()[]=+*/^_0123456789'-", words[k]) ||
                      (words[k] >= 'A' && words[k] <= 'Z');
        }
        if (!formula || !dot) {
            int added = snprintf(to + length, size - length, "%s%.*s", length ? " " : "",
                                 formula ? 1 : (int)end, formula ? "." : words);
            length += added > 0 && (size_t)added < size - length ? (size_t)added : 0;
        }
        dot = formula;
        words += end;
        words += *words == ' ';
    }
}

/* The cause of those words, made if it is new. */
static cause *cause_of(cause *list, size_t *causes, const char *words)
{
    char shorter[ASK_WHY];
    shorten(shorter, sizeof shorter, words);
    size_t k = 0;
    while (k < *causes && strcmp(list[k].words, shorter) != 0)
        k++;
    if (k == CAUSES)
        return &list[k - 1];
    if (k == *causes) {
        memcpy(list[k].words, shorter, sizeof shorter);
        ++*causes;
    }
    return &list[k];
}

static void count_cause(const char *words, standing so)
{
    cause_of(count.cause, &count.causes, words)->seen[so]++;
}

static void report(const contradicted *c, const char *why)
{
    cause *of = cause_of(count.reason[c->what], &count.reasons[c->what], why);
    count.found[c->what]++;
    if (++of->seen[0] <= SHOWN)
        contradicted_show(c, why);
}

/* ---- the prover ---- */

static bool answered(const program *p, sp_status status, const char *refused, uint64_t seed,
                     const world *at, const asking *with)
{
    if (status == SP_OK)
        return true;
    if (status == SP_TIME_LIMIT) {
        count.time_limits++;
        show_program(p, at ? "time limit of check" : "time limit of prove", -1, "");
        return false;
    }
    contradicted t = contradicted_of(p, REFUSED, -1, seed);
    t.at = at;
    t.with = with;
    report(&t, status == SP_BAD_INPUT ? refused : sp_status_text(status));
    return false;
}

/* The prover often says which statement a result is made of; of that one it says why. */
static void count_open(const program *p, const char *words, standing seen_so)
{
    static const char made_from[] = "it is made from ";
    static tree_scheme root;
    static proof_answer answer;
    char name[TREE_NAME] = "";
    if (strncmp(words, made_from, strlen(made_from)) != 0) {
        count_cause(words, seen_so);
        return;
    }
    words += strlen(made_from);
    snprintf(name, sizeof name, "%.*s", (int)strcspn(words, " "), words);
    if (!program_copy(&root, &p->scheme) || tree_find(&root, name) < 0) {
        count_cause(words, seen_so);
        return;
    }
    int id = tree_find(&root, name);
    root.results = 1;
    root.result[0] = (tree_result){id, root.statement[id].value->type, -1};
    if (tree_print(&root, text, sizeof text))
        ask_proof(&answer, text, &p->functions);
    count_cause(answer.why[0], seen_so);
}

/* False if a result was left open. */
static bool judge_proof(const program *p, uint64_t *random)
{
    bool open = false;
    static proof_answer answer;
    const tree_scheme *s = &p->scheme;
    seen found = {0};
    uint64_t seed = *random;
    if (!tree_print(s, text, sizeof text))
        return true;
    ask_proof(&answer, text, &p->functions);
    truth_look(&found, s, &p->functions, random, TRUTH_WORLDS);
    if (!answered(p, answer.status, answer.refused, seed, NULL, NULL))
        return true;
    bool more = false;
    for (int r = 0; r < s->results; r++)
        more = more || (answer.outcome[r] != SP_PROOF_OUTCOME_PROVED && !found.wrong[r]);
    if (more && !p->right)
        truth_look(&found, s, &p->functions, random, TRUTH_MORE);
    count.worlds += found.worlds;
    count.silent_worlds += found.worlds - found.said;
    for (int r = 0; r < s->results; r++) {
        bool proved = answer.outcome[r] == SP_PROOF_OUTCOME_PROVED;
        bool refuted = answer.outcome[r] == SP_PROOF_OUTCOME_REFUTED;
        count.results++;
        count.proved += proved;
        count.refuted += refuted;
        count.open += !proved && !refuted;
        if (found.wrong[r] && p->right) {
            printf("a rewriting is not right: %s\n%s\n",
                   s->statement[s->result[r].statement].name, text);
            exit(70);
        }
        if (proved && found.wrong[r]) {
            contradicted t = contradicted_of(p, PROVED_WRONG, r, seed);
            report(&t, "a world differs");
        }
        if (refuted && p->right) {
            contradicted t = contradicted_of(p, REFUTED_RIGHT, r, seed);
            report(&t, answer.why[r]);
        }
        if (refuted && !found.wrong[r] && found.said > 0) {
            count.refuted_unseen++;
            show_program(p, "refuted, no world differs", r, answer.why[r]);
        }
        if (!proved && !refuted) {
            static const char *const words[] = {"open, right", "open, wrong", "open, undefined"};
            standing so = found.wrong[r] ? WRONG : found.said > 0 ? RIGHT : UNDEFINED;
            count_open(p, answer.why[r], so);
            show_program(p, words[so], r, answer.why[r]);
            count.open_so[so]++;
            open = true;
        }
    }
    return !open;
}

/* ---- the checker ---- */

static void judge_check(const program *p, uint64_t *random)
{
    static world w;
    static truth t;
    static check_answer answer;
    const tree_scheme *s = &p->scheme;
    uint64_t seed = *random;
    if (!world_make(&w, s, random, TRUTH_SMALL) || !truth_draw_functions(&w, p, random))
        return;
    bool any = p->functions.sigma == MASKED_ANY && p->functions.g == MASKED_ANY &&
               p->functions.loss == MASKED_LOSS_ANY;
    asking with = p->right && any && tree_below(random, 2) ? truth_draw_wild(random)
                                                           : truth_draw_asking(random);
    if (!ask_write_case(text, sizeof text, s, &w, &with.as))
        return;
    ask_check(&answer, text);
    count.cases++;
    if (!answered(p, answer.status, answer.refused, seed, &w, &with))
        return;
    truth_find(&t, s, &w, &with, seed);
    if (t.own[0] == MASKED_SAYS_NOTHING) {
        count.silent_cases++;
        return;
    }
    if (answer.fault[0]) {
        contradicted what = contradicted_of(p, FAULT, -1, seed);
        what.at = &w;
        what.with = &with;
        report(&what, answer.fault);
    }
    for (int r = 0; r < s->results; r++) {
        count.matches += answer.verdict[r] == SP_VERDICT_MATCH;
        count.mismatches += answer.verdict[r] == SP_VERDICT_MISMATCH;
        count.undecided += answer.verdict[r] == SP_VERDICT_UNDECIDED;
        count.match_here += answer.verdict[r] == SP_VERDICT_MATCH && t.other[r] &&
                            t.own[r] == MASKED_RIGHT;
        contradiction found = truth_judge(&t, r, answer.verdict[r]);
        if (found == MISMATCH_RIGHT && !p->right) { /* what is right by construction is so everywhere */
            truth near = t;
            truth_look_near_kinks(&near, s, &w, seed);
            found = truth_judge(&near, r, answer.verdict[r]);
        }
        if (found != CONTRADICTION_COUNT) {
            contradicted what = contradicted_of(p, found, r, seed);
            what.at = &w;
            what.with = &with;
            report(&what, answer.why[r]);
        }
    }
}

/* ---- the campaign ---- */

static void count_ops(const tree_scheme *s)
{
    for (int id = 0; id < s->statements; id++)
        for (int k = tree_weight(s->statement[id].value); k-- > 0;)
            count.op[tree_nth(s->statement[id].value, k)->op]++;
}

static int by_size(const void *a, const void *b)
{
    const cause *left = a, *right = b;
    size_t l = left->seen[0] + left->seen[1] + left->seen[2];
    size_t r = right->seen[0] + right->seen[1] + right->seen[2];
    return l < r ? 1 : l > r ? -1 : 0;
}

static void show_tally(uint64_t seed)
{
    qsort(count.cause, count.causes, sizeof *count.cause, by_size);
    printf("left open, by what the prover says: right as far as seen, wrong, never defined\n");
    for (size_t k = 0; k < count.causes; k++)
        printf("  %6zu %6zu %6zu  %s\n", count.cause[k].seen[RIGHT], count.cause[k].seen[WRONG],
               count.cause[k].seen[UNDEFINED], count.cause[k].words);
    for (int op = 0; op < TREE_OP_COUNT; op++)
        printf("%s%s %zu", op % 10 ? ", " : op ? "\n" : "", tree_op_words[op], count.op[op]);
    printf("\nseed %" PRIu64 ": %zu programs (%zu right by construction), %zu results: %zu proved, %zu "
           "refuted (%zu of them not seen wrong), %zu open (%zu right as far as seen, %zu wrong, %zu "
           "never defined); %zu worlds, %zu silent\n",
           seed, count.programs, count.by_construction, count.results, count.proved, count.refuted,
           count.refuted_unseen, count.open, count.open_so[RIGHT], count.open_so[WRONG],
           count.open_so[UNDEFINED], count.worlds, count.silent_worlds);
    printf("%zu cases, %zu silent: %zu results match (%zu of them not for all data), %zu mismatch, %zu "
           "undecided; %zu time limits\n",
           count.cases, count.silent_cases, count.matches, count.match_here, count.mismatches,
           count.undecided, count.time_limits);
    for (int what = 0; what < CONTRADICTION_COUNT; what++)
        for (size_t k = 0; k < count.reasons[what]; k++)
            printf("%s: %zu: %s\n", contradiction_words[what], count.reason[what][k].seen[0],
                   count.reason[what][k].words);
    for (int k = 0; k < CONTRADICTION_COUNT; k++)
        printf("%s%s %zu", k ? ", " : "", contradiction_words[k], count.found[k]);
    printf("\n");
}

int main(int argc, char **argv)
{
    static program p;
    uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 10) : 20261124;
    size_t programs = argc > 2 ? (size_t)strtoull(argv[2], NULL, 10) : 2000;
    shows = argc > 3;
    printf("campaign %" PRIu64 " %zu\n", seed, programs);
    for (size_t k = 0; k < programs; k++) {
        uint64_t random = seed + k * UINT64_C(0x9E3779B97F4A7C15);
        random = tree_random(&random);
        program_make(&p, &random);
        count.programs++;
        count.by_construction += p.right;
        count_ops(&p.scheme);
        bool closed = judge_proof(&p, &random);
        if (closed || tree_below(&random, 4) == 0) /* the check searches as long as the prover did */
            judge_check(&p, &random);
    }
    show_tally(seed);
    size_t contradictions = 0;
    for (int k = 0; k < CONTRADICTION_COUNT; k++)
        contradictions += count.found[k];
    return contradictions > 0;
}
