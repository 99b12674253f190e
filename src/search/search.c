#include "search/search.h"

#include "lang/lang.h"
#include "search/field.h"
#include "search/place.h"
#include "search/text.h"

#include <string.h>

/* A site at which results differ, kept for the results that are asked for later. */
typedef struct failing_site {
    sp_site site;
    sp_result_set differs;
    sp_draws drawn; /* with the generic functions, for all results */
} failing_site;

struct sp_search {
    sp_pool *pool;
    const char *reference; /* NULL: the scheme's own text is put in front */
    sp_candidates candidates;
    sp_sites sites;
    sp_search_place place;
    failing_site *failing;
    size_t failings, failing_room;
    size_t tried;   /* sites */
    size_t unknown; /* those at which some entry has no value */
    bool complete;  /* all sites within the bounds were tried */
    bool by_time, timed_out;
    sp_result_set wanted;                  /* by time: of the results */
    const sp_counterexample **answer; /* by time: to each result; NULL: none so far */
};

sp_search *sp_search_open(sp_pool *pool, const sp_program *program,
                          const sp_search_options *options)
{
    sp_search *s = SP_NEW(pool, sp_search);
    s->pool = pool;
    s->answer = SP_NEW_ARRAY(pool, const sp_counterexample *, program->results);
    s->candidates = sp_candidates_of(pool, program);
    s->sites = sp_sites_of(pool, program);
    s->place = (sp_search_place){.at_site = sp_pool_inside(pool), .at_trial = sp_pool_inside(pool),
                          .program = program, .rule = program->of->rule,
                          .sites = &s->sites, .candidates = &s->candidates};
    s->place.steps = sp_field_test_has_step(program);
    s->place.algebraic = sp_field_applies(program);
    if (options) {
        s->reference = options->reference;
        s->by_time = options->by_time;
        s->wanted = options->wanted ? options->wanted : ~(sp_result_set)0;
        for (sp_function f = 0; options->function && f < program->of->functions; f++)
            s->candidates.given[f] = options->function[f];
    }
    for (size_t k = 0; k < program->results; k++) {
        const sp_result_decl *d = &program->result[k];
        if (!sp_layout_equal(&d->declared, &program->node[d->node].layout) ||
            !sp_symbolic_covers(&d->declared, d->sum_axis))
            s->place.layouts |= (sp_result_set)1 << k;
    }
    return s;
}

/* ---- what was found ---- */

static const sp_counterexample *describe(sp_search *s)
{
    sp_pool *pool = s->pool;
    sp_search_place *at = &s->place;
    const sp_program *program = at->program;
    sp_counterexample *c = SP_NEW(pool, sp_counterexample);
    sp_trial_place where = {0};
    sp_search_case text = {.sites = &s->sites, .site = at->site,
                           .network = at->functions->network, .function = at->functions->spec, .data = &at->data,
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
    c->sizes = sp_site_dims(pool, &s->sites, at->site);
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
    while (first && !sp_place_move(&s->place, first))
        first = sp_sites_next(&sites);
    if (!first)
        return NULL;
    sp_place_use(&s->place, sp_candidates_get(&s->candidates, (const size_t[SP_MAX_OWN_FUNCTIONS]){0}));
    s->place.result = result;
    return describe(s);
}

/* ---- the search ---- */

static void remember(sp_search *s, const sp_site *site, sp_result_set differs)
{
    s->failing = sp_pool_grow(s->pool, s->failing, &s->failing_room, s->failings + 1,
                              sizeof *s->failing);
    failing_site *f = &s->failing[s->failings++];
    *f = (failing_site){.site = *site, .differs = differs};
    uint8_t *owner = sp_pool_alloc(s->pool, s->sites.owners, 1);
    memcpy(owner, site->owner, s->sites.owners);
    f->site.owner = owner;
}

/* With functions that have no exact values 256 bits cost as much as a hundred sites of the field:
 * only the least sums are worth that. */
enum { PRECISE_MORE = 2 };

static bool is_exact(sp_search *s)
{
    return sp_candidates_generic(&s->candidates)->exact;
}

/* Bits of the results that differ at the next site. Each set of sizes has one site in chunks, at
 * which the field is not alone: a factor may be 1 modulo the prime that is drawn there, but not otherwise. */
static sp_result_set try_site(sp_search *s, const sp_site *site)
{
    sp_result_set unknown;
    if (!sp_place_move(&s->place, site))
        return 0;
    sp_result_set differs = sp_place_differs(&s->place, s->tried + 1, &unknown);
    if (site->order <= SP_SITE_CHUNK)
        differs |= sp_place_differs_outside(&s->place, is_exact(s) || s->sites.more <= PRECISE_MORE);
    s->unknown += (unknown & ~differs) != 0;
    s->tried++;
    return differs;
}

/* The next site at which some result differs; false after the last within the bounds. */
static bool find_site(sp_search *s)
{
    while (!s->complete && (s->by_time || s->place.work < SP_SEARCH_LIMIT_WORK)) {
        const sp_site *site = sp_sites_next(&s->sites);
        s->complete = site == NULL;
        if (!site)
            return false;
        sp_result_set differs = try_site(s, site);
        if (differs) {
            remember(s, site, differs);
            return true;
        }
    }
    return false;
}

/* A counterexample to a result at a site where it differs; NULL if no data show it there. */
static const sp_counterexample *find_at(sp_search *s, failing_site *f, size_t result)
{
    if (!sp_place_move(&s->place, &f->site) || !sp_place_shows(&s->place, &f->drawn, result) ||
        !sp_place_find(&s->place, result))
        return NULL;
    return describe(s);
}

static const sp_counterexample *find_value(sp_search *s, size_t result)
{
    for (size_t i = 0; i < s->failings || find_site(s); i++) {
        failing_site *f = &s->failing[i];
        const sp_counterexample *c = f->differs >> result & 1U ? find_at(s, f, result) : NULL;
        if (c)
            return c;
    }
    return NULL;
}

typedef struct question {
    sp_search *search;
    size_t result;
} question;

/* Every result that is wanted is looked for at every site on the way. */
static void find_by_time(void *argument)
{
    const question *q = argument;
    sp_search *s = q->search;
    while (!s->answer[q->result] && find_site(s)) {
        failing_site *f = &s->failing[s->failings - 1];
        for (size_t k = 0; k < s->place.program->results; k++)
            if (!s->answer[k] && (f->differs & s->wanted) >> k & 1U)
                s->answer[k] = find_at(s, f, k);
    }
}

const sp_counterexample *sp_search_find(sp_search *s, size_t result)
{
    if (s->place.layouts >> result & 1U)
        return find_layout(s, result);
    if (!s->by_time)
        return find_value(s, result);
    question q = {s, result};
    sp_status status = s->timed_out ? SP_OK : sp_pool_run(s->pool, find_by_time, &q);
    if (status != SP_OK && status != SP_TIME_LIMIT)
        sp_pool_fail(s->pool, status);
    s->timed_out = s->timed_out || status == SP_TIME_LIMIT;
    return s->answer[result];
}

/* What ended a search that is not complete. */
static const char *end_of(const sp_search *s)
{
    return s->timed_out ? "the time limit was reached" : "the limit on work was reached";
}

const char *sp_search_bounds(const sp_search *s)
{
    if (!s->sites.possible)
        return sp_pool_format(s->pool,
                              "nothing: a coordinate that broadcast or only names needs more "
                              "than %d ranks",
                              SP_SEARCH_LIMIT_RANKS);
    if (s->sites.reached == 0 && !s->complete)
        return sp_pool_format(s->pool, "%zu of the smallest sizes and splits; %s", s->tried, end_of(s));
    const size_t whole = sp_sites_whole(&s->sites), reached = s->sites.reached;
    size_t least = s->place.program->of->dims;
    for (size_t a = 0; a < s->place.program->axes; a++)
        least += s->sites.least[a];
    sp_text text = sp_text_in(s->pool);
    sp_text_format(&text, "%zu sizes and splits: dimensions and ranks whose sum is ", s->tried);
    if (s->complete)
        sp_text_format(&text, "at most %zu", least + SP_SEARCH_LIMIT_MORE);
    else
        sp_text_format(&text, "below %zu", least + reached);
    sp_text_format(&text, ", at most %d ranks, ", SP_SEARCH_LIMIT_RANKS);
    if (s->complete || whole == reached)
        sp_text_add(&text, "every ownership");
    else if (whole > 0)
        sp_text_format(&text, "every ownership where it is below %zu, else the first ones",
                       least + whole);
    else
        sp_text_add(&text, "the first ownerships of each size");
    if (s->sites.cut && (s->complete || whole > 0))
        sp_text_add(&text, ", but where there are too many only parts in order and cyclic ones");
    if (s->unknown)
        sp_text_format(&text, "; at %zu of them an entry has no value, since something divides by 0",
                       s->unknown);
    if (!s->complete)
        sp_text_format(&text, "; %s", end_of(s));
    return sp_text_string(&text);
}

/* ---- a case's own sizes ---- */

/* Multiply-adds of a run, very roughly. */
static double cost_of(const sp_search *s, const sp_case *of)
{
    const sp_program *rule = s->place.rule;
    double entries = 0, ranks = 1;
    for (size_t a = 0; a < s->place.program->axes; a++)
        ranks *= (double)of->axis_size[a];
    for (size_t i = 0; i < rule->nodes; i++) {
        const sp_node *n = &rule->node[i];
        const double terms = n->operand[0] >= 0 ? sp_node_terms(of->dim, n, &rule->node[n->operand[0]].layout) : 1;
        entries += sp_layout_entries(of->dim, &n->layout) * terms;
    }
    return ranks * (double)s->place.program->nodes * entries;
}

sp_search_at_case sp_search_try_case(sp_search *s, size_t result, const sp_case *of)
{
    const double most = 2e7; /* some hundredths of a second */
    sp_search_place *at = &s->place;
    if (at->layouts >> result & 1U)
        return SP_SEARCH_CAN_FAIL;
    const double cost = cost_of(s, of);
    if (cost > most)
        return SP_SEARCH_NOT_TRIED;
    sp_site site = {.ranks = 1};
    memcpy(site.dim, of->dim, sizeof site.dim);
    memcpy(site.axis, of->axis_size, sizeof site.axis);
    for (size_t a = 0; a < at->program->axes; a++)
        site.ranks *= site.axis[a];
    sp_pool_clear(at->at_site);
    if (!sp_place_move_to_case(at, &site, of))
        return SP_SEARCH_NOT_TRIED;
    sp_result_set unknown, differs = sp_place_differs(at, 1, &unknown);
    if (differs >> result & 1U && !at->steps) /* the field's steps are random, and but 0 and 1 */
        return SP_SEARCH_CAN_FAIL;
    if (sp_place_differs_outside(at, cost < most / 256) >> result & 1U)
        return SP_SEARCH_CAN_FAIL;
    return at->steps || !at->algebraic || unknown >> result & 1U ? SP_SEARCH_NOT_TRIED : SP_SEARCH_CANNOT_FAIL;
}
