#include "search/functions.h"

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
static const candidate activations[] = {ACTIVATIONS(CANDIDATE)};
static const candidate generic[] = {{GENERIC_SIGMA}, {GENERIC_G}};
static const candidate losses[] = {LOSSES(CANDIDATE)};
enum { ACTIVATION_COUNT = sizeof activations / sizeof *activations, GENERIC_COUNT = sizeof generic / sizeof *generic,
       LOSS_COUNT = sizeof losses / sizeof *losses };

bool sp_function_is_given(const sp_function_spec *spec)
{
    return spec->name || spec->formula;
}

static const sp_signature *network(const sp_candidates *c)
{
    return c->program->of;
}

size_t sp_candidates_count(const sp_candidates *c, sp_function f)
{
    if (sp_function_is_given(&c->given[f]))
        return 1;
    return network(c)->function[f].arguments == 2 ? LOSS_COUNT : ACTIVATION_COUNT + 1;
}

sp_candidates sp_candidates_of(sp_pool *pool, const sp_program *program)
{
    return (sp_candidates){.pool = pool, .program = program};
}

static sp_function_spec spec_of(const sp_candidates *c, const candidate *of, size_t variables)
{
    static const char *const one[] = {"z"}, *const two[] = {"a", "y"};
    sp_function_spec spec = {.name = of->name};
    if (of->name)
        return spec;
    sp_source *source = SP_NEW(c->pool, sp_source);
    *source = (sp_source){"counterexample", of->formula, strlen(of->formula)};
    sp_diagnostics none = {.pool = c->pool};
    spec.formula = sp_formula_parse(c->pool, network(c), source, variables == 1 ? one : two, variables, &none);
    if (!spec.formula)
        sp_pool_fail(c->pool, SP_INTERNAL);
    return spec;
}

/* A generic activation for every function: no two are the same. */
static candidate generic_for(const sp_candidates *c, sp_function f)
{
    if (f < GENERIC_COUNT)
        return generic[f];
    return (candidate){NULL, sp_pool_format(c->pool, "%u * z * z * z + %u * z * z + z + %u", f + 1, f, f + 2)};
}

static bool is_exact(const sp_formula *f)
{
    for (size_t i = 0; i < f->count; i++)
        if (f->node[i].kind == SP_FORMULA_PRIMITIVE && f->node[i].primitive >= SP_PRIMITIVE_EXP &&
            f->node[i].primitive <= SP_PRIMITIVE_SQRT)
            return false;
    return true;
}

/* Whether a program has exact values with the functions of a network. */
static bool computes_exactly(const sp_program *program, const sp_network *of)
{
    for (size_t i = 0; i < program->nodes; i++) {
        const sp_node *n = &program->node[i];
        if (n->op == SP_OP_SOFTMAX || n->op == SP_OP_LOGSUMEXP ||
            (n->op == SP_OP_APPLY && !is_exact(sp_network_formula(of, n->function, n->prime))))
            return false;
    }
    return true;
}

static const sp_network *network_of(const sp_candidates *c, const sp_function_spec *spec)
{
    sp_case of = {.program = c->program};
    for (size_t d = 0; d < SP_MAX_DIMS; d++)
        of.dim[d] = 1;
    memcpy(of.function, spec, sizeof of.function);
    return sp_network_of_case(c->pool, &of);
}

const sp_functions *sp_candidates_get(sp_candidates *c, const size_t *choice)
{
    const sp_signature *of = network(c);
    for (size_t i = 0; i < c->count; i++)
        if (memcmp(c->made[i]->choice, choice, of->functions * sizeof *choice) == 0)
            return c->made[i];
    sp_functions *made = SP_NEW(c->pool, sp_functions);
    memcpy(made->choice, choice, of->functions * sizeof *choice);
    for (sp_function f = 0; f < of->functions; f++) {
        const size_t arguments = of->function[f].arguments;
        const candidate last = generic_for(c, f);
        if (sp_function_is_given(&c->given[f]))
            made->spec[f] = c->given[f];
        else if (arguments == 2)
            made->spec[f] = spec_of(c, &losses[choice[f]], 2);
        else
            made->spec[f] = spec_of(c, choice[f] < ACTIVATION_COUNT ? &activations[choice[f]] : &last, 1);
    }
    made->network = network_of(c, made->spec);
    made->exact = computes_exactly(c->program, made->network) && computes_exactly(of->rule, made->network);
    c->made = sp_pool_grow(c->pool, c->made, &c->room, c->count + 1, sizeof *c->made);
    return c->made[c->count++] = made;
}

const sp_functions *sp_candidates_generic(sp_candidates *c)
{
    size_t choice[SP_MAX_OWN_FUNCTIONS] = {0};
    for (sp_function f = 0; f < network(c)->functions; f++)
        choice[f] = sp_candidates_count(c, f) - 1;
    return sp_candidates_get(c, choice);
}

const sp_network *sp_candidates_field(sp_candidates *c)
{
    /* What is not of + - * / alone is a random function in the field. Of a loss the derivative is applied as a rule,
     * not the loss itself: log is not rational, but log' is, and has a pole. */
    static const sp_function_spec activation = {.name = "tanh"};
    static const candidate curved = {NULL, "tanh(a * y)"};
    if (c->field)
        return c->field;
    sp_function_spec spec[SP_MAX_OWN_FUNCTIONS] = {{0}};
    for (sp_function f = 0; f < network(c)->functions; f++)
        spec[f] = sp_function_is_given(&c->given[f])           ? c->given[f]
                  : network(c)->function[f].arguments == 2 ? spec_of(c, &curved, 2)
                                                               : activation;
    c->field = network_of(c, spec);
    return c->field;
}
