#include "spmd/block.h"

void sp_block_steps(size_t *step, const size_t *size, unsigned order)
{
    size_t entries = 1;
    for (unsigned d = order; d-- > 0;) {
        step[d] = entries;
        entries *= size[d];
    }
}

/* Two dimensions at most, each row-major in both matrices: what number systems copy themselves. */
static bool is_plain(const sp_entry_block *b, const sp_matrix *out, const sp_matrix *a)
{
    if (b->order == 2)
        return b->to_step[0] == out->cols && b->from_step[0] == a->cols && b->to_step[1] == 1 && b->from_step[1] == 1;
    return b->order == 1 && b->to_step[0] == 1 && b->from_step[0] == 1 && out->rows == 1 && a->rows == 1;
}

static size_t place(const size_t *list, size_t i)
{
    return list ? list[i] : i;
}

/* The list times the step; NULL if that is 0, 1, 2, ... */
static const size_t *spread(sp_pool *pool, const size_t *list, size_t step, size_t count)
{
    if (step == 1)
        return list;
    size_t *at = SP_NEW_ARRAY(pool, size_t, count);
    for (size_t i = 0; i < count; i++)
        at[i] = step * place(list, i);
    return at;
}

void sp_block_copy(const sp_arithmetic *in, const sp_entry_block *b, sp_matrix *out, const sp_matrix *a)
{
    for (unsigned d = 0; d < b->order; d++)
        if (b->count[d] == 0)
            return;
    if (is_plain(b, out, a)) {
        const unsigned last = b->order - 1;
        in->system->copy(in, out, last ? b->to[0] : NULL, b->to[last], a, last ? b->from[0] : NULL, b->from[last],
                         last ? b->count[0] : 1, b->count[last]);
        return;
    }
    /* the last dimension is a run of one copy, the others are walked through */
    const unsigned walked = b->order ? b->order - 1 : 0;
    const size_t length = b->order ? b->count[walked] : 1, all = out->rows * out->cols, every = a->rows * a->cols;
    const size_t *to = NULL, *from = NULL;
    if (b->order) {
        to = spread(in->pool, b->to[walked], b->to_step[walked], length);
        from = spread(in->pool, b->from[walked], b->from_step[walked], length);
    }
    size_t index[2 * SP_MAX_ORDER] = {0};
    for (bool more = true; more;) {
        size_t first = 0, source = 0;
        for (unsigned d = 0; d < walked; d++) {
            first += b->to_step[d] * place(b->to[d], index[d]);
            source += b->from_step[d] * place(b->from[d], index[d]);
        }
        sp_matrix target = sp_matrix_run(in, out, first, all - first);
        const sp_matrix run = sp_matrix_run(in, a, source, every - source);
        in->system->copy(in, &target, NULL, to, &run, NULL, from, 1, length);
        more = false;
        for (unsigned d = walked; d-- > 0 && !more;) {
            more = ++index[d] < b->count[d];
            index[d] = more ? index[d] : 0;
        }
    }
    if (b->order && to != b->to[walked])
        sp_pool_free(in->pool, (size_t *)to);
    if (b->order && from != b->from[walked])
        sp_pool_free(in->pool, (size_t *)from);
}
