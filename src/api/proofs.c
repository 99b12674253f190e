/* Proofs as handles. */
#include "api/cases.h"
#include "api/entry.h"
#include "check/proofs.h"
#include "lang/invariant.h"
#include "network/network.h"

#include <string.h>

struct sp_proving {
    sp_pool *pool;
    sp_scheme_outcome outcome;
};

const char *sp_activation_name(size_t index)
{
    return index < sp_activation_count ? sp_activation_names[index] : NULL;
}

const char *sp_loss_name(size_t index)
{
    return index < sp_loss_count ? sp_loss_names[index] : NULL;
}

typedef struct proving_job {
    sp_proving *proving;
    sp_pool *pool;
    const sp_program *program;
    const sp_scheme_info *info;
    const sp_proving_options *options;
} proving_job;

static void run_proving(void *argument)
{
    proving_job *job = argument;
    job->proving = SP_NEW(job->pool, sp_proving);
    job->proving->pool = job->pool;
    sp_prove_scheme(job->pool, job->program, job->info, job->options, &job->proving->outcome);
}

static bool is_name(const char *name, const char *(*known)(size_t index))
{
    size_t i = 0;
    while (name && known(i) && strcmp(known(i), name) != 0)
        i++;
    return !name || known(i);
}

sp_status sp_proving_run(sp_proving **proving, const sp_cases *schemes, size_t index,
                         const sp_proving_options *options)
{
    static const sp_proving_options defaults = {0};
    const sp_proving_options *o = options ? options : &defaults;
    proving_job job = {.options = o, .info = sp_cases_scheme(schemes, index)};
    *proving = NULL;
    if (!job.info || !is_name(o->sigma, sp_activation_name) || !is_name(o->g, sp_activation_name) ||
        !is_name(o->loss, sp_loss_name))
        return SP_BAD_USAGE;
    job.program = schemes->unit->program[index];
    sp_status status = sp_entry_run(&job.pool, o->allocator, o->limits, run_proving, &job);
    if (status == SP_OK)
        *proving = job.proving;
    return status;
}

static void dump(sp_text *out, void *argument)
{
    const sp_program *const *program = argument;
    sp_program_dump(out, *program);
}

sp_status sp_scheme_dump(const sp_cases *schemes, size_t index, const char *what, const sp_load_options *options,
                         sp_sink sink)
{
    if (index >= sp_cases_schemes(schemes) || strcmp(what, "program") != 0)
        return SP_BAD_USAGE;
    return sp_entry_write(options ? options->allocator : NULL, options ? options->limits : NULL, sink, dump,
                          &schemes->unit->program[index]);
}

const sp_scheme_outcome *sp_proving_outcome(const sp_proving *proving)
{
    return &proving->outcome;
}

void sp_proving_close(sp_proving *proving)
{
    if (proving)
        sp_pool_close(proving->pool);
}
