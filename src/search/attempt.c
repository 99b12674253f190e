#include "search/attempt.h"

#include "lang/invariant.h"

#include <string.h>

static bool is_proved(const sp_proof *proof, size_t result)
{
    return proof && proof->result[result].status == SP_PROVE_PROVED;
}

static size_t count_proved(const sp_proof *proof)
{
    size_t proved = 0;
    for (size_t k = 0; k < proof->results; k++)
        proved += is_proved(proof, k);
    return proved;
}

/* ---- the proofs ---- */

/* The names of given functions without which less is known, some of them of two functions together: g is sigma. */
static const sp_identities *known_functions(const sp_attempt *a)
{
    const sp_signature *of = a->program->of;
    sp_identities all = {.of = of}, *known = SP_NEW(a->pool, sp_identities);
    known->of = of;
    for (sp_function f = 0; a->how.function && f < of->functions; f++)
        all.name[f] = a->how.function[f].name;
    const char *text = sp_identities_text(a->pool, &all);
    for (sp_function f = 0; f < of->functions; f++) {
        sp_identities others = all;
        others.name[f] = NULL;
        if (strcmp(text, sp_identities_text(a->pool, &others)) != 0)
            known->name[f] = all.name[f];
    }
    return known;
}

static const char *names_of(const sp_attempt *a, const sp_identities *known)
{
    sp_text text = sp_text_in(a->pool);
    for (sp_function f = 0; f < known->of->functions; f++)
        if (known->name[f])
            sp_text_format(&text, "%s%s = %s", text.length ? ", " : "", known->of->function[f].name, known->name[f]);
    return sp_text_string(&text);
}

static void prove_given(void *argument)
{
    sp_attempt *a = argument;
    const sp_identities *known = known_functions(a);
    a->functions = names_of(a, known);
    if (*a->functions == '\0')
        return;
    const sp_proof_options how = {.steps = a->how.steps, .identities = known};
    a->given = sp_prove(a->pool, a->program, &how);
}

sp_attempt *sp_attempt_open(sp_pool *pool, const sp_program *program, const sp_attempt_options *how)
{
    sp_program_assert(pool, program);
    sp_attempt *a = SP_NEW(pool, sp_attempt);
    *a = (sp_attempt){.pool = pool, .program = program, .how = *how, .functions = ""};
    a->any = sp_prove(pool, program, &(sp_proof_options){.steps = how->steps});
    if (sp_proof_holds(a->any))
        return a;
    sp_status status = sp_pool_run(pool, prove_given, a);
    if (status != SP_OK && status != SP_TIME_LIMIT)
        sp_pool_fail(pool, status);
    return a;
}

const sp_proof *sp_attempt_proof(const sp_attempt *a, size_t result)
{
    return is_proved(a->any, result) ? a->any : is_proved(a->given, result) ? a->given : NULL;
}

const sp_proof *sp_attempt_last(const sp_attempt *a)
{
    return a->given ? a->given : a->any;
}

const sp_proof *sp_attempt_best(const sp_attempt *a)
{
    return a->given && count_proved(a->given) > count_proved(a->any) ? a->given : a->any;
}

/* ---- the search ---- */

sp_search *sp_attempt_search(sp_attempt *a)
{
    if (a->search)
        return a->search;
    sp_search_options where = {.function = a->how.function, .by_time = a->how.by_time};
    for (size_t k = 0; k < a->program->results; k++)
        if (!sp_attempt_proof(a, k) && !sp_attempt_last(a)->result[k].nonempty)
            where.wanted |= (sp_result_set)1 << k;
    return a->search = sp_search_open(a->pool, a->program, &where);
}

const sp_counterexample *sp_attempt_find(sp_attempt *a, size_t result)
{
    const sp_counterexample *found = sp_search_find(sp_attempt_search(a), result);
    if (!found || found->order == SP_SITE_EVEN || !sp_attempt_last(a)->result[result].right_with_even_parts)
        return found;
    sp_counterexample *uneven = SP_NEW(a->pool, sp_counterexample);
    *uneven = *found;
    uneven->only_uneven = true;
    uneven->brief = sp_pool_format(a->pool, "%s, %s", found->brief, found->splits);
    return uneven;
}
