#include "number/system.h"

#include <string.h>

#define X(id, text, what)                   \
    const char sp_number_name_##id[] = text; \
    const char sp_number_summary_##id[] = what;
SP_NUMBER_SYSTEMS(X)
#undef X

const sp_number_system *const sp_number_system_table[] = {
#define X(id, text, what) &sp_number_##id,
    SP_NUMBER_SYSTEMS(X)
#undef X
};
const size_t sp_number_system_count =
    sizeof sp_number_system_table / sizeof *sp_number_system_table;

const sp_number_system *sp_number_system_find(const char *name)
{
    for (size_t i = 0; i < sp_number_system_count; i++)
        if (strcmp(sp_number_system_table[i]->name, name) == 0)
            return sp_number_system_table[i];
    return NULL;
}

sp_matrix *sp_matrix_create(const sp_arithmetic *in, size_t rows, size_t cols)
{
    size_t entries;
    if (!sp_size_multiply(&entries, rows, cols))
        sp_pool_fail(in->pool, SP_NO_MEMORY);
    sp_matrix *m = SP_NEW(in->pool, sp_matrix);
    m->rows = rows;
    m->cols = cols;
    in->system->create(in, m);
    return m;
}

void sp_matrix_free(const sp_arithmetic *in, sp_matrix *m)
{
    if (!m)
        return;
    in->system->destroy(in, m);
    sp_pool_free(in->pool, m);
}

sp_matrix sp_matrix_run(const sp_arithmetic *in, const sp_matrix *m, size_t first, size_t count)
{
    sp_matrix run = {.rows = 1, .cols = count};
    run.data = (char *)m->data + first * in->system->entry_bytes;
    if (m->extra)
        run.extra = (char *)m->extra + first * in->system->extra_bytes;
    return run;
}

/* Steps of one operand over an output of rows x cols; the operand's own sizes are theirs or 1. */
static void steps(const sp_matrix *m, size_t *run, size_t *step)
{
    *run = !m || m->rows == 1 ? 0 : m->cols;
    *step = m && m->cols != 1;
}

/* Whether the rows of an operand follow each other as those of out do, or it is one value. */
static bool flat(const sp_matrix *m, const sp_matrix *out)
{
    return !m || (m->rows == out->rows && m->cols == out->cols) || (m->rows == 1 && m->cols == 1);
}

sp_walk sp_walk_over(const sp_matrix *out, const sp_matrix *a, const sp_matrix *b)
{
    sp_walk walk = {.runs = out->rows, .length = out->cols};
    steps(a, &walk.a_run, &walk.a_step);
    steps(b, &walk.b_run, &walk.b_step);
    if (flat(a, out) && flat(b, out)) {
        walk.runs = 1;
        walk.length = out->rows * out->cols;
        /* one column: a step of 0 was meant for the column, but the run is now along the rows */
        walk.a_step = a->rows > 1 || a->cols > 1;
        walk.b_step = b && (b->rows > 1 || b->cols > 1);
    }
    return walk;
}

void sp_copy_by_runs(const sp_arithmetic *in, sp_run_copy copy, sp_matrix *out,
                     const size_t *out_row, const size_t *out_col, const sp_matrix *a,
                     const size_t *a_row, const size_t *a_col, size_t rows, size_t cols)
{
    if (rows == 0 || cols == 0)
        return;
    if (!out_row && !out_col && !a_row && !a_col && out->cols == cols && a->cols == cols) {
        copy(in, out, 0, a, 0, rows * cols);
        return;
    }
    for (size_t i = 0; i < rows; i++) {
        size_t to = sp_listed(out_row, i) * out->cols, from = sp_listed(a_row, i) * a->cols;
        for (size_t j = 0, length; j < cols; j += length) {
            size_t to_col = sp_listed(out_col, j), from_col = sp_listed(a_col, j);
            for (length = 1; j + length < cols; length++)
                if (sp_listed(out_col, j + length) != to_col + length ||
                    sp_listed(a_col, j + length) != from_col + length)
                    break;
            copy(in, out, to + to_col, a, from + from_col, length);
        }
    }
}
