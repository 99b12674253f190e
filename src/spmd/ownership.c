/* Ownership functions from the splits of a case, and what is wrong with splits that do not fit.
 *
 * A part `D/(a, b, c)` refines its parent `D/(a, b)`: each group of ranks that shares a part of the
 * parent divides the ascending list of that part among its coordinates on the last axis, c. Groups
 * are numbered as the ranks of a mesh of the part's axes, the first axis slowest. */
#include "lang/parts.h"
#include "spmd/mesh.h"

#include <string.h>

typedef struct division {
    size_t groups;
    size_t *start; /* [groups + 1]: where the list of a group begins in the next two */
    size_t *index; /* global indices, group after group, ascending in each */
    size_t *place; /* where each of them lies in the list of the parent's group */
} division;

struct sp_ownership {
    sp_mesh mesh;
    size_t dim[SP_MAX_DIMS];
    size_t *all; /* 0, 1, 2, ... up to the largest dimension: what an unsplit part holds */
    sp_parts parts; /* that are divided; the division of each is in the same place */
    division *division;
};

/* A split of the case on its way to a division. */
typedef struct splitting {
    sp_pool *pool;
    const sp_case *of;
    const sp_split_spec *spec;
    const sp_ownership *ownership;
    const division *parent; /* NULL: the whole dimension */
    sp_part parent_part;
    size_t dim, ranks;      /* extent of the dimension; ranks on the last axis */
    const char *name, *axis;
    sp_diagnostics *diagnostics;
} splitting;

static sp_part without_last_axis(const sp_part *part)
{
    sp_part parent = {.dim = part->dim, .axes = (uint8_t)(part->axes - 1)};
    memcpy(parent.axis, part->axis, parent.axes);
    return parent;
}

static const division *find(const sp_ownership *ownership, const sp_part *part)
{
    size_t at = sp_parts_find(&ownership->parts, part);
    return at < ownership->parts.count ? &ownership->division[at] : NULL;
}

static size_t group_of(const sp_ownership *ownership, const sp_part *part, size_t rank)
{
    size_t group = 0;
    for (size_t i = 0; i < part->axes; i++)
        group = group * ownership->mesh.size[part->axis[i]] +
                sp_mesh_coordinate(&ownership->mesh, rank, part->axis[i]);
    return group;
}

/* ---- words for diagnostics ---- */

static const char *plural(size_t count)
{
    return count == 1 ? "" : "s";
}

/* The values of a spec as the language writes them; the middle of a long list is left out. */
static const char *values_text(const splitting *s)
{
    enum { SHOWN = 12 };
    bool sizes = s->spec->kind == SP_SPLIT_SIZES;
    const char *comma = sizes ? " + " : ",";
    sp_text text = sp_text_in(s->pool);
    for (size_t i = 0; i < s->spec->values; i++) {
        if (i == SHOWN - 1 && s->spec->values > SHOWN) {
            sp_text_format(&text, "%s...", comma);
            i = s->spec->values - 1;
        }
        sp_text_format(&text, "%s%zu", i ? comma : "", s->spec->value[i]);
    }
    return sizes ? sp_text_string(&text) : sp_pool_format(s->pool, "[%s]", sp_text_string(&text));
}

/* "dp = 1, tp = 0": the coordinates of a group of the parent. */
static const char *group_text(const splitting *s, size_t group)
{
    const char *text = "";
    for (size_t i = s->parent_part.axes; i-- > 0;) {
        size_t axis = s->parent_part.axis[i], size = s->ownership->mesh.size[axis];
        text = sp_pool_format(s->pool, "%s = %zu%s%s", s->of->program->axis_name[axis],
                              group % size, *text ? ", " : "", text);
        group /= size;
    }
    return text;
}

static const char *parent_text(const splitting *s)
{
    return sp_part_text(s->pool, s->of->program, &s->parent_part);
}

/* ---- the split kinds: whether the spec fits, and who owns the entries of one list ---- */

/* Entries 0 to count - 1 of one part of the parent, held by its group number `group`. */
typedef struct parent_list {
    size_t group, count;
    const size_t *index;
} parent_list;

static bool always_fits(const splitting *s, const parent_list *list)
{
    (void)s;
    (void)list;
    return true;
}

static bool sizes_fit(const splitting *s, const parent_list *list)
{
    const size_t *size = s->spec->value + list->group * s->ranks;
    size_t sum = 0;
    bool finite = true;
    for (size_t c = 0; c < s->ranks; c++)
        finite = finite && sp_size_add(&sum, sum, size[c]);
    if (finite && sum == list->count)
        return true;
    const char *total = finite ? sp_pool_format(s->pool, "%zu", sum) : "more than 2^64";
    if (!s->parent)
        sp_error(s->diagnostics, s->spec->span,
                 "the sizes of the parts of a split add up to the dimension",
                 "%s = %s adds up to %s, but %s is %zu", s->name, values_text(s), total,
                 s->of->program->of->dim[s->spec->part.dim], s->dim);
    else
        sp_error(s->diagnostics, s->spec->span,
                 "the sizes are those of all ranks, the first axis outermost; for each group they "
                 "add up to the part that it splits",
                 "%s = %s adds up to %s at %s, but %s has %zu ind%s there", s->name,
                 values_text(s), total, group_text(s, list->group), parent_text(s), list->count,
                 list->count == 1 ? "ex" : "ices");
    return false;
}

static void sizes_own(const splitting *s, const parent_list *list, size_t *owner)
{
    const size_t *size = s->spec->value + list->group * s->ranks;
    size_t at = 0;
    for (size_t c = 0; c < s->ranks; c++)
        for (size_t i = 0; i < size[c]; i++)
            owner[at++] = c;
}

static bool even_fits(const splitting *s, const parent_list *list)
{
    if (list->count % s->ranks == 0)
        return true;
    const char *hint = "even needs equal parts; chunk, cyclic, sizes and owner lists do not";
    if (!s->parent)
        sp_error(s->diagnostics, s->spec->span, hint,
                 "%s = even does not divide: %s is %zu, and %s has %zu ranks", s->name,
                 s->of->program->of->dim[s->spec->part.dim], s->dim, s->axis, s->ranks);
    else
        sp_error(s->diagnostics, s->spec->span, hint,
                 "%s = even does not divide: %s has %zu ind%s at %s, and %s has %zu ranks", s->name,
                 parent_text(s), list->count, list->count == 1 ? "ex" : "ices",
                 group_text(s, list->group), s->axis, s->ranks);
    return false;
}

static void even_own(const splitting *s, const parent_list *list, size_t *owner)
{
    size_t each = list->count / s->ranks;
    for (size_t i = 0; i < list->count; i++)
        owner[i] = i / each;
}

/* As torch.chunk: parts of ceil(count / ranks); the last one that has any may be smaller. */
static void chunk_own(const splitting *s, const parent_list *list, size_t *owner)
{
    size_t each = list->count / s->ranks + (list->count % s->ranks != 0);
    for (size_t i = 0; i < list->count; i++)
        owner[i] = i / each;
}

static void cyclic_own(const splitting *s, const parent_list *list, size_t *owner)
{
    for (size_t i = 0; i < list->count; i++)
        owner[i] = i / s->spec->block % s->ranks;
}

static void owners_own(const splitting *s, const parent_list *list, size_t *owner)
{
    for (size_t i = 0; i < list->count; i++)
        owner[i] = s->spec->value[list->index[i]];
}

static const struct {
    bool (*fits)(const splitting *s, const parent_list *list);
    void (*own)(const splitting *s, const parent_list *list, size_t *owner);
} split_rules[SP_SPLIT_COUNT] = {
    [SP_SPLIT_SIZES] = {sizes_fit, sizes_own},    [SP_SPLIT_EVEN] = {even_fits, even_own},
    [SP_SPLIT_CHUNK] = {always_fits, chunk_own},  [SP_SPLIT_CYCLIC] = {always_fits, cyclic_own},
    [SP_SPLIT_OWNERS] = {always_fits, owners_own},
};

/* Whether the list of a spec has the right length, and only coordinates that exist. */
static bool values_fit(const splitting *s, size_t groups)
{
    if (s->spec->kind == SP_SPLIT_SIZES && s->spec->values != groups) {
        const char *axes = strchr(s->name, '/') + 1;
        sp_error(s->diagnostics, s->spec->span,
                 "one size for each rank, 0 for a rank that owns nothing",
                 "%s = %s has %zu part%s, but %s has %zu rank%s", s->name, values_text(s),
                 s->spec->values, plural(s->spec->values), axes, groups, plural(groups));
        return false;
    }
    if (s->spec->kind != SP_SPLIT_OWNERS)
        return true;
    const char *dim = s->of->program->of->dim[s->spec->part.dim];
    if (s->spec->values != s->dim) {
        sp_error(s->diagnostics, s->spec->span,
                 sp_pool_format(s->pool, "one coordinate on %s for each index of %s", s->axis, dim),
                 "%s = %s names %zu owner%s, but %s is %zu", s->name, values_text(s),
                 s->spec->values, plural(s->spec->values), dim, s->dim);
        return false;
    }
    for (size_t i = 0; i < s->dim; i++)
        if (s->spec->value[i] >= s->ranks) {
            sp_error(s->diagnostics, s->spec->span,
                     sp_pool_format(s->pool, "coordinates on %s go from 0 to %zu", s->axis,
                                    s->ranks - 1),
                     "%s gives index %zu to %s = %zu, but %s has %zu rank%s", s->name, i, s->axis,
                     s->spec->value[i], s->axis, s->ranks, plural(s->ranks));
            return false;
        }
    return true;
}

static bool divide(const splitting *s, division *d)
{
    size_t parents = s->parent ? s->parent->groups : 1;
    *d = (division){.groups = parents * s->ranks};
    if (!values_fit(s, d->groups))
        return false;
    const size_t whole[2] = {0, s->dim};
    const size_t *start = s->parent ? s->parent->start : whole;
    const size_t *index = s->parent ? s->parent->index : s->ownership->all;
    size_t *owner = SP_NEW_ARRAY(s->pool, size_t, s->dim);
    size_t *end = SP_NEW_ARRAY(s->pool, size_t, s->ranks);
    d->start = SP_NEW_ARRAY(s->pool, size_t, d->groups + 1);
    d->index = SP_NEW_ARRAY(s->pool, size_t, s->dim);
    d->place = SP_NEW_ARRAY(s->pool, size_t, s->dim);
    for (size_t g = 0; g < parents; g++) {
        parent_list list = {g, start[g + 1] - start[g], index + start[g]};
        if (!split_rules[s->spec->kind].fits(s, &list))
            return false;
        split_rules[s->spec->kind].own(s, &list, owner);
        memset(end, 0, s->ranks * sizeof *end);
        for (size_t i = 0; i < list.count; i++)
            end[owner[i]]++;
        size_t at = start[g];
        for (size_t c = 0; c < s->ranks; c++) {
            d->start[g * s->ranks + c] = at;
            at += end[c];
            end[c] = at - end[c];
        }
        for (size_t i = 0; i < list.count; i++) {
            size_t to = end[owner[i]]++;
            d->index[to] = list.index[i];
            d->place[to] = i;
        }
    }
    d->start[d->groups] = s->dim;
    sp_pool_free(s->pool, owner);
    sp_pool_free(s->pool, end);
    return true;
}

/* Whether a coordinate that is named exists depends on the mesh. */
static void check_constants(const sp_mesh *mesh, const sp_case *of, sp_diagnostics *diagnostics)
{
    for (size_t i = 0; i < of->program->nodes; i++) {
        const sp_node *node = &of->program->node[i];
        if (!sp_names_coordinate(node))
            continue;
        size_t size = mesh->size[node->axis];
        if (node->constant >= 0 && (size_t)node->constant < size)
            continue;
        const char *axis = of->program->axis_name[node->axis];
        sp_error(diagnostics, node->span,
                 sp_pool_format(diagnostics->pool, "coordinates on %s go from 0 to %zu there", axis,
                                size - 1),
                 "%s names %s = %ld, but %s has %zu rank%s in case %s", sp_op_name(node->op), axis,
                 node->constant, axis, size, plural(size), of->name);
    }
}

/* The sizes of a part on all ranks: the least, and the greatest. */
static void sizes_of_part(const sp_ownership *ownership, const sp_part *part, size_t *least, size_t *most)
{
    *least = SIZE_MAX;
    *most = 0;
    for (size_t rank = 0; rank < ownership->mesh.ranks; rank++) {
        const size_t count = sp_ownership_indices(ownership, part, rank).count;
        *least = count < *least ? count : *least;
        *most = count > *most ? count : *most;
    }
}

/* What the scheme assumes must be so in the case. */
static void check_assumptions(const sp_ownership *ownership, const sp_case *of, sp_diagnostics *diagnostics)
{
    const sp_program *program = of->program;
    for (size_t i = 0; i < program->assumptions; i++) {
        const sp_assumption *a = &program->assumption[i];
        const char *part = sp_part_text(diagnostics->pool, program, &a->part);
        size_t least, most;
        if (!find(ownership, &a->part))
            continue; /* it did not fit, which was said already */
        sizes_of_part(ownership, &a->part, &least, &most);
        if (a->kind == SP_ASSUME_NONEMPTY ? least > 0 : least == most)
            continue;
        sp_span at = of->span;
        for (size_t s = 0; s < of->splits; s++)
            if (sp_part_equal(&of->split[s].part, &a->part))
                at = of->split[s].span;
        sp_error(diagnostics, at, sp_pool_format(diagnostics->pool, "scheme %s assumes %s", program->name,
                                                 sp_assumption_text(diagnostics->pool, program, a)),
                 a->kind == SP_ASSUME_NONEMPTY ? "%s is empty on a rank (its parts have %zu to %zu indices)"
                                               : "%s is not even: its parts have %zu to %zu indices",
                 part, least, most);
    }
}

static sp_ownership *new_ownership(sp_pool *pool, const size_t dim[SP_MAX_DIMS], size_t divisions)
{
    sp_ownership *ownership = SP_NEW(pool, sp_ownership);
    size_t largest = 0;
    for (size_t d = 0; d < SP_MAX_DIMS; d++) {
        ownership->dim[d] = dim[d];
        if (dim[d] > largest)
            largest = dim[d];
    }
    ownership->all = SP_NEW_ARRAY(pool, size_t, largest);
    for (size_t i = 0; i < largest; i++)
        ownership->all[i] = i;
    ownership->parts.pool = pool;
    ownership->division = SP_NEW_ARRAY(pool, division, divisions);
    return ownership;
}

const sp_ownership *sp_ownership_of_case(sp_pool *pool, const sp_case *of,
                                         sp_diagnostics *diagnostics)
{
    size_t errors = diagnostics->errors;
    sp_mesh mesh;
    if (!sp_mesh_of_case(&mesh, of, diagnostics))
        return NULL;
    check_constants(&mesh, of, diagnostics);
    sp_ownership *ownership = new_ownership(pool, of->dim, of->splits);
    ownership->mesh = mesh;
    for (size_t i = 0; i < of->splits; i++) {
        const sp_split_spec *spec = &of->split[i];
        splitting s = {.pool = pool, .of = of, .spec = spec, .ownership = ownership,
                       .dim = of->dim[spec->part.dim], .diagnostics = diagnostics};
        if (spec->part.axes > 1) {
            s.parent_part = without_last_axis(&spec->part);
            s.parent = find(ownership, &s.parent_part);
            if (!s.parent)
                continue; /* it did not fit, which was said already */
        }
        uint8_t axis = spec->part.axis[spec->part.axes - 1];
        s.ranks = mesh.size[axis];
        s.axis = of->program->axis_name[axis];
        s.name = sp_part_text(pool, of->program, &spec->part);
        if (divide(&s, &ownership->division[ownership->parts.count]))
            sp_parts_add(&ownership->parts, &spec->part);
    }
    check_assumptions(ownership, of, diagnostics);
    return diagnostics->errors == errors ? ownership : NULL;
}

const sp_ownership *sp_ownership_whole(sp_pool *pool, const size_t dim[SP_MAX_DIMS])
{
    sp_ownership *ownership = new_ownership(pool, dim, 0);
    ownership->mesh.ranks = 1;
    return ownership;
}

const sp_mesh *sp_ownership_mesh(const sp_ownership *ownership)
{
    return &ownership->mesh;
}

size_t sp_ownership_extent(const sp_ownership *ownership, sp_dim dim)
{
    return ownership->dim[dim];
}

sp_indices sp_ownership_indices(const sp_ownership *ownership, const sp_part *part, size_t rank)
{
    if (part->axes == 0)
        return (sp_indices){ownership->all, ownership->dim[part->dim]};
    const division *d = find(ownership, part);
    size_t group = group_of(ownership, part, rank), at = d->start[group];
    return (sp_indices){d->index + at, d->start[group + 1] - at};
}

sp_indices sp_ownership_places(const sp_ownership *ownership, const sp_part *part, size_t rank)
{
    if (part->axes == 0)
        return (sp_indices){ownership->all, ownership->dim[part->dim]};
    const division *d = find(ownership, part);
    size_t group = group_of(ownership, part, rank), at = d->start[group];
    return (sp_indices){d->place + at, d->start[group + 1] - at};
}

void sp_ownership_held(const sp_ownership *ownership, const sp_layout *layout, size_t rank, size_t held[SP_MAX_ORDER])
{
    for (size_t i = 0; i < layout->order; i++)
        held[i] = sp_ownership_indices(ownership, &layout->part[i], rank).count;
}

void sp_ownership_shape(const sp_ownership *ownership, const sp_layout *layout, size_t rank,
                        size_t *rows, size_t *cols)
{
    size_t held[SP_MAX_ORDER];
    sp_ownership_held(ownership, layout, rank, held);
    *rows = 1;
    *cols = layout->order ? held[layout->order - 1] : 1;
    for (unsigned i = 0; i + 1 < layout->order; i++)
        *rows *= held[i]; /* at most the entries of the whole, which a case limits */
}

sp_entry_places sp_ownership_entries(sp_pool *pool, const sp_ownership *ownership, const sp_layout *layout,
                                     size_t rank)
{
    static const size_t nought[] = {0};
    sp_entry_places places = {nought, nought, 1, 1};
    if (layout->order == 0)
        return places;
    const sp_indices last = sp_ownership_indices(ownership, &layout->part[layout->order - 1], rank);
    places.column = last.index;
    places.columns = last.count;
    if (layout->order == 1)
        return places;
    const sp_indices first = sp_ownership_indices(ownership, &layout->part[0], rank);
    places.row = first.index;
    places.rows = first.count;
    for (unsigned i = 1; i + 1 < layout->order; i++) {
        const sp_indices next = sp_ownership_indices(ownership, &layout->part[i], rank);
        const size_t size = ownership->dim[layout->part[i].dim];
        size_t *row = SP_NEW_ARRAY(pool, size_t, places.rows * next.count + 1);
        for (size_t r = 0; r < places.rows; r++)
            for (size_t k = 0; k < next.count; k++)
                row[r * next.count + k] = places.row[r] * size + next.index[k];
        places.row = row;
        places.rows *= next.count;
    }
    return places;
}
