#include "search/site.h"

#include <string.h>

/* ---- parts and their groups ---- */

/* The part without its last axis; parts when it is a whole dimension. */
static size_t parent_of(const sp_sites *s, size_t part)
{
    sp_part parent = s->part[part];
    parent.axis[--parent.axes] = 0;
    for (size_t p = 0; p < s->parts; p++)
        if (sp_part_equal(&s->part[p], &parent))
            return p;
    return s->parts;
}

static size_t ranks_of(const sp_sites *s, const sp_site *site, size_t part)
{
    return site->axis[s->part[part].axis[s->part[part].axes - 1]];
}

size_t sp_site_start(const sp_sites *s, const sp_site *site, size_t part)
{
    size_t start = 0;
    for (size_t p = 0; p < part; p++)
        start += site->dim[s->part[p].dim];
    return start;
}

/* The rank of the part's parent that owns an index, among all those of its axes. */
static size_t group_of(const sp_sites *s, const sp_site *site, size_t part, size_t index)
{
    size_t parent = parent_of(s, part);
    if (parent == s->parts)
        return 0;
    return group_of(s, site, parent, index) * ranks_of(s, site, parent) +
           site->owner[sp_site_start(s, site, parent) + index];
}

static size_t groups_of(const sp_sites *s, const sp_site *site, size_t part)
{
    size_t parent = parent_of(s, part);
    return parent == s->parts ? 1 : groups_of(s, site, parent) * ranks_of(s, site, parent);
}

/* The sizes of the parts of one group; *ordered says whether each is contiguous in the group and
 * all are in the order of ranks. Returns the size of the group. */
static size_t count_parts(const sp_sites *s, const sp_site *site, size_t part, size_t group,
                          size_t *size, bool *ordered)
{
    const uint8_t *owner = site->owner + sp_site_start(s, site, part);
    size_t all = 0, last = 0;
    *ordered = true;
    memset(size, 0, ranks_of(s, site, part) * sizeof *size);
    for (size_t i = 0; i < site->dim[s->part[part].dim]; i++) {
        if (group_of(s, site, part, i) != group)
            continue;
        *ordered = *ordered && owner[i] >= last;
        last = owner[i];
        size[owner[i]]++;
        all++;
    }
    return all;
}

static sp_site_order order_of_group(const size_t *size, size_t ranks, size_t all, bool ordered)
{
    bool even = true, chunk = true, filled = true;
    size_t most = (all + ranks - 1) / ranks, left = all;
    for (size_t c = 0; c < ranks; c++) {
        even = even && size[c] * ranks == all;
        chunk = chunk && size[c] == (left < most ? left : most);
        filled = filled && size[c] > 0;
        left -= size[c];
    }
    return !ordered ? SP_SITE_ANY : even ? SP_SITE_EVEN : chunk ? SP_SITE_CHUNK
                                        : filled ? SP_SITE_FILLED : SP_SITE_ORDERED;
}

static sp_site_order order_of(const sp_sites *s, const sp_site *site)
{
    sp_site_order order = SP_SITE_EVEN;
    size_t size[SP_SEARCH_LIMIT_RANKS];
    for (size_t p = 0; p < s->parts; p++) {
        size_t ranks = ranks_of(s, site, p);
        for (size_t g = 0; ranks > 1 && g < groups_of(s, site, p); g++) {
            bool ordered;
            size_t all = count_parts(s, site, p, g, size, &ordered);
            sp_site_order here = order_of_group(size, ranks, all, ordered);
            if (here > order)
                order = here;
        }
    }
    return order;
}

/* ---- ownership functions by number ---- */

/* How many lists of `length` owners are ascending, plus one for the cyclic list: C(length +
 * ranks - 1, length). */
static uint64_t count_restricted(size_t length, size_t ranks)
{
    uint64_t count = 1;
    for (size_t k = 1; k <= length; k++)
        count = count * (ranks - 1 + k) / k;
    return count + 1;
}

static uint64_t power(uint64_t base, size_t exponent)
{
    uint64_t result = 1;
    while (exponent-- > 0 && result <= SP_SEARCH_LIMIT_SPLITS)
        result *= base;
    return result;
}

static uint64_t choices_of(const sp_sites *s, const sp_site *site, size_t part, bool restricted)
{
    size_t length = site->dim[s->part[part].dim], ranks = ranks_of(s, site, part);
    if (ranks == 1)
        return 1;
    return restricted ? count_restricted(length, ranks) : power(ranks, length);
}

/* How many ownership functions the site's sizes have, cut off above the limit. */
static uint64_t count_splits(const sp_sites *s, const sp_site *site, bool restricted)
{
    uint64_t count = 1;
    for (size_t p = 0; p < s->parts && count <= SP_SEARCH_LIMIT_SPLITS; p++)
        count *= choices_of(s, site, p, restricted);
    return count;
}

static void write_owners(uint8_t *owner, size_t length, size_t ranks, uint64_t which,
                         bool restricted)
{
    if (!restricted) {
        for (size_t i = length; i-- > 0; which /= ranks)
            owner[i] = (uint8_t)(which % ranks);
        return;
    }
    memset(owner, 0, length);
    if (which + 1 == count_restricted(length, ranks)) {
        for (size_t i = 0; i < length; i++)
            owner[i] = (uint8_t)(i % ranks);
        return;
    }
    while (which-- > 0) { /* the next ascending list */
        size_t i = length - 1;
        while (owner[i] == ranks - 1)
            i--;
        memset(owner + i, owner[i] + 1, length - i);
    }
}

static uint64_t greatest_divisor(uint64_t a, uint64_t b)
{
    while (b != 0) {
        uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* Near the golden section of `splits`, and prime to it: steps of it meet each split once. */
static uint64_t stride_of(uint64_t splits)
{
    uint64_t stride = splits * 618 / 1000 + 1;
    while (greatest_divisor(stride, splits) != 1)
        stride++;
    return stride;
}

/* The first splits of one order come up to a level, so many. */
static uint64_t up_to_level(const sp_sites *s, size_t level)
{
    uint64_t runs = (uint64_t)SP_SEARCH_LIMIT_FIRST << 2 * level;
    return runs / s->site.ranks;
}

_Static_assert(SP_SEARCH_LIMIT_FIRST >= SP_SEARCH_LIMIT_RANKS, "some splits are of level 0");
_Static_assert(((uint64_t)SP_SEARCH_LIMIT_FIRST << 2 * (SP_SEARCH_LIMIT_LEVELS - 1)) /
                       SP_SEARCH_LIMIT_RANKS >= SP_SEARCH_LIMIT_SPLITS,
               "the last level has all splits");

static void write_split(sp_sites *s, uint64_t which)
{
    size_t at = 0;
    which = which * s->stride % s->splits;
    for (size_t p = 0; p < s->parts; p++) {
        size_t length = s->site.dim[s->part[p].dim];
        uint64_t choices = choices_of(s, &s->site, p, s->restricted);
        write_owners(s->owner + at, length, ranks_of(s, &s->site, p), which % choices,
                     s->restricted);
        which /= choices;
        at += length;
    }
}

/* ---- the walk ---- */

sp_sites sp_sites_of(sp_pool *pool, const sp_program *program)
{
    sp_sites s = {.pool = pool, .program = program, .possible = true};
    s.parts = sp_program_parts(program, pool, &s.part);
    size_t ranks = 1;
    for (size_t a = 0; a < program->axes; a++)
        s.least[a] = 1;
    for (size_t i = 0; i < program->nodes; i++) {
        const sp_node *n = &program->node[i];
        if (sp_names_coordinate(n) && s.least[n->axis] <= (size_t)n->constant)
            s.least[n->axis] = (size_t)n->constant + 1;
    }
    for (size_t a = 0; a < program->axes && s.possible; a++)
        s.possible = sp_size_multiply(&ranks, ranks, s.least[a]) && ranks <= SP_SEARCH_LIMIT_RANKS;
    return s;
}

static size_t places_of(const sp_sites *s)
{
    return s->program->axes + s->program->of->dims;
}

/* Sets the sizes that `extra` says; whether they are within the limits. */
static bool set_sizes(sp_sites *s)
{
    sp_site *site = &s->site;
    size_t axes = s->program->axes, owners = 0;
    site->ranks = 1;
    site->sum = 0;
    for (size_t a = 0; a < axes; a++) {
        site->axis[a] = s->least[a] + s->extra[a];
        site->ranks *= site->axis[a]; /* at most (64 + 7)^8 */
        site->sum += site->axis[a];
    }
    for (size_t d = 0; d < s->program->of->dims; d++) {
        site->dim[d] = 1 + s->extra[axes + d];
        site->sum += site->dim[d];
    }
    if (site->ranks > SP_SEARCH_LIMIT_RANKS)
        return false;
    for (size_t p = 0; p < s->parts; p++)
        owners += site->dim[s->part[p].dim];
    s->owner = sp_pool_grow(s->pool, s->owner, &s->owner_room, owners, 1);
    s->owners = owners;
    site->owner = s->owner;
    s->split = s->met = 0;
    s->splits = count_splits(s, site, false);
    s->restricted = s->splits > SP_SEARCH_LIMIT_SPLITS;
    if (s->restricted) {
        s->cut = true;
        s->splits = count_splits(s, site, true);
        if (s->splits > SP_SEARCH_LIMIT_SPLITS)
            s->splits = SP_SEARCH_LIMIT_SPLITS;
    }
    s->stride = s->splits <= up_to_level(s, 0) ? 1 : stride_of(s->splits);
    if (s->level > 0 && s->splits <= up_to_level(s, s->level - 1)) /* all came before */
        s->split = s->splits;
    return true;
}

/* The next way to share `more` out among the places; false after the last. From (more, 0, 0,
 * ...) on. */
static bool share_on(sp_sites *s)
{
    size_t places = places_of(s), last = places - 1, rest = s->extra[last];
    size_t at = last;
    while (at-- > 0)
        if (s->extra[at] > 0) {
            s->extra[last] = 0;
            s->extra[at]--;
            s->extra[at + 1] = rest + 1;
            return true;
        }
    return false;
}

static void share_first(sp_sites *s)
{
    memset(s->extra, 0, sizeof s->extra);
    s->extra[0] = s->more;
}

/* The next sum and level, those of one total by their sums; false after the last. */
static bool next_level(sp_sites *s)
{
    s->waits[s->more] = s->left;
    if (s->level == 0)
        s->reached = s->more + 1;
    s->left = false;
    do {
        if (s->level > 0 && s->more < SP_SEARCH_LIMIT_MORE) {
            s->more++;
        } else {
            s->total++;
            s->more = s->total < SP_SEARCH_LIMIT_LEVELS ? 0 : s->total - (SP_SEARCH_LIMIT_LEVELS - 1);
            if (s->more > SP_SEARCH_LIMIT_MORE)
                return false;
        }
        s->level = s->total - s->more;
    } while (s->level > 0 && !s->waits[s->more]);
    return true;
}

/* The next sizes, or the same ones in the next order, or those of the next sum and level; false
 * after the last. */
static bool next_sizes(sp_sites *s)
{
    do {
        if (s->site.sum == 0) { /* the very first */
            share_first(s);
        } else if (!share_on(s)) {
            if (++s->order == SP_SITE_ORDER_COUNT) {
                s->order = SP_SITE_EVEN;
                if (!next_level(s))
                    return false;
            }
            share_first(s);
        }
    } while (!set_sizes(s));
    return true;
}

/* The next of the splits of these sizes that have the order and the level; false after the last. */
static bool next_split(sp_sites *s)
{
    if (s->site.sum == 0)
        return false;
    const uint64_t first = s->level > 0 ? up_to_level(s, s->level - 1) : 0;
    const uint64_t last = up_to_level(s, s->level);
    while (s->split < s->splits && s->met < last) {
        write_split(s, s->split++);
        s->site.order = order_of(s, &s->site);
        if (s->site.order == s->order && s->met++ >= first)
            return true;
    }
    s->left = s->left || s->split < s->splits;
    return false;
}

const sp_site *sp_sites_next(sp_sites *s)
{
    if (!s->possible || s->more > SP_SEARCH_LIMIT_MORE)
        return NULL;
    while (!next_split(s)) {
        sp_pool_poll(s->pool);
        if (!next_sizes(s))
            return NULL;
    }
    return &s->site;
}

size_t sp_sites_whole(const sp_sites *s)
{
    size_t whole = 0;
    while (whole < s->reached && !s->waits[whole])
        whole++;
    return whole;
}

/* ---- sites as cases and texts ---- */

sp_case *sp_site_case(sp_pool *pool, const sp_sites *s, const sp_site *site)
{
    sp_case *of = SP_NEW(pool, sp_case);
    of->name = "counterexample";
    of->program = s->program;
    of->scheme = s->program->name;
    memcpy(of->dim, site->dim, sizeof of->dim);
    memcpy(of->axis_size, site->axis, sizeof of->axis_size);
    of->splits = s->parts;
    of->split = SP_NEW_ARRAY(pool, sp_split_spec, s->parts);
    for (size_t p = 0; p < s->parts; p++) {
        size_t length = site->dim[s->part[p].dim], start = sp_site_start(s, site, p);
        sp_split_spec *spec = &of->split[p];
        *spec = (sp_split_spec){.part = s->part[p], .kind = SP_SPLIT_OWNERS, .values = length,
                                .value = SP_NEW_ARRAY(pool, size_t, length)};
        for (size_t i = 0; i < length; i++)
            spec->value[i] = site->owner[start + i];
    }
    return of;
}

/* The sizes in rank order where every part is in order, else the list of owners. */
static void add_split(sp_text *out, const sp_sites *s, const sp_site *site, size_t part)
{
    size_t size[SP_SEARCH_LIMIT_RANKS], start = sp_site_start(s, site, part);
    size_t groups = groups_of(s, site, part), length = out->length;
    bool ordered = true;
    for (size_t g = 0; g < groups && ordered; g++) {
        count_parts(s, site, part, g, size, &ordered);
        for (size_t c = 0; c < ranks_of(s, site, part); c++)
            sp_text_format(out, "%s%zu", g + c ? " + " : "", size[c]);
    }
    if (ordered)
        return;
    out->length = length;
    for (size_t i = 0; i < site->dim[s->part[part].dim]; i++)
        sp_text_format(out, "%s%u", i ? "," : "[", (unsigned)site->owner[start + i]);
    sp_text_add(out, "]");
}

const char *sp_site_splits(sp_pool *pool, const sp_sites *s, const sp_site *site)
{
    sp_text out = sp_text_in(pool);
    for (size_t p = 0; p < s->parts; p++) {
        if (ranks_of(s, site, p) == 1)
            continue;
        sp_text_format(&out, "%s%s = ", out.length ? ", " : "",
                       sp_part_text(pool, s->program, &s->part[p]));
        add_split(&out, s, site, p);
    }
    return sp_text_string(&out);
}

const char *sp_site_dims(sp_pool *pool, const sp_sites *s, const sp_site *site)
{
    sp_text out = sp_text_in(pool);
    for (size_t d = 0; d < s->program->of->dims; d++)
        sp_text_format(&out, "%s%s = %zu", d ? ", " : "", s->program->of->dim[d], site->dim[d]);
    return sp_text_string(&out);
}

const char *sp_site_mesh(sp_pool *pool, const sp_sites *s, const sp_site *site)
{
    sp_text out = sp_text_in(pool);
    for (size_t a = 0; a < s->program->axes; a++)
        sp_text_format(&out, "%s%s = %zu", a ? ", " : "", s->program->axis_name[a],
                       site->axis[a]);
    return sp_text_string(&out);
}
