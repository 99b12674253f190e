/* The prover against brute force: random mutations of right schemes, proved, and then run on
 * every rank at every mesh, size and ownership up to a small bound, over prime fields with random
 * data and random functions, through the interpreter; a part of them also on an oracle that
 * shares no code with it (proof_world.h).
 *
 *     soundness_test [SEED [PROGRAMS]]
 *
 * A result that is proved never differs in any run. A result that differs in a run has a
 * counterexample, at the smallest sum of sizes at which brute force sees a difference; `check`
 * confirms a part of them. */
#include "soundness.h"

#include "lang/lang.h"
#include "lang/mlp.h"
#include "proof/explain.h"
#include "proof_world.h"
#include "search/search.h"
#include "search/trial.h"

#include <shardproof/shardproof.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

enum {
    MORE = 2,        /* brute force: sums of sizes up to the least and this, every site */
    SITES = 400,     /* at most for one program: three axes have more at MORE */
    FAR_MORE = 5,    /* where a result that is not proved was right at all of them */
    FAR_SITES = 4000,
    WORLDS = 4,      /* of the oracle */
    ORACLE_EACH = 8, /* programs for which it runs */
    SEARCH_EACH = 2, /* programs for which a counterexample is searched */
    CHECK_EACH = 40,
    NODES = 200
};

static uint64_t seed = 20250117;
static size_t programs = 10000;

typedef struct tally {
    size_t texts, programs, builtin_programs, results;
    size_t proved, differ, open, layouts;
    size_t sites, cut, oracle_runs, far;
    size_t different, equal_not_proved, equal_not_proved_builtin, undefined;
    size_t searched, found, smallest, checked;
    size_t kept[MUTATION_COUNT];
} tally;

typedef struct trial {
    sp_pool *pool;
    mutant *m;
    tally *count;
    bool builtin, accepted;
    whole *value, *rule_value;
} trial;

/* What brute force saw of the results. */
typedef struct seen {
    sp_result_set differs, undefined; /* bit 1u << index; undefined: where no part is empty */
    size_t sum[SP_RESULT_COUNT * 2]; /* of the smallest site that differs */
    size_t largest;                  /* every site below this sum was tried */
} seen;

static const sp_network *any_functions(sp_pool *pool, const sp_program *program)
{
    /* these and their derivatives are not of + - * / alone: random functions in the field. The
     * derivative of bce is, and has poles, which would hide differences. */
    sp_case of = {.program = program,
                  .dim = {1, 1, 1, 1},
                  .function = {[SP_MLP_SIGMA] = {.name = "tanh"},
                               [SP_MLP_G] = {.name = "tanh"},
                               [SP_MLP_LOSS] = {.name = "huber"}}};
    return sp_network_of_case(pool, &of);
}

static bool has_empty_part(const sp_sites *sites, const sp_site *site, const sp_ownership *own)
{
    for (size_t part = 0; part < sites->parts; part++)
        for (size_t rank = 0; rank < site->ranks; rank++)
            if (sp_ownership_indices(own, &sites->part[part], rank).count == 0)
                return true;
    return false;
}

static seen brute_force(trial *t, const sp_program *p, const sp_program *rule, size_t more,
                        size_t most)
{
    seen s = {0};
    sp_pool *inner = sp_pool_inside(t->pool);
    sp_sites sites = sp_sites_of(t->pool, p);
    const sp_network *functions = any_functions(t->pool, p);
    size_t least = 0;
    for (size_t k = 0;; k++) {
        const sp_site *site = sp_sites_next(&sites);
        least = k == 0 && site ? site->sum : least;
        s.largest = least + sp_sites_whole(&sites); /* splits of larger sums may still come */
        if (!site || sites.more > more)
            break;
        if (k == most) {
            t->count->cut += most == SITES;
            return s;
        }
        sp_network network = *functions;
        memcpy(network.dim, site->dim, sizeof network.dim);
        sp_diagnostics none = {.pool = inner};
        sp_trial_setup setup = {p, rule, NULL, &network};
        setup.ownership =
            sp_ownership_of_case(inner, sp_site_case(inner, &sites, site), &none);
        assert_non_null(setup.ownership);
        sp_trial found = sp_trial_field(inner, &setup, mutant_random(t->m));
        for (size_t r = 0; r < p->results; r++)
            if ((found.differs & ~s.differs) >> r & 1u)
                s.sum[r] = site->sum;
        s.differs |= found.differs;
        if (!has_empty_part(&sites, site, setup.ownership))
            s.undefined |= found.one_sided | found.unclear;
        t->count->sites++;
        sp_pool_clear(inner);
    }
    return s;
}

/* ---- the oracle ---- */

static bool result_is_right(const world *w, const whole *value, const sp_result_decl *d,
                            const whole *rule)
{
    for (size_t rank = 0; rank < w->ranks; rank++)
        for (size_t i = 0; i < extent(w, &d->declared, 0); i++)
            for (size_t j = 0; j < extent(w, &d->declared, 1); j++) {
                if (!has_entry(w, &d->declared, i, j, rank))
                    continue;
                uint64_t got = 0;
                size_t terms = d->sum_axis < 0 ? 1 : w->axis[d->sum_axis];
                for (size_t c = 0; c < terms; c++)
                    got += value[(size_t)d->node * RANKS +
                                 (d->sum_axis < 0 ? rank
                                                  : moved_to(w, rank, (size_t)d->sum_axis, c))]
                               .at[i][j];
                if (got % PRIME != rule->at[i][j])
                    return false;
            }
    return true;
}

static unsigned ask_oracle(trial *t, const sp_program *p, const sp_program *rule,
                           const sp_sites *sites)
{
    unsigned differs = 0;
    long least[SP_MAX_AXES];
    for (size_t a = 0; a < p->axes; a++)
        least[a] = (long)sites->least[a];
    for (int k = 0; k < WORLDS; k++) {
        world w;
        make_world(&w, t->pool, p, &t->m->state, least);
        if (w.ranks > RANKS)
            continue;
        run_program(&w, t->value);
        if (w.divided_by_zero)
            continue;
        world alone = world_of_rule(&w, rule);
        run_program(&alone, t->rule_value);
        t->count->oracle_runs++;
        for (size_t r = 0; r < p->results; r++)
            for (size_t j = 0; j < rule->results; j++)
                if (rule->result[j].result == p->result[r].result &&
                    sp_layout_equal(&p->result[r].declared, &p->node[p->result[r].node].layout) &&
                    !result_is_right(&w, t->value, &p->result[r],
                                     &t->rule_value[(size_t)rule->result[j].node * RANKS]))
                    differs |= 1u << r;
    }
    return differs;
}

/* ---- counterexamples ---- */

static void confirm(const char *text)
{
    sp_cases *cases;
    sp_check *check;
    sp_status status = sp_cases_load_text(&cases, "counterexample.case", text, strlen(text), NULL);
    if (status == SP_BAD_INPUT)
        print_error("%s\n%s\n", sp_cases_diagnosis(cases, 0)->text, text);
    assert_int_equal(status, SP_OK);
    assert_int_equal(sp_check_run(&check, cases, 0, NULL), SP_OK);
    if (sp_check_outcome(check)->expectation != SP_EXPECTATION_MET) {
        print_error("%s\n", text);
        fail_msg("check does not confirm a counterexample");
    }
    sp_check_close(check);
    sp_cases_close(cases);
}

/* step is a random function in the field and in the proof, but not in counterexamples: step(N)
 * is 1. */
static bool uses_step(const sp_program *p)
{
    for (size_t i = 0; i < p->nodes; i++)
        if (p->node[i].op == SP_OP_APPLY && p->node[i].function == SP_ELEMENTARY_STEP)
            return true;
    return false;
}

static void look_for(trial *t, const sp_program *p, sp_search *search, const seen *s, size_t r)
{
    const sp_counterexample *c = sp_search_find(search, r);
    t->count->searched++;
    if (!c) {
        if (s->differs >> r & 1u && !uses_step(p)) {
            print_error("%s\n%s differs, but: %s\n", t->m->text,
                        sp_mlp.result[p->result[r].result].name, sp_search_bounds(search));
            fail_msg("no counterexample although brute force has one");
        }
        return;
    }
    size_t sum = 0;
    for (size_t d = 0; d < SP_DIM_COUNT; d++)
        sum += c->dim[d];
    for (size_t a = 0; a < p->axes; a++)
        sum += c->axis[a];
    bool smallest = s->differs >> r & 1u ? sum == s->sum[r] : sum >= s->largest;
    if (!smallest && !(uses_step(p) && sum > s->sum[r])) {
        print_error("%s\n%s\n%s: %s (brute force %zu, below %zu)\n", t->m->text, c->text,
                    sp_mlp.result[p->result[r].result].name, c->sizes, s->sum[r], s->largest);
        fail_msg("a counterexample is not a smallest one");
    }
    t->count->found++;
    if (t->count->found % CHECK_EACH == 0) {
        confirm(sp_pool_format(t->pool, "%s\n%s", c->scheme, c->text));
        t->count->checked++;
    }
}

/* ---- one program ---- */

static void try_program(void *argument)
{
    trial *t = argument;
    sp_pool *pool = t->pool;
    sp_diagnostics found = {.pool = pool};
    sp_vocabulary none = {0};
    const sp_source *source =
        sp_source_from(pool, "mutant", t->m->text, strlen(t->m->text), &found);
    const sp_unit *unit = source ? sp_unit_load(pool, source, &none, &found) : NULL;
    if (!unit || found.errors || unit->programs != 1 || unit->program[0]->nodes > NODES)
        return;
    const sp_program *p = unit->program[0];
    const sp_program *rule = sp_scheme_builtin(pool, "delta-rule");
    sp_search *search = sp_search_open(pool, p, NULL);
    sp_sites sites = sp_sites_of(pool, p);
    const sp_proof *proof = sp_prove(pool, p, NULL);
    seen s = brute_force(t, p, rule, MORE, SITES);
    for (size_t r = 0; r < p->results; r++)
        if (proof->result[r].status != SP_PROVE_PROVED &&
            proof->result[r].status != SP_PROVE_REFUTED && !((s.differs | s.undefined) >> r & 1u)) {
            s = brute_force(t, p, rule, FAR_MORE, FAR_SITES);
            t->count->far++;
            break;
        }
    unsigned oracle =
        t->count->programs % ORACLE_EACH == 0 && world_can_run(p) ? ask_oracle(t, p, rule, &sites) : 0;
    t->accepted = true;
    t->count->programs++;
    t->count->builtin_programs += t->builtin;
    size_t searched = p->results, candidates = 0; /* one of those that differ, at random */
    for (size_t r = 0; t->count->programs % SEARCH_EACH == 0 && r < p->results; r++)
        if (proof->result[r].status != SP_PROVE_PROVED &&
            proof->result[r].status != SP_PROVE_REFUTED && mutant_below(t->m, ++candidates) == 0)
            searched = r;
    for (size_t r = 0; r < p->results; r++) {
        const sp_proof_result *result = &proof->result[r];
        bool differs = (s.differs | oracle) >> r & 1u;
        t->count->results++;
        t->count->proved += result->status == SP_PROVE_PROVED;
        t->count->differ += result->status == SP_PROVE_DIFFERS;
        t->count->open += result->status == SP_PROVE_OPEN;
        t->count->layouts += result->status == SP_PROVE_REFUTED;
        t->count->different += differs;
        if (result->status == SP_PROVE_PROVED && differs) {
            print_error("%s proved but wrong in\n%s\n", sp_mlp.result[result->result].name,
                        t->m->text);
            fail_msg("a proof disagrees with brute force");
        }
        if (result->status == SP_PROVE_PROVED || result->status == SP_PROVE_REFUTED)
            continue;
        if (r == searched)
            look_for(t, p, search, &s, r);
        if (differs)
            continue;
        if (s.undefined >> r & 1u) {
            t->count->undefined++;
            continue;
        }
        t->count->equal_not_proved++;
        t->count->equal_not_proved_builtin += t->builtin;
        if (getenv("SHARDPROOF_SHOW"))
            print_message("%s %s, but equal: %s\n%s\n", sp_mlp.result[result->result].name,
                          sp_prove_status_name(result->status), sp_proof_difference(proof, result),
                          t->m->text);
    }
}

/* Broken by: any rule of the prover that is not an equality, a static rule dropped, a search
 * that skips sizes. */
static void proofs_and_counterexamples_agree_with_brute_force(void **state)
{
    (void)state;
    tally count = {0};
    mutant *m = malloc(sizeof *m);
    whole *value = malloc(sizeof *value * (NODES + 1) * RANKS);
    whole *rule_value = malloc(sizeof *rule_value * (NODES + 1) * RANKS);
    assert_true(m && value && rule_value);
    uint64_t next = seed;
    size_t own = 0;
    while (soundness_schemes[own])
        own++;
    while (count.programs < programs) {
        size_t base = (size_t)(draw(&next) % (2 * sp_scheme_count() + own));
        bool builtin = base < 2 * sp_scheme_count();
        mutation made[3];
        mutant_start(m, builtin ? sp_scheme_text(base / 2)
                                : soundness_schemes[base - 2 * sp_scheme_count()], draw(&next));
        size_t changes = 1 + mutant_below(m, 3), changed = 0;
        for (size_t k = 0; k < changes; k++) {
            made[changed] = mutant_draw(m);
            changed += mutant_change(m, made[changed]);
        }
        count.texts++;
        trial t = {.m = m, .count = &count, .builtin = builtin, .value = value,
                   .rule_value = rule_value};
        assert_int_equal(sp_pool_open(&t.pool, NULL, NULL), SP_OK);
        sp_status status = sp_pool_run(t.pool, try_program, &t);
        if (status != SP_OK)
            print_error("%s\n%s\n", sp_status_text(status), m->text);
        assert_int_equal(status, SP_OK);
        for (size_t k = 0; t.accepted && k < changed; k++)
            count.kept[made[k]]++;
        sp_pool_close(t.pool);
    }
    free(m);
    free(value);
    free(rule_value);
    print_message(
        "seed %llu: %zu texts, %zu programs (%zu from built-in schemes), %zu results\n"
        "  proved %zu, differ %zu, open %zu, layouts that do not fit %zu\n"
        "  brute force: %zu sizes and splits, %zu runs of the oracle (%zu programs at "
        "their first %d sites, %zu at larger ones too); different %zu, divided by zero %zu\n"
        "  equal but not proved: %zu (%.3f %%), of mutants of built-in schemes %zu\n"
        "  counterexamples: searched %zu, found %zu, each the smallest; checked %zu\n",
        (unsigned long long)seed, count.texts, count.programs, count.builtin_programs,
        count.results, count.proved, count.differ, count.open, count.layouts, count.sites,
        count.oracle_runs, count.cut, SITES, count.far, count.different, count.undefined,
        count.equal_not_proved, 100.0 * (double)count.equal_not_proved / (double)count.results,
        count.equal_not_proved_builtin, count.searched, count.found, count.checked);
    for (size_t k = 0; k < MUTATION_COUNT; k++)
        print_message("  %6zu: %s\n", count.kept[k], mutation_words[k]);
    assert_true(count.proved > 0 && count.differ > 0);
    for (size_t k = 0; programs >= 1000 && k < MUTATION_COUNT; k++)
        assert_true(count.kept[k] > 0);
}

int main(int argc, char **argv)
{
    if (argc > 1)
        seed = strtoull(argv[1], NULL, 10);
    if (argc > 2)
        programs = (size_t)strtoull(argv[2], NULL, 10);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(proofs_and_counterexamples_agree_with_brute_force),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
