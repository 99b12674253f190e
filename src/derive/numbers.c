/* The numbers of a case beside the formulas: whole, on every rank, and the finite differences. */
#include "check/quantity.h"
#include "derive/derivation.h"

#include <string.h>

enum {
    BITS = 128,          /* at least; six digits of it are shown */
    DIGITS = 6,
    CORNER = 3,          /* rows and columns shown of a matrix that is larger than SP_FULL */
    RANKS_SHOWN = 4,
    SLOPES_SHOWN = 4096  /* gradients' entries up to which finite differences are taken for the page */
};

static sp_value *run_statements(const sp_derive *d, const sp_inputs *inputs)
{
    int *node = SP_NEW_ARRAY(d->pool, int, d->program->statements);
    for (size_t s = 0; s < d->program->statements; s++)
        node[s] = d->program->statement[s].node;
    return sp_interpret_nodes(&d->values.in, d->program, d->drawing.ownership, d->network, inputs, node,
                              d->program->statements);
}

/* The finite differences that the check took, if that was of every entry; else NULL. */
static const sp_numdiff *all_slopes(const sp_job *job)
{
    for (size_t i = 0; i < job->numdiffs; i++)
        if (job->numdiff[i]->mpfr && !job->numdiff[i]->sample)
            return job->numdiff[i];
    return NULL;
}

/* What the check ran already, if it ran with as many bits. */
void sp_derive_values_of(sp_derive *d)
{
    sp_derive_values *v = &d->values;
    size_t entries = 0;
    v->in = (sp_arithmetic){.system = sp_number_system_find("mpfr"), .pool = d->pool,
                            .bits = d->of->precision > BITS ? d->of->precision : BITS,
                            .deterministic = true, .threads = 1};
    if (!v->in.system)
        sp_pool_fail(d->pool, SP_INTERNAL);
    const sp_run *run = sp_job_run_in(d->job, "mpfr");
    const bool same = run && run->in.bits == v->in.bits;
    v->entry = sp_temporaries(d->pool, 1, v->in.bits);
    sp_inputs inputs = sp_inputs_of_case(&v->in, d->of);
    memcpy(v->input, inputs.tensor, sizeof v->input);
    v->statement = same ? run->statement : run_statements(d, &inputs);
    v->delta = same ? run->delta : sp_interpret_whole(&v->in, d->delta, d->network, &inputs);
    const sp_signature *of = d->program->of;
    for (size_t t = 0; t < of->tensors; t++) {
        size_t rows, columns;
        sp_layout_shape(d->of->dim, &of->tensor[t].whole, &rows, &columns);
        entries += rows * columns;
    }
    if (d->of->numdiff != SP_NUMDIFF_OFF && entries <= SLOPES_SHOWN)
        v->numdiff = same && all_slopes(d->job) ? all_slopes(d->job)
                                                : sp_numdiff_mpfr(d->pool, d->of, d->network, v->in.bits, 0);
}

/* ---- texts of numbers ---- */

/* Six significant digits without needless zeros. */
static const char *number_text(sp_derive *d, mpfr_srcptr x)
{
    if (mpfr_nan_p(x))
        return "nan";
    if (mpfr_zero_p(x))
        return "0"; /* of either sign */
    if (mpfr_inf_p(x))
        return mpfr_sgn(x) < 0 ? "-inf" : "inf";
    char digits[64];
    mpfr_snprintf(digits, sizeof digits, "%.*Rg", DIGITS, x);
    return sp_pool_format(d->pool, "%s", digits);
}

typedef const char *(*cell_text)(sp_derive *d, const void *from, size_t row, size_t column);

static const char *entry_text(sp_derive *d, const void *from, size_t row, size_t column)
{
    d->values.in.system->get(&d->values.in, from, row, column, *d->values.entry);
    return number_text(d, *d->values.entry);
}

static const char *slope_text(sp_derive *d, const void *from, size_t row, size_t column)
{
    const sp_numdiff_tensor *tensor = from;
    size_t entry = row * tensor->cols + column;
    switch (tensor->state[entry]) {
    case SP_NUMDIFF_JUDGED: return number_text(d, tensor->slope[entry]);
    case SP_NUMDIFF_KINK: return "kink";
    case SP_NUMDIFF_UNUSABLE: return "nan";
    case SP_NUMDIFF_SKIPPED: break;
    }
    return "-";
}

/* Which of `count` rows are shown: all, or the first ones, NULLs, and the last. */
static size_t shown(size_t count, size_t *index)
{
    if (count <= SP_FULL) {
        for (size_t i = 0; i < count; i++)
            index[i] = i;
        return count;
    }
    for (size_t i = 0; i < CORNER; i++)
        index[i] = i;
    index[CORNER] = SIZE_MAX;
    index[CORNER + 1] = count - 1;
    return CORNER + 2;
}

static void add_matrix(sp_derive *d, bool new_block, const sp_math *name, size_t rows,
                       size_t columns, const void *from, cell_text text)
{
    size_t row[SP_FULL + 2], column[SP_FULL + 2];
    sp_numbers *n = sp_document_numbers(d->doc, new_block);
    n->name = name;
    if (rows == 0 || columns == 0) {
        n->note = sp_say(d->pool, SP_SAY_NUMBERS_EMPTY);
        return;
    }
    n->rows = shown(rows, row);
    n->columns = shown(columns, column);
    if (rows > SP_FULL || columns > SP_FULL)
        n->note = sp_say(d->pool, SP_SAY_NUMBERS_ELIDED, sp_math_count(d->pool, rows),
                         sp_math_count(d->pool, columns));
    n->cell = SP_NEW_ARRAY(d->pool, const char *, n->rows * n->columns);
    for (size_t i = 0; i < n->rows; i++)
        for (size_t j = 0; j < n->columns; j++)
            if (row[i] != SIZE_MAX && column[j] != SIZE_MAX)
                n->cell[i * n->columns + j] = text(d, from, row[i], column[j]);
}

static void add_value(sp_derive *d, bool new_block, const sp_math *name, const sp_matrix *m)
{
    add_matrix(d, new_block, name, m->rows, m->cols, m, entry_text);
}

/* ---- where they stand ---- */

/* Three dimensions have no place on a page. */
static bool is_large(const sp_layout *layout)
{
    return layout->order > 2;
}

void sp_derive_input_numbers(sp_derive *d)
{
    if (!d->of)
        return;
    PARAGRAPH(d, SP_SAY_NUMBERS_INTRO, d->of->name,
              sp_pool_format(d->pool, "%u", d->values.in.bits));
    const sp_signature *of = d->program->of;
    sp_list *large = SP_NEW(d->pool, sp_list);
    for (size_t t = 0; t < of->tensors; t++)
        if (is_large(&of->tensor[t].whole))
            sp_list_add(d->pool, large, sp_argument_math(sp_derive_name(d, of->tensor[t].name)));
    for (size_t r = 0; r < of->results; r++)
        if (is_large(&of->result[r].whole))
            sp_list_add(d->pool, large, sp_argument_math(sp_derive_name(d, of->result[r].name)));
    if (large->count > 0)
        SAY(d, SP_SAY_NUMBERS_LARGE, large);
    bool first = true;
    for (size_t t = 0; t < of->tensors; t++) {
        if (is_large(&of->tensor[t].whole) || !d->values.input[t])
            continue;
        add_value(d, first, sp_derive_name(d, of->tensor[t].name), d->values.input[t]);
        first = false;
    }
}

static const sp_matrix *delta_value(const sp_derive *d, sp_result result)
{
    const size_t k = sp_program_result(d->delta, result);
    if (k == d->delta->results)
        sp_pool_fail(d->pool, SP_INTERNAL);
    return d->values.delta[k].on[0];
}

void sp_derive_whole_numbers(sp_derive *d, sp_result result)
{
    const sp_signature *network = d->program->of;
    if (!d->of || result >= network->results || is_large(&network->result[result].whole))
        return;
    add_value(d, false, sp_derive_name(d, network->result[result].name), delta_value(d, result));
    const int of = network->result[result].gradient_of;
    if (of < 0 || !d->values.numdiff)
        return;
    const sp_numdiff_tensor *tensor = &d->values.numdiff->tensor[of];
    const sp_math *item[2] = {sp_math_symbol(d->pool, "L"),
                              sp_derive_name(d, network->tensor[of].name)};
    const sp_math *slope = sp_math_list(d->pool, SP_MATH_SLOPE, "Δ", item, 2);
    add_matrix(d, false, slope, tensor->rows, tensor->cols, tensor, slope_text);
    size_t entries = tensor->rows * tensor->cols;
    if (!d->slopes_explained)
        PARAGRAPH(d, SP_SAY_NUMBERS_SLOPES, slope);
    d->slopes_explained = true;
    if (tensor->judged < entries)
        SAY(d, SP_SAY_NUMBERS_KINKS, sp_math_count(d->pool, entries - tensor->judged),
            sp_math_count(d->pool, entries));
}

/* The k-th of the ranks that differ on these axes, the others being at 0. */
static size_t different_rank(const sp_mesh *mesh, unsigned axes, size_t k)
{
    size_t rank = 0;
    for (size_t a = mesh->axes; a-- > 0;)
        if (axes >> a & 1U) {
            rank = sp_mesh_neighbour(mesh, rank, a, k % mesh->size[a]);
            k /= mesh->size[a];
        }
    return rank;
}

void sp_derive_rank_numbers(sp_derive *d, size_t statement)
{
    if (!d->of || is_large(&d->program->node[d->program->statement[statement].node].layout))
        return;
    const sp_value *value = &d->values.statement[statement];
    const sp_mesh *mesh = sp_ownership_mesh(d->drawing.ownership);
    const sp_statement *st = &d->program->statement[statement];
    unsigned axes = d->naming.varies[st->node];
    size_t different = 1, shown_ranks;
    for (size_t a = 0; a < mesh->axes; a++)
        different *= axes >> a & 1U ? mesh->size[a] : 1;
    shown_ranks = different < RANKS_SHOWN ? different : RANKS_SHOWN;
    for (size_t k = 0; k < shown_ranks; k++) {
        size_t rank = different_rank(mesh, axes, k), items = 1;
        const sp_math *item[SP_MAX_AXES + 1] = {sp_derive_name(d, st->name)};
        for (size_t a = 0; a < mesh->axes; a++)
            if (axes >> a & 1U)
                item[items++] = sp_math_count(d->pool, sp_mesh_coordinate(mesh, rank, a));
        add_value(d, k == 0,
                  items == 1 ? item[0] : sp_math_list(d->pool, SP_MATH_SHARD, NULL, item, items),
                  value->on[rank]);
    }
    if (different > shown_ranks)
        PARAGRAPH(d, SP_SAY_NUMBERS_RANKS, sp_math_count(d->pool, different - shown_ranks));
}
