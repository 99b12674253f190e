/* Evidence: does the declared layout fit what a rank computes; if not, which shapes collide and which merge would be
 * right. */
#include "check/evidence.h"

#include <string.h>

/* The computed layout is the declared one, and not split over the axis that it is summed over. */
static bool layout_fits(const sp_program *program, size_t result)
{
    const sp_result_decl *decl = &program->result[result];
    return sp_layout_equal(&decl->declared, &program->node[decl->node].layout) &&
           (decl->sum_axis < 0 || !sp_layout_uses_axis(&decl->declared, decl->sum_axis));
}

/* "dW2[Dh/tp, Dout] sum dp" */
static const char *declaration(const sp_job *job, sp_result result, const sp_layout *layout,
                               int sum_axis)
{
    const char *text = sp_declared_text(job->pool, job->program, layout);
    const char *name = job->program->of->result[result].name;
    if (sum_axis < 0)
        return sp_pool_format(job->pool, "%s%s", name, text);
    return sp_pool_format(job->pool, "%s%s sum %s", name, text,
                          job->program->axis_name[sum_axis]);
}

static void add_axes(sp_text *text, const sp_program *program, const sp_part *part)
{
    for (size_t a = 0; a < part->axes; a++)
        sp_text_format(text, "%s%s", a ? " and " : "", program->axis_name[part->axis[a]]);
}

/* How the whole is made of what the ranks hold: "rows over tp, sum over dp". */
static const char *merge_words(const sp_job *job, const sp_layout *layout, int sum_axis)
{
    static const char *const what[3][2] = {{"", ""}, {"entries", ""}, {"rows", "columns"}};
    sp_text text = sp_text_in(job->pool);
    for (size_t p = 0; p < layout->order; p++) {
        if (layout->part[p].axes == 0)
            continue;
        sp_text_format(&text, "%s%s over ", text.length ? ", " : "",
                       layout->order < 3 ? what[layout->order][p]
                                         : sp_label_text(job->pool, job->program->of, &layout->part[p]));
        add_axes(&text, job->program, &layout->part[p]);
    }
    if (sum_axis >= 0)
        sp_text_format(&text, "%ssum over %s", text.length ? ", " : "",
                       job->program->axis_name[sum_axis]);
    if (text.length == 0)
        return job->mesh->axes ? "every rank" : "whole";
    return sp_text_string(&text);
}

/* What the parts are when they are put together in this way, for advice. */
static const char *merged_words(const sp_job *job, const sp_layout *layout, int sum_axis)
{
    bool any = false;
    for (unsigned p = 0; p < layout->order; p++)
        any = any || layout->part[p].axes > 0;
    bool first = layout->order > 0 && layout->part[0].axes > 0;
    bool second = layout->order > 1 && layout->part[1].axes > 0;
    const char *placed = layout->order > 2  ? any ? "put together" : ""
                         : first && second ? "put together as blocks"
                         : second        ? "put side by side by columns"
                         : !first        ? ""
                         : layout->order == 1 ? "put one after another"
                                              : "stacked by rows";
    if (sum_axis < 0)
        return *placed ? sp_pool_format(job->pool, "%s they are", placed) : "every rank holds";
    return sp_pool_format(job->pool, "added over %s%s%s they are",
                          job->program->axis_name[sum_axis], *placed ? " and " : "", placed);
}

static const char *shape_text(const sp_job *job, const sp_layout *layout, size_t rank)
{
    size_t held[SP_MAX_ORDER];
    sp_ownership_held(job->ownership, layout, rank, held);
    if (layout->order == 0)
        return "a scalar";
    sp_text text = sp_text_in(job->pool);
    for (unsigned p = 0; p < layout->order; p++)
        sp_text_format(&text, "%s%zu", p ? "x" : "", held[p]);
    return sp_text_string(&text);
}

static bool same_shape(const sp_job *job, const sp_layout *a, const sp_layout *b, size_t rank)
{
    size_t held[2][SP_MAX_ORDER];
    sp_ownership_held(job->ownership, a, rank, held[0]);
    sp_ownership_held(job->ownership, b, rank, held[1]);
    return a->order == b->order && memcmp(held[0], held[1], a->order * sizeof held[0][0]) == 0;
}

/* The computed value's dimensions are the result's, whatever their splits. */
static bool same_dimensions(const sp_layout *a, const sp_layout *b)
{
    if (a->order != b->order)
        return false;
    for (size_t p = 0; p < a->order; p++)
        if (!sp_label_equal(&a->part[p], &b->part[p]))
            return false;
    return true;
}

enum { SHAPES_LISTED = 4 };

/* "parts of 3x2 and 3x2": what the ranks along an axis compute, from the first rank of the mesh */
static const char *parts_text(const sp_job *job, const sp_layout *computed, size_t axis)
{
    sp_text text = sp_text_in(job->pool);
    size_t ranks = job->mesh->size[axis];
    size_t listed = ranks > SHAPES_LISTED ? SHAPES_LISTED - 1 : ranks;
    for (size_t c = 0; c < listed; c++) {
        size_t rank = sp_mesh_neighbour(job->mesh, 0, axis, c);
        const char *separator = c == 0 ? "" : c + 1 == ranks ? " and " : ", ";
        sp_text_format(&text, "%s%s", separator, shape_text(job, computed, rank));
    }
    if (listed < ranks)
        sp_text_format(&text, ", ... (%zu ranks)", ranks);
    return sp_text_string(&text);
}

/* Which shapes collide, in words. */
static const char *collision(const sp_job *job, const sp_result_decl *decl,
                             const sp_layout *computed)
{
    const sp_layout *declared = &decl->declared;
    sp_pool *pool = job->pool;
    const sp_result_info *info = &job->program->of->result[decl->result];
    const sp_layout whole = info->whole;
    if (!same_dimensions(&whole, computed))
        return sp_pool_format(pool, "that is no part of %s%s", info->name,
                              sp_layout_text(pool, job->program, &whole));
    if (decl->sum_axis >= 0) {
        size_t axis = (size_t)decl->sum_axis;
        for (size_t c = 0; c < job->mesh->size[axis]; c++)
            if (!same_shape(job, declared, computed, sp_mesh_neighbour(job->mesh, 0, axis, c)))
                return sp_pool_format(pool, "parts of %s cannot be added to %s",
                                      parts_text(job, computed, axis),
                                      shape_text(job, declared, 0));
        if (sp_layout_uses_axis(computed, decl->sum_axis))
            return sp_pool_format(pool,
                                  "parts of %s are different entries of the whole and cannot be "
                                  "added over %s",
                                  parts_text(job, computed, axis), job->program->axis_name[axis]);
    }
    for (size_t rank = 0; rank < job->mesh->ranks; rank++)
        if (!same_shape(job, declared, computed, rank))
            return sp_pool_format(pool, "rank %zu computes %s where the declared part is %s", rank,
                                  shape_text(job, computed, rank),
                                  shape_text(job, declared, rank));
    return "the shapes are equal at these sizes, but their entries are not the same ones";
}

/* Do the computed values, merged in this way, equal the delta rule's on every entry? */
static bool is_right(const sp_job *job, size_t result, const sp_layout *layout, int sum_axis)
{
    const sp_run *run = job->sharpest;
    sp_pair values = sp_job_pair(job, run, result, layout, sum_axis);
    sp_pair bounds = sp_job_pair(job, &job->bound, result, layout, sum_axis);
    sp_comparison found = sp_compare(&run->in, &values.got, values.want, &job->bound.in,
                                     &bounds.got, bounds.want, NULL);
    return found.count[SP_ENTRY_WITHIN] == values.got.entries;
}

static void find_right_merge(const sp_job *job, size_t result, const sp_layout *computed,
                             sp_layout_evidence *evidence)
{
    const sp_result_decl *decl = &job->program->result[result];
    const sp_layout whole = job->program->of->result[decl->result].whole;
    const char *name = job->program->of->result[decl->result].name;
    if (job->sharpest && same_dimensions(&whole, computed)) {
        for (int axis = -1; axis < (int)job->mesh->axes; axis++) {
            if (axis >= 0 && sp_layout_uses_axis(computed, axis))
                continue;
            if (!is_right(job, result, computed, axis))
                continue;
            evidence->right_merge = declaration(job, decl->result, computed, axis);
            evidence->advice =
                sp_pool_format(job->pool, "%s the delta rule's %s: result %s",
                               merged_words(job, computed, axis), name, evidence->right_merge);
            return;
        }
    }
    evidence->advice = sp_pool_format(job->pool, "no merge of them is the delta rule's %s", name);
}

static void judge(sp_judgement *j)
{
    const sp_job *job = j->job;
    const sp_layout *computed = &job->program->node[j->decl->node].layout;
    sp_layout_evidence *e = &j->of->layout;
    *e = (sp_layout_evidence){
        .finding = layout_fits(job->program, j->result) ? SP_FINDING_AGREES : SP_FINDING_CONTRADICTS,
        .declared = declaration(job, j->decl->result, &j->decl->declared, j->decl->sum_axis),
        .computed = sp_layout_text(job->pool, job->program, computed),
        .merge = merge_words(job, &j->decl->declared, j->decl->sum_axis),
    };
    if (e->finding == SP_FINDING_CONTRADICTS) {
        e->collision = collision(job, j->decl, computed);
        find_right_merge(job, j->result, computed, e);
    }
    sp_found(j, &sp_evidence_layout, e->finding);
}

static void say(const sp_judgement *j, sp_saying *to)
{
    const sp_layout_evidence *e = &j->of->layout;
    if (e->finding == SP_FINDING_CONTRADICTS && !to->contradicts)
        to->contradicts = sp_pool_format(j->job->pool, "declared %s, but a rank computes %s: %s; %s", e->declared,
                                         e->computed, e->collision, e->advice);
}

const sp_evidence_kind sp_evidence_layout = {"layout", false, NULL, judge, say};
