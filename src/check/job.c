#include "check/job.h"

#include "lang/invariant.h"
#include "lang/lang.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { BINARY64_BITS = 53 };

const sp_matrix *sp_job_delta(const sp_job *job, const sp_run *run, sp_result result)
{
    const size_t k = sp_program_result(job->delta, result);
    if (k == job->delta->results)
        sp_pool_fail(job->pool, SP_INTERNAL); /* the delta rule has every result */
    return run->delta[k].on[0];
}

sp_pair sp_job_pair(const sp_job *job, const sp_run *run, size_t result, const sp_layout *layout,
                    int sum_axis)
{
    return (sp_pair){
        sp_holdings_of(&run->in, job->ownership, layout, sum_axis, &run->scheme[result]),
        sp_job_delta(job, run, job->program->result[result].result)};
}

const sp_run *sp_job_run_in(const sp_job *job, const char *system)
{
    for (size_t r = 0; r < job->runs; r++)
        if (strcmp(job->run[r].in.system->name, system) == 0)
            return &job->run[r];
    return NULL;
}

static const char *coordinates(const sp_job *job, size_t rank, int sum_axis)
{
    sp_text text = sp_text_in(job->pool);
    for (size_t a = 0; a < job->mesh->axes; a++) {
        sp_text_format(&text, "%s%s = ", a ? ", " : "", job->program->axis_name[a]);
        if ((int)a == sum_axis)
            sp_text_add(&text, "*");
        else
            sp_text_format(&text, "%zu", sp_mesh_coordinate(job->mesh, rank, a));
    }
    return sp_text_string(&text);
}

const char *sp_job_coordinates(const sp_job *job, size_t rank)
{
    return coordinates(job, rank, -1);
}

sp_place sp_job_place(const sp_job *job, const sp_result_decl *decl, const sp_holding *holding,
                      size_t i, size_t j)
{
    sp_place place = {.rank = holding->rank,
                      .coordinates = coordinates(job, holding->rank, decl->sum_axis),
                      .row = holding->row.index[i],
                      .column = holding->column.index[j]};
    place.index = sp_network_entry_text(job->pool, &job->program->of->result[decl->result].whole, job->of->dim,
                                        place.row, place.column);
    return place;
}

bool sp_case_wants(const sp_case *of, const char *system)
{
    for (size_t i = 0; i < of->evidences; i++)
        if (strcmp(of->evidence[i], system) == 0)
            return true;
    return of->evidences == 0;
}

/* One run of the scheme for all of its statements, the results among them. */
static void keep_statements(const sp_job *job, sp_run *run, const sp_inputs *inputs)
{
    const sp_program *p = job->program;
    int *node = SP_NEW_ARRAY(job->pool, int, p->statements + p->results);
    for (size_t s = 0; s < p->statements; s++)
        node[s] = p->statement[s].node;
    for (size_t k = 0; k < p->results; k++)
        node[p->statements + k] = p->result[k].node;
    run->statement = sp_interpret_nodes(&run->in, p, job->ownership, job->network, inputs, node,
                                        p->statements + p->results);
    run->scheme = run->statement + p->statements;
}

static sp_run run_in(const sp_job *job, const char *system, unsigned bits)
{
    sp_run run = {.in = {.system = sp_number_system_find(system),
                         .pool = job->pool,
                         .bits = bits,
                         .deterministic = job->options.deterministic,
                         .threads = job->options.threads}};
    if (!run.in.system)
        sp_pool_fail(job->pool, SP_INTERNAL);
    sp_inputs inputs = sp_inputs_of_case(&run.in, job->of);
    if (job->derivation && strcmp(system, "mpfr") == 0)
        keep_statements(job, &run, &inputs);
    else
        run.scheme = sp_interpret(&run.in, job->program, job->ownership, job->network, &inputs);
    run.delta = sp_interpret_whole(&run.in, job->delta, job->network, &inputs);
    return run;
}

static const sp_ownership *ownership_of(sp_pool *pool, const sp_case *of)
{
    sp_diagnostics found = {.pool = pool};
    const sp_ownership *ownership = sp_ownership_of_case(pool, of, &found);
    if (!ownership) /* sp_cases_load_* has refused such a case */
        sp_pool_fail(pool, SP_INTERNAL);
    return ownership;
}

sp_job *sp_job_lay_out(sp_pool *pool, const sp_case *of, const sp_check_options *options, bool derivation)
{
    sp_job *job = SP_NEW(pool, sp_job);
    *job = (sp_job){.pool = pool,
                    .of = of,
                    .program = of->program,
                    .delta = of->program->of->rule,
                    .network = sp_network_of_case(pool, of),
                    .ownership = ownership_of(pool, of),
                    .options = *options,
                    .derivation = derivation,
                    .precision = options->precision ? options->precision : of->precision};
    if (!job->delta)
        sp_pool_fail(pool, SP_INTERNAL);
    sp_program_assert(pool, job->program);
    sp_program_assert(pool, job->delta);
    job->mesh = sp_ownership_mesh(job->ownership);
    if (job->mesh->axes > 0 && job->mesh->ranks == 1)
        sp_job_warn(job, "the mesh has one rank: nothing is sharded in this case");
    return job;
}

/* The bounds hold for every unit roundoff up to that of the least precise run. */
void sp_job_run(sp_job *job)
{
    unsigned least = job->precision < BINARY64_BITS ? job->precision : BINARY64_BITS;
    job->bound = run_in(job, "bound", least);
    if (sp_case_wants(job->of, "binary64"))
        job->run[job->runs++] = run_in(job, "binary64", BINARY64_BITS);
    if (sp_case_wants(job->of, "mpfr"))
        job->run[job->runs++] = run_in(job, "mpfr", job->precision);
    for (size_t r = 0; r < job->runs; r++)
        if (!job->sharpest || job->run[r].in.bits >= job->sharpest->in.bits)
            job->sharpest = &job->run[r];
}

void sp_job_warn(sp_job *job, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length < 0)
        sp_pool_fail(job->pool, SP_INTERNAL);
    char *sentence = sp_pool_alloc(job->pool, (size_t)length + 1, 1);
    va_start(arguments, format);
    vsnprintf(sentence, (size_t)length + 1, format, arguments);
    va_end(arguments);
    job->warning = sp_pool_grow(job->pool, job->warning, &job->warning_room, job->warnings + 1,
                                sizeof *job->warning);
    job->warning[job->warnings++] = sentence;
}

const sp_job *sp_job_generic(sp_job *job)
{
    if (job->generic)
        return job->generic;
    sp_case *of = SP_NEW(job->pool, sp_case);
    *of = *job->of;
    of->given = SP_NEW_ARRAY(job->pool, sp_tensor_data, of->program->of->tensors);
    of->data = SP_DATA_RANDOM;
    of->seed++;
    of->scale = 1;
    of->numdiff = SP_NUMDIFF_OFF;
    of->evidence = SP_NEW_ARRAY(job->pool, const char *, 1);
    of->evidence[0] = "mpfr";
    of->evidences = 1;
    job->generic = sp_job_lay_out(job->pool, of,
                                  &(sp_check_options){.precision = job->precision,
                                                      .deterministic = job->options.deterministic},
                                  false);
    sp_job_run(job->generic);
    return job->generic;
}
