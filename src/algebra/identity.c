#include "algebra/identity.h"

#include "algebra/algebra.h"
#include "base/text.h"
#include "network/network.h"

#include <string.h>

/*  built-in name, what is known of f and f', in words; for a certificate (sp_identity_law) */
#define SP_KNOWN_ACTIVATIONS(X)                                                     \
    X(IDENTITY, "identity", "%s(z) = z, %s'(z) = 1", "Identity", "x", "1", false)          \
    X(RELU, "relu", "%s'(z) = step(z) = step(%s(z)), %s(%s(z)) = %s(z), %s(z) step(z) = z step(z)",            \
      "Relu", "if 0 < x then x else 0", "step x", false)                                   \
    X(SIGMOID, "sigmoid", "%s'(z) = %s(z) (1 - %s(z))",                             \
      "Sigmoid", NULL, "%s x * (1 - %s x)", false)                                         \
    X(TANH, "tanh", "%s'(z) = 1 - %s(z)^2", "Tanh", NULL, "1 - %s x * %s x", false)

#define SP_KNOWN_LOSSES(X)                                                          \
    X(HALF_SSE, "half-sse", "loss'(a, y) = a - y", "HalfSse", NULL, "x - y", false)      \
    X(MSE, "mse", "loss'(a, y) = 2 (a - y) / (N Dout)",                             \
      "Mse", NULL, "2%:R * (x - y)", true)

typedef enum activation {
    ANY_ACTIVATION,
#define X(id, name, words, constructor, value, slope, mean) ACTIVATION_##id,
    SP_KNOWN_ACTIVATIONS(X)
#undef X
} activation;

typedef enum loss {
    ANY_LOSS,
#define X(id, name, words, constructor, value, slope, mean) LOSS_##id,
    SP_KNOWN_LOSSES(X)
#undef X
} loss;

typedef struct row {
    const char *name, *words;
    sp_identity_law law;
} row;

static const row activation_table[] = {
    {NULL, NULL, {NULL, NULL, NULL, false}},
#define X(id, name, words, constructor, value, slope, mean) {name, words, {constructor, value, slope, mean}},
    SP_KNOWN_ACTIVATIONS(X)
#undef X
};

static const row loss_table[] = {
    {NULL, NULL, {NULL, NULL, NULL, false}},
#define X(id, name, words, constructor, value, slope, mean) {name, words, {constructor, value, slope, mean}},
    SP_KNOWN_LOSSES(X)
#undef X
};

static size_t find(const row *table, size_t count, const char *name)
{
    for (size_t i = 1; i < count && name; i++)
        if (strcmp(table[i].name, name) == 0)
            return i;
    return 0;
}

static activation find_activation(const char *name)
{
    return (activation)find(activation_table, sizeof activation_table / sizeof(row), name);
}

static loss find_loss(const char *name)
{
    return (loss)find(loss_table, sizeof loss_table / sizeof(row), name);
}

const sp_identity_law *sp_identity_law_of_activation(const char *name)
{
    activation of = find_activation(name);
    return of ? &activation_table[of].law : NULL;
}

const sp_identity_law *sp_identity_law_of_loss(const char *name)
{
    loss of = find_loss(name);
    return of ? &loss_table[of].law : NULL;
}

/* f alone is applied to an expression that is in normal form already. */
static const sp_expression *opaque(sp_algebra *in, sp_symbol symbol, const sp_expression *a)
{
    sp_factor f = {.kind = SP_FACTOR_APPLY};
    f.is.apply.symbol = symbol;
    f.is.apply.argument[0] = a;
    return sp_factor_alone(in, sp_factor_intern(in, &f));
}

/* The argument of e = symbol(argument), or NULL. */
static const sp_expression *inside(const sp_expression *e, sp_symbol symbol)
{
    const sp_factor *f = sp_lone_factor(e);
    return f && f->kind == SP_FACTOR_APPLY && f->is.apply.symbol == symbol
               ? f->is.apply.argument[0] : NULL;
}

/* f and f' of a. */
static const sp_expression *apply_activation(sp_algebra *in, activation of, sp_symbol symbol,
                                             bool prime, const sp_expression *a)
{
    switch (of) {
    case ACTIVATION_IDENTITY:
        return prime ? sp_integer(in, 1) : a;
    case ACTIVATION_RELU:
        if (prime)
            return sp_apply(in, SP_SYMBOL_STEP, a, NULL);
        return inside(a, symbol) ? a : opaque(in, symbol, a);
    case ACTIVATION_SIGMOID:
    case ACTIVATION_TANH: {
        const sp_expression *value = opaque(in, symbol, a);
        if (!prime)
            return value;
        const sp_expression *square = sp_multiply(in, value, value);
        return sp_subtract(in, of == ACTIVATION_TANH ? sp_integer(in, 1) : value, square);
    }
    case ANY_ACTIVATION:
        break;
    }
    return opaque(in, prime ? symbol + 1 : symbol, a);
}

/* One function, one name: the first of those with the same built-in function. */
static sp_function first_of_name(const sp_identities *known, sp_function f)
{
    for (sp_function earlier = 0; earlier < f; earlier++)
        if (known->name[earlier] && strcmp(known->name[earlier], known->name[f]) == 0 &&
            known->of->function[earlier].arguments == known->of->function[f].arguments)
            return earlier;
    return f;
}

/* loss' of a mean: divided by the number of entries of what the network applies it to. */
static const sp_expression *entries_of(sp_algebra *in, const sp_signature *of, sp_function f)
{
    const sp_layout *site = sp_network_site(of, f);
    const sp_expression *cells = sp_integer(in, 1);
    for (unsigned i = 0; site && i < site->order; i++)
        cells = sp_multiply(in, cells, sp_size(in, sp_sort_of_dim(site->part[i].dim)));
    return cells;
}

static activation activation_of(const sp_identities *known, sp_function f)
{
    return f < known->of->functions && known->of->function[f].arguments == 1 ? find_activation(known->name[f])
                                                                             : ANY_ACTIVATION;
}

static loss loss_of(const sp_identities *known, sp_function f)
{
    return f < known->of->functions && known->of->function[f].arguments == 2 ? find_loss(known->name[f]) : ANY_LOSS;
}

/* relu(z) is positive where z is. */
static const sp_expression *apply_step(sp_algebra *in, const sp_identities *known, const sp_expression *a)
{
    for (sp_function f = 0; f < known->of->functions; f++) {
        const sp_symbol symbol = 2 * f;
        if (activation_of(known, f) == ACTIVATION_RELU && inside(a, symbol))
            return sp_apply(in, SP_SYMBOL_STEP, inside(a, symbol), NULL);
    }
    return NULL;
}

const sp_expression *sp_identity_apply(sp_algebra *in, const sp_identities *known,
                                       sp_symbol symbol, const sp_expression *a,
                                       const sp_expression *b)
{
    const sp_function f = symbol / 2;
    const bool prime = symbol % 2;
    if (symbol == SP_SYMBOL_STEP)
        return apply_step(in, known, a);
    if (f >= known->of->functions || !known->name[f])
        return f < known->of->functions && known->of->function[f].arguments == 1 ? opaque(in, symbol, a) : NULL;
    if (known->of->function[f].arguments == 1)
        return apply_activation(in, activation_of(known, f), 2 * first_of_name(known, f), prime, a);
    switch (prime ? loss_of(known, f) : ANY_LOSS) {
    case LOSS_HALF_SSE:
        return sp_subtract(in, a, b);
    case LOSS_MSE:
        return sp_multiply(in, sp_scale(in, sp_subtract(in, a, b), (sp_rational){2, 1}),
                           sp_invert(in, entries_of(in, known->of, f)));
    case ANY_LOSS:
        break;
    }
    return NULL;
}

bool sp_identity_is_relu(const sp_identities *known, sp_symbol symbol)
{
    return symbol % 2 == 0 && activation_of(known, symbol / 2) == ACTIVATION_RELU;
}

bool sp_identities_complete(const sp_identities *known)
{
    for (sp_function f = 0; f < known->of->functions; f++)
        if (known->name[f] && activation_of(known, f) != ACTIVATION_IDENTITY && loss_of(known, f) == ANY_LOSS)
            return false;
    return true;
}

static void add_words(sp_text *out, const char *words, const char *f)
{
    for (; *words; words++)
        if (words[0] == '%' && words[1] == 's') {
            sp_text_add(out, f);
            words++;
        } else {
            sp_text_add_bytes(out, words, 1);
        }
    sp_text_add(out, "\n");
}

/* Of a loss: by the name that the network has for it, and the dimensions it is a mean over. */
static void add_loss_words(sp_text *out, const sp_identities *known, sp_function f)
{
    const sp_layout *site = sp_network_site(known->of, f);
    const char *name = known->of->function[f].name;
    if (loss_of(known, f) == LOSS_HALF_SSE) {
        sp_text_format(out, "%s'(a, y) = a - y\n", name);
        return;
    }
    sp_text_format(out, "%s'(a, y) = 2 (a - y) / (", name);
    for (unsigned i = 0; site && i < site->order; i++)
        sp_text_format(out, "%s%s", i ? " " : "", known->of->dim[site->part[i].dim]);
    sp_text_add(out, ")\n");
}

const char *sp_identities_text(sp_pool *pool, const sp_identities *known)
{
    sp_text out = sp_text_in(pool);
    for (sp_function f = 0; known && f < known->of->functions; f++) {
        const char *name = known->of->function[f].name;
        const char *first = known->name[f] ? known->of->function[first_of_name(known, f)].name : name;
        if (first != name && activation_of(known, f) != ACTIVATION_IDENTITY && known->of->function[f].arguments == 1)
            sp_text_format(&out, "%s = %s, %s' = %s'\n", name, first, name, first);
    }
    for (sp_function f = 0; known && f < known->of->functions; f++) {
        if (activation_of(known, f))
            add_words(&out, activation_table[activation_of(known, f)].words, known->of->function[f].name);
        if (loss_of(known, f))
            add_loss_words(&out, known, f);
    }
    return sp_text_string(&out);
}
