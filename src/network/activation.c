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

/* Elementary functions, in the order of SP_ELEMENTARY. */
static const char *const elementary[] = {"step(z)", "exp(z)", "log(z)", "sqrt(z)", "1 / sqrt(z)", "tanh(z)", "erf(z)"};
_Static_assert(sizeof elementary / sizeof *elementary == SP_ELEMENTARY_END - SP_MAX_OWN_FUNCTIONS,
               "each elementary function has a formula");

static const sp_formula *parse(sp_pool *pool, const sp_signature *of, const char *name, const char *text,
                               const char *const *variables, size_t count)
{
    sp_source *source = SP_NEW(pool, sp_source);
    *source = (sp_source){name, text, strlen(text)};
    sp_diagnostics none = {.pool = pool};
    const sp_formula *formula = sp_formula_parse(pool, of, source, variables, count, &none);
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

static void set_function(sp_pool *pool, sp_network_function *f, const char *name, const sp_formula *formula)
{
    f->name = name;
    f->value = shared(pool, formula);
    f->slope = sp_formula_derivative(pool, &f->value, 0);
}

const sp_layout *sp_network_site(const sp_signature *of, sp_function f)
{
    for (size_t i = 0; of->rule && i < of->rule->nodes; i++)
        if (of->rule->node[i].op == SP_OP_APPLY && of->rule->node[i].function == f)
            return &of->rule->node[i].layout;
    return NULL;
}

/* The text of a loss with the number of entries that it is a mean over: those of what the network applies it to. */
static const char *loss_text(sp_pool *pool, const sp_signature *of, sp_function f, const char *text)
{
    static const char mark[] = "(N * Dout)";
    const char *at = strstr(text, mark);
    const sp_layout *site = sp_network_site(of, f);
    if (!at || !site)
        return text;
    sp_text out = sp_text_in(pool);
    sp_text_add_bytes(&out, text, (size_t)(at - text));
    for (unsigned i = 0; i < site->order; i++)
        sp_text_format(&out, "%s%s", i ? " * " : "(", of->dim[site->part[i].dim]);
    sp_text_format(&out, "%s%s", site->order ? ")" : "1", at + sizeof mark - 1);
    return sp_text_string(&out);
}

static void set_own(sp_pool *pool, const sp_signature *of, sp_function number, const sp_function_spec *spec,
                    sp_network_function *f)
{
    const size_t arguments = of->function[number].arguments;
    const bool loss = arguments == 2;
    if (!spec->name) {
        set_function(pool, f, spec->formula->text, spec->formula);
        return;
    }
    const builtin *b = loss ? find(spec->name, sp_loss_names, losses, sp_loss_count)
                            : find(spec->name, sp_activation_names, activations, sp_activation_count);
    if (!b)
        sp_pool_fail(pool, SP_INTERNAL);
    f->smooth = b->smooth;
    const char *text = loss ? loss_text(pool, of, number, b->text) : b->text;
    const char *const *variables = loss ? loss_variables : activation_variables;
    set_function(pool, f, spec->name, parse(pool, of, spec->name, text, variables, arguments));
}

static void set_named(sp_pool *pool, const sp_program *program, sp_network_function *named)
{
    for (size_t i = 0; i < program->nodes; i++) {
        const sp_node *n = &program->node[i];
        if (n->op != SP_OP_APPLY || n->function < SP_MAX_OWN_FUNCTIONS)
            continue;
        sp_network_function *f = &named[n->function - SP_MAX_OWN_FUNCTIONS];
        if (f->name)
            continue;
        const char *name = sp_function_text(pool, program->of, n->function, false);
        const size_t a = n->function - SP_ELEMENTARY_END;
        const char *text = n->function < SP_ELEMENTARY_END ? elementary[n->function - SP_MAX_OWN_FUNCTIONS]
                                                           : activations[a].text;
        f->smooth = n->function >= SP_ELEMENTARY_END && activations[a].smooth;
        set_function(pool, f, name, parse(pool, NULL, name, text, activation_variables, 1));
    }
}

const sp_network *sp_network_of_case(sp_pool *pool, const sp_case *of)
{
    const sp_signature *signature = of->program->of;
    sp_network *n = SP_NEW(pool, sp_network);
    sp_network_function *own = SP_NEW_ARRAY(pool, sp_network_function, signature->functions);
    sp_network_function *named = SP_NEW_ARRAY(pool, sp_network_function,
                                              SP_ELEMENTARY_END - SP_MAX_OWN_FUNCTIONS + signature->activations);
    for (size_t f = 0; f < signature->functions; f++)
        set_own(pool, signature, (sp_function)f, &of->function[f], &own[f]);
    set_named(pool, of->program, named);
    if (signature->rule)
        set_named(pool, signature->rule, named);
    if (signature->loss)
        set_named(pool, signature->loss, named);
    n->of = signature;
    n->own = own;
    n->named = named;
    memcpy(n->dim, of->dim, sizeof n->dim);
    return n;
}

const sp_network_function *sp_network_function_of(const sp_network *network, sp_function f)
{
    return f < SP_MAX_OWN_FUNCTIONS ? &network->own[f] : &network->named[f - SP_MAX_OWN_FUNCTIONS];
}

const sp_formula *sp_network_formula(const sp_network *network, sp_function f, bool prime)
{
    const sp_network_function *function = sp_network_function_of(network, f);
    return prime ? &function->slope : &function->value;
}
