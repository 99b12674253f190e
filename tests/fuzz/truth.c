/* Worlds of programs and data of cases: what is right and what is wrong. */
#include "truth.h"

#include <string.h>

enum {
    LARGE = 1 << 20, /* data of worlds */
    DATA_SETS = 3,   /* beside the case's own */
    SIGNS = 30,      /* and, where something hinges on a sign, so many more */
    NEAR_KINKS = 200 /* and so many before a mismatch counts as wrong */
};

#define X(id, words) words,
const char *const contradiction_words[CONTRADICTION_COUNT] = {CONTRADICTIONS(X)};
#undef X

void truth_look(seen *found, const tree_scheme *s, const world *functions, uint64_t *random,
                int worlds)
{
    static world w;
    masked_answer answer[TREE_RESULTS];
    for (int k = 0; k < worlds; k++) {
        if (!world_make(&w, s, random, LARGE))
            continue;
        w.sigma = functions->sigma;
        w.g = functions->g;
        w.loss = functions->loss;
        if (k % 2 && world_has_kinks(&w, s))
            world_draw_signs(&w, random);
        masked_run(&w, s, answer);
        bool said = false;
        for (int r = 0; r < s->results; r++) {
            found->wrong[r] = found->wrong[r] || answer[r] == MASKED_WRONG;
            said = said || answer[r] != MASKED_SAYS_NOTHING;
        }
        found->said += said;
        found->worlds++;
    }
}

/* ---- of a case ---- */

#define ANY_OF(random, list) ((list)[tree_below((random), (int)(sizeof(list) / sizeof *(list)))])

asking truth_draw_asking(uint64_t *random)
{
    static const asking ways[] = {
        {{.extras = "  numdiff off\n"}, ALL_DATA},
        {{.extras = "  numdiff off\n"}, ALL_DATA},
        {{.extras = "  numdiff off\n"}, ALL_DATA},
        {{.extras = "  numdiff full\n"}, ALL_DATA},
        {{.extras = "  numdiff off\n  evidence binary64\n"}, NO_DATA},
        {{.extras = "  numdiff off\n  evidence mpfr\n"}, OWN_DATA},
        {{.extras = "  numdiff off\n  evidence field\n"}, ALL_DATA},
        {{.extras = "  numdiff off\n  evidence binary64, mpfr\n"}, OWN_DATA},
    };
    return ANY_OF(random, ways);
}

/* Numbers that overflow and vanish, poles, kinks: whatever rounding does, right stays right. */
asking truth_draw_wild(uint64_t *random)
{
    static const char *const networks[] = {
        "sigma = relu, g = identity, loss = half-sse",
        "sigma = gelu, g = sigmoid, loss = bce",
        "sigma = tanh, g = softplus, loss = huber",
        "sigma = silu, g = leaky-relu, loss = mse",
        "sigma = elu, g = gelu-tanh, loss = huber",
        "sigma(z) = 1 / (z - 0.5), g = identity, loss = half-sse",
        "sigma(z) = exp(z * z), g(z) = log(z * z), loss(a, y) = a * a * y / N",
        "sigma(z) = sqrt(z), g(z) = max(z, 1) * step(z), loss = mse",
        "sigma(z) = erf(z) / z, g(z) = exp(-z), loss(a, y) = log(a - y)",
    };
    static const char *const data[] = {
        "  data random(seed = 1)\n",
        "  data random(seed = 2, scale = 1e30)\n",
        "  data random(seed = 3, scale = 1e75)\n",
        "  data random(seed = 622, scale = 1e154)\n",
        "  data random(seed = 5, scale = 1e200)\n",
        "  data random(seed = 6, scale = 1e300)\n",
        "  data random(seed = 7, scale = 1e-160)\n",
        "  data random(seed = 8, scale = 1e-300)\n",
        "  data integers(seed = 9, range = 2)\n",
        "  data integers(seed = 10, range = 1000000)\n",
    };
    static const char *const extras[] = {
        "  numdiff off\n", "  numdiff full\n", "  numdiff off\n  evidence binary64\n",
        "  numdiff off\n  precision 24\n", "  numdiff off\n  precision 53\n  evidence mpfr\n",
    };
    return (asking){{.network = ANY_OF(random, networks), .data = ANY_OF(random, data),
                     .extras = ANY_OF(random, extras)}, NO_DATA};
}

/* The field's difference decides nothing where it hinges on a sign. */
static claim claim_of(const asking *e, const world *w, const tree_scheme *s)
{
    return e->of == ALL_DATA && world_has_kinks(w, s) ? OWN_DATA : e->of;
}

static bool is_rational(masked_function f)
{
    return f != MASKED_SIGMOID && f != MASKED_TANH;
}

bool truth_draw_functions(world *w, const program *p, uint64_t *random)
{
    static const masked_function any[] = {MASKED_IDENTITY, MASKED_RELU, MASKED_SQUARE, MASKED_CUBE,
                                          MASKED_FRACTION};
    static const masked_loss losses[] = {MASKED_LOSS_HALF_SSE, MASKED_LOSS_MSE, MASKED_LOSS_MIXED};
    w->sigma = p->functions.sigma == MASKED_ANY ? any[tree_below(random, 5)] : p->functions.sigma;
    w->g = p->functions.g == MASKED_ANY ? any[tree_below(random, 5)] : p->functions.g;
    w->loss = p->functions.loss == MASKED_LOSS_ANY ? losses[tree_below(random, 3)]
                                                   : p->functions.loss;
    return is_rational(w->sigma) && is_rational(w->g);
}

static void look_at_data(truth *t, const tree_scheme *s, world *other)
{
    masked_answer answer[TREE_RESULTS];
    bool said = false;
    masked_run(other, s, answer);
    for (int r = 0; r < s->results; r++) {
        t->other[r] = t->other[r] || answer[r] == MASKED_WRONG;
        said = said || answer[r] != MASKED_SAYS_NOTHING;
    }
    t->said += said;
}

void truth_find(truth *t, const tree_scheme *s, const world *w, const asking *with,
                uint64_t seed)
{
    int signs = world_has_kinks(w, s) ? SIGNS : 0;
    static world other;
    memset(t, 0, sizeof *t);
    t->of = claim_of(with, w, s);
    other = *w;
    masked_run(&other, s, t->own);
    for (int k = 0; k < DATA_SETS + signs; k++) {
        if (k < DATA_SETS)
            world_draw_data(&other, &seed, LARGE);
        else
            world_draw_signs(&other, &seed);
        look_at_data(t, s, &other);
    }
}

void truth_look_near_kinks(truth *t, const tree_scheme *s, const world *w, uint64_t seed)
{
    static world other;
    other = *w;
    for (int k = 0; k < NEAR_KINKS && world_has_kinks(w, s); k++) {
        world_draw_near_kinks(&other, &seed);
        look_at_data(t, s, &other);
    }
}

contradiction truth_judge(const truth *t, int r, sp_verdict verdict)
{
    if (t->own[r] == MASKED_SAYS_NOTHING)
        return CONTRADICTION_COUNT;
    bool wrong_here = t->own[r] == MASKED_WRONG;
    if (verdict == SP_VERDICT_MATCH && t->of != NO_DATA &&
        (wrong_here || (t->other[r] && t->of == ALL_DATA)))
        return MATCH_WRONG;
    if (verdict == SP_VERDICT_MISMATCH && !wrong_here && !t->other[r] && t->said > 0)
        return MISMATCH_RIGHT;
    return CONTRADICTION_COUNT;
}
