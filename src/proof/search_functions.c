#include "proof/search_functions.h"

#include "lang/lang.h"

#include <string.h>

/* The last ones are generic, and not the same for sigma and g: what differs for some functions
 * differs for them.
 *   name, or NULL and the formula */
#define ACTIVATIONS(X)   \
    X("identity", NULL)  \
    X("relu", NULL)      \
    X(NULL, "z * z")     \
    X(NULL, "z + 1")     \
    X(NULL, "z * z + z + 1")
#define GENERIC_SIGMA NULL, "z * z * z + 2 * z * z - z + 3"
#define GENERIC_G NULL, "2 * z * z * z - z * z + 3 * z + 1"
#define LOSSES(X)                          \
    X("half-sse", NULL)                    \
    X("mse", NULL)                         \
    X(NULL, "(a - y) * (a - y) * (a - y)") \
    X(NULL, "a * a * a + a * a * y + 2 * a * y * y + a")

typedef struct candidate {
    const char *name, *formula;
} candidate;

#define CANDIDATE(name, formula) {name, formula},
static const candidate sigmas[] = {ACTIVATIONS(CANDIDATE) {GENERIC_SIGMA}};
static const candidate gs[] = {ACTIVATIONS(CANDIDATE) {GENERIC_G}};
static const candidate losses[] = {LOSSES(CANDIDATE)};
enum { SIGMAS = sizeof sigmas / sizeof *sigmas, GS = sizeof gs / sizeof *gs,
       ALL_LOSSES = sizeof losses / sizeof *losses };

bool sp_function_is_given(const sp_function_spec *spec)
{
    return spec->name || spec->formula;
}

size_t sp_candidates_sigma(const sp_candidates *c)
{
    return sp_function_is_given(&c->sigma) ? 1 : SIGMAS;
}

size_t sp_candidates_g(const sp_candidates *c)
{
    return sp_function_is_given(&c->g) ? 1 : GS;
}

size_t sp_candidates_loss(const sp_candidates *c)
{
    return sp_function_is_given(&c->loss) ? 1 : ALL_LOSSES;
}

sp_candidates sp_candidates_of(sp_pool *pool)
{
    return (sp_candidates){.pool = pool,
                           .made = SP_NEW_ARRAY(pool, sp_functions, SIGMAS * GS * ALL_LOSSES)};
}

static sp_function_spec spec_of(sp_pool *pool, const candidate *of, size_t variables)
{
    static const char *const one[] = {"z"}, *const two[] = {"a", "y"};
    sp_function_spec spec = {.name = of->name};
    if (of->name)
        return spec;
    sp_source *source = SP_NEW(pool, sp_source);
    *source = (sp_source){"counterexample", of->formula, strlen(of->formula)};
    sp_diagnostics none = {.pool = pool};
    spec.formula = sp_formula_parse(pool, source, variables == 1 ? one : two, variables,
                                    variables == 2, &none);
    if (!spec.formula)
        sp_pool_fail(pool, SP_INTERNAL);
    return spec;
}

static bool is_exact(const sp_formula *f)
{
    for (size_t i = 0; i < f->count; i++)
        if (f->node[i].kind == SP_FORMULA_PRIMITIVE && f->node[i].primitive >= SP_PRIMITIVE_EXP &&
            f->node[i].primitive <= SP_PRIMITIVE_SQRT)
            return false;
    return true;
}

static bool all_exact(const sp_network *of)
{
    for (int f = SP_FUNCTION_SIGMA; f <= SP_FUNCTION_LOSS_PRIME; f++)
        if (!is_exact(sp_network_formula(of, (sp_function)f)))
            return false;
    return true;
}

static const sp_network *network_of(sp_pool *pool, const sp_function_spec *sigma,
                                    const sp_function_spec *g, const sp_function_spec *loss)
{
    sp_case of = {.sigma = *sigma, .g = *g, .loss = *loss, .dim = {1, 1, 1, 1}};
    return sp_network_of_case(pool, &of);
}

const sp_functions *sp_candidates_get(sp_candidates *c, size_t sigma, size_t g, size_t loss)
{
    sp_functions *f = &c->made[(loss * GS + g) * SIGMAS + sigma];
    if (f->network)
        return f;
    f->sigma = sp_function_is_given(&c->sigma) ? c->sigma : spec_of(c->pool, &sigmas[sigma], 1);
    f->g = sp_function_is_given(&c->g) ? c->g : spec_of(c->pool, &gs[g], 1);
    f->loss = sp_function_is_given(&c->loss) ? c->loss : spec_of(c->pool, &losses[loss], 2);
    f->network = network_of(c->pool, &f->sigma, &f->g, &f->loss);
    f->exact = all_exact(f->network);
    return f;
}

const sp_functions *sp_candidates_generic(sp_candidates *c)
{
    return sp_candidates_get(c, sp_candidates_sigma(c) - 1, sp_candidates_g(c) - 1,
                             sp_candidates_loss(c) - 1);
}

const sp_network *sp_candidates_field(sp_candidates *c)
{
    /* What is not of + - * / alone is a random function in the field, and what a program applies are
     * sigma, sigma', g, g' and loss', never the loss itself: log is not rational, but log' is, and has
     * a pole. */
    static const sp_function_spec activation = {.name = "tanh"};
    static const candidate curved = {NULL, "tanh(a * y)"};
    if (c->field)
        return c->field;
    sp_function_spec loss = c->loss;
    if (!sp_function_is_given(&loss))
        loss = spec_of(c->pool, &curved, 2);
    c->field = network_of(c->pool, sp_function_is_given(&c->sigma) ? &c->sigma : &activation,
                          sp_function_is_given(&c->g) ? &c->g : &activation, &loss);
    return c->field;
}
