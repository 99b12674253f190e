#include "numdiff/walker.h"

/* A direction D through X moves Z1 by D W1; through another tensor, whose source is S, it moves
 * Z by S^T D (S^T is X, A1 or a column of ones). */
static sp_matrix *move_of_direction(const sp_curves *c)
{
    const sp_arithmetic *in = sp_point_arithmetic(c->point);
    const sp_matrix *source = sp_point_matrix_of(c->point, c->kind->source);
    const sp_matrix *z =
        sp_point_matrix_of(c->point, c->kind->layer == 1 ? SP_POINT_Z1 : SP_POINT_Z2);
    bool x = c->kind->by_row;
    sp_matrix *d = sp_matrix_create(in, x ? z->rows : source->rows, x ? source->rows : z->cols);
    for (size_t i = 0; i < d->rows; i++)
        for (size_t j = 0; j < d->cols; j++)
            in->system->set(in, d, i, j, c->direction[i * d->cols + j]);
    sp_matrix *v = sp_matrix_create(in, z->rows, z->cols);
    if (x)
        in->system->product(in, v, d, false, source, false);
    else
        in->system->product(in, v, source, true, d, false);
    sp_matrix_free(in, d);
    return v;
}

void sp_curves_make(sp_curves *c)
{
    if (c->direction) {
        c->v = move_of_direction(c);
        return;
    }
    const sp_arithmetic *in = sp_point_arithmetic(c->point);
    const sp_matrix *source = sp_point_matrix_of(c->point, c->kind->source);
    c->v = sp_matrix_create(in, c->count, source->cols);
    in->system->copy(in, c->v, NULL, NULL, source, c->row, NULL, c->count, source->cols);
}

void sp_curves_free(sp_curves *c)
{
    sp_matrix_free(sp_point_arithmetic(c->point), c->v);
    c->v = NULL;
}

static void add_to(const sp_arithmetic *in, sp_matrix *sum, const sp_matrix *before,
                   const sp_matrix *x)
{
    in->system->binary(in, SP_PRIMITIVE_ADD, sum, before, x);
}

/* Rows of Z do not meet in the loss: the changes of a direction are the sums of those of its
 * rows. */
static void change_of_direction(const sp_curves *c, const sp_matrix *t, sp_matrix *change,
                                sp_matrix *crossings)
{
    const sp_arithmetic *in = sp_point_arithmetic(c->point);
    sp_matrix *one[4];
    for (int i = 0; i < 4; i++)
        one[i] = sp_matrix_create(in, 1, 1);
    for (size_t line = 0; line < c->v->rows; line++) {
        sp_matrix v = sp_matrix_run(in, c->v, line * c->v->cols, c->v->cols);
        sp_move move = {c->kind->layer, true, line};
        sp_matrix *sum[] = {change, crossings};
        sp_point_change(c->point, move, &v, t, one[0], crossings ? one[1] : NULL);
        for (int s = 0; s < 2 && sum[s]; s++) {
            if (line > 0)
                add_to(in, one[2 + s], sum[s], one[s]);
            in->system->copy(in, sum[s], NULL, NULL, line > 0 ? one[2 + s] : one[s], NULL, NULL, 1,
                             1);
        }
    }
    for (int i = 0; i < 4; i++)
        sp_matrix_free(in, one[i]);
}

void sp_curves_change(const sp_curves *c, size_t first, const sp_matrix *t, sp_matrix *change,
                      sp_matrix *crossings)
{
    if (c->direction) {
        change_of_direction(c, t, change, crossings);
        return;
    }
    sp_matrix v = sp_matrix_run(sp_point_arithmetic(c->point), c->v, first * c->v->cols,
                                change->rows * c->v->cols);
    v.rows = change->rows;
    v.cols = c->v->cols;
    sp_move move = {c->kind->layer, c->kind->by_row, c->line};
    sp_point_change(c->point, move, &v, t, change, crossings);
}
