#include "numdiff/generic.h"

sp_loss_point sp_generic_at(sp_generic *g, const sp_way *way, int sign, long exponent)
{
    g->method->power_of_two(g->t, sign, exponent);
    return sp_loss_at(g->loss, way, g->t, g->value);
}

/* The largest e <= step, nearly, for which 2^(e + 1) along the way moves no argument of a function too far: beyond that
 * the loss is not what its first derivatives say, and two wrong quotients may agree. */
static long small_enough(sp_generic *g, const sp_way *way)
{
    enum { TRIES = 16 }; /* each but the first mends what the one before could not see behind it */
    long exponent = g->step;
    for (int i = 0; i < TRIES; i++) {
        const long moved = sp_generic_at(g, way, 1, exponent + 1).moved;
        if (moved <= g->step + SP_GENERIC_SLACK)
            break;
        exponent -= moved - (g->step + SP_GENERIC_SLACK);
    }
    return exponent;
}

static sp_numdiff_state slope(sp_generic *g, const sp_way *way, const sp_slope *to)
{
    sp_pool_poll(g->in->pool);
    return g->method->slope(g, way, small_enough(g, way), to);
}

static void walk_tensor(sp_generic *g, sp_sample *sample, sp_tensor tensor)
{
    const sp_numdiff_tensor *t = &g->result->tensor[tensor];
    bool *chosen = sp_sample_choose(g->in->pool, sample, g->result, tensor);
    for (size_t entry = 0; entry < t->rows * t->cols; entry++) {
        if (chosen && !chosen[entry])
            continue;
        const sp_way way = {.tensor = tensor, .entry = entry};
        const sp_slope to = sp_sample_slope(g->result, tensor, entry);
        sp_sample_record(g->result, tensor, entry, slope(g, &way, &to));
    }
    for (int i = 0; chosen && i < SP_DIRECTIONS; i++) {
        double own[2];
        sp_numdiff_direction *d = sp_sample_direction(g->in->pool, sample, g->result, tensor);
        const sp_way way = {.tensor = tensor, .direction = d->direction};
        const sp_slope to = sp_direction_slope(g->result, d, own);
        sp_direction_record(g->result, d, own, slope(g, &way, &to));
    }
    sp_pool_free(g->in->pool, chosen);
}

/* Whether the least sample, one entry of each tensor and directions, takes longer than anybody waits. */
static bool too_large(const sp_generic *g, const double cost[SP_MAX_TENSORS])
{
    double least = 0;
    for (size_t t = 0; t < SP_MAX_TENSORS; t++) {
        const sp_numdiff_tensor *tensor = &g->result->tensor[t];
        if (tensor->state)
            least += cost[t] * (tensor->rows * tensor->cols > 1 ? 1 + SP_DIRECTIONS : 1);
    }
    return least > g->method->most;
}

void sp_generic_run(sp_generic *g, const sp_network *network, double budget)
{
    double cost[SP_MAX_TENSORS] = {0};
    g->loss = sp_loss_create(g->in, &g->method->numbers, g->of, network);
    g->t = sp_matrix_create(g->in, 1, 1);
    g->value = sp_matrix_create(g->in, 1, 1);
    for (sp_tensor t = 0; t < g->of->program->of->tensors; t++)
        cost[t] = g->method->evaluations * sp_loss_cost(g->loss, t, g->method->overhead);
    if (too_large(g, cost)) {
        g->result->sample = sp_pool_format(g->in->pool,
                                           "nothing: one entry of each tensor, and a direction through it, take more "
                                           "than %.0e multiply-adds", g->method->most);
        return;
    }
    sp_loss_start(g->loss);
    sp_sample sample = sp_sample_create(g->in->pool, g->of, g->result, cost, budget);
    for (sp_tensor t = 0; t < SP_MAX_TENSORS; t++)
        if (g->result->tensor[t].state)
            walk_tensor(g, &sample, t);
    sp_sample_describe(g->in->pool, &sample, g->result);
}
