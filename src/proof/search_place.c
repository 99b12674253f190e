#include "proof/search_place.h"

#include <string.h>

/* Of mpfr; entries: up to so many, all data of zeros and ones are tried. */
enum { BITS = 256, ENUMERATED = 8 };

void sp_place_move(sp_place *at, const sp_site *site)
{
    sp_pool_clear(at->at_site);
    at->site = site;
    sp_diagnostics none = {.pool = at->at_site};
    const sp_case *of = sp_site_case(at->at_site, at->sites, site);
    at->setup = (sp_trial_setup){.program = at->program, .rule = at->rule,
                                 .network = &at->network,
                                 .ownership = sp_ownership_of_case(at->at_site, of, &none)};
    if (!at->setup.ownership)
        sp_pool_fail(at->at_site, SP_INTERNAL);
    at->data.count = sp_trial_entries(site->dim);
    at->data.value = SP_NEW_ARRAY(at->at_site, long, at->data.count);
}

static void set_network(sp_place *at, const sp_network *of)
{
    at->network = *of;
    memcpy(at->network.dim, at->site->dim, sizeof at->network.dim);
}

void sp_place_use(sp_place *at, const sp_functions *functions)
{
    at->functions = functions;
    set_network(at, functions->network);
    memset(at->data.value, 0, at->data.count * sizeof *at->data.value);
}

static void count_work(sp_place *at, size_t times)
{
    at->work += times * at->site->ranks * at->program->nodes;
}

unsigned sp_place_differs(sp_place *at, uint64_t seed)
{
    count_work(at, 1);
    set_network(at, sp_candidates_field(at->candidates));
    unsigned differs = sp_trial_field(at->at_trial, &at->setup, seed).differs;
    sp_pool_clear(at->at_trial);
    return differs;
}

/* ---- trials with data ---- */

/* What `check` finds out: a mismatch is certain, and what is neither that nor certain is
 * unclear. */
static sp_trial try_bounded(sp_place *at, sp_trial_place *place)
{
    sp_trial trial =
        sp_trial_bounded(at->at_trial, &at->setup, &at->data, BITS, at->result, place);
    trial.unclear &= ~(trial.differs | trial.one_sided | at->layouts);
    return trial;
}

static bool is_certain(sp_place *at)
{
    sp_trial trial = try_bounded(at, NULL);
    sp_pool_clear(at->at_trial);
    return trial.differs >> at->result & 1U && !trial.unclear;
}

unsigned sp_place_mismatches(sp_place *at, sp_trial_place *place)
{
    sp_trial trial = try_bounded(at, place);
    if (place && at->functions->exact)
        (void)sp_trial_exact(at->at_trial, &at->setup, &at->data, at->result, place);
    return trial.differs | trial.one_sided | at->layouts;
}

static bool fails(sp_place *at)
{
    bool found = true;
    count_work(at, 4); /* a fraction costs about as much as four elements of the field */
    if (at->functions->exact) {
        found = sp_trial_exact(at->at_trial, &at->setup, &at->data, at->result, NULL).differs >>
                    at->result & 1U;
        sp_pool_clear(at->at_trial);
    }
    if (found && (at->certain || !at->functions->exact))
        found = is_certain(at);
    return found;
}

/* ---- data ---- */

/* splitmix64 (Steele, Lea, Flood, OOPSLA 2014) */
static uint64_t next_random(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

/* Ones; then integers from -1 to 1, later from wider ranges. */
static bool draw_data(sp_place *at)
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
static bool enumerate_data(sp_place *at)
{
    const size_t count = at->data.count;
    for (size_t ones = 0; ones <= count; ones++)
        for (unsigned set = 0; set < 1U << count; set++) {
            size_t ones_here = 0;
            for (size_t i = 0; i < count; i++) {
                at->data.value[i] = set >> i & 1U;
                ones_here += set >> i & 1U;
            }
            if (ones_here == ones && fails(at))
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
static void shrink_data(sp_place *at)
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

static bool find_data(sp_place *at)
{
    if (!draw_data(at))
        return false;
    if (at->data.count <= ENUMERATED) {
        long drawn[ENUMERATED];
        memcpy(drawn, at->data.value, at->data.count * sizeof *drawn);
        if (enumerate_data(at))
            return true;
        memcpy(at->data.value, drawn, at->data.count * sizeof *drawn);
    }
    shrink_data(at);
    return true;
}

static bool try_functions(sp_place *at, const sp_functions *functions)
{
    sp_place_use(at, functions);
    at->certain = false;
    if (!find_data(at))
        return false;
    if (is_certain(at))
        return true;
    at->certain = true;
    return find_data(at);
}

bool sp_place_find(sp_place *at, size_t result)
{
    sp_candidates *c = at->candidates;
    size_t sigmas = sp_candidates_sigma(c), gs = sp_candidates_g(c);
    size_t losses = sp_candidates_loss(c);
    at->result = result;
    at->certain = false;
    sp_place_use(at, sp_candidates_get(c, sigmas - 1, gs - 1, losses - 1));
    if (!draw_data(at)) /* not even with generic ones */
        return false;
    for (size_t total = 0; total <= sigmas + gs + 2 * losses - 4; total++)
        for (size_t loss = 0; loss < losses && 2 * loss <= total; loss++)
            for (size_t g = 0; g < gs && g + 2 * loss <= total; g++) {
                size_t sigma = total - 2 * loss - g;
                if (sigma < sigmas && try_functions(at, sp_candidates_get(c, sigma, g, loss)))
                    return true;
            }
    return false;
}
