#include "report/proof_format.h"

#include <string.h>

static const struct {
    const char *name, *summary;
    void (*write)(sp_text *out, const sp_proof_report *report, const sp_report_options *options);
} formats[] = {
#define X(id, name, summary) {name, summary, sp_proof_report_##id},
    SP_PROOF_FORMATS(X)
#undef X
};

enum { FORMATS = sizeof formats / sizeof *formats };

const char *sp_proof_report_format(size_t index)
{
    return index < FORMATS ? formats[index].name : NULL;
}

const char *sp_proof_report_format_summary(size_t index)
{
    return index < FORMATS ? formats[index].summary : NULL;
}

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

sp_status sp_proof_report_write(const sp_proof_report *report, const char *format,
                                const sp_report_options *options, sp_sink sink)
{
    static const sp_report_options defaults = {0};
    writing_job job = {.report = report, .options = options ? options : &defaults, .sink = sink};
    while (job.format < FORMATS && strcmp(formats[job.format].name, format) != 0)
        job.format++;
    if (job.format == FORMATS)
        return SP_BAD_USAGE;
    sp_status status = sp_pool_open(&job.pool, job.options->allocator, NULL);
    if (status != SP_OK)
        return status;
    status = sp_pool_run(job.pool, write_report, &job);
    sp_pool_close(job.pool);
    return status;
}
