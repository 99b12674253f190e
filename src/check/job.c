#include "check/job.h"

#include <string.h>

bool sp_result_is_vector(sp_result result)
{
    return sp_result_whole(result).order == 1;
}

const sp_matrix *sp_job_delta(const sp_job *job, const sp_run *run, sp_result result)
{
    for (size_t k = 0; k < job->delta->results; k++)
        if (job->delta->result[k].result == result)
            return run->delta[k].on[0];
    sp_pool_fail(job->pool, SP_INTERNAL); /* the delta rule has every result */
}

sp_pair sp_job_pair(const sp_job *job, const sp_run *run, size_t result, const sp_layout *layout,
                    int sum_axis)
{
    return (sp_pair){
        sp_holdings_of(&run->in, job->ownership, layout, sum_axis, &run->scheme[result]),
        sp_job_delta(job, run, job->program->result[result].result)};
}

const sp_run *sp_job_run(const sp_job *job, const char *system)
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

sp_place sp_job_place(const sp_job *job, const sp_result_decl *decl, const sp_holding *holding,
                      size_t i, size_t j)
{
    sp_place place = {.rank = holding->rank,
                      .coordinates = coordinates(job, holding->rank, decl->sum_axis),
                      .row = holding->row.index[i],
                      .column = holding->column.index[j]};
    if (sp_result_is_vector(decl->result))
        place.index = sp_pool_format(job->pool, "[%zu]", place.column);
    else
        place.index = sp_pool_format(job->pool, "[%zu,%zu]", place.row, place.column);
    return place;
}
