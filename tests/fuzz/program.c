#include "program.h"

#include "layout.h"
#include "rewrite.h"
#include "wrong.h"

#include "../unit/soundness.h"

#include <shardproof/schemes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST = 6000 }; /* text of a scheme */

static char text[TREE_TEXT];

bool program_copy(tree_scheme *to, const tree_scheme *from)
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
        if (!slow || tree_below(random, 12) == 0)
            return how;
    }
}

static wrong draw_wrong(uint64_t *random)
{
    for (;;) {
        wrong how = (wrong)tree_below(random, WRONG_COUNT);
        bool slow = how == WRONG_hidden || how == WRONG_powers || how == WRONG_stepped;
        if (!slow || tree_below(random, 12) == 0)
            return how;
    }
}

static void change(program *p, uint64_t *random, bool right)
{
    static tree_scheme before;
    if (!program_copy(&before, &p->scheme))
        return;
    bool done = right ? rewrite_scheme(&p->scheme, draw_rewrite(random), random)
                      : wrong_scheme(&p->scheme, draw_wrong(random), random);
    if (!done || !tree_print(&p->scheme, text, sizeof text) || strlen(text) > LONGEST)
        done = program_copy(&p->scheme, &before) && false;
    p->right = p->right && (right || !done);
}

void program_make(program *p, uint64_t *random)
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
