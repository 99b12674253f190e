#include "proof/search.h"

#include "lang/lang.h"
#include "proof/search_place.h"
#include "proof/search_text.h"

#include <string.h>

/* A site at which results differ, kept for the results that are asked for later. */
typedef struct failing_site {
    sp_site site;
    unsigned differs;
} failing_site;

struct sp_search {
    sp_pool *pool;
    const char *reference; /* NULL: the scheme's own text is put in front */
    sp_candidates candidates;
    sp_sites sites;
    sp_place place;
    failing_site *failing;
    size_t failings, failing_room;
    size_t tried;  /* sites */
    bool complete; /* all sites within the bounds were tried */
};

sp_search *sp_search_open(sp_pool *pool, const sp_program *program,
                          const sp_search_options *options)
{
    sp_search *s = SP_NEW(pool, sp_search);
    s->pool = pool;
    s->candidates = sp_candidates_of(pool);
    s->sites = sp_sites_of(pool, program);
    s->place = (sp_place){.at_site = sp_pool_inside(pool), .at_trial = sp_pool_inside(pool),
                          .program = program, .rule = sp_scheme_builtin(pool, "delta-rule"),
                          .sites = &s->sites, .candidates = &s->candidates};
    if (!s->place.rule)
        sp_pool_fail(pool, SP_INTERNAL);
    if (options) {
        s->reference = options->reference;
        if (options->sigma)
            s->candidates.sigma = *options->sigma;
        if (options->g)
            s->candidates.g = *options->g;
        if (options->loss)
            s->candidates.loss = *options->loss;
    }
    for (size_t k = 0; k < program->results; k++) {
        const sp_result_decl *d = &program->result[k];
        if (!sp_layout_equal(&d->declared, &program->node[d->node].layout) ||
            !sp_symbolic_covers(&d->declared, d->sum_axis))
            s->place.layouts |= 1U << k;
    }
    return s;
}

/* ---- what was found ---- */

static const sp_counterexample *describe(sp_search *s)
{
    sp_pool *pool = s->pool;
    sp_place *at = &s->place;
    const sp_program *program = at->program;
    sp_counterexample *c = SP_NEW(pool, sp_counterexample);
    sp_trial_place where = {0};
    sp_search_case text = {.sites = &s->sites, .site = at->site,
                           .network = at->functions->network, .sigma = &at->functions->sigma,
                           .g = &at->functions->g, .loss = &at->functions->loss, .data = &at->data,
                           .reference = s->reference ? s->reference : program->name,
                           .result = at->result};
    c->layout = at->layouts >> at->result & 1U;
    text.wrong = sp_place_mismatches(at, c->layout ? NULL : &where);
    if (!c->layout && !where.got)
        sp_pool_fail(pool, SP_INTERNAL);
    memcpy(c->dim, at->site->dim, sizeof c->dim);
    memcpy(c->axis, at->site->axis, sizeof c->axis);
    c->order = at->site->order;
    c->wrong = text.wrong;
    c->exact = at->functions->exact;
    c->scheme = s->reference ? "" : sp_search_scheme_text(pool, program);
    c->text = sp_search_case_text(pool, &text);
    c->sizes = sp_site_dims(pool, at->site);
    if (program->axes)
        c->sizes = sp_pool_format(pool, "%s, %s", c->sizes,
                                  sp_site_mesh(pool, &s->sites, at->site));
    c->mesh = sp_search_mesh_text(pool, &text);
    c->splits = sp_site_splits(pool, &s->sites, at->site);
    c->network = sp_search_network_text(pool, &text);
    c->brief = *c->mesh ? c->mesh : c->sizes;
    c->rank = c->index = c->got = c->want = "";
    if (!c->layout) {
        c->rank = sp_search_rank_text(pool, &text, where.rank);
        c->index = sp_search_index_text(pool, &text, where.row, where.column);
        c->got = sp_pool_copy(pool, where.got, strlen(where.got));
        c->want = sp_pool_copy(pool, where.want, strlen(where.want));
    }
    sp_pool_clear(at->at_trial);
    return c;
}

/* A layout that does not fit is wrong at every site: the first one, with zeros. */
static const sp_counterexample *find_layout(sp_search *s, size_t result)
{
    sp_sites sites = sp_sites_of(s->pool, s->place.program);
    const sp_site *first = sp_sites_next(&sites);
    if (!first)
        return NULL;
    sp_place_move(&s->place, first);
    sp_place_use(&s->place, sp_candidates_get(&s->candidates, 0, 0, 0));
    s->place.result = result;
    return describe(s);
}

/* ---- the search ---- */

static void remember(sp_search *s, const sp_site *site, unsigned differs)
{
    s->failing = sp_pool_grow(s->pool, s->failing, &s->failing_room, s->failings + 1,
                              sizeof *s->failing);
    failing_site *f = &s->failing[s->failings++];
    *f = (failing_site){*site, differs};
    uint8_t *owner = sp_pool_alloc(s->pool, s->sites.owners, 1);
    memcpy(owner, site->owner, s->sites.owners);
    f->site.owner = owner;
}

/* The next site at which some result differs; false after the last within the bounds. */
static bool find_site(sp_search *s)
{
    while (!s->complete && s->place.work < SP_SEARCH_LIMIT_WORK) {
        const sp_site *site = sp_sites_next(&s->sites);
        s->complete = site == NULL;
        if (!site)
            return false;
        sp_place_move(&s->place, site);
        unsigned differs = sp_place_differs(&s->place, ++s->tried);
        if (differs) {
            remember(s, site, differs);
            return true;
        }
    }
    return false;
}

const sp_counterexample *sp_search_find(sp_search *s, size_t result)
{
    if (s->place.layouts >> result & 1U)
        return find_layout(s, result);
    for (size_t i = 0; i < s->failings || find_site(s); i++) {
        if (!(s->failing[i].differs >> result & 1U))
            continue;
        sp_place_move(&s->place, &s->failing[i].site);
        if (sp_place_find(&s->place, result))
            return describe(s);
    }
    return NULL;
}

static void take_name(sp_function_spec *spec, const char *name)
{
    if (name && !sp_function_is_given(spec))
        spec->name = name;
}

static const void *find(void *context, const sp_proof *proof, const sp_proof_result *result)
{
    sp_search *s = context;
    if (proof->identities && s->tried == 0) {
        take_name(&s->candidates.sigma, proof->identities->sigma);
        take_name(&s->candidates.g, proof->identities->g);
        take_name(&s->candidates.loss, proof->identities->loss);
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
    for (size_t a = 0; a < s->place.program->axes; a++)
        least += s->sites.least[a];
    if (!s->sites.possible)
        return sp_pool_format(s->pool,
                              "nothing: a coordinate that broadcast or only names needs more "
                              "than %d ranks",
                              SP_SEARCH_LIMIT_RANKS);
    return sp_pool_format(
        s->pool,
        "%zu sizes and splits: dimensions and ranks whose sum is %s %zu, at most "
        "%d ranks, %s%s",
        s->tried, s->complete ? "at most" : "below",
        least + (s->complete ? SP_SEARCH_LIMIT_MORE : s->sites.more), SP_SEARCH_LIMIT_RANKS,
        s->sites.cut ? "every ownership, but where there are too many only parts in "
                       "order and cyclic ones"
                     : "every ownership",
        s->complete ? "" : "; the limit on work was reached");
}

/* ---- a case's own sizes ---- */

/* Multiply-adds of a run, very roughly. */
static double cost_of(const sp_search *s, const sp_case *of)
{
    double cost = (double)s->place.program->nodes;
    for (size_t a = 0; a < s->place.program->axes; a++)
        cost *= (double)of->axis_size[a];
    return cost * (double)of->dim[SP_DIM_N] * (double)of->dim[SP_DIM_DH] *
           (double)(of->dim[SP_DIM_DIN] + of->dim[SP_DIM_DOUT]);
}

sp_search_at_case sp_search_try_case(sp_search *s, size_t result, const sp_case *of)
{
    const double most = 2e7; /* some hundredths of a second */
    sp_place *at = &s->place;
    if (at->layouts >> result & 1U)
        return SP_SEARCH_CAN_FAIL;
    if (cost_of(s, of) > most)
        return SP_SEARCH_NOT_TRIED;
    sp_pool_clear(at->at_site);
    sp_diagnostics none = {.pool = at->at_site};
    sp_network network = *sp_candidates_field(&s->candidates);
    memcpy(network.dim, of->dim, sizeof network.dim);
    sp_trial_setup setup = {at->program, at->rule, sp_ownership_of_case(at->at_site, of, &none),
                            &network};
    if (!setup.ownership)
        return SP_SEARCH_NOT_TRIED;
    sp_trial trial = sp_trial_field(at->at_trial, &setup, 1);
    sp_pool_clear(at->at_trial);
    if (trial.differs >> result & 1U)
        return SP_SEARCH_CAN_FAIL;
    return (trial.unclear | trial.one_sided) >> result & 1U ? SP_SEARCH_NOT_TRIED
                                                            : SP_SEARCH_CANNOT_FAIL;
}
