#include "api/cases.h"

#include "api/entry.h"
#include "network/network.h"
#include "number/number.h"
#include "rule/network.h"
#include "spmd/mesh.h"

#include <shardproof/schemes.h>
#include <string.h>

/* What a load reads: a file if text is NULL, a built-in scheme if it is to be one. */
typedef struct load_job {
    sp_pool *pool;
    sp_cases *cases;
    const char *name, *text;
    size_t length;
    bool builtin;
} load_job;

/* Members of one set have the same places, so an error in a split may come more than once. */
static bool is_known(const sp_diagnostics *found, const sp_diagnostic *d)
{
    for (size_t i = 0; i < found->count; i++)
        if (found->item[i].span.source == d->span.source &&
            found->item[i].span.begin == d->span.begin &&
            strcmp(found->item[i].message, d->message) == 0)
            return true;
    return false;
}

/* Splits that do not fit are errors of the file. Ownership is made again when the case is run, so what is made here is
 * thrown away after each case. */
static void check_all_splits(sp_cases *cases)
{
    sp_pool *scratch = sp_pool_inside(cases->pool);
    for (size_t i = 0; i < cases->unit->cases && cases->found.errors < SP_LIMIT_ERRORS; i++) {
        sp_diagnostics found = {.pool = scratch};
        (void)sp_ownership_of_case(scratch, cases->unit->item[i], &found);
        for (size_t d = 0; d < found.count; d++)
            if (!is_known(&cases->found, &found.item[d]))
                sp_error(&cases->found, found.item[d].span, found.item[d].hint, "%s", found.item[d].message);
        sp_pool_clear(scratch);
    }
}

/* What a case may name as evidence: the systems that kinds of evidence run. The others, such
 * as rational, serve the search for counterexamples. */
static const char *const evidence_names[] = {"binary64", "mpfr", "bound", "field"};

sp_diagnosis *sp_describe_diagnoses(sp_pool *pool, const sp_diagnostics *found)
{
    sp_diagnosis *diagnosis = SP_NEW_ARRAY(pool, sp_diagnosis, found->count);
    for (size_t i = 0; i < found->count; i++) {
        const sp_diagnostic *d = &found->item[i];
        sp_text text = sp_text_in(pool);
        sp_diagnostic_show(&text, d);
        sp_position at = sp_span_position(d->span);
        bool placed = d->span.source != NULL;
        diagnosis[i] = (sp_diagnosis){.file = placed ? d->span.source->name : d->file,
                                      .line = placed ? at.line : 0,
                                      .column = placed ? at.column : 0,
                                      .error = d->severity == SP_ERROR,
                                      .message = d->message,
                                      .hint = d->hint,
                                      .text = sp_text_string(&text)};
    }
    return diagnosis;
}

/* Cases come in the order of the text, so one walk finds all lines. */
static void describe_cases(sp_cases *cases)
{
    cases->cases = cases->unit->cases;
    cases->info = SP_NEW_ARRAY(cases->pool, sp_case_info, cases->cases);
    size_t at = 0, line = 1;
    for (size_t i = 0; i < cases->cases; i++) {
        const sp_case *of = cases->unit->item[i];
        if (of->span.begin < at) {
            at = 0;
            line = 1;
        }
        for (; at < of->span.begin; at++)
            line += of->source->text[at] == '\n';
        cases->info[i] = (sp_case_info){of->name, of->source->name, line, of->scheme};
    }
}

static void describe_schemes(sp_cases *cases)
{
    cases->schemes = cases->unit->programs;
    cases->scheme = SP_NEW_ARRAY(cases->pool, sp_scheme_info, cases->schemes);
    for (size_t i = 0; i < cases->schemes; i++) {
        const sp_program *p = cases->unit->program[i];
        cases->scheme[i] =
            (sp_scheme_info){p->name, p->source->name, sp_span_position(p->span).line};
    }
}

static sp_unit *load_builtin(load_job *job)
{
    sp_unit *unit = SP_NEW(job->pool, sp_unit);
    unit->program = SP_NEW_ARRAY(job->pool, const sp_program *, 1);
    unit->program[0] = sp_scheme_builtin(job->pool, job->name);
    unit->programs = 1;
    return unit;
}

static void load(void *argument)
{
    load_job *job = argument;
    sp_cases *cases = job->cases = SP_NEW(job->pool, sp_cases);
    cases->pool = cases->found.pool = job->pool;
    if (job->builtin) {
        cases->unit = load_builtin(job);
        describe_schemes(cases);
        return;
    }
    sp_vocabulary vocabulary = {sp_activation_names, sp_activation_count,
                                sp_loss_names, sp_loss_count,
                                evidence_names, sizeof evidence_names / sizeof *evidence_names,
                                sp_net_builtin, sp_net_own};
    const sp_source *source =
        job->text ? sp_source_from(cases->pool, job->name, job->text, job->length, &cases->found)
                  : sp_source_read(cases->pool, job->name, &cases->found);
    if (source)
        cases->unit = sp_unit_load(cases->pool, source, &vocabulary, &cases->found);
    if (cases->unit && cases->found.errors == 0)
        check_all_splits(cases);
    cases->diagnosis = sp_describe_diagnoses(cases->pool, &cases->found);
    if (cases->unit && cases->found.errors == 0) {
        describe_cases(cases);
        describe_schemes(cases);
    }
}

static sp_status run_load(sp_cases **cases, load_job *job, const sp_load_options *options)
{
    *cases = NULL;
    sp_status status = sp_entry_run(&job->pool, options ? options->allocator : NULL, options ? options->limits : NULL,
                                    load, job);
    if (status != SP_OK)
        return status;
    *cases = job->cases;
    return job->cases->found.errors > 0 ? SP_BAD_INPUT : SP_OK;
}

sp_status sp_cases_load_file(sp_cases **cases, const char *path, const sp_load_options *options)
{
    return run_load(cases, &(load_job){.name = path}, options);
}

sp_status sp_cases_load_text(sp_cases **cases, const char *name, const char *text, size_t length,
                             const sp_load_options *options)
{
    load_job job = {.name = name, .text = text ? text : "", .length = text ? length : 0};
    return run_load(cases, &job, options);
}

sp_status sp_cases_load_builtin(sp_cases **cases, const char *name, const sp_load_options *options)
{
    *cases = NULL;
    if (sp_scheme_find(name) == sp_scheme_count())
        return SP_BAD_USAGE;
    return run_load(cases, &(load_job){.name = name, .builtin = true}, options);
}

void sp_cases_close(sp_cases *cases)
{
    if (cases)
        sp_pool_close(cases->pool);
}

size_t sp_cases_count(const sp_cases *cases)
{
    return cases->cases;
}

const sp_case_info *sp_cases_info(const sp_cases *cases, size_t index)
{
    return index < cases->cases ? &cases->info[index] : NULL;
}

size_t sp_cases_schemes(const sp_cases *cases)
{
    return cases->schemes;
}

const sp_scheme_info *sp_cases_scheme(const sp_cases *cases, size_t index)
{
    return index < cases->schemes ? &cases->scheme[index] : NULL;
}

size_t sp_cases_diagnoses(const sp_cases *cases)
{
    return cases->found.count;
}

const sp_diagnosis *sp_cases_diagnosis(const sp_cases *cases, size_t index)
{
    return index < cases->found.count ? &cases->diagnosis[index] : NULL;
}
