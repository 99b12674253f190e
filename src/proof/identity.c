#include "proof/identity.h"

#include "base/text.h"
#include "proof/algebra.h"

#include <string.h>

/*  built-in name, what is known of f and f', in words; for a certificate (sp_identity_law) */
#define SP_KNOWN_ACTIVATIONS(X)                                                     \
    X(IDENTITY, "identity", "%s(z) = z, %s'(z) = 1", "Identity", "x", "1")          \
    X(RELU, "relu", "%s'(z) = step(z) = step(%s(z)), %s(%s(z)) = %s(z), %s(z) step(z) = z step(z)",            \
      "Relu", "if 0 < x then x else 0", "step x")                                   \
    X(SIGMOID, "sigmoid", "%s'(z) = %s(z) (1 - %s(z))",                             \
      "Sigmoid", NULL, "%s x * (1 - %s x)")                                         \
    X(TANH, "tanh", "%s'(z) = 1 - %s(z)^2", "Tanh", NULL, "1 - %s x * %s x")

#define SP_KNOWN_LOSSES(X)                                                          \
    X(HALF_SSE, "half-sse", "loss'(a, y) = a - y", "HalfSse 5", NULL, "x - y")      \
    X(MSE, "mse", "loss'(a, y) = 2 (a - y) / (N Dout)",                             \
      "Mse 5 0 3", NULL, "2%:R * (x - y) / (N%:R * Dout%:R)")

typedef enum activation {
    ANY_ACTIVATION,
#define X(id, name, words, constructor, value, slope) ACTIVATION_##id,
    SP_KNOWN_ACTIVATIONS(X)
#undef X
} activation;

typedef enum loss {
    ANY_LOSS,
#define X(id, name, words, constructor, value, slope) LOSS_##id,
    SP_KNOWN_LOSSES(X)
#undef X
} loss;

typedef struct row {
    const char *name, *words;
    sp_identity_law law;
} row;

static const row activation_table[] = {
    {NULL, NULL, {NULL, NULL, NULL}},
#define X(id, name, words, constructor, value, slope) {name, words, {constructor, value, slope}},
    SP_KNOWN_ACTIVATIONS(X)
#undef X
};

static const row loss_table[] = {
    {NULL, NULL, {NULL, NULL, NULL}},
#define X(id, name, words, constructor, value, slope) {name, words, {constructor, value, slope}},
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

/* One function, one name: g is then written as sigma. */
static bool same_name(const sp_identities *known)
{
    return known->sigma && known->g && strcmp(known->sigma, known->g) == 0;
}

const sp_expression *sp_identity_apply(sp_algebra *in, const sp_identities *known,
                                       sp_symbol symbol, const sp_expression *a,
                                       const sp_expression *b)
{
    activation sigma = find_activation(known->sigma), g = find_activation(known->g);
    sp_symbol g_symbol = same_name(known) ? SP_SYMBOL_SIGMA : SP_SYMBOL_G;
    switch (symbol) {
    case SP_SYMBOL_SIGMA:
    case SP_SYMBOL_SIGMA_PRIME:
        return apply_activation(in, sigma, SP_SYMBOL_SIGMA, symbol == SP_SYMBOL_SIGMA_PRIME, a);
    case SP_SYMBOL_G:
    case SP_SYMBOL_G_PRIME:
        return apply_activation(in, g, g_symbol, symbol == SP_SYMBOL_G_PRIME, a);
    case SP_SYMBOL_LOSS_PRIME:
        switch (find_loss(known->loss)) {
        case LOSS_HALF_SSE:
            return sp_subtract(in, a, b);
        case LOSS_MSE: {
            const sp_expression *cells = sp_multiply(in, sp_size(in, SP_DIM_N),
                                                     sp_size(in, SP_DIM_DOUT));
            return sp_multiply(in, sp_scale(in, sp_subtract(in, a, b), (sp_rational){2, 1}),
                               sp_invert(in, cells));
        }
        case ANY_LOSS:
            break;
        }
        return NULL;
    case SP_SYMBOL_STEP: /* relu(z) is positive where z is */
        if (sigma == ACTIVATION_RELU && inside(a, SP_SYMBOL_SIGMA))
            return sp_apply(in, SP_SYMBOL_STEP, inside(a, SP_SYMBOL_SIGMA), NULL);
        if (g == ACTIVATION_RELU && inside(a, g_symbol))
            return sp_apply(in, SP_SYMBOL_STEP, inside(a, g_symbol), NULL);
        return NULL;
    default:
        return NULL;
    }
}

bool sp_identity_is_relu(const sp_identities *known, sp_symbol symbol)
{
    return (symbol == SP_SYMBOL_SIGMA && find_activation(known->sigma) == ACTIVATION_RELU) ||
           (symbol == SP_SYMBOL_G && find_activation(known->g) == ACTIVATION_RELU);
}

bool sp_identities_complete(const sp_identities *known)
{
    return (!known->sigma || find_activation(known->sigma) == ACTIVATION_IDENTITY) &&
           (!known->g || find_activation(known->g) == ACTIVATION_IDENTITY) &&
           (!known->loss || find_loss(known->loss) != ANY_LOSS);
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

const char *sp_identities_text(sp_pool *pool, const sp_identities *known)
{
    sp_text out = sp_text_in(pool);
    if (known) {
        activation sigma = find_activation(known->sigma), g = find_activation(known->g);
        loss l = find_loss(known->loss);
        if (same_name(known) && sigma != ACTIVATION_IDENTITY)
            add_words(&out, "g = sigma, g' = sigma'", "");
        if (sigma)
            add_words(&out, activation_table[sigma].words, "sigma");
        if (g)
            add_words(&out, activation_table[g].words, "g");
        if (l)
            add_words(&out, loss_table[l].words, "");
    }
    return sp_text_string(&out);
}
