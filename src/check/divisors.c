#include "check/divisors.h"

#include <math.h>
#include <string.h>

typedef enum divisor_state { NOT_ZERO, UNSURE, ZERO } divisor_state;

/* A node that something is divided by, on the rank where it comes nearest to 0. */
typedef struct sp_divisor {
    int node;
    divisor_state state;
    size_t rank;
} sp_divisor;

struct sp_divisors {
    sp_divisor *item;
    size_t count;
};

/* The true value is within e u of every computed one, u that computation's unit roundoff; all are exactly
 * v if e is 0. In binary64 v itself is within 2 U e, U the largest unit roundoff (bound_entry.h). */
static divisor_state state_of(const sp_arithmetic *bound, const sp_matrix *scalar, mpfr_ptr v)
{
    const double e = sp_bound_radius(bound, scalar, 0, 0);
    bound->system->get(bound, scalar, 0, 0, v);
    if (!mpfr_number_p(v) || !isfinite(e))
        return UNSURE;
    if (mpfr_zero_p(v))
        return e > 0 ? UNSURE : ZERO;
    const double spread = ldexp(e, 2 - (bound->bits < 53 ? (int)bound->bits : 53));
    return fabs(mpfr_get_d(v, MPFR_RNDZ)) > spread ? NOT_ZERO : UNSURE;
}

/* Whether it is not 0 though doubles cannot tell: |v| > e 2^-bits for v of so many bits. */
static bool is_told_by_bits(const sp_job *job, const sp_arithmetic *mpfr, const sp_matrix *scalar,
                            const sp_matrix *bounds, mpfr_t *x)
{
    mpfr->system->get(mpfr, scalar, 0, 0, x[0]);
    mpfr_set_d(x[1], sp_bound_radius(&job->bound.in, bounds, 0, 0), MPFR_RNDU);
    mpfr_div_2ui(x[1], x[1], mpfr->bits, MPFR_RNDU);
    return mpfr_number_p(x[0]) && mpfr_number_p(x[1]) && mpfr_cmpabs(x[0], x[1]) > 0;
}

static const sp_value *values_of(const sp_job *job, const sp_arithmetic *in, const int *node,
                                 size_t count)
{
    const sp_inputs inputs = sp_inputs_of_case(in, job->of);
    return sp_interpret_nodes(in, job->program, job->ownership, job->network, &inputs, node, count);
}

/* All that the program divides by, with the data of the case. */
static const struct sp_divisors *run_divisors(const sp_job *job)
{
    const sp_program *p = job->program;
    const sp_arithmetic mpfr = {.system = sp_number_system_find("mpfr"), .pool = job->pool,
                                .bits = job->precision, .deterministic = job->options.deterministic};
    struct sp_divisors *all = SP_NEW(job->pool, struct sp_divisors);
    all->item = SP_NEW_ARRAY(job->pool, sp_divisor, p->nodes);
    int *node = SP_NEW_ARRAY(job->pool, int, p->nodes);
    for (size_t i = 0; i < p->nodes; i++)
        if (p->node[i].op == SP_OP_DIV)
            node[all->count++] = p->node[i].operand[1];
    const sp_value *bounds = values_of(job, &job->bound.in, node, all->count), *sharp = NULL;
    mpfr_t *x = sp_temporaries(job->pool, 2, job->precision + 64);
    for (size_t k = 0; k < all->count; k++) {
        sp_divisor *d = &all->item[k];
        *d = (sp_divisor){node[k], NOT_ZERO, 0};
        for (size_t rank = 0; rank < job->mesh->ranks; rank++) {
            const sp_matrix *scalar = bounds[k].on[rank];
            divisor_state state = state_of(&job->bound.in, scalar, x[0]);
            if (state == UNSURE && !sharp)
                sharp = values_of(job, &mpfr, node, all->count);
            if (state == UNSURE && is_told_by_bits(job, &mpfr, sharp[k].on[rank], scalar, x))
                state = NOT_ZERO;
            if (state > d->state)
                *d = (sp_divisor){node[k], state, rank};
        }
    }
    return all;
}

static size_t count_divisions(const sp_program *program)
{
    size_t divisions = 0;
    for (size_t i = 0; i < program->nodes; i++)
        divisions += program->node[i].op == SP_OP_DIV;
    return divisions;
}

/* Whether the theorem assumes that it is not 0: numbers and sizes never are. */
static bool is_assumed(const sp_proof *proof, int node)
{
    const sp_expression *const *divisor;
    const size_t count = proof ? sp_algebra_divisors(proof->algebra, &divisor) : 0;
    if (!proof)
        return true;
    for (size_t i = 0; i < count; i++)
        if ((proof->value && divisor[i] == proof->value[node]) || (proof->named && divisor[i] == proof->named[node]))
            return true;
    return false;
}

static const bool *nodes_used(const sp_job *job, size_t result)
{
    bool *wanted = SP_NEW_ARRAY(job->pool, bool, job->program->results);
    wanted[result] = true;
    return sp_nodes_used(job->pool, job->program, wanted);
}

static bool is_said(const sp_job *job, const bool *taken, size_t before, const char *name)
{
    const struct sp_divisors *all = job->divisors;
    for (size_t k = 0; k < before; k++)
        if (taken[k] && strcmp(sp_span_text(job->pool, job->program->node[all->item[k].node].span),
                               name) == 0)
            return true;
    return false;
}

sp_division sp_assumption_of(sp_job *job, const sp_proof *proof, size_t result)
{
    const sp_expression *const *divisor;
    sp_division found = {.divisors = ""};
    if (count_divisions(job->program) == 0 ||
        (proof && sp_algebra_divisors(proof->algebra, &divisor) == 0))
        return found;
    if (!job->divisors)
        job->divisors = run_divisors(job);
    const struct sp_divisors *all = job->divisors;
    const bool *used = nodes_used(job, result);
    bool *taken = SP_NEW_ARRAY(job->pool, bool, all->count);
    sp_text divisors = sp_text_in(job->pool), broken = sp_text_in(job->pool);
    for (size_t k = 0; k < all->count; k++) {
        const sp_divisor *d = &all->item[k];
        const char *name = sp_span_text(job->pool, job->program->node[d->node].span);
        if (!used[d->node] || !is_assumed(proof, d->node) || is_said(job, taken, k, name))
            continue;
        taken[k] = true;
        sp_text_format(&divisors, "%s%s", found.count++ ? ", " : "", name);
        if (d->state == NOT_ZERO)
            continue;
        sp_text_format(&broken, "%s%s is %s0", broken.length ? ", " : "", name,
                       d->state == ZERO ? "" : "within rounding of ");
        if (job->mesh->axes > 0)
            sp_text_format(&broken, " on rank %zu (%s)", d->rank, sp_job_coordinates(job, d->rank));
    }
    found.divisors = sp_text_string(&divisors);
    found.broken = broken.length ? sp_text_string(&broken) : NULL;
    return found;
}
