#include "proof/prove.h"

#include "proof/cause.h"
#include "proof/cuts.h"

#include <string.h>

enum { FIRST_TERMS = 8000 }; /* made before names are tried, and for what nothing asks for */

/* A program whose nodes are brought to normal form one after another, as far as they are asked for. A program has at
 * most 1,000,000 operations, 10,000 statements and as many results: their numbers fit into an int. */
typedef struct side {
    const sp_program *program;
    const sp_expression **value; /* NULL: not yet, or a limit was reached */
    sp_proof_limit *limit;       /* that one */
    sp_steps *steps;
} side;

typedef struct job {
    sp_proof *proof;
    side rule, program;
    bool steps;
    sp_proof_result *result;
    /* what is being evaluated */
    side *of;
    size_t node;
} job;

static side side_of(sp_pool *pool, const sp_program *program, sp_steps *steps)
{
    return (side){program, SP_NEW_ARRAY(pool, const sp_expression *, program->nodes),
                  SP_NEW_ARRAY(pool, sp_proof_limit, program->nodes), steps};
}

static void begin(void *argument)
{
    job *j = argument;
    const sp_signature *of = j->proof->program->of;
    for (unsigned t = 0; t < of->tensors; t++)
        if (of->tensor[t].distribution >= 0)
            sp_algebra_distribution(j->proof->algebra, SP_ENTRY_TENSOR + t,
                                    (unsigned)of->tensor[t].distribution);
    sp_symbolic_begin(j->proof->algebra, j->proof->program);
}

static void evaluate_node(void *argument)
{
    job *j = argument;
    side *s = j->of;
    s->value[j->node] = sp_symbolic_node(j->proof->algebra, s->program, j->proof->pool, s->value, j->node, s->steps);
}

/* The nodes that are used and have no value; what was stopped for lack of terms is tried again. A node whose operand
 * has none has its limit. */
static void evaluate(job *j, side *s, const bool *used)
{
    j->of = s;
    for (size_t i = 0; i < s->program->nodes; i++) {
        const sp_node *n = &s->program->node[i];
        if (!used[i] || s->value[i] || (s->limit[i] != SP_PROOF_NO_LIMIT && s->limit[i] != SP_PROOF_LIMIT_WORK))
            continue;
        s->limit[i] = SP_PROOF_NO_LIMIT;
        for (int k = 0; k < 2; k++)
            if (n->operand[k] >= 0 && !s->value[n->operand[k]])
                s->limit[i] = s->limit[n->operand[k]];
        j->node = i;
        if (s->limit[i] == SP_PROOF_NO_LIMIT)
            s->limit[i] = sp_algebra_run(j->proof->algebra, evaluate_node, j);
    }
}

/* The values of the delta rule that there are. */
static void show_rule(const job *j)
{
    for (size_t i = 0; i < j->rule.program->results; i++)
        j->proof->rule[j->rule.program->result[i].result] = j->rule.value[j->rule.program->result[i].node];
}

/* What these results are made with, on both sides. */
static void evaluate_results(job *j, const bool *wanted)
{
    sp_proof *p = j->proof;
    const bool *of_rule = sp_results_of_rule(p->pool, p->program, wanted);
    evaluate(j, &j->rule, sp_nodes_used(p->pool, j->rule.program, of_rule));
    evaluate(j, &j->program, sp_nodes_used(p->pool, p->program, wanted));
    show_rule(j);
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

/* What stopped one of the nodes that a result is made with. */
static sp_proof_limit limit_of(const job *j, const sp_proof_result *r)
{
    const sp_result_decl *d = &j->proof->program->result[r->declaration];
    if (!j->program.value[d->node])
        return j->program.limit[d->node];
    const sp_program *rule = j->rule.program;
    const size_t k = sp_program_result(rule, d->result);
    return k < rule->results ? j->rule.limit[rule->result[k].node] : SP_PROOF_NO_LIMIT;
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
static void try_even_parts(sp_proof *p)
{
    sp_proof even = *p;
    bool *wanted = SP_NEW_ARRAY(p->pool, bool, p->results);
    even.algebra = sp_algebra_open(p->pool, p->identities);
    even.rule = SP_NEW_ARRAY(p->pool, const sp_expression *, p->program->of->results);
    sp_algebra_assume_even(even.algebra);
    sp_algebra_assume(even.algebra, p->program);
    even.steps = (sp_steps){0};
    job j = {.proof = &even, .rule = side_of(p->pool, p->program->of->rule, NULL),
             .program = side_of(p->pool, p->program, NULL)};
    even.value = j.program.value;
    for (size_t i = 0; i < p->results; i++)
        wanted[i] = p->result[i].difference != NULL;
    if (sp_algebra_run(even.algebra, begin, &j))
        return;
    evaluate_results(&j, wanted);
    for (size_t i = 0; i < p->results; i++) {
        sp_proof_result r = p->result[i];
        j.result = &r;
        if (wanted[i] && limit_of(&j, &r) == SP_PROOF_NO_LIMIT &&
            sp_algebra_run(even.algebra, compare, &j) == SP_PROOF_NO_LIMIT)
            p->result[i].right_with_even_parts = r.status == SP_PROVE_PROVED;
    }
}

/* A layout that does not fit; else `limit`, or the two normal forms. */
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

/* Results that a limit stopped, or that the normal forms do not decide: by names. */
static void decide_by_names(sp_proof *p, job *j)
{
    bool *wanted = SP_NEW_ARRAY(p->pool, bool, p->results), *proved = SP_NEW_ARRAY(p->pool, bool, p->results);
    bool any = false;
    for (size_t i = 0; i < p->results; i++)
        any = (wanted[i] = p->result[i].status == SP_PROVE_OPEN && !p->result[i].nonempty) || any;
    if (!any)
        return;
    sp_prove_by_names(p, wanted, proved, j->steps ? &p->steps : NULL);
    for (size_t i = 0; i < p->results; i++)
        if (proved[i]) {
            p->result[i].status = SP_PROVE_PROVED;
            p->result[i].limit = SP_PROOF_NO_LIMIT;
            p->result[i].computed = p->result[i].expected = p->result[i].difference = NULL;
            require_nonempty(p, &p->result[i]);
        }
}

/* What is still open for lack of terms: one result after another, with all that a result may have. */
static void decide_at_length(sp_proof *p, job *j)
{
    bool *wanted = SP_NEW_ARRAY(p->pool, bool, p->results);
    for (size_t i = 0; i < p->results; i++) {
        sp_proof_result *r = &p->result[i];
        if (r->limit != SP_PROOF_LIMIT_WORK)
            continue;
        memset(wanted, 0, p->results * sizeof *wanted);
        wanted[i] = true;
        sp_algebra_budget(p->algebra, SP_MAX_PROOF_WORK);
        evaluate_results(j, wanted);
        decide(p, j, limit_of(j, r), r);
    }
}

static void decide_all(sp_proof *p, job *j, const sp_proof_options *options)
{
    bool *all = SP_NEW_ARRAY(p->pool, bool, p->results);
    memset(all, true, p->results * sizeof *all);
    const sp_proof_limit limit = sp_algebra_run(p->algebra, begin, j);
    sp_algebra_budget(p->algebra, options->names_alone ? 0 : options->plain ? SP_MAX_PROOF_WORK : FIRST_TERMS);
    if (limit == SP_PROOF_NO_LIMIT)
        evaluate_results(j, all);
    else
        p->value = NULL;
    for (size_t i = 0; i < p->results; i++) {
        p->result[i].declaration = (int)i;
        p->result[i].result = p->program->result[i].result;
        decide(p, j, limit != SP_PROOF_NO_LIMIT ? limit : limit_of(j, &p->result[i]), &p->result[i]);
    }
    if (limit != SP_PROOF_NO_LIMIT)
        return;
    if (!options->plain)
        decide_by_names(p, j);
    if (options->names_alone)
        return;
    decide_at_length(p, j);
    sp_algebra_budget(p->algebra, FIRST_TERMS);
    bool *every = SP_NEW_ARRAY(p->pool, bool, p->program->nodes + j->rule.program->nodes);
    memset(every, true, p->program->nodes + j->rule.program->nodes);
    j->program.steps = NULL;
    evaluate(j, &j->rule, every);
    evaluate(j, &j->program, every);
    show_rule(j);
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
    job j = {.proof = p, .rule = side_of(pool, program->of->rule, NULL), .steps = options->steps,
             .program = side_of(pool, program, options->steps ? &p->steps : NULL)};
    p->value = j.program.value;
    p->rule_value = j.rule.value;
    decide_all(p, &j, options);
    sp_algebra_budget(p->algebra, SP_MAX_PROOF_WORK);
    bool wrong = false;
    for (size_t i = 0; i < p->results; i++)
        wrong = wrong || p->result[i].difference;
    if (options->plain)
        return p;
    if (wrong && uses_counts(program))
        try_even_parts(p);
    for (size_t i = 0; i < p->results; i++) {
        sp_proof_result *r = &p->result[i];
        j.result = r;
        if (r->status == SP_PROVE_PROVED || r->status == SP_PROVE_REFUTED)
            continue;
        sp_algebra_budget(p->algebra, SP_MAX_PROOF_WORK);
        if (r->difference && sp_algebra_run(p->algebra, explain, &j) != SP_PROOF_NO_LIMIT)
            r->cause.kind = SP_CAUSE_OTHER;
    }
    sp_algebra_budget(p->algebra, SP_MAX_PROOF_WORK);
    return p;
}

const bool *sp_results_of_rule(sp_pool *pool, const sp_program *program, const bool *wanted)
{
    const sp_program *rule = program->of->rule;
    bool *asked = SP_NEW_ARRAY(pool, bool, rule->results);
    for (size_t i = 0; i < rule->results; i++)
        for (size_t k = 0; k < program->results && !asked[i]; k++)
            asked[i] = wanted[k] && program->result[k].result == rule->result[i].result;
    return asked;
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

/* What a node has for an operand where it was made: by names, if it was made so. */
static const sp_expression *operand_of(const sp_expression *const *value, const sp_expression *const *named,
                                       const sp_node *n, size_t node, int operand)
{
    return named && named[node] ? named[n->operand[operand]] : value[n->operand[operand]];
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
        for (size_t i = 0; i < p->program->nodes && !divides; i++) {
            const sp_node *n = &p->program->node[i];
            divides = used[i] && n->op == SP_OP_DIV && operand_of(p->value, p->named, n, i, 1) == all[k];
        }
        if (divides)
            some[taken++] = all[k];
    }
    *divisor = some;
    return taken;
}

static bool needs_positive(const sp_node *n)
{
    return sp_applies(n, SP_ELEMENTARY_LOG) || sp_applies(n, SP_ELEMENTARY_SQRT) || sp_applies(n, SP_ELEMENTARY_RSQRT);
}

static const bool *proved_results(const sp_proof *p)
{
    bool *proved = SP_NEW_ARRAY(p->pool, bool, p->results);
    for (size_t k = 0; k < p->results; k++)
        proved[k] = p->result[k].status == SP_PROVE_PROVED;
    return proved;
}

size_t sp_proof_positives(const sp_proof *p, const sp_expression *const **positive)
{
    const sp_expression *const *all;
    const size_t count = sp_algebra_positives(p->algebra, &all);
    const sp_program *program[2] = {p->program, p->program->of->rule};
    const sp_expression *const *value[2] = {p->value, p->rule_value};
    const sp_expression *const *named[2] = {p->named, p->rule_named};
    const bool *proved = proved_results(p);
    const bool *used[2] = {sp_nodes_used(p->pool, program[0], proved),
                           sp_nodes_used(p->pool, program[1], sp_results_of_rule(p->pool, p->program, proved))};
    const sp_expression **some = SP_NEW_ARRAY(p->pool, const sp_expression *, count);
    size_t taken = 0;
    *positive = some;
    for (size_t k = 0; k < count; k++) {
        bool needed = false;
        for (int s = 0; s < 2 && value[s]; s++)
            for (size_t i = 0; i < program[s]->nodes && !needed; i++)
                needed = used[s][i] && needs_positive(&program[s]->node[i]) &&
                         operand_of(value[s], named[s], &program[s]->node[i], i, 0) == all[k];
        if (needed)
            some[taken++] = all[k];
    }
    return taken;
}

size_t sp_proof_divisors(const sp_proof *p, const sp_expression *const **divisor)
{
    return sp_proof_divisors_of(p, proved_results(p), divisor);
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
