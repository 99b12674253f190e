/* Counterexamples: found for what is wrong, confirmed by a check of their own text, smallest. */
#include "lang/lang.h"
#include "network/network.h"
#include "proof/explain.h"
#include "proof/search.h"

#include <shardproof/shardproof.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        sp_pool *pool;
        assert_int_equal(sp_pool_open(&pool, NULL, NULL), SP_OK);
        sp_diagnostics found = {.pool = pool};
        const sp_vocabulary words = {.activation = sp_activation_names,
                                     .activations = sp_activation_count,
                                     .loss = sp_loss_names,
                                     .losses = sp_loss_count};
        const sp_source *source = sp_source_read(pool, argv[i], &found);
        const sp_unit *unit = sp_unit_load(pool, source, &words, &found);
        if (!unit) continue;
        for (size_t k = 0; k < unit->programs; k++) {
            const sp_program *p = unit->program[k];
            sp_search *s = sp_search_open(pool, p, NULL);
            sp_proof_search hook = sp_search_hook(s);
            const sp_proof *proof = sp_prove(pool, p, NULL);
            printf("== %s %s\n", argv[i], p->name);
            for (size_t r = 0; r < p->results; r++) {
                const sp_proof_result *pr = &proof->result[r];
                if (pr->status == SP_PROVE_PROVED) continue;
                clock_t t0 = clock();
                const sp_counterexample *c = hook.find(hook.context, proof, pr);
                double ms = 1e3*(double)(clock()-t0)/CLOCKS_PER_SEC;
                printf("-- %s %s %.1f ms: ", sp_result_name(pr->result), sp_prove_status_name(pr->status), ms);
                if (!c) printf("NONE: %s\n", sp_search_bounds(s));
                else {
                    printf("%s | %s | rank %s %s got %s want %s order %d\n%s", c->brief, c->sizes, c->rank, c->index, c->got, c->want, (int)c->order, r < 20 ? c->text : "");
                    sp_cases *cases;
                    const char *text = sp_pool_format(pool, "%s%s", c->scheme, c->text);
                    if (sp_cases_load_text(&cases, "x.case", text, strlen(text), NULL) != SP_OK) {
                        printf("BAD INPUT\n%s", sp_cases_diagnosis(cases, 0)->text);
                    } else {
                        sp_check *check;
                        if (sp_check_run(&check, cases, 0, NULL)) abort();
                        printf("   check: %s\n", sp_expectation_name(sp_check_outcome(check)->expectation));
                        sp_check_close(check);
                    }
                    sp_cases_close(cases);
                }
            }
        }
        sp_pool_close(pool);
    }
}
