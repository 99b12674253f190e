#include "check/describe.h"

#include "check/verdict.h"
#include "lang/mlp.h"

#include <inttypes.h>
#include <string.h>

static const char *copy(const sp_job *job, const char *text)
{
    return text ? sp_pool_copy(job->pool, text, strlen(text)) : NULL;
}

static const char *split_kind(const sp_job *job, const sp_split_spec *spec)
{
    switch (spec->kind) {
    case SP_SPLIT_SIZES: return "sizes";
    case SP_SPLIT_EVEN: return "even";
    case SP_SPLIT_CHUNK: return "chunk";
    case SP_SPLIT_OWNERS: return "owners";
    case SP_SPLIT_CYCLIC:
        if (spec->block == 1)
            return "cyclic";
        return sp_pool_format(job->pool, "cyclic(%zu)", spec->block);
    case SP_SPLIT_COUNT: break;
    }
    sp_pool_fail(job->pool, SP_INTERNAL);
}

/* How many indices the ranks own, the first axis of the part slowest; other coordinates are 0. */
static sp_split_outcome describe_split(const sp_job *job, const sp_split_spec *spec)
{
    sp_split_outcome split = {.part = sp_part_text(job->pool, job->program, &spec->part),
                              .kind = split_kind(job, spec),
                              .parts = 1};
    for (size_t a = 0; a < spec->part.axes; a++)
        split.parts *= job->mesh->size[spec->part.axis[a]];
    size_t *size = SP_NEW_ARRAY(job->pool, size_t, split.parts);
    for (size_t n = 0; n < split.parts; n++) {
        size_t rank = 0, rest = n;
        for (size_t a = spec->part.axes; a-- > 0;) {
            size_t axis = spec->part.axis[a], ranks = job->mesh->size[axis];
            rank = sp_mesh_neighbour(job->mesh, rank, axis, rest % ranks);
            rest /= ranks;
        }
        size[n] = sp_ownership_indices(job->ownership, &spec->part, rank).count;
    }
    split.size = size;
    return split;
}

static const char *describe_data(const sp_job *job)
{
    const sp_case *of = job->of;
    sp_text text = sp_text_in(job->pool), given = sp_text_in(job->pool);
    bool all = true;
    for (sp_tensor t = 0; t < job->program->of->tensors; t++) {
        if (of->given[t].value)
            sp_text_format(&given, "%s%s", given.length ? ", " : "", job->program->of->tensor[t].name);
        else
            all = false;
    }
    if (!all && of->data == SP_DATA_INTEGERS)
        sp_text_format(&text, "integers(seed = %" PRIu64 ", range = %ld)", of->seed, of->range);
    else if (!all && of->scale == 1)
        sp_text_format(&text, "random(seed = %" PRIu64 ")", of->seed);
    else if (!all)
        sp_text_format(&text, "random(seed = %" PRIu64 ", scale = %.17g)", of->seed, of->scale);
    if (given.length)
        sp_text_format(&text, "%s%s given", all ? "" : "; ", sp_text_string(&given));
    return sp_text_string(&text);
}

static const char *describe_expect(const sp_job *job)
{
    if (!job->of->expect_mismatch)
        return "match";
    sp_text text = sp_text_in(job->pool);
    sp_text_add(&text, "mismatch");
    bool first = true;
    for (sp_result r = 0; job->of->expect_results && r < job->program->of->results; r++) {
        if (!job->of->expect_results[r])
            continue;
        sp_text_format(&text, "%s%s", first ? " " : ", ", job->program->of->result[r].name);
        first = false;
    }
    return sp_text_string(&text);
}

void sp_describe_case(const sp_job *job, sp_outcome *outcome)
{
    const sp_case *of = job->of;
    outcome->name = copy(job, of->name);
    outcome->file = copy(job, of->source->name);
    outcome->line = sp_span_position(of->span).line;
    outcome->scheme = copy(job, of->scheme);
    outcome->expected = describe_expect(job);
    const sp_signature *network = job->program->of;
    sp_dim_outcome *dim = SP_NEW_ARRAY(job->pool, sp_dim_outcome, network->dims);
    for (size_t d = 0; d < network->dims; d++)
        dim[d] = (sp_dim_outcome){copy(job, network->dim[d]), of->dim[d]};
    outcome->dim = dim;
    outcome->dims = network->dims;
    sp_text functions = sp_text_in(job->pool);
    if (!sp_is_mlp(network))
        sp_text_format(&functions, "network %s%s", network->name, network->functions ? ", " : "");
    for (size_t f = 0; f < network->functions; f++)
        sp_text_format(&functions, "%s%s = %s", f ? ", " : "", network->function[f].name, job->network->own[f].name);
    outcome->network = sp_text_string(&functions);
    outcome->data = describe_data(job);
    outcome->precision = job->precision;
    outcome->deterministic = job->options.deterministic;
    outcome->inexact_literals = of->inexact_literals;

    sp_axis_outcome *axis = SP_NEW_ARRAY(job->pool, sp_axis_outcome, job->mesh->axes);
    for (size_t a = 0; a < job->mesh->axes; a++)
        axis[a] = (sp_axis_outcome){copy(job, job->program->axis_name[a]), job->mesh->size[a]};
    outcome->axis = axis;
    outcome->axes = job->mesh->axes;
    outcome->ranks = job->mesh->ranks;

    sp_split_outcome *split = SP_NEW_ARRAY(job->pool, sp_split_outcome, of->splits);
    for (size_t s = 0; s < of->splits; s++)
        split[s] = describe_split(job, &of->split[s]);
    outcome->split = split;
    outcome->splits = of->splits;
}

void sp_describe_numdiff(const sp_job *job, sp_outcome *outcome)
{
    sp_numdiff_outcome *numdiff = SP_NEW_ARRAY(job->pool, sp_numdiff_outcome, job->numdiffs);
    for (size_t i = 0; i < job->numdiffs; i++) {
        const sp_numdiff *n = job->numdiff[i];
        numdiff[i] = (sp_numdiff_outcome){.system = n->mpfr ? "mpfr" : "binary64",
                                          .bits = n->bits,
                                          .step = n->step,
                                          .sample = n->sample,
                                          .entries = n->entries,
                                          .looked_at = n->looked_at,
                                          .directions = n->directions};
    }
    outcome->numdiff = numdiff;
    outcome->numdiffs = job->numdiffs;
}

void sp_describe_expectation(const sp_job *job, sp_outcome *outcome, sp_result_outcome *result)
{
    size_t count = outcome->results;
    const sp_case *of = job->of;
    sp_verdict *verdict = SP_NEW_ARRAY(job->pool, sp_verdict, count);
    bool *named = SP_NEW_ARRAY(job->pool, bool, count);
    sp_text surprise = sp_text_in(job->pool);
    for (size_t k = 0; k < count; k++) {
        verdict[k] = outcome->result[k].verdict;
        named[k] = of->expect_results && of->expect_results[job->program->result[k].result];
    }
    bool any_named = of->expect_mismatch && of->expect_results;
    outcome->verdict = sp_verdict_of_case(verdict, count);
    outcome->expectation =
        sp_expectation_of(verdict, count, of->expect_mismatch, any_named ? named : NULL);
    for (size_t k = 0; k < count; k++) {
        sp_verdict wanted = any_named && named[k] ? SP_VERDICT_MISMATCH : SP_VERDICT_MATCH;
        bool open = verdict[k] == SP_VERDICT_UNDECIDED, free = of->expect_mismatch && !any_named;
        result[k].expectation = open                              ? SP_EXPECTATION_OPEN
                                : free || verdict[k] == wanted ? SP_EXPECTATION_MET
                                                               : SP_EXPECTATION_MISSED;
    }
    if (outcome->expectation == SP_EXPECTATION_MET)
        return;
    for (size_t k = 0; k < count; k++) {
        sp_verdict wanted = any_named && named[k] ? SP_VERDICT_MISMATCH : SP_VERDICT_MATCH;
        if (verdict[k] == wanted || (of->expect_mismatch && !any_named))
            continue;
        sp_text_format(&surprise, "%s%s: %s, expected %s", surprise.length ? "; " : "",
                       outcome->result[k].name, sp_verdict_name(verdict[k]),
                       sp_verdict_name(wanted));
    }
    if (surprise.length == 0)
        sp_text_format(&surprise, "%s, expected %s", sp_verdict_name(outcome->verdict),
                       outcome->expected);
    outcome->surprise = sp_text_string(&surprise);
}

/* The gradients of all parameters, and of inputs that are data of the network itself. */
static bool is_asked_for(const sp_signature *of, sp_result r)
{
    return of->result[r].gradient_of >= 0;
}

const char *sp_describe_coverage(sp_pool *pool, const sp_program *program)
{
    const sp_signature *of = program->of;
    sp_text missing = sp_text_in(pool);
    for (sp_result r = 0; r < of->results; r++)
        if (is_asked_for(of, r) && sp_program_result(program, r) == program->results)
            sp_text_format(&missing, "%s%s", missing.length ? ", " : "", of->result[r].name);
    return missing.length ? sp_text_string(&missing) : NULL;
}
