#include "proof/prove.h"

#include "proof/cause.h"

#include <string.h>

/* A program has at most 10,000 statements and as many results: their numbers fit into an int. */
typedef struct job {
    sp_proof *proof;
    const sp_program *rule;
    bool steps;
    sp_proof_result *result;
} job;

static void write_rule(void *argument)
{
    job *j = argument;
    sp_proof *p = j->proof;
    const sp_signature *of = p->program->of;
    for (unsigned t = 0; t < of->tensors; t++)
        if (of->tensor[t].distribution >= 0)
            sp_algebra_distribution(p->algebra, SP_ENTRY_TENSOR + t, (unsigned)of->tensor[t].distribution);
    const sp_expression **value = sp_symbolic(p->algebra, j->rule, p->pool, NULL);
    for (size_t i = 0; i < j->rule->results; i++)
        p->rule[j->rule->result[i].result] = value[j->rule->result[i].node];
}

static void write_program(void *argument)
{
    job *j = argument;
    sp_proof *p = j->proof;
    p->value = sp_symbolic(p->algebra, p->program, p->pool, j->steps ? &p->steps : NULL);
}

const sp_part *sp_proof_may_be_empty(const sp_proof *p, const bool *used)
{
    const uint32_t *number;
    const size_t parts = sp_algebra_nonempty(p->algebra, &number);
    const sp_part *first = NULL;
    for (size_t i = 0; i < parts && !first; i++) {
        const sp_part *part = sp_algebra_part_of(p->algebra, number[i]);
        bool assumed = false;
        for (size_t a = 0; a < p->program->assumptions; a++)
            assumed = assumed || (p->program->assumption[a].kind == SP_ASSUME_NONEMPTY &&
                                  sp_part_equal(&p->program->assumption[a].part, part));
        first = assumed ? NULL : part;
    }
    bool local = false;
    for (size_t i = 0; i < p->program->nodes && first; i++) {
        const sp_node *n = &p->program->node[i];
        for (unsigned k = 0; used[i] && n->op == SP_OP_MAX && k < SP_MAX_ORDER; k++)
            local = local || (k < p->program->node[n->operand[0]].layout.order && n->to[0][k] >= SP_MAX_ORDER &&
                              p->program->node[n->operand[0]].layout.part[k].axes > 0);
    }
    return local ? first : NULL;
}

/* The maximum of nothing is no number: what uses that of a part is right only where the part is not empty, which the
 * scheme has to say. */
static void require_nonempty(const sp_proof *p, sp_proof_result *r)
{
    bool *wanted = SP_NEW_ARRAY(p->pool, bool, p->results);
    wanted[r->declaration] = true;
    r->nonempty = sp_proof_may_be_empty(p, sp_nodes_used(p->pool, p->program, wanted));
    if (!r->nonempty)
        return;
    r->status = SP_PROVE_OPEN;
    r->cause.kind = SP_CAUSE_EMPTY;
}

static void compare(void *argument)
{
    job *j = argument;
    sp_proof *p = j->proof;
    sp_proof_result *r = j->result;
    const sp_result_decl *d = &p->program->result[r->declaration];
    const sp_expression *expected = p->rule[d->result];
    (void)sp_algebra_rules(p->algebra);
    const sp_expression *computed =
        sp_symbolic_whole(p->algebra, &d->declared, d->sum_axis, p->value[d->node]);
    if (j->steps) {
        sp_step step = {.rules = sp_algebra_rules(p->algebra),
                        .statement = (int)p->program->statements,
                        .result = r->declaration, .op = SP_OP_COUNT, .axis = d->sum_axis,
                        .operand = {p->value[d->node], NULL}, .after = computed};
        sp_steps_add(p->pool, &p->steps, &step);
    }
    if (computed != expected) {
        r->status = sp_algebra_complete(p->algebra) ? SP_PROVE_DIFFERS : SP_PROVE_OPEN;
        r->difference = sp_subtract(p->algebra, computed, expected);
    } else {
        r->status = SP_PROVE_PROVED;
        require_nonempty(p, r);
    }
    r->expected = expected;
    r->computed = computed;
}

static void explain(void *argument)
{
    job *j = argument;
    sp_cause_find(j->proof, j->result);
}

static bool uses_counts(const sp_program *program)
{
    for (size_t i = 0; i < program->nodes; i++)
        if (program->node[i].op == SP_OP_OWNED)
            return true;
    return false;
}

/* The whole proof again where every part has size(D) / (ranks) indices. */
static void try_even_parts(sp_proof *p, const sp_program *rule)
{
    sp_proof even = *p;
    even.algebra = sp_algebra_open(p->pool, p->identities);
    even.rule = SP_NEW_ARRAY(p->pool, const sp_expression *, p->program->of->results);
    sp_algebra_assume_even(even.algebra);
    sp_algebra_assume(even.algebra, p->program);
    even.steps = (sp_steps){0};
    job j = {.proof = &even, .rule = rule};
    if (sp_algebra_run(even.algebra, write_rule, &j) ||
        sp_algebra_run(even.algebra, write_program, &j))
        return;
    for (size_t i = 0; i < p->results; i++) {
        sp_proof_result r = p->result[i];
        j.result = &r;
        if (r.difference && sp_algebra_run(even.algebra, compare, &j) == SP_PROOF_NO_LIMIT)
            p->result[i].right_with_even_parts = r.status == SP_PROVE_PROVED;
    }
}

static void decide(sp_proof *p, job *j, sp_proof_limit limit, sp_proof_result *r)
{
    const sp_result_decl *d = &p->program->result[r->declaration];
    const sp_layout *computed = &p->program->node[d->node].layout;
    j->result = r;
    r->cause = (sp_cause){.statement = -1, .used = -1, .axis = -1, .axis2 = -1};
    r->limit = limit;
    if (!sp_layout_equal(&d->declared, computed) || !sp_symbolic_covers(computed, d->sum_axis)) {
        r->status = SP_PROVE_REFUTED;
        r->limit = SP_PROOF_NO_LIMIT;
        r->cause.kind = sp_layout_equal(&d->declared, computed) ? SP_CAUSE_COVER
                                                                : SP_CAUSE_LAYOUT;
        return;
    }
    if (limit == SP_PROOF_NO_LIMIT)
        r->limit = sp_algebra_run(p->algebra, compare, j);
    if (r->limit != SP_PROOF_NO_LIMIT) {
        r->status = SP_PROVE_OPEN;
        r->computed = r->difference = NULL;
    }
}

const sp_proof *sp_prove(sp_pool *pool, const sp_program *program,
                         const sp_proof_options *options)
{
    static const sp_proof_options none;
    if (!options)
        options = &none;
    sp_proof *p = SP_NEW(pool, sp_proof);
    p->pool = pool;
    p->program = program;
    p->identities = options->identities;
    p->algebra = sp_algebra_open(pool, options->identities);
    sp_algebra_assume(p->algebra, program);
    if (options->plain)
        sp_algebra_forget(p->algebra);
    p->results = program->results;
    p->result = SP_NEW_ARRAY(pool, sp_proof_result, p->results);
    p->rule = SP_NEW_ARRAY(pool, const sp_expression *, program->of->results);
    job j = {.proof = p, .rule = program->of->rule, .steps = options->steps};
    sp_proof_limit limit = sp_algebra_run(p->algebra, write_rule, &j);
    if (limit == SP_PROOF_NO_LIMIT)
        limit = sp_algebra_run(p->algebra, write_program, &j);
    if (limit != SP_PROOF_NO_LIMIT)
        p->value = NULL;
    bool wrong = false;
    for (size_t i = 0; i < p->results; i++) {
        sp_proof_result *r = &p->result[i];
        r->declaration = (int)i;
        r->result = program->result[i].result;
        decide(p, &j, limit, r);
        wrong = wrong || r->difference;
    }
    if (options->plain)
        return p;
    if (wrong && uses_counts(program))
        try_even_parts(p, j.rule);
    for (size_t i = 0; i < p->results; i++) {
        sp_proof_result *r = &p->result[i];
        j.result = r;
        if (r->status == SP_PROVE_PROVED || r->status == SP_PROVE_REFUTED)
            continue;
        if (r->difference && sp_algebra_run(p->algebra, explain, &j) != SP_PROOF_NO_LIMIT)
            r->cause.kind = SP_CAUSE_OTHER;
    }
    return p;
}

const bool *sp_nodes_used(sp_pool *pool, const sp_program *program, const bool *wanted)
{
    bool *used = SP_NEW_ARRAY(pool, bool, program->nodes);
    for (size_t k = 0; k < program->results; k++)
        used[program->result[k].node] = used[program->result[k].node] || wanted[k];
    for (size_t i = program->nodes; i-- > 0;)
        for (int k = 0; k < 2 && used[i]; k++)
            if (program->node[i].operand[k] >= 0)
                used[program->node[i].operand[k]] = true;
    return used;
}

size_t sp_proof_divisors_of(const sp_proof *p, const bool *wanted, const sp_expression *const **divisor)
{
    const sp_expression *const *all;
    const size_t count = sp_algebra_divisors(p->algebra, &all);
    *divisor = all;
    if (count == 0 || !p->value)
        return count;
    const bool *used = sp_nodes_used(p->pool, p->program, wanted);
    const sp_expression **some = SP_NEW_ARRAY(p->pool, const sp_expression *, count);
    size_t taken = 0;
    for (size_t k = 0; k < count; k++) {
        bool divides = false;
        for (size_t i = 0; i < p->program->nodes && !divides; i++)
            divides = used[i] && p->program->node[i].op == SP_OP_DIV &&
                      p->value[p->program->node[i].operand[1]] == all[k];
        if (divides)
            some[taken++] = all[k];
    }
    *divisor = some;
    return taken;
}

size_t sp_proof_divisors(const sp_proof *p, const sp_expression *const **divisor)
{
    bool *proved = SP_NEW_ARRAY(p->pool, bool, p->results);
    for (size_t k = 0; k < p->results; k++)
        proved[k] = p->result[k].status == SP_PROVE_PROVED;
    return sp_proof_divisors_of(p, proved, divisor);
}

bool sp_proof_holds(const sp_proof *proof)
{
    for (size_t i = 0; i < proof->results; i++)
        if (proof->result[i].status != SP_PROVE_PROVED)
            return false;
    return true;
}

const char *sp_prove_status_name(sp_prove_status status)
{
    static const char *const name[] = {
#define X(id, text, meaning) text,
        SP_PROVE_STATUSES(X)
#undef X
    };
    return name[status];
}
