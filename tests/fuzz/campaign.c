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
 *   mismatch and right   right by construction, or right at the case's sizes for its data and others;
 *   self-contradiction   evidence of one check that contradicts itself.
 *
 * Each of these is printed with its program made as small as it goes. What is left open is counted
 * by what the prover says is missing; `show` prints these programs too, those that are refuted though
 * no world differs, and those that take too long. A division by zero makes a world say nothing. */
#include "ask.h"
#include "layout.h"
#include "rewrite.h"
#include "shrink.h"
#include "wrong.h"

#include "../unit/soundness.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    WORLDS = 5,       /* of each program */
    MORE_WORLDS = 60, /* where a result is not proved, but right in all of them */
    LARGE = 1 << 20,  /* data of worlds */
    SMALL = 3,        /* data of cases */
    DATA_SETS = 3,    /* beside the case's own */
    ZEROS = 12,       /* and, where something hinges on a sign, with many zeros */
    CAUSES = 400,
    SHOWN = 12, /* contradictions of one kind that are printed */
    TEXT = TREE_TEXT + 8192
};

/*  id, words */
#define CONTRADICTIONS(X)                        \
    X(PROVED_WRONG, "proved and wrong")          \
    X(REFUTED_RIGHT, "refuted and right")        \
    X(MATCH_WRONG, "match and wrong")            \
    X(MISMATCH_RIGHT, "mismatch and right")      \
    X(FAULT, "self-contradiction")               \
    X(REFUSED, "refused by the language or not answered")

typedef enum contradiction {
#define X(id, words) id,
    CONTRADICTIONS(X)
#undef X
    CONTRADICTION_COUNT
} contradiction;

static const char *const contradiction_words[CONTRADICTION_COUNT] = {
#define X(id, words) words,
    CONTRADICTIONS(X)
#undef X
};

typedef struct cause {
    char words[ASK_WHY];
    size_t right, wrong;
} cause;

typedef struct tally {
    size_t programs, by_construction, results, worlds, silent_worlds;
    size_t proved, refuted, open, refuted_unseen, open_right, open_wrong;
    size_t cases, silent_cases, matches, mismatches, undecided, match_here;
    size_t found[CONTRADICTION_COUNT];
    size_t time_limits;
    size_t op[TREE_OP_COUNT];
    cause cause[CAUSES];
    size_t causes;
} tally;

static tally count;
static bool shows;
static char text[TEXT];

/* ---- programs ---- */

typedef struct program {
    tree_scheme scheme;
    bool right; /* by construction */
    world functions; /* sigma, g, loss alone: those that `prove` is given */
} program;

static bool copy_scheme(tree_scheme *to, const tree_scheme *from)
{
    return tree_print(from, text, sizeof text) && tree_parse(to, text);
}

/* Few results, so that a program of them is soon judged. */
static void keep_some_results(tree_scheme *s, uint64_t *random)
{
    for (int most = 1 + tree_below(random, 3); s->results > most; s->results--) {
        int drop = tree_below(random, s->results);
        for (int r = drop; r + 1 < s->results; r++)
            s->result[r] = s->result[r + 1];
    }
}

static void start_program(program *p, uint64_t *random)
{
    static size_t own;
    while (soundness_schemes[own])
        own++;
    size_t all = sp_scheme_count() + own, which = (size_t)tree_below(random, (int)(2 * all));
    if (which >= all) {
        layout_scheme(&p->scheme, random, tree_below(random, 4) ? 45 : 0);
        return;
    }
    const char *from = which < sp_scheme_count() ? sp_scheme_text(which)
                                                 : soundness_schemes[which - sp_scheme_count()];
    if (!tree_parse(&p->scheme, from))
        abort();
    snprintf(p->scheme.name, sizeof p->scheme.name, "random");
}

/* Puts what is known of the given functions to use, at one place: f' by f, and loss' written out. */
static const tree_node *use_functions(program *p, const tree_node *e)
{
    tree_scheme *s = &p->scheme;
    bool sigma = e->op == TREE_SIGMA_PRIME;
    if (e->op == TREE_LOSS_PRIME && p->functions.loss == MASKED_LOSS_HALF_SSE)
        return tree_binary(s, TREE_SUBTRACT, e->of[0], e->of[1]);
    if (e->op == TREE_LOSS_PRIME && p->functions.loss == MASKED_LOSS_MSE)
        return tree_binary(s, TREE_DIVIDE,
                           tree_binary(s, TREE_TIMES, tree_number(s, 2),
                                       tree_binary(s, TREE_SUBTRACT, e->of[0], e->of[1])),
                           tree_binary(s, TREE_TIMES, tree_extent(s, 0), tree_extent(s, 3)));
    if (!sigma && e->op != TREE_G_PRIME)
        return NULL;
    const tree_node *value = tree_unary(s, sigma ? TREE_SIGMA : TREE_G, e->of[0]);
    const tree_node *one = tree_number(s, 1), *square = tree_binary(s, TREE_TIMES, value, value);
    switch (sigma ? p->functions.sigma : p->functions.g) {
    case MASKED_RELU:
        return tree_unary(s, TREE_STEP, value);
    case MASKED_SIGMOID:
        return tree_binary(s, TREE_TIMES, value, tree_binary(s, TREE_SUBTRACT, one, value));
    case MASKED_TANH:
        return tree_binary(s, TREE_SUBTRACT, one, square);
    default:
        return NULL;
    }
}

static void give_functions(program *p, uint64_t *random)
{
    static const masked_function known[] = {MASKED_ANY, MASKED_IDENTITY, MASKED_RELU,
                                            MASKED_SIGMOID, MASKED_TANH};
    p->functions.sigma = known[tree_below(random, 5)];
    p->functions.g = known[tree_below(random, 5)];
    p->functions.loss = (masked_loss)tree_below(random, MASKED_LOSS_MIXED);
    for (int id = 0; id < p->scheme.statements; id++)
        for (int n = 0; n < tree_weight(p->scheme.statement[id].value); n++) {
            const tree_node *root = p->scheme.statement[id].value;
            const tree_node *by = use_functions(p, tree_nth(root, n));
            if (by && tree_below(random, 2) &&
                tree_same_type(&by->type, &tree_nth(root, n)->type))
                p->scheme.statement[id].value = tree_replace(&p->scheme, root, n, by);
        }
}

/* What the prover often leaves open is drawn less often: it then searches through hundreds of sizes. */
static rewrite draw_rewrite(uint64_t *random)
{
    for (;;) {
        rewrite how = (rewrite)tree_below(random, REWRITE_COUNT);
        bool slow = how == REWRITE_scalar || how == REWRITE_factor_in_product;
        if (!slow || tree_below(random, 8) == 0)
            return how;
    }
}

static wrong draw_wrong(uint64_t *random)
{
    for (;;) {
        wrong how = (wrong)tree_below(random, WRONG_COUNT);
        bool slow = how == WRONG_hidden || how == WRONG_powers || how == WRONG_stepped;
        if (!slow || tree_below(random, 8) == 0)
            return how;
    }
}

static void change(program *p, uint64_t *random, bool right)
{
    static tree_scheme before;
    if (!copy_scheme(&before, &p->scheme))
        return;
    bool done = right ? rewrite_scheme(&p->scheme, draw_rewrite(random), random)
                      : wrong_scheme(&p->scheme, draw_wrong(random), random);
    if (!done || !tree_print(&p->scheme, text, sizeof text) || strlen(text) > 6000)
        done = copy_scheme(&p->scheme, &before) && false;
    p->right = p->right && (right || !done);
}

static void make_program(program *p, uint64_t *random)
{
    start_program(p, random);
    keep_some_results(&p->scheme, random);
    p->right = true;
    p->functions = (world){.sigma = MASKED_ANY};
    if (tree_below(random, 6) == 0)
        give_functions(p, random);
    for (int k = tree_below(random, 4); k > 0; k--)
        change(p, random, true);
    for (int k = tree_below(random, 4) ? 1 + tree_below(random, 2) : 0; k > 0; k--)
        change(p, random, false);
    for (int k = tree_below(random, 3); k > 0; k--)
        change(p, random, true);
}

static void show_lines(const char *lines)
{
    fputs(lines, stdout);
    if (*lines && lines[strlen(lines) - 1] != '\n')
        putchar('\n');
}

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
    show_lines(shown);
}

/* ---- worlds ---- */

typedef struct seen {
    bool wrong[TREE_RESULTS];
    int said; /* worlds that said something */
} seen;

static void look(seen *s, const tree_scheme *scheme, const world *functions, uint64_t *random,
                 int worlds)
{
    static world w;
    masked_answer answer[TREE_RESULTS];
    for (int k = 0; k < worlds; k++) {
        if (!world_make(&w, scheme, random, LARGE))
            continue;
        w.sigma = functions->sigma;
        w.g = functions->g;
        w.loss = functions->loss;
        masked_run(&w, scheme, answer);
        bool said = false;
        for (int r = 0; r < scheme->results; r++) {
            s->wrong[r] = s->wrong[r] || answer[r] == MASKED_WRONG;
            said = said || answer[r] != MASKED_SAYS_NOTHING;
        }
        s->said += said;
        count.worlds++;
        count.silent_worlds += !said;
    }
}

/* ---- contradictions ---- */

/* What the smallest program must still do. */
typedef struct wanted {
    contradiction what;
    const program *of;
    const world *at; /* of a case; NULL: of a proof */
    uint64_t seed;
    char name[TREE_NAME]; /* of the result; "": any */
} wanted;

static bool is_contradicted(const wanted *t, const tree_scheme *s, const world *at);

/* The case's world for a smaller scheme: the same sizes and owners, less of them. */
static bool same_contradiction(void *context, const tree_scheme *s)
{
    const wanted *t = context;
    return is_contradicted(t, s, t->at);
}

static void report(const wanted *t, const char *why)
{
    static tree_scheme small;
    static char shown[TEXT];
    count.found[t->what]++;
    if (count.found[t->what] > SHOWN)
        return;
    if (!copy_scheme(&small, &t->of->scheme))
        return;
    static world at;
    wanted here = *t;
    if (t->at) {
        at = *t->at;
        here.at = &at;
    }
    bool again = same_contradiction(&here, &small);
    if (again)
        shrink_scheme(&small, same_contradiction, &here);
    for (int which = 0; again && t->at && which < TREE_DIMS + TREE_AXES;) {
        world before = at;
        if (world_smaller(&at, which) && same_contradiction(&here, &small))
            continue;
        at = before;
        which++;
    }
    printf("CONTRADICTION: %s%s%s: %s%s\n", contradiction_words[t->what], t->name[0] ? ": " : "",
           t->name, why, again ? "" : " (not again: as it is)");
    if (t->of->functions.sigma || t->of->functions.g || t->of->functions.loss)
        printf("given functions: sigma %d, g %d, loss %d\n", (int)t->of->functions.sigma,
               (int)t->of->functions.g, (int)t->of->functions.loss);
    if (t->at ? ask_write_case(shown, sizeof shown, &small, &at, false)
              : tree_print(&small, shown, sizeof shown))
        show_lines(shown);
    putchar('\n');
    fflush(stdout);
}

/* ---- the prover ---- */

/* A cause without what is particular to the program. */
static void count_cause(const char *words, bool is_wrong)
{
    char shorter[ASK_WHY];
    snprintf(shorter, sizeof shorter, "%.*s", (int)strcspn(words, ":("), words);
    size_t k = 0;
    while (k < count.causes && strcmp(count.cause[k].words, shorter) != 0)
        k++;
    if (k == CAUSES)
        k--;
    if (k == count.causes) {
        memcpy(count.cause[k].words, shorter, sizeof shorter);
        count.causes++;
    }
    count.cause[k].right += !is_wrong;
    count.cause[k].wrong += is_wrong;
}

static wanted want(const program *p, contradiction what, const world *at, int result, uint64_t seed)
{
    wanted t = {.what = what, .of = p, .at = at, .seed = seed};
    if (result >= 0)
        memcpy(t.name, p->scheme.statement[p->scheme.result[result].statement].name, TREE_NAME);
    return t;
}

static bool answered(const program *p, sp_status status, const char *refused, uint64_t seed,
                     const world *at)
{
    if (status == SP_OK)
        return true;
    if (status == SP_TIME_LIMIT) {
        count.time_limits++;
        show_program(p, at ? "time limit of check" : "time limit of prove", -1, "");
        return false;
    }
    wanted t = want(p, REFUSED, at, -1, seed);
    report(&t, status == SP_BAD_INPUT ? refused : sp_status_text(status));
    return false;
}

/* The prover often says which statement a result is made of; of that one it says why. */
static void count_open(const program *p, const char *words, bool is_wrong)
{
    static const char made_from[] = "it is made from ";
    static tree_scheme root;
    static proof_answer answer;
    char name[TREE_NAME] = "";
    if (strncmp(words, made_from, strlen(made_from)) != 0) {
        count_cause(words, is_wrong);
        return;
    }
    words += strlen(made_from);
    snprintf(name, sizeof name, "%.*s", (int)strcspn(words, " "), words);
    if (!copy_scheme(&root, &p->scheme) || tree_find(&root, name) < 0) {
        count_cause(words, is_wrong);
        return;
    }
    int id = tree_find(&root, name);
    root.results = 1;
    root.result[0] = (tree_result){id, root.statement[id].value->type, -1};
    if (tree_print(&root, text, sizeof text))
        ask_proof(&answer, text, &p->functions);
    count_cause(answer.why[0], is_wrong);
}

/* False if a result was left open. */
static bool judge_proof(const program *p, uint64_t *random)
{
    bool open = false;
    static proof_answer answer;
    const tree_scheme *s = &p->scheme;
    seen found = {.said = 0};
    uint64_t seed = *random;
    if (!tree_print(s, text, sizeof text))
        return true;
    ask_proof(&answer, text, &p->functions);
    look(&found, s, &p->functions, random, WORLDS);
    if (!answered(p, answer.status, answer.refused, seed, NULL))
        return true;
    bool more = false;
    for (int r = 0; r < s->results; r++)
        more = more || (answer.outcome[r] != SP_PROOF_OUTCOME_PROVED && !found.wrong[r]);
    if (more && !p->right)
        look(&found, s, &p->functions, random, MORE_WORLDS);
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
            wanted t = want(p, PROVED_WRONG, NULL, r, seed);
            report(&t, "a world differs");
        }
        if (refuted && p->right) {
            wanted t = want(p, REFUTED_RIGHT, NULL, r, seed);
            report(&t, answer.why[r]);
        }
        if (refuted && !found.wrong[r] && found.said > 0) {
            count.refuted_unseen++;
            show_program(p, "refuted, no world differs", r, answer.why[r]);
        }
        if (!proved && !refuted) {
            count_open(p, answer.why[r], found.wrong[r]);
            show_program(p, found.wrong[r] ? "open, wrong" : "open, right", r, answer.why[r]);
            count.open_right += !found.wrong[r];
            count.open_wrong += found.wrong[r];
            open = true;
        }
    }
    return !open;
}

/* ---- the checker ---- */

static void draw_case_functions(world *w, const program *p, uint64_t *random)
{
    static const masked_function any[] = {MASKED_IDENTITY, MASKED_RELU, MASKED_SQUARE, MASKED_CUBE,
                                          MASKED_FRACTION};
    static const masked_loss losses[] = {MASKED_LOSS_HALF_SSE, MASKED_LOSS_MSE, MASKED_LOSS_MIXED};
    w->sigma = p->functions.sigma == MASKED_ANY ? any[tree_below(random, 5)] : p->functions.sigma;
    w->g = p->functions.g == MASKED_ANY ? any[tree_below(random, 5)] : p->functions.g;
    w->loss = p->functions.loss == MASKED_LOSS_ANY ? losses[tree_below(random, 3)]
                                                   : p->functions.loss;
}

/* What is known of a case's results. */
typedef struct truth {
    masked_answer own[TREE_RESULTS]; /* with the case's data */
    bool other[TREE_RESULTS];        /* wrong with other data */
    int said;                        /* other data that said something */
} truth;

static void find_truth(truth *t, const tree_scheme *s, const world *w, uint64_t seed)
{
    int zeros = world_has_kinks(w, s) ? ZEROS : 0;
    static world other;
    masked_answer answer[TREE_RESULTS];
    memset(t, 0, sizeof *t);
    other = *w;
    masked_run(&other, s, t->own);
    for (int k = 0; k < DATA_SETS + zeros; k++) {
        world_draw_data(&other, &seed, k < DATA_SETS ? LARGE : 1);
        masked_run(&other, s, answer);
        bool said = false;
        for (int r = 0; r < s->results; r++) {
            t->other[r] = t->other[r] || answer[r] == MASKED_WRONG;
            said = said || answer[r] != MASKED_SAYS_NOTHING;
        }
        t->said += said;
    }
}

/* CONTRADICTION_COUNT: none. */
static contradiction judge_verdict(const truth *t, int r, sp_verdict verdict, bool kinks)
{
    if (t->own[r] == MASKED_SAYS_NOTHING)
        return CONTRADICTION_COUNT;
    bool wrong_here = t->own[r] == MASKED_WRONG;
    if (verdict == SP_VERDICT_MATCH && (wrong_here || (t->other[r] && !kinks)))
        return MATCH_WRONG;
    if (verdict == SP_VERDICT_MISMATCH && !wrong_here && !t->other[r] && t->said > 0)
        return MISMATCH_RIGHT;
    return CONTRADICTION_COUNT;
}

static void judge_check(const program *p, uint64_t *random)
{
    static world w;
    static truth t;
    static check_answer answer;
    const tree_scheme *s = &p->scheme;
    uint64_t seed = *random;
    if (p->functions.sigma == MASKED_SIGMOID || p->functions.sigma == MASKED_TANH ||
        p->functions.g == MASKED_SIGMOID || p->functions.g == MASKED_TANH)
        return; /* not rational: masked arrays do not know them */
    if (!world_make(&w, s, random, SMALL))
        return;
    draw_case_functions(&w, p, random);
    if (!ask_write_case(text, sizeof text, s, &w, tree_below(random, 10) == 0))
        return;
    ask_check(&answer, text);
    count.cases++;
    if (!answered(p, answer.status, answer.refused, seed, &w))
        return;
    find_truth(&t, s, &w, seed);
    bool kinks = world_has_kinks(&w, s);
    if (t.own[0] == MASKED_SAYS_NOTHING) {
        count.silent_cases++;
        return;
    }
    if (answer.fault[0]) {
        wanted what = want(p, FAULT, &w, -1, seed);
        report(&what, answer.fault);
    }
    for (int r = 0; r < s->results; r++) {
        count.matches += answer.verdict[r] == SP_VERDICT_MATCH;
        count.mismatches += answer.verdict[r] == SP_VERDICT_MISMATCH;
        count.undecided += answer.verdict[r] == SP_VERDICT_UNDECIDED;
        count.match_here += answer.verdict[r] == SP_VERDICT_MATCH && t.other[r] &&
                            t.own[r] == MASKED_RIGHT;
        contradiction found = judge_verdict(&t, r, answer.verdict[r], kinks);
        if (found != CONTRADICTION_COUNT) {
            wanted what = want(p, found, &w, r, seed);
            report(&what, answer.why[r]);
        }
    }
}

/* ---- contradictions again, for smaller programs ---- */

static int result_named(const tree_scheme *s, const char *name)
{
    for (int r = 0; r < s->results; r++)
        if (!name[0] || strcmp(s->statement[s->result[r].statement].name, name) == 0)
            return r;
    return -1;
}

static bool proof_contradicts(const wanted *t, const tree_scheme *s)
{
    static proof_answer answer;
    seen found = {.said = 0};
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
        look(&found, s, &t->of->functions, &random, MORE_WORLDS);
        return answer.outcome[r] == SP_PROOF_OUTCOME_REFUTED && !found.wrong[r] && found.said > 0;
    }
    if (answer.outcome[r] != SP_PROOF_OUTCOME_PROVED)
        return false;
    look(&found, s, &t->of->functions, &random, WORLDS);
    return found.wrong[r];
}

/* Whether a smaller scheme needs no part that the world does not have. */
static bool world_fits(const world *w, const tree_scheme *s)
{
    static world other;
    uint64_t random = 1;
    if (w->axes != s->axes || !world_make(&other, s, &random, SMALL))
        return false;
    for (int k = 0; k < other.parts; k++) {
        int at = 0;
        while (at < w->parts && !tree_same_part(&w->part[at].part, &other.part[k].part))
            at++;
        if (at == w->parts)
            return false;
    }
    return true;
}

static bool is_contradicted(const wanted *t, const tree_scheme *s, const world *at)
{
    static truth found;
    static check_answer answer;
    if (!at)
        return proof_contradicts(t, s);
    int r = result_named(s, t->name);
    if (r < 0 || !world_fits(at, s) || !ask_write_case(text, sizeof text, s, at, false))
        return false;
    ask_check(&answer, text);
    if (t->what == REFUSED)
        return answer.status != SP_OK && answer.status != SP_TIME_LIMIT;
    if (answer.status != SP_OK)
        return false;
    find_truth(&found, s, at, t->seed);
    if (t->what == FAULT)
        return answer.fault[0] && found.own[r] != MASKED_SAYS_NOTHING;
    return judge_verdict(&found, r, answer.verdict[r], world_has_kinks(at, s)) == t->what;
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
    size_t l = left->right + left->wrong, r = right->right + right->wrong;
    return l < r ? 1 : l > r ? -1 : 0;
}

static void show_tally(uint64_t seed)
{
    qsort(count.cause, count.causes, sizeof *count.cause, by_size);
    printf("left open, by what the prover says: right as far as seen, wrong\n");
    for (size_t k = 0; k < count.causes; k++)
        printf("  %6zu %6zu  %s\n", count.cause[k].right, count.cause[k].wrong,
               count.cause[k].words);
    for (int op = 0; op < TREE_OP_COUNT; op++)
        printf("%s%s %zu", op % 10 ? ", " : op ? "\n" : "", tree_op_words[op], count.op[op]);
    printf("\nseed %" PRIu64 ": %zu programs (%zu right by construction), %zu results: %zu proved, %zu "
           "refuted (%zu of them not seen wrong), %zu open (%zu seen wrong); %zu worlds, %zu silent\n",
           seed, count.programs, count.by_construction, count.results, count.proved, count.refuted,
           count.refuted_unseen, count.open, count.open_wrong, count.worlds, count.silent_worlds);
    printf("%zu cases, %zu silent: %zu results match (%zu of them not for all data), %zu mismatch, %zu "
           "undecided; %zu time limits\n",
           count.cases, count.silent_cases, count.matches, count.match_here, count.mismatches,
           count.undecided, count.time_limits);
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
        make_program(&p, &random);
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
