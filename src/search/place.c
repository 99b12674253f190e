#include "search/place.h"

#include <string.h>

/* BITS: the precision of mpfr. ENUMERATED: data of at most so many entries are tried in all combinations of 0 and 1. */
enum { BITS = 256, ENUMERATED = 8 };

bool sp_place_move_to_case(sp_search_place *at, const sp_site *site, const sp_case *of)
{
    at->site = site;
    sp_diagnostics none = {.pool = at->at_site};
    at->setup = (sp_trial_setup){.program = at->program, .rule = at->rule,
                                 .network = &at->network,
                                 .ownership = sp_ownership_of_case(at->at_site, of, &none)};
    at->data.count = sp_trial_entries(at->program->of, site->dim);
    at->data.value = SP_NEW_ARRAY(at->at_site, long, at->data.count);
    return at->setup.ownership;
}

bool sp_place_move(sp_search_place *at, const sp_site *site)
{
    sp_pool_clear(at->at_site);
    if (sp_place_move_to_case(at, site, sp_site_case(at->at_site, at->sites, site)))
        return true;
    if (at->program->assumptions == 0)
        sp_pool_fail(at->at_site, SP_INTERNAL);
    return false;
}

static void set_network(sp_search_place *at, const sp_network *of)
{
    at->network = *of;
    memcpy(at->network.dim, at->site->dim, sizeof at->network.dim);
}

void sp_place_use(sp_search_place *at, const sp_functions *functions)
{
    at->functions = functions;
    set_network(at, functions->network);
    memset(at->data.value, 0, at->data.count * sizeof *at->data.value);
}

static void count_work(sp_search_place *at, size_t times)
{
    at->work += times * at->site->ranks * at->program->nodes;
}

/* In the field, step has random values. A divisor that depends on them may be 0 by accident, so a scheme with step is
 * run with several of them. */
enum { STEP_TRIALS = 4 };

sp_result_set sp_place_differs(sp_search_place *at, uint64_t seed, sp_result_set *unknown)
{
    sp_trial all = {.one_sided = ~(sp_result_set)0};
    *unknown = 0;
    if (!at->algebraic)
        return sp_place_differs_outside(at, false);
    set_network(at, sp_candidates_field(at->candidates));
    for (uint64_t t = 0; t < STEP_TRIALS && all.one_sided && (t == 0 || at->steps); t++) {
        count_work(at, 1);
        sp_trial found = sp_trial_field(at->at_trial, &at->setup, seed + (t << 32));
        all.differs |= found.differs;
        all.one_sided &= (found.one_sided | found.unclear) & ~found.differs;
        sp_pool_clear(at->at_trial);
    }
    *unknown = all.one_sided & ~all.differs;
    return all.differs;
}

/* ---- trials with data ---- */

/* What `check` would find out with these data. A mismatch is certain; an entry that is neither a mismatch nor
 * certain to agree is unclear. */
static sp_trial try_bounded(sp_search_place *at, sp_trial_place *place)
{
    sp_trial trial =
        sp_trial_bounded(at->at_trial, &at->setup, &at->data, BITS, at->result, place);
    trial.unclear &= ~(trial.differs | trial.one_sided | at->layouts);
    return trial;
}

static bool is_certain(sp_search_place *at)
{
    sp_trial trial = try_bounded(at, NULL);
    sp_pool_clear(at->at_trial);
    return trial.differs >> at->result & 1U && !trial.unclear;
}

sp_result_set sp_place_mismatches(sp_search_place *at, sp_trial_place *place)
{
    sp_trial trial = try_bounded(at, place);
    if (place && at->functions->exact)
        (void)sp_trial_exact(at->at_trial, &at->setup, &at->data, at->result, place);
    return trial.differs | trial.one_sided | at->layouts;
}

/* Bits of the results that fail with the functions and data that are set; *missed: some entry has
 * no value or no certain one. */
static sp_result_set failing(sp_search_place *at, bool *missed)
{
    sp_result_set differs = ~(sp_result_set)0;
    count_work(at, 4); /* a fraction costs about as much as four elements of the field */
    if (at->functions->exact) {
        sp_trial trial = sp_trial_exact(at->at_trial, &at->setup, &at->data, at->result, NULL);
        sp_pool_clear(at->at_trial);
        differs = trial.differs;
        *missed = *missed || trial.one_sided || trial.unclear;
    }
    if (at->certain ? differs >> at->result & 1U : !at->functions->exact) {
        sp_trial trial = try_bounded(at, NULL);
        sp_pool_clear(at->at_trial);
        differs &= trial.unclear ? 0 : trial.differs;
        *missed = *missed || trial.one_sided || trial.unclear;
    }
    return differs;
}

static bool fails(sp_search_place *at)
{
    bool missed = false;
    return failing(at, &missed) >> at->result & 1U;
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

static void draw_between(sp_search_place *at, uint64_t *random, long least, long most)
{
    for (size_t i = 0; i < at->data.count; i++)
        at->data.value[i] = least + (long)(next_random(random) % (uint64_t)(most - least + 1));
}

/* Ones; then integers from -1 to 1, later from wider ranges; then, if some entry had no value,
 * positive ones: sqrt and log have no others, and 1 / z has a pole. False after the last. */
static bool draw_next(sp_search_place *at, sp_draws *drawn)
{
    if (drawn->count >= SP_SEARCH_LIMIT_DRAWS * (drawn->missed ? 2 : 1))
        return false;
    if (drawn->count == 0)
        drawn->random = 1;
    const bool positive = drawn->count >= SP_SEARCH_LIMIT_DRAWS;
    const long range = 1 + (long)(drawn->count % SP_SEARCH_LIMIT_DRAWS / 6);
    if (drawn->count++ == 0)
        for (size_t i = 0; i < at->data.count; i++)
            at->data.value[i] = 1;
    else
        draw_between(at, &drawn->random, positive ? 1 : -range, positive ? 1 + range : range);
    return true;
}

static bool draw_data(sp_search_place *at)
{
    sp_draws drawn = {0};
    while (draw_next(at, &drawn))
        if (failing(at, &drawn.missed) >> at->result & 1U)
            return true;
    return false;
}

bool sp_place_shows(sp_search_place *at, sp_draws *drawn, size_t result)
{
    sp_place_use(at, sp_candidates_generic(at->candidates));
    at->result = result;
    at->certain = false;
    while (!(drawn->results >> result & 1U) && draw_next(at, drawn))
        drawn->results |= failing(at, &drawn->missed);
    return drawn->results >> result & 1U;
}

sp_result_set sp_place_differs_outside(sp_search_place *at, bool precise)
{
    enum { DOUBLE = 53, MOST = 3 };
    static const long least[] = {1, -MOST};
    uint64_t random = 1;
    sp_result_set differs = 0;
    bool missed = true;
    sp_place_use(at, sp_candidates_generic(at->candidates));
    at->certain = false;
    for (size_t k = 0; k < sizeof least / sizeof *least && missed; k++) {
        missed = false;
        draw_between(at, &random, least[k], MOST);
        if (precise) {
            differs |= failing(at, &missed);
            continue;
        }
        count_work(at, 2);
        sp_trial trial =
            sp_trial_bounded(at->at_trial, &at->setup, &at->data, DOUBLE, at->result, NULL);
        sp_pool_clear(at->at_trial);
        differs |= trial.differs;
        missed = trial.one_sided || trial.unclear;
    }
    return differs;
}

/* All data of zeros and ones, those of the fewest ones first. */
static bool enumerate_data(sp_search_place *at)
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
static void shrink_data(sp_search_place *at)
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

static bool find_data(sp_search_place *at)
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

static bool try_functions(sp_search_place *at, const sp_functions *functions)
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

/* How much less simple the next candidate of a function is: losses count twice. */
static size_t weight(const sp_search_place *at, sp_function f)
{
    return at->program->of->function[f].arguments == 2 ? 2 : 1;
}

/* All choices of functions 0 to f - 1, of this weight together. */
static bool try_weight(sp_search_place *at, sp_function f, size_t total, size_t choice[SP_MAX_OWN_FUNCTIONS])
{
    if (f == 0)
        return total == 0 && try_functions(at, sp_candidates_get(at->candidates, choice));
    f--;
    const size_t each = weight(at, f);
    for (choice[f] = 0; choice[f] < sp_candidates_count(at->candidates, f) && each * choice[f] <= total; choice[f]++)
        if (try_weight(at, f, total - each * choice[f], choice))
            return true;
    choice[f] = 0;
    return false;
}

bool sp_place_find(sp_search_place *at, size_t result)
{
    const sp_function functions = (sp_function)at->program->of->functions;
    size_t choice[SP_MAX_OWN_FUNCTIONS] = {0}, most = 0;
    at->result = result;
    for (sp_function f = 0; f < functions; f++)
        most += weight(at, f) * (sp_candidates_count(at->candidates, f) - 1);
    for (size_t total = 0; total <= most; total++)
        if (try_weight(at, functions, total, choice))
            return true;
    return false;
}
