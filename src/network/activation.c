/* The built-in activations and losses, and the network of a case. */
#include "lang/lang.h"
#include "network/build.h"
#include "network/network.h"

#include <string.h>

/* Formulas are finite and free of inf/inf for every finite z of moderate size, and their
 * symbolic derivatives, with step(0) = 0, are PyTorch's at kinks: relu' = 0, leaky-relu' = 0.01,
 * elu' = 1 at 0. PyTorch's softplus turns linear above 20, where this one differs from it by
 * less than 2.1e-9.
 *   name, formula of z, smooth although it uses max or step */
#define ACTIVATIONS(X)                                                                       \
    X("identity", "z", false)                                                                \
    X("relu", "max(z, 0)", false)                                                            \
    X("leaky-relu", "max(z, 0.01 * z)", false)                                               \
    X("tanh", "tanh(z)", false)                                                              \
    X("sigmoid", "(1 + tanh(z / 2)) / 2", false)                                             \
    X("gelu", "z * (1 + erf(z / sqrt(2))) / 2", false)                                       \
    X("gelu-tanh", "z * (1 + tanh(0.7978845608028654 * (z + 0.044715 * z * z * z))) / 2", false) \
    X("silu", "z * (1 + tanh(z / 2)) / 2", false)                                            \
    X("softplus", "max(z, 0) + log(1 + exp(-max(z, -z)))", true)                             \
    X("elu", "max(z, 0) + exp(z - max(z, 0)) - 1", false)

/* bce and huber take the mean over all entries, as PyTorch does by default; bce is without its
 * clamp of logarithms at -100. huber has delta = 1: with c = a - y cut off at -1 and 1 it is c
 * (a - y - c / 2).
 *   name, formula of (a, y), smooth although it uses max or step */
#define CUT "max(-max(y - a, -1), -1)"
#define LOSSES(X)                                                                            \
    X("half-sse", "(a - y) * (a - y) / 2", false)                                            \
    X("mse", "(a - y) * (a - y) / (N * Dout)", false)                                        \
    X("bce", "-(y * log(a) + (1 - y) * log(1 - a)) / (N * Dout)", false)                     \
    X("huber", CUT " * (a - y - " CUT " / 2) / (N * Dout)", false)

typedef struct builtin {
    const char *text;
    bool smooth;
} builtin;

#define NAME(name, text, smooth) name,
#define BUILTIN(name, text, smooth) {text, smooth},
const char *const sp_activation_names[] = {ACTIVATIONS(NAME)};
const char *const sp_loss_names[] = {LOSSES(NAME)};
static const builtin activations[] = {ACTIVATIONS(BUILTIN)};
static const builtin losses[] = {LOSSES(BUILTIN)};
const size_t sp_activation_count = sizeof activations / sizeof *activations;
const size_t sp_loss_count = sizeof losses / sizeof *losses;

static const char *const activation_variables[] = {"z"};
static const char *const loss_variables[] = {"a", "y"};

static const builtin *find(const char *name, const char *const *names, const builtin *table,
                           size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return &table[i];
    return NULL;
}

static const sp_formula *parse(sp_pool *pool, const char *name, const char *text,
                               const char *const *variables, size_t count)
{
    sp_source *source = SP_NEW(pool, sp_source);
    *source = (sp_source){name, text, strlen(text)};
    sp_diagnostics none = {.pool = pool};
    const sp_formula *formula = sp_formula_parse(pool, source, variables, count, count > 1, &none);
    if (!formula)
        sp_pool_fail(pool, SP_INTERNAL);
    return formula;
}

/* The same formula with equal subexpressions as one node. */
static sp_formula shared(sp_pool *pool, const sp_formula *formula)
{
    sp_builder b = sp_builder_in(pool);
    int *node = sp_build_copy_all(&b, formula);
    sp_formula f = sp_build_finish(&b, node[formula->count - 1], formula->variables);
    f.text = formula->text;
    sp_pool_free(pool, node);
    return f;
}

static void set_activation(sp_pool *pool, const sp_function_spec *of, const char **name,
                           sp_formula *f, sp_formula *prime, bool *smooth)
{
    const sp_formula *formula = of->formula;
    if (of->name) {
        const builtin *b = find(of->name, sp_activation_names, activations, sp_activation_count);
        if (!b)
            sp_pool_fail(pool, SP_INTERNAL);
        formula = parse(pool, of->name, b->text, activation_variables, 1);
        *smooth = b->smooth;
    }
    *name = of->name ? of->name : formula->text;
    *f = shared(pool, formula);
    *prime = sp_formula_derivative(pool, f, 0);
}

static void set_loss(sp_pool *pool, const sp_function_spec *of, sp_network *network)
{
    const sp_formula *formula = of->formula;
    if (of->name) {
        const builtin *b = find(of->name, sp_loss_names, losses, sp_loss_count);
        if (!b)
            sp_pool_fail(pool, SP_INTERNAL);
        formula = parse(pool, of->name, b->text, loss_variables, 2);
        network->loss_smooth = b->smooth;
    }
    network->loss_name = of->name ? of->name : formula->text;
    network->loss = shared(pool, formula);
    network->loss_prime = sp_formula_derivative(pool, &network->loss, 0);
}

const sp_network *sp_network_of_case(sp_pool *pool, const sp_case *of)
{
    sp_network *n = SP_NEW(pool, sp_network);
    set_activation(pool, &of->sigma, &n->sigma_name, &n->sigma, &n->sigma_prime, &n->sigma_smooth);
    set_activation(pool, &of->g, &n->g_name, &n->g, &n->g_prime, &n->g_smooth);
    set_loss(pool, &of->loss, n);
    memcpy(n->dim, of->dim, sizeof n->dim);
    return n;
}

const sp_formula *sp_network_formula(const sp_network *network, sp_function f)
{
    switch (f) {
    case SP_FUNCTION_SIGMA:
        return &network->sigma;
    case SP_FUNCTION_SIGMA_PRIME:
        return &network->sigma_prime;
    case SP_FUNCTION_G:
        return &network->g;
    case SP_FUNCTION_G_PRIME:
        return &network->g_prime;
    case SP_FUNCTION_LOSS_PRIME:
        return &network->loss_prime;
    }
    return NULL;
}
