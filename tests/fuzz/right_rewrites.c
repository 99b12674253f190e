/* Writes random right rewritings of right schemes that are proved in all their results: for
 * tests/certificates.
 *
 *     right_rewrites SEED COUNT DIRECTORY     DIRECTORY/1.scheme, 2.scheme, ...
 *
 * Every rewriting is right by construction, so one after which a result is not proved is a finding:
 * they are counted by kind, and the shortest scheme of each kind is printed with --open as a fourth
 * argument. */
#include "rewrite.h"

#include "../unit/soundness.h"

#include <shardproof/shardproof.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 8 }; /* rewritings of one scheme */

typedef struct kind {
    size_t tried, open, refused;
    char *shortest; /* that is open */
    char what[256];
} kind;

static kind kinds[REWRITE_COUNT];
static tree_scheme scheme, before;
static char text[TREE_TEXT];

typedef enum answer { PROVED, OPEN, REFUSED } answer;

static void keep_shortest(rewrite how, const char *why)
{
    if (kinds[how].shortest && strlen(kinds[how].shortest) <= strlen(text))
        return;
    free(kinds[how].shortest);
    kinds[how].shortest = strdup(text);
    snprintf(kinds[how].what, sizeof kinds[how].what, "%s", why);
}

static answer ask(rewrite how)
{
    sp_cases *cases;
    sp_proving *proving;
    const sp_limits limits = {.seconds = 5};
    const sp_proving_options options = {.limits = &limits};
    sp_status status = sp_cases_load_text(&cases, "rewriting", text, strlen(text), NULL);
    if (status != SP_OK) {
        keep_shortest(how, status == SP_BAD_INPUT ? sp_cases_diagnosis(cases, 0)->text
                                                  : sp_status_text(status));
        sp_cases_close(cases);
        return REFUSED;
    }
    answer found = OPEN;
    status = sp_proving_run(&proving, cases, 0, &options);
    if (status == SP_OK) {
        const sp_scheme_outcome *outcome = sp_proving_outcome(proving);
        found = outcome->outcome == SP_PROOF_OUTCOME_PROVED ? PROVED : OPEN;
        for (size_t r = 0; r < outcome->results; r++)
            if (outcome->result[r].outcome != SP_PROOF_OUTCOME_PROVED) {
                char why[256];
                snprintf(why, sizeof why, "%s %s: %s", outcome->result[r].name,
                         sp_proof_outcome_name(outcome->result[r].outcome),
                         outcome->result[r].statement);
                keep_shortest(how, why);
                break;
            }
        sp_proving_close(proving);
    } else {
        keep_shortest(how, sp_status_text(status));
    }
    sp_cases_close(cases);
    return found;
}

/* The name of a file is the scheme's, so that certificates of several can stand side by side. */
static void write_scheme(const char *directory, size_t number)
{
    char path[4096];
    snprintf(scheme.name, sizeof scheme.name, "rewriting-%zu", number);
    snprintf(path, sizeof path, "%s/%zu.scheme", directory, number);
    FILE *file = fopen(path, "w");
    if (!file || !tree_print(&scheme, text, sizeof text) || fputs(text, file) == EOF ||
        fclose(file) != 0) {
        perror(path);
        exit(70);
    }
}

/* Nodes point into their scheme, so a copy is read again from its text. */
static bool copy_scheme(tree_scheme *to, const tree_scheme *from)
{
    return tree_print(from, text, sizeof text) && tree_parse(to, text);
}

/* Of a few kinds that which was least often done, for some find a place in few schemes. */
static rewrite draw_kind(uint64_t *random)
{
    rewrite best = (rewrite)tree_below(random, REWRITE_COUNT);
    for (int k = 0; k < 4; k++) {
        rewrite other = (rewrite)tree_below(random, REWRITE_COUNT);
        if (kinds[other].tried < kinds[best].tried)
            best = other;
    }
    return best;
}

/* Rewrites the scheme by up to `most` kinds, each kept if the prover follows; how many were kept. */
static int rewrite_some(uint64_t *random, int most)
{
    int kept = 0;
    for (int tries = 0; kept < most && tries < 8 * MOST; tries++) {
        rewrite how = draw_kind(random);
        if (!copy_scheme(&before, &scheme))
            return 0;
        answer found = OPEN;
        bool done = rewrite_scheme(&scheme, how, random) && tree_print(&scheme, text, sizeof text);
        if (done) {
            found = ask(how);
            kinds[how].tried++;
            kinds[how].open += found == OPEN;
            kinds[how].refused += found == REFUSED;
        }
        if (found == PROVED)
            kept++;
        else if (!copy_scheme(&scheme, &before))
            return 0;
    }
    return kept;
}

static void show_tally(size_t written, bool shown)
{
    size_t tried = 0, open = 0, refused = 0;
    for (int k = 0; k < REWRITE_COUNT; k++) {
        tried += kinds[k].tried;
        open += kinds[k].open;
        refused += kinds[k].refused;
        printf("%5zu tried, %4zu open, %4zu refused: %s\n", kinds[k].tried, kinds[k].open,
               kinds[k].refused, rewrite_words[k]);
        if (shown && kinds[k].shortest)
            printf("%s\n%s\n", kinds[k].what, kinds[k].shortest);
        free(kinds[k].shortest);
    }
    printf("%zu schemes written; %zu rewritings tried, %zu left open by the prover, %zu refused by the "
           "language\n", written, tried, open, refused);
}

int main(int argc, char **argv)
{
    if (argc != 4 && argc != 5) {
        fputs("usage: right_rewrites SEED COUNT DIRECTORY [--open]\n", stderr);
        return 2;
    }
    uint64_t random = strtoull(argv[1], NULL, 10);
    size_t own = 0, count = (size_t)strtoull(argv[2], NULL, 10);
    while (soundness_schemes[own])
        own++;
    for (size_t found = 0, tried = 0; found < count; tried++) {
        size_t base = tried % (sp_scheme_count() + own);
        const char *from = base < sp_scheme_count() ? sp_scheme_text(base)
                                                    : soundness_schemes[base - sp_scheme_count()];
        if (!tree_parse(&scheme, from)) {
            fprintf(stderr, "not parsed: %s\n", from);
            return 70;
        }
        if (rewrite_some(&random, 1 + tree_below(&random, MOST)) > 0)
            write_scheme(argv[3], ++found);
    }
    show_tally(count, argc == 5);
    return 0;
}
