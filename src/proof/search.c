#include "proof/search.h"

#include "lang/lang.h"
#include "proof/search_text.h"

#include <string.h>

/* Functions for what is not given, the simplest first. The last ones are generic: what differs for some
 * functions differs for them. */
#define ACTIVATIONS(X)                    \
    X("identity", NULL)                   \
    X("relu", NULL)                       \
    X(NULL, "z * z")                      \
    X(NULL, "z + 1")                      \
    X(NULL, "z * z + z + 1")              \
    X(NULL, "z * z * z + 2 * z * z - z + 3")
#define LOSSES(X)                         \
    X("half-sse", NULL)                   \
    X("mse", NULL)                        \
    X(NULL, "(a - y) * (a - y) * (a - y)") \
    X(NULL, "a * a * a + a * a * y + 2 * a * y * y + a")

typedef struct candidate {
    const char *name, *formula;
} candidate;

#define CANDIDATE(name, formula) {name, formula},
static const candidate activations[] = {ACTIVATIONS(CANDIDATE)};
static const candidate losses[] = {LOSSES(CANDIDATE)};
enum { ACTIVATION_COUNT = sizeof activations / sizeof *activations,
       LOSS_COUNT = sizeof losses / sizeof *losses, BITS = 256 };

/* The functions of a network, given or candidates. */
typedef struct functions {
    sp_function_spec sigma, g, loss;
    const sp_network *of; /* NULL: not made yet */
    bool exact;           /* every value is a fraction */
    bool kinks;           /* max or step: where an argument is zero rounding may hide which side counts */
} functions;

typedef struct failing_site {
    sp_site site;
    unsigned differs;
} failing_site;

struct sp_search {
    sp_pool *pool;
    sp_pool *at_site, *at_trial; /* cleared for every site, for every trial */
    const sp_program *program, *rule;
    const char *reference;
    sp_function_spec sigma, g, loss; /* given ones; empty: any */
    const sp_network *field;         /* in which functions that are not given are random ones; NULL: not made yet */
    functions *network;               /* ACTIVATION_COUNT^2 * LOSS_COUNT */
    sp_sites sites;
    failing_site *failing;
    size_t failings, failing_room;
    size_t tried, work;
    bool complete; /* all sites within the bounds were tried */
    unsigned layouts; /* bits of results whose layout does not fit */
};

/* Where one counterexample is being made. */
typedef struct place {
    sp_search *s;
    const sp_site *site;
    size_t result;
    sp_trial_setup setup;
    sp_network network; /* with the site's sizes */
    const functions *functions;
    bool clear; /* rounding must hide nothing: what `check` computes must be certain on every entry */
    sp_trial_data data;
} place;

/* ---- networks ---- */

static bool is_given(const sp_function_spec *spec)
{
    return spec->name || spec->formula;
}

static sp_function_spec spec_of(sp_search *s, const candidate *c, size_t variables)
{
    static const char *const one[] = {"z"}, *const two[] = {"a", "y"};
    sp_function_spec spec = {.name = c->name};
    if (c->name)
        return spec;
    sp_source *source = SP_NEW(s->pool, sp_source);
    *source = (sp_source){"counterexample", c->formula, strlen(c->formula)};
    sp_diagnostics none = {.pool = s->pool};
    spec.formula = sp_formula_parse(s->pool, source, variables == 1 ? one : two, variables,
                                    variables == 2, &none);
    if (!spec.formula)
        sp_pool_fail(s->pool, SP_INTERNAL);
    return spec;
}

static bool uses(const sp_formula *f, sp_primitive first, sp_primitive last)
{
    for (size_t i = 0; i < f->count; i++)
        if (f->node[i].kind == SP_FORMULA_PRIMITIVE && f->node[i].primitive >= first &&
            f->node[i].primitive <= last)
            return true;
    return false;
}

static bool any_uses(const sp_network *of, sp_primitive first, sp_primitive last)
{
    return uses(&of->sigma, first, last) || uses(&of->sigma_prime, first, last) ||
           uses(&of->g, first, last) || uses(&of->g_prime, first, last) ||
           uses(&of->loss_prime, first, last);
}

static bool program_steps(const sp_program *p)
{
    for (size_t i = 0; i < p->nodes; i++)
        if (p->node[i].op == SP_OP_STEP)
            return true;
    return false;
}

static const functions *network_of(sp_search *s, size_t sigma, size_t g, size_t loss)
{
    functions *n = &s->network[(loss * ACTIVATION_COUNT + g) * ACTIVATION_COUNT + sigma];
    if (n->of)
        return n;
    n->sigma = is_given(&s->sigma) ? s->sigma : spec_of(s, &activations[sigma], 1);
    n->g = is_given(&s->g) ? s->g : spec_of(s, &activations[g], 1);
    n->loss = is_given(&s->loss) ? s->loss : spec_of(s, &losses[loss], 2);
    sp_case of = {.sigma = n->sigma, .g = n->g, .loss = n->loss, .dim = {1, 1, 1, 1}};
    n->of = sp_network_of_case(s->pool, &of);
    n->exact = !any_uses(n->of, SP_PRIMITIVE_EXP, SP_PRIMITIVE_SQRT);
    n->kinks = any_uses(n->of, SP_PRIMITIVE_MAX, SP_PRIMITIVE_STEP) || program_steps(s->program);
    return n;
}

/* Formulas of + - * / are computed in the field, others are random functions: tanh and bce stand for any. */
static const sp_network *field_network(sp_search *s)
{
    if (s->field)
        return s->field;
    sp_case of = {.sigma = s->sigma, .g = s->g, .loss = s->loss, .dim = {1, 1, 1, 1}};
    if (!is_given(&s->sigma))
        of.sigma.name = "tanh";
    if (!is_given(&s->g))
        of.g.name = "tanh";
    if (!is_given(&s->loss))
        of.loss.name = "bce";
    return s->field = sp_network_of_case(s->pool, &of);
}

/* ---- trials at a place ---- */

static void set_site(place *at, const sp_site *site)
{
    sp_search *s = at->s;
    sp_pool_clear(s->at_site);
    at->site = site;
    sp_diagnostics none = {.pool = s->at_site};
    const sp_case *of = sp_site_case(s->at_site, &s->sites, site);
    at->setup = (sp_trial_setup){.program = s->program, .rule = s->rule, .network = &at->network,
                                 .ownership = sp_ownership_of_case(s->at_site, of, &none)};
    if (!at->setup.ownership)
        sp_pool_fail(s->pool, SP_INTERNAL);
    at->data.count = sp_trial_entries(site->dim);
    at->data.value = SP_NEW_ARRAY(s->at_site, long, at->data.count);
}

static void set_network(place *at, const sp_network *of)
{
    at->network = *of;
    memcpy(at->network.dim, at->site->dim, sizeof at->network.dim);
}

static sp_trial try_exact(const place *at, sp_trial_place *where)
{
    return sp_trial_exact(at->s->at_trial, &at->setup, &at->data, at->result, where);
}

static sp_trial try_bounded(const place *at, sp_trial_place *where)
{
    return sp_trial_bounded(at->s->at_trial, &at->setup, &at->data, BITS, at->result, where);
}

static unsigned mismatches(const place *at, const sp_trial *bounded)
{
    return bounded->differs | bounded->one_sided | at->s->layouts;
}

/* Whether the result differs on the data. */
static bool fails(const place *at)
{
    unsigned bit = 1U << at->result;
    bool found = true;
    if (at->functions->exact) {
        found = (try_exact(at, NULL).differs & bit) != 0;
        sp_pool_clear(at->s->at_trial);
    }
    if (found && (at->clear || !at->functions->exact)) {
        sp_trial trial = try_bounded(at, NULL);
        found = (trial.differs & bit) && !(trial.unclear & ~mismatches(at, &trial));
        sp_pool_clear(at->s->at_trial);
    }
    return found;
}

/* splitmix64 (Steele, Lea, Flood, OOPSLA 2014) */
static uint64_t next_random(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

/* Ones; then integers from -1 to 1, later from wider ranges. */
static bool draw_failing(place *at)
{
    uint64_t state = 1;
    for (size_t draw = 0; draw < SP_SEARCH_LIMIT_DRAWS; draw++) {
        uint64_t range = 1 + draw / 6;
        for (size_t i = 0; i < at->data.count; i++)
            at->data.value[i] =
                draw ? (long)(next_random(&state) % (2 * range + 1)) - (long)range : 1;
        if (fails(at))
            return true;
    }
    return false;
}

/* All data of zeros and ones, those of the fewest ones first. */
static bool enumerate(place *at)
{
    const size_t count = at->data.count;
    for (size_t ones = 0; ones <= count; ones++)
        for (uint64_t set = 0; set < UINT64_C(1) << count; set++) {
            if ((size_t)__builtin_popcountll(set) != ones)
                continue;
            for (size_t i = 0; i < count; i++)
                at->data.value[i] = set >> i & 1;
            if (fails(at))
                return true;
        }
    return false;
}

/* 0, 1, -1, 2, -2, ... */
static long integer(size_t number)
{
    return number % 2 ? (long)(number / 2 + 1) : -(long)(number / 2);
}

/* Puts the first integer that still fails for each entry, until none changes. */
static void shrink(place *at)
{
    for (bool changed = true; changed;) {
        changed = false;
        for (size_t i = at->data.count; i-- > 0;) {
            const long old = at->data.value[i];
            size_t number = 0;
            for (; integer(number) != old; number++) {
                at->data.value[i] = integer(number);
                if (fails(at))
                    break;
            }
            at->data.value[i] = integer(number);
            changed = changed || integer(number) != old;
        }
    }
}

/* Data on which the result differs with these functions, made small; at->data. */
static bool find_data(place *at)
{
    enum { ENUMERATED = 8 };
    if (!draw_failing(at))
        return false;
    if (at->data.count <= ENUMERATED) {
        long drawn[ENUMERATED];
        memcpy(drawn, at->data.value, at->data.count * sizeof *drawn);
        if (enumerate(at))
            return true;
        memcpy(at->data.value, drawn, at->data.count * sizeof *drawn);
    }
    shrink(at);
    return true;
}

/* Data that fail and of which `check` will be certain. */
static bool find_certain_data(place *at)
{
    at->clear = at->functions->kinks;
    for (;;) {
        if (!find_data(at))
            return false;
        sp_trial trial = try_bounded(at, NULL);
        sp_pool_clear(at->s->at_trial);
        if (trial.differs & 1U << at->result && !(trial.unclear & ~mismatches(at, &trial)))
            return true;
        if (at->clear)
            return false;
        at->clear = true;
    }
}

static bool try_network(place *at, size_t sigma, size_t g, size_t loss)
{
    at->functions = network_of(at->s, sigma, g, loss);
    set_network(at, at->functions->of);
    return find_certain_data(at);
}

/* The simplest functions that show it, and data for them. */
static bool find_network(place *at)
{
    const sp_search *s = at->s;
    size_t sigmas = is_given(&s->sigma) ? 1 : ACTIVATION_COUNT;
    size_t gs = is_given(&s->g) ? 1 : ACTIVATION_COUNT;
    size_t all_losses = is_given(&s->loss) ? 1 : LOSS_COUNT;
    size_t most = sigmas + gs + 2 * all_losses - 4;
    at->functions = network_of(at->s, sigmas - 1, gs - 1, all_losses - 1);
    set_network(at, at->functions->of);
    at->clear = false;
    if (!draw_failing(at))
        return false;
    for (size_t total = 0; total <= most; total++)
        for (size_t loss = 0; loss < all_losses && 2 * loss <= total; loss++)
            for (size_t g = 0; g < gs && g + 2 * loss <= total; g++) {
                size_t sigma = total - 2 * loss - g;
                if (sigma < sigmas && try_network(at, sigma, g, loss))
                    return true;
            }
    return false;
}

/* ---- what was found ---- */

static const char *sizes_text(const place *at)
{
    const sp_search *s = at->s;
    return sp_pool_format(s->pool, "%s%s%s", sp_site_dims(s->pool, at->site),
                          s->program->axes ? ", " : "",
                          sp_site_mesh(s->pool, &s->sites, at->site));
}

static const sp_counterexample *describe(place *at)
{
    sp_search *s = at->s;
    sp_pool *pool = s->pool;
    sp_counterexample *c = SP_NEW(pool, sp_counterexample);
    sp_trial_place where = {0};
    sp_trial trial = try_bounded(at, &where);
    c->layout = s->layouts >> at->result & 1U;
    c->exact = at->functions->exact;
    if (c->exact && !c->layout)
        (void)try_exact(at, &where);
    if (!c->layout && !where.got)
        sp_pool_fail(pool, SP_INTERNAL);
    sp_search_case text = {&s->sites, at->site, at->functions->of, &at->functions->sigma,
                           &at->functions->g, &at->functions->loss, &at->data,
                           s->reference ? s->reference : s->program->name, at->result,
                           mismatches(at, &trial)};
    memcpy(c->dim, at->site->dim, sizeof c->dim);
    memcpy(c->axis, at->site->axis, sizeof c->axis);
    c->order = at->site->order;
    c->wrong = text.wrong;
    c->scheme = s->reference ? "" : sp_search_scheme_text(pool, s->program);
    c->text = sp_search_case_text(pool, &text);
    c->sizes = sizes_text(at);
    c->mesh = sp_search_mesh_text(pool, &text);
    c->splits = sp_site_splits(pool, &s->sites, at->site);
    c->network = sp_search_network_text(pool, &text);
    c->brief = *c->mesh ? c->mesh : c->sizes;
    c->rank = c->index = c->got = c->want = "";
    if (!c->layout) {
        c->rank = sp_search_rank_text(pool, &text, where.rank);
        c->index = sp_search_index_text(pool, &text, where.row, where.column);
        c->got = sp_pool_format(pool, "%s", where.got);
        c->want = sp_pool_format(pool, "%s", where.want);
    }
    sp_pool_clear(s->at_trial);
    return c;
}

/* A layout that does not fit is wrong at every site: the first one, with zeros. */
static const sp_counterexample *describe_layout(place *at)
{
    sp_sites sites = sp_sites_of(at->s->pool, at->s->program);
    const sp_site *first = sp_sites_next(&sites);
    if (!first)
        return NULL;
    set_site(at, first);
    at->functions = network_of(at->s, 0, 0, 0);
    set_network(at, at->functions->of);
    return describe(at);
}

/* ---- the search ---- */

sp_search *sp_search_open(sp_pool *pool, const sp_program *program,
                          const sp_search_options *options)
{
    static const sp_search_options none;
    if (!options)
        options = &none;
    sp_search *s = SP_NEW(pool, sp_search);
    *s = (sp_search){.pool = pool, .at_site = sp_pool_inside(pool), .at_trial = sp_pool_inside(pool),
                     .program = program, .rule = sp_scheme_builtin(pool, "delta-rule"),
                     .reference = options->reference, .sites = sp_sites_of(pool, program)};
    if (!s->rule)
        sp_pool_fail(pool, SP_INTERNAL);
    if (options->sigma)
        s->sigma = *options->sigma;
    if (options->g)
        s->g = *options->g;
    if (options->loss)
        s->loss = *options->loss;
    s->network = SP_NEW_ARRAY(pool, functions, ACTIVATION_COUNT * ACTIVATION_COUNT * LOSS_COUNT);
    for (size_t k = 0; k < program->results; k++) {
        const sp_result_decl *d = &program->result[k];
        if (!sp_layout_equal(&d->declared, &program->node[d->node].layout) ||
            !sp_symbolic_covers(&d->declared, d->sum_axis))
            s->layouts |= 1U << k;
    }
    return s;
}

/* Which results differ at a site for some data and functions. */
static unsigned differ_at(place *at, const sp_site *site)
{
    sp_search *s = at->s;
    enum { SEED = 20240229 };
    set_site(at, site);
    set_network(at, field_network(s));
    unsigned differs = sp_trial_field(s->at_trial, &at->setup, SEED + s->tried).differs;
    sp_pool_clear(s->at_trial);
    s->tried++;
    s->work += site->ranks * s->program->nodes;
    return differs;
}

static void remember(sp_search *s, const sp_site *site, unsigned differs)
{
    s->failing = sp_pool_grow(s->pool, s->failing, &s->failing_room, s->failings + 1,
                              sizeof *s->failing);
    failing_site *f = &s->failing[s->failings++];
    *f = (failing_site){*site, differs};
    f->site.owner = memcpy(sp_pool_alloc(s->pool, s->sites.owners, 1), site->owner,
                           s->sites.owners);
}

const sp_counterexample *sp_search_find(sp_search *s, size_t result)
{
    place at = {.s = s, .result = result};
    if (s->layouts >> result & 1U)
        return describe_layout(&at);
    for (size_t i = 0; i < s->failings; i++)
        if (s->failing[i].differs >> result & 1U) {
            set_site(&at, &s->failing[i].site);
            if (find_network(&at))
                return describe(&at);
        }
    while (!s->complete && s->work < SP_SEARCH_LIMIT_WORK) {
        const sp_site *site = sp_sites_next(&s->sites);
        s->complete = site == NULL;
        unsigned differs = site ? differ_at(&at, site) : 0;
        if (differs)
            remember(s, site, differs);
        if (differs >> result & 1U && find_network(&at))
            return describe(&at);
    }
    return NULL;
}

static void take_name(sp_function_spec *spec, const char *name)
{
    if (name && !is_given(spec))
        spec->name = name;
}

static const void *find(void *context, const sp_proof *proof, const sp_proof_result *result)
{
    sp_search *s = context;
    if (proof->identities && s->tried == 0) {
        take_name(&s->sigma, proof->identities->sigma);
        take_name(&s->g, proof->identities->g);
        take_name(&s->loss, proof->identities->loss);
    }
    const sp_counterexample *found = sp_search_find(s, (size_t)result->declaration);
    if (!found || found->order == SP_SITE_EVEN || !result->right_with_even_parts)
        return found;
    sp_counterexample *uneven = SP_NEW(s->pool, sp_counterexample);
    *uneven = *found;
    uneven->only_uneven = true;
    uneven->brief = sp_pool_format(s->pool, "%s, %s", found->brief, found->splits);
    return uneven;
}

sp_proof_search sp_search_hook(sp_search *search)
{
    return (sp_proof_search){find, search};
}

const char *sp_search_bounds(const sp_search *s)
{
    size_t least = SP_DIM_COUNT;
    for (size_t a = 0; a < s->program->axes; a++)
        least += s->sites.least[a];
    if (!s->sites.possible)
        return sp_pool_format(s->pool, "none: broadcast or only names a coordinate that needs more "
                              "than %d ranks", SP_SEARCH_LIMIT_RANKS);
    return sp_pool_format(s->pool,
                          "dimensions and ranks whose sum is %s %zu, meshes of at most %d ranks, %s: "
                          "%zu sizes and splits%s",
                          s->complete ? "at most" : "below",
                          least + (s->complete ? SP_SEARCH_LIMIT_MORE : s->sites.more),
                          SP_SEARCH_LIMIT_RANKS,
                          s->sites.cut ? "where there were too many splits only those in order and "
                                         "cyclic ones"
                                       : "every ownership",
                          s->tried,
                          s->work >= SP_SEARCH_LIMIT_WORK ? " (the limit on work was reached)"
                                                          : "");
}

sp_search_at_case sp_search_try_case(sp_search *s, size_t result, const sp_case *of)
{
    const double most = 1e7; /* multiply-adds, roughly: some milliseconds */
    double ranks = 1, area = (double)of->dim[SP_DIM_N] + (double)of->dim[SP_DIM_DIN];
    for (size_t a = 0; a < s->program->axes; a++)
        ranks *= (double)of->axis_size[a];
    area *= (double)of->dim[SP_DIM_DH] * (double)(of->dim[SP_DIM_DOUT] + of->dim[SP_DIM_DIN]);
    if (s->layouts >> result & 1U)
        return SP_SEARCH_CAN_FAIL;
    if (ranks * area * (double)s->program->nodes > most)
        return SP_SEARCH_NOT_TRIED;
    sp_pool_clear(s->at_site);
    sp_diagnostics none = {.pool = s->at_site};
    sp_network field = *field_network(s);
    memcpy(field.dim, of->dim, sizeof field.dim);
    sp_trial_setup setup = {s->program, s->rule, sp_ownership_of_case(s->at_site, of, &none),
                            &field};
    if (!setup.ownership)
        return SP_SEARCH_NOT_TRIED;
    sp_trial trial = sp_trial_field(s->at_trial, &setup, 1);
    sp_pool_clear(s->at_trial);
    if (trial.differs >> result & 1U)
        return SP_SEARCH_CAN_FAIL;
    return (trial.unclear | trial.one_sided) >> result & 1U ? SP_SEARCH_NOT_TRIED
                                                             : SP_SEARCH_CANNOT_FAIL;
}
