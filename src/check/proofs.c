#include "check/proofs.h"

#include "check/describe.h"
#include "proof/certificate.h"
#include "proof/explain.h"
#include "search/attempt.h"

#include <string.h>

typedef struct proving_job {
    sp_pool *pool;
    const sp_program *program;
    const sp_proving_options *options;
    sp_attempt *attempt;
    const sp_counterexample **found; /* [result] */
} proving_job;

/* ---- the proof ---- */

/* What the options say that a function is; NULL: nothing. */
static const char *given_name(const proving_job *job, sp_function f)
{
    const sp_proving_options *o = job->options;
    const char *name = job->program->of->function[f].name;
    return strcmp(name, "sigma") == 0  ? o->sigma
           : strcmp(name, "g") == 0    ? o->g
           : strcmp(name, "loss") == 0 ? o->loss
                                       : NULL;
}

static void attempt(proving_job *job)
{
    const sp_proving_options *o = job->options;
    sp_function_spec *function = SP_NEW_ARRAY(job->pool, sp_function_spec, SP_MAX_OWN_FUNCTIONS);
    for (sp_function f = 0; f < job->program->of->functions; f++)
        function[f].name = given_name(job, f);
    const sp_attempt_options how = {.function = function, .steps = o->steps,
                                    .by_time = o->limits && o->limits->seconds > 0};
    job->attempt = sp_attempt_open(job->pool, job->program, &how);
    job->found = SP_NEW_ARRAY(job->pool, const sp_counterexample *, job->program->results);
    for (size_t k = 0; k < job->program->results; k++)
        if (!sp_attempt_proof(job->attempt, k) && !sp_attempt_last(job->attempt)->result[k].nonempty)
            job->found[k] = sp_attempt_find(job->attempt, k);
}

/* ---- the model ---- */

static const char *nothing_if_empty(const char *text)
{
    return text && *text ? text : NULL;
}

/* Whether the case of an earlier result that is shown fails in this one too, and is as small. */
static bool is_shown_before(const proving_job *job, size_t result)
{
    const sp_counterexample *c = job->found[result];
    for (size_t k = 0; k < result; k++) {
        const sp_counterexample *before = job->found[k];
        if (before && before->wrong >> result & 1U && strcmp(before->sizes, c->sizes) == 0 &&
            strcmp(before->splits, c->splits) == 0)
            return true;
    }
    return false;
}

static const sp_failing_case *describe_case(const proving_job *job, size_t result)
{
    const sp_counterexample *c = job->found[result];
    sp_failing_case *f = SP_NEW(job->pool, sp_failing_case);
    *f = (sp_failing_case){
        .name = sp_pool_format(job->pool, "%s-%s-counterexample", job->program->name,
                               job->program->of->result[job->program->result[result].result].name),
        .text = c->text,
        .shown_before = is_shown_before(job, result),
        .sizes = c->sizes,
        .splits = c->splits,
        .network = c->network,
        .brief = c->brief,
        .rank = c->rank,
        .index = c->index,
        .got = c->layout ? NULL : c->got,
        .want = c->layout ? NULL : c->want,
        .exact = c->exact,
        .only_uneven = c->only_uneven,
    };
    return f;
}

/* "one rank on dp or tp, or parts of equal size" */
static const char *where_right(const proving_job *job, const sp_proof_result *r)
{
    sp_text text = sp_text_in(job->pool);
    for (unsigned a = 0; a < job->program->axes; a++)
        if (r->right_with_one_rank >> a & 1U)
            sp_text_format(&text, "%s%s", text.length ? " or " : "one rank on ",
                           job->program->axis_name[a]);
    if (r->right_with_even_parts)
        sp_text_format(&text, "%sparts of equal size", text.length ? ", or " : "");
    return nothing_if_empty(sp_text_string(&text));
}

/* An earlier result that goes wrong in the same statement. */
static const char *made_from(const sp_proof *proof, size_t result)
{
    const sp_proof_result *r = &proof->result[result];
    for (size_t i = 0; i < result && r->difference && r->cause.statement >= 0; i++) {
        const sp_proof_result *before = &proof->result[i];
        if (before->difference && before->cause.kind == r->cause.kind &&
            before->cause.statement == r->cause.statement)
            return proof->program->of->result[before->result].name;
    }
    return NULL;
}

/* The delta rule's tensors are written by their names, but e itself is not. */
static const char *formula(const sp_proof *proof, const sp_expression *e)
{
    if (!e)
        return NULL;
    const size_t results = proof->program->of->results;
    const sp_expression **rule = SP_NEW_ARRAY(proof->pool, const sp_expression *, results);
    for (sp_result i = 0; i < results; i++)
        rule[i] = proof->rule[i] == e ? NULL : proof->rule[i];
    sp_text text = sp_text_in(proof->pool);
    sp_showing showing = sp_proof_showing(proof);
    showing.rule = rule;
    sp_show_expression(&text, &showing, e);
    return sp_text_string(&text);
}

static void describe_difference(const proving_job *job, size_t k, sp_proved_result *to)
{
    const sp_proof *proof = sp_attempt_last(job->attempt);
    const sp_proof_result *r = &proof->result[k];
    to->statement = sp_proof_cause(proof, r);
    to->made_from = made_from(proof, k);
    if (r->cause.statement >= 0) {
        const sp_statement *s = &job->program->statement[r->cause.statement];
        to->place = sp_pool_format(job->pool, "%s", s->name);
        to->place_line = s->span.source ? sp_span_position(s->span).line : 0;
    }
    to->computed = formula(proof, r->cause.computed);
    to->expected = formula(proof, r->cause.expected);
    to->difference = nothing_if_empty(sp_proof_difference(proof, r));
    to->right_if = where_right(job, r);
    to->outcome = job->found[k] ? SP_PROOF_OUTCOME_REFUTED : SP_PROOF_OUTCOME_OPEN;
    if (job->found[k]) {
        to->failing = describe_case(job, k);
        return;
    }
    if (!r->nonempty)
        to->bounds = sp_search_bounds(sp_attempt_search(job->attempt));
    to->missing = nothing_if_empty(sp_proof_missing(proof, r));
}

static sp_proved_result describe_result(const proving_job *job, size_t k)
{
    const sp_result_decl *decl = &job->program->result[k];
    sp_position at = sp_span_position(decl->span);
    sp_proved_result r = {.name = job->program->of->result[decl->result].name,
                          .line = decl->span.source ? at.line : 0,
                          .column = decl->span.source ? at.column : 0,
                          .outcome = SP_PROOF_OUTCOME_PROVED};
    const sp_proof *proof = sp_attempt_proof(job->attempt, k);
    if (!proof) {
        describe_difference(job, k, &r);
        return r;
    }
    r.statement = sp_proof_statement(proof, &proof->result[k]);
    if (proof != job->attempt->any)
        r.given = job->attempt->functions;
    return r;
}

/* The scheme, then every case that shows something new: what `check` confirms as it is. */
static const char *counterexamples(const proving_job *job)
{
    sp_text out = sp_text_in(job->pool);
    for (size_t k = 0; k < job->program->results; k++) {
        const sp_counterexample *c = job->found[k];
        if (!c || is_shown_before(job, k))
            continue;
        if (out.length == 0)
            sp_text_add(&out, c->scheme);
        sp_text_format(&out, "\n%s", c->text);
    }
    return sp_text_string(&out);
}

static const char *steps_of(const sp_proof *proof)
{
    sp_text out = sp_text_in(proof->pool);
    for (size_t i = 0; i < proof->steps.count; i++)
        sp_proof_show_step(&out, proof, &proof->steps.item[i]);
    return sp_text_string(&out);
}

/* One theorem for what is proved for any functions, one for what is only for the given ones. */
static const char *theorems(const proving_job *job)
{
    const sp_proof *any = job->attempt->any, *best = sp_attempt_best(job->attempt);
    const char *theorem = sp_proof_theorem(any);
    return best == any ? theorem : sp_pool_format(job->pool, "%s%s", theorem, sp_proof_theorem(best));
}

static const char *derivation(const proving_job *job)
{
    sp_text out = sp_text_in(job->pool);
    sp_gradient_show(&out, sp_gradient_prove(job->pool));
    return sp_text_string(&out);
}

static bool is_delta_rule(const sp_program *program)
{
    return strcmp(program->source->name, "built-in/delta-rule.scheme") == 0;
}

/* Whether rules.v knows an identity of it alone: of two functions that are the same one it knows nothing. */
static bool has_law(const sp_identities *known, sp_function f)
{
    return known->of->function[f].arguments == 2 ? sp_identity_law_of_loss(known->name[f]) != NULL
                                                 : sp_identity_law_of_activation(known->name[f]) != NULL;
}

/* The proof once more by what a certificate may use: nothing of distributions and elementary functions, nor of
 * functions of which nothing is known but that they are the same. */
static const sp_proof *plain_proof(const proving_job *job, const sp_proof *proof)
{
    sp_identities *laws = SP_NEW(job->pool, sp_identities);
    bool plain = sp_certificate_forgets(job->program), fewer = false;
    if (proof->identities)
        *laws = *proof->identities;
    for (sp_function f = 0; proof->identities && f < laws->of->functions; f++)
        if (laws->name[f] && !has_law(laws, f)) {
            laws->name[f] = NULL;
            fewer = true;
        }
    if (!plain && !fewer)
        return proof;
    return sp_prove(job->pool, job->program, &(sp_proof_options){.identities = proof->identities ? laws : NULL,
                                                                 .plain = plain});
}

static void certify(const proving_job *job, sp_scheme_outcome *o)
{
    o->not_certified = sp_certificate_missing(job->pool, job->program);
    o->certified = 0;
    if (o->not_certified || o->proved == 0)
        return;
    const sp_proof *any = plain_proof(job, job->attempt->any);
    const sp_proof *given = job->attempt->given ? plain_proof(job, job->attempt->given) : NULL;
    o->certificate = sp_certificate(job->pool, any, given, &o->certified);
    o->uncertified = sp_certificate_lacks(job->pool, job->program);
}

static void describe(const proving_job *job, const sp_scheme_info *info, sp_scheme_outcome *o)
{
    sp_pool *pool = job->pool;
    size_t results = job->program->results;
    sp_proved_result *result = SP_NEW_ARRAY(pool, sp_proved_result, results);
    *o = (sp_scheme_outcome){.scheme = sp_pool_format(pool, "%s", info->name),
                             .file = sp_pool_format(pool, "%s", info->file),
                             .line = info->line,
                             .result = result,
                             .results = results,
                             .not_checked = sp_describe_coverage(pool, job->program),
                             .theorem = theorems(job),
                             .steps = steps_of(sp_attempt_last(job->attempt)),
                             .counterexamples = counterexamples(job)};
    for (size_t k = 0; k < results; k++) {
        result[k] = describe_result(job, k);
        o->proved += result[k].outcome == SP_PROOF_OUTCOME_PROVED;
        o->refuted += result[k].outcome == SP_PROOF_OUTCOME_REFUTED;
        o->open += result[k].outcome == SP_PROOF_OUTCOME_OPEN;
    }
    o->outcome = o->refuted ? SP_PROOF_OUTCOME_REFUTED
                 : o->open  ? SP_PROOF_OUTCOME_OPEN
                            : SP_PROOF_OUTCOME_PROVED;
    if (is_delta_rule(job->program))
        o->derivation = derivation(job);
    o->certified = o->proved; /* what is proved has a theorem */
    if (job->options->certificate)
        certify(job, o);
}

/* ---- the whole ---- */

void sp_prove_scheme(sp_pool *pool, const sp_program *program, const sp_scheme_info *info,
                     const sp_proving_options *options, sp_scheme_outcome *outcome)
{
    proving_job job = {.pool = pool, .program = program, .options = options};
    attempt(&job);
    sp_pool_lift_time(pool); /* what was found out is written, whatever the time */
    describe(&job, info, outcome);
}
