#include "report/format.h"
#include "report/proof_format.h"

#include <string.h>

typedef void proof_writer(sp_text *out, const sp_proof_report *report, const sp_report_options *options);

static const struct {
    const char *name;
    proof_writer *write; /* NULL: from outcomes */
} formats[] = {
#define X(id, name, summary, proofs, write) {name, write},
    SP_REPORT_FORMATS(X)
#undef X
};

enum { FORMATS = sizeof formats / sizeof *formats };

sp_proof_counts sp_proof_report_count(const sp_proof_report *report)
{
    sp_proof_counts counts = {{0}, {0}};
    for (size_t i = 0; i < report->schemes; i++) {
        const sp_scheme_outcome *o = report->scheme[i];
        counts.scheme[o->outcome]++;
        counts.result[SP_PROOF_OUTCOME_PROVED] += o->proved;
        counts.result[SP_PROOF_OUTCOME_REFUTED] += o->refuted;
        counts.result[SP_PROOF_OUTCOME_OPEN] += o->open;
    }
    return counts;
}

typedef struct writing_job {
    sp_pool *pool;
    size_t format;
    const sp_proof_report *report;
    const sp_report_options *options;
    sp_sink sink;
} writing_job;

static void write_report(void *argument)
{
    writing_job *job = argument;
    sp_text out = sp_text_in(job->pool);
    formats[job->format].write(&out, job->report, job->options);
    if (out.length > 0 && !job->sink.write(job->sink.context, out.bytes, out.length))
        sp_pool_fail(job->pool, SP_WRITE_FAILED);
}

/* Diagnoses, each file with errors behind its own, then the schemes. */
static sp_status write_events(sp_report *to, const sp_proof_report *report)
{
    sp_status status = SP_OK;
    for (size_t i = 0; i < report->diagnoses && status == SP_OK; i++) {
        const sp_diagnosis *d = report->diagnosis[i];
        bool last = i + 1 == report->diagnoses || strcmp(report->diagnosis[i + 1]->file, d->file) != 0;
        status = sp_report_diagnosis(to, d);
        if (d->error && last && status == SP_OK)
            status = sp_report_bad_file(to, d->file);
    }
    for (size_t i = 0; i < report->schemes && status == SP_OK; i++)
        status = sp_report_scheme(to, report->scheme[i]);
    return status == SP_OK ? sp_report_finish(to) : status;
}

sp_status sp_proof_report_write(const sp_proof_report *report, const char *format,
                                const sp_report_options *options, sp_sink sink)
{
    static const sp_report_options defaults = {0};
    writing_job job = {.report = report, .options = options ? options : &defaults, .sink = sink};
    while (job.format < FORMATS && strcmp(formats[job.format].name, format) != 0)
        job.format++;
    if (job.format == FORMATS)
        return SP_BAD_USAGE;
    if (!formats[job.format].write) {
        sp_report *to;
        sp_status opened = sp_report_open_proofs(&to, format, options, sink);
        if (opened == SP_OK)
            opened = write_events(to, report);
        sp_report_close(to);
        return opened;
    }
    sp_status status = sp_pool_open(&job.pool, job.options->allocator, NULL);
    if (status != SP_OK)
        return status;
    status = sp_pool_run(job.pool, write_report, &job);
    sp_pool_close(job.pool);
    return status;
}
