#include "report/format.h"
#include "report/proof_format.h"

#include <string.h>

static const struct {
    const char *name, *summary, *proofs;
    const sp_format *format;
} formats[] = {
#define X(id, name, summary, proofs, write) {name, summary, proofs, &sp_format_##id},
    SP_REPORT_FORMATS(X)
#undef X
};

enum { FORMATS = sizeof formats / sizeof *formats };

struct sp_report {
    sp_pool *pool;
    const sp_format *format;
    sp_report_options options;
    sp_sink sink;
    sp_report_counts counts;
    sp_text kept;
    void *state;
    sp_status status; /* of the first call that failed: later ones do nothing */
    bool proofs;
};

/* One call of a format: exactly one of the pointers or flags is set, or none for the end. */
typedef struct page_job {
    sp_report *report;
    sp_pool *scratch;
    const sp_diagnosis *diagnosis;
    const char *bad_file;
    const sp_outcome *outcome;
    const sp_scheme_outcome *scheme;
    const sp_case_info *failed;
    sp_status status;
    bool is_begin, is_cut;
} page_job;

const char *sp_report_format(size_t index)
{
    return index < FORMATS ? formats[index].name : NULL;
}

const char *sp_report_format_summary(size_t index)
{
    return index < FORMATS ? formats[index].summary : NULL;
}

const char *sp_proof_report_format(size_t index)
{
    return sp_report_format(index);
}

const char *sp_proof_report_format_summary(size_t index)
{
    return index < FORMATS ? formats[index].proofs : NULL;
}

static void call_format(const sp_format *format, sp_page *page, const page_job *job)
{
    if (job->scheme) {
        if (format->outcome)
            format->outcome(page, sp_outcome_of_scheme(page->pool, job->scheme));
    } else if (job->diagnosis) {
        if (format->diagnosis)
            format->diagnosis(page, job->diagnosis);
    } else if (job->bad_file) {
        if (format->bad_file)
            format->bad_file(page, job->bad_file);
    } else if (job->outcome) {
        if (format->outcome)
            format->outcome(page, job->outcome);
    } else if (job->failed) {
        if (format->failure)
            format->failure(page, job->failed, job->status);
    } else if (job->is_begin) {
        if (format->begin)
            format->begin(page);
    } else if (job->is_cut) {
        if (format->cut)
            format->cut(page);
    } else if (format->finish) {
        format->finish(page);
    }
}

/* Runs in the report's pool, which owns what is kept; the scratch pool's failures are passed on. */
static void write_page(void *argument)
{
    page_job *job = argument;
    sp_report *report = job->report;
    sp_page page = {job->scratch, sp_text_in(job->scratch), &report->kept, &report->state,
                    &report->options, &report->counts, report->proofs, job->scheme};
    call_format(report->format, &page, job);
    if (page.out.length > 0 &&
        !report->sink.write(report->sink.context, page.out.bytes, page.out.length))
        sp_pool_fail(job->scratch, SP_WRITE_FAILED);
}

static void run_in_scratch(void *argument)
{
    page_job *job = argument;
    sp_status status = sp_pool_run(job->scratch, write_page, job);
    if (status != SP_OK)
        sp_pool_fail(job->report->pool, status);
}

static sp_status run(sp_report *report, page_job job)
{
    if (report->status != SP_OK)
        return report->status;
    job.report = report;
    report->status = sp_pool_open(&job.scratch, report->options.allocator, NULL);
    if (report->status == SP_OK) {
        report->status = sp_pool_run(report->pool, run_in_scratch, &job);
        sp_pool_close(job.scratch);
    }
    return report->status;
}

typedef struct open_job {
    sp_pool *pool;
    sp_report *report;
} open_job;

static void make(void *argument)
{
    open_job *job = argument;
    job->report = SP_NEW(job->pool, sp_report);
}

static sp_status open_report(sp_report **report, const char *format, const sp_report_options *options,
                             sp_sink sink, bool proofs)
{
    *report = NULL;
    size_t index = 0;
    while (index < FORMATS && strcmp(formats[index].name, format) != 0)
        index++;
    if (index == FORMATS)
        return SP_BAD_USAGE;
    open_job job = {0};
    sp_status status = sp_pool_open(&job.pool, options ? options->allocator : NULL, NULL);
    if (status != SP_OK)
        return status;
    status = sp_pool_run(job.pool, make, &job);
    if (status == SP_OK) {
        *job.report = (sp_report){.pool = job.pool, .format = formats[index].format, .sink = sink,
                                  .kept = sp_text_in(job.pool), .proofs = proofs};
        if (options)
            job.report->options = *options;
        status = run(job.report, (page_job){.is_begin = true});
    }
    if (status != SP_OK) {
        sp_pool_close(job.pool);
        return status;
    }
    *report = job.report;
    return SP_OK;
}

sp_status sp_report_open(sp_report **report, const char *format, const sp_report_options *options,
                         sp_sink sink)
{
    return open_report(report, format, options, sink, false);
}

sp_status sp_report_open_proofs(sp_report **report, const char *format, const sp_report_options *options,
                                sp_sink sink)
{
    return open_report(report, format, options, sink, true);
}

sp_status sp_report_diagnosis(sp_report *report, const sp_diagnosis *diagnosis)
{
    *(diagnosis->error ? &report->counts.errors : &report->counts.warnings) += 1;
    return run(report, (page_job){.diagnosis = diagnosis});
}

sp_status sp_report_bad_file(sp_report *report, const char *file)
{
    report->counts.bad_files++;
    return run(report, (page_job){.bad_file = file});
}

sp_status sp_report_outcome(sp_report *report, const sp_outcome *outcome)
{
    report->counts.cases++;
    report->counts.faults += outcome->fault != NULL;
    report->counts.verdict[outcome->verdict]++;
    report->counts.expectation[outcome->expectation]++;
    if (outcome->expectation == SP_EXPECTATION_MET)
        report->counts.met[outcome->verdict]++;
    return run(report, (page_job){.outcome = outcome});
}

sp_status sp_report_scheme(sp_report *report, const sp_scheme_outcome *scheme)
{
    const sp_verdict verdict = sp_verdict_of_proof(scheme->outcome);
    report->counts.cases++;
    report->counts.verdict[verdict]++;
    report->counts.expectation[sp_expectation_of_proof(scheme->outcome)]++;
    return run(report, (page_job){.scheme = scheme});
}

sp_status sp_report_failure(sp_report *report, const sp_case_info *of, sp_status status)
{
    report->counts.cases++;
    report->counts.failures++;
    return run(report, (page_job){.failed = of, .status = status});
}

sp_status sp_report_cut(sp_report *report, const char *why)
{
    report->counts.cut = why;
    return run(report, (page_job){.is_cut = true});
}

sp_status sp_report_finish(sp_report *report)
{
    return run(report, (page_job){.is_begin = false});
}

void sp_report_close(sp_report *report)
{
    if (report)
        sp_pool_close(report->pool);
}

/* "3 schemes: 1 proved, 2 refuted; 1 file with errors" */
static void add_schemes(sp_text *text, const sp_report_counts *counts)
{
    sp_text_format(text, "%zu scheme%s", counts->cases, counts->cases == 1 ? "" : "s");
    if (counts->cases > 0)
        sp_text_format(text, ": %zu proved", counts->verdict[SP_VERDICT_MATCH]);
    if (counts->verdict[SP_VERDICT_MISMATCH])
        sp_text_format(text, ", %zu refuted", counts->verdict[SP_VERDICT_MISMATCH]);
    if (counts->verdict[SP_VERDICT_UNDECIDED])
        sp_text_format(text, ", %zu open", counts->verdict[SP_VERDICT_UNDECIDED]);
}

static void add_cases(sp_text *text, const sp_report_counts *counts)
{
    const size_t *expected = counts->expectation;
    sp_text_format(text, "%zu case%s", counts->cases, counts->cases == 1 ? "" : "s");
    if (counts->cases > 0)
        sp_text_format(text, ": %zu as expected", expected[SP_EXPECTATION_MET]);
    if (counts->met[SP_VERDICT_MISMATCH])
        sp_text_format(text, " (%zu match, %zu mismatch)", counts->met[SP_VERDICT_MATCH],
                       counts->met[SP_VERDICT_MISMATCH]);
    if (expected[SP_EXPECTATION_MISSED])
        sp_text_format(text, ", %zu not as expected", expected[SP_EXPECTATION_MISSED]);
    if (expected[SP_EXPECTATION_OPEN])
        sp_text_format(text, ", %zu undecided", expected[SP_EXPECTATION_OPEN]);
    if (counts->failures)
        sp_text_format(text, ", %zu not checked", counts->failures);
    if (counts->faults)
        sp_text_format(text, "; %zu where shardproof contradicts itself", counts->faults);
}

const char *sp_report_summary(const sp_page *page)
{
    const sp_report_counts *counts = page->counts;
    sp_text text = sp_text_in(page->pool);
    (page->proofs ? add_schemes : add_cases)(&text, counts);
    if (counts->bad_files)
        sp_text_format(&text, "; %zu file%s with errors", counts->bad_files,
                       counts->bad_files == 1 ? "" : "s");
    if (counts->cut)
        sp_text_format(&text, "; %s: no other case was checked", counts->cut);
    return sp_text_string(&text);
}
