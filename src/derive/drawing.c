#include "derive/drawing.h"

#include <string.h>

/* ---- stripes ---- */

enum { STRIPES_KEPT = 64 };

typedef struct collector {
    sp_pool *pool;
    sp_stripes *to;
    size_t capacity;
} collector;

static void add_stripe(collector *c, const sp_stripe *stripe)
{
    sp_stripes *s = c->to;
    s->item = sp_pool_grow(c->pool, s->item, &c->capacity, s->count + 1, sizeof *s->item);
    s->item[s->count++] = *stripe;
}

/* The owners of every index of a part: owner[index * axes + a]; -1 where nobody owns it. */
static int32_t *owners_of(const sp_drawing *d, const sp_part *part)
{
    const sp_mesh *mesh = sp_ownership_mesh(d->ownership);
    size_t extent = sp_ownership_extent(d->ownership, part->dim), groups = 1, entries;
    if (!sp_size_multiply(&entries, extent, part->axes))
        sp_pool_fail(d->pool, SP_NO_MEMORY);
    int32_t *owner = SP_NEW_ARRAY(d->pool, int32_t, entries);
    memset(owner, -1, entries * sizeof *owner);
    for (size_t a = 0; a < part->axes; a++)
        groups *= mesh->size[part->axis[a]];
    for (size_t g = 0; g < groups; g++) {
        size_t rank = 0, rest = g;
        for (size_t a = part->axes; a-- > 0;) {
            rank = sp_mesh_neighbour(mesh, rank, part->axis[a], rest % mesh->size[part->axis[a]]);
            rest /= mesh->size[part->axis[a]];
        }
        sp_indices held = sp_ownership_indices(d->ownership, part, rank);
        for (size_t i = 0; i < held.count; i++)
            for (size_t a = 0; a < part->axes; a++)
                owner[held.index[i] * part->axes + a] =
                    (int32_t)sp_mesh_coordinate(mesh, rank, part->axis[a]);
    }
    return owner;
}

static sp_stripes stripes_of(const sp_drawing *d, const sp_part *part, int fixed_axis,
                             size_t fixed)
{
    sp_stripes stripes = {.part = part};
    collector c = {d->pool, &stripes, 0};
    size_t extent = sp_ownership_extent(d->ownership, part->dim);
    if (part->axes == 0) {
        add_stripe(&c, &(sp_stripe){.count = extent});
        return stripes;
    }
    int32_t *owner = owners_of(d, part);
    sp_stripe now = {0};
    for (size_t i = 0; i < extent; i++) {
        bool same = now.count > 0, wanted = true;
        for (size_t a = 0; a < part->axes; a++) {
            uint16_t coordinate = (uint16_t)owner[i * part->axes + a];
            same = same && coordinate == now.coordinate[a];
            wanted = wanted && (part->axis[a] != fixed_axis || coordinate == fixed);
        }
        if (!wanted)
            continue;
        if (!same && now.count > 0)
            add_stripe(&c, &now);
        if (!same)
            now = (sp_stripe){0};
        for (size_t a = 0; a < part->axes; a++)
            now.coordinate[a] = (uint16_t)owner[i * part->axes + a];
        now.count++;
    }
    if (now.count > 0)
        add_stripe(&c, &now);
    sp_pool_free(d->pool, owner);
    return stripes;
}

/* ---- pictures ---- */

sp_picture *sp_picture_open(const sp_drawing *d)
{
    sp_picture *p = SP_NEW(d->pool, sp_picture);
    p->pool = d->pool;
    p->mesh = sp_ownership_mesh(d->ownership);
    return p;
}

static const sp_part no_part;

sp_box *sp_picture_add(sp_picture *p, const sp_drawing *d, const sp_math *name,
                       const sp_layout *layout, int fixed_axis, size_t fixed)
{
    if (p->boxes == SP_PICTURE_BOXES)
        sp_pool_fail(p->pool, SP_INTERNAL);
    sp_box *box = &p->box[p->boxes++];
    *box = (sp_box){.name = name, .fixed_axis = fixed_axis, .fixed = fixed, .summed_axis = -1};
    box->size = sp_size_math(d, layout, fixed_axis, fixed);
    sp_stripes one = {&no_part, SP_NEW(d->pool, sp_stripe), 1};
    one.item->count = 1;
    box->row = layout->order < 2 ? one : stripes_of(d, &layout->part[0], fixed_axis, fixed);
    box->column = layout->order < 1
                      ? one
                      : stripes_of(d, &layout->part[layout->order - 1], fixed_axis, fixed);
    box->row = sp_stripes_elided(d->pool, &box->row, STRIPES_KEPT);
    box->column = sp_stripes_elided(d->pool, &box->column, STRIPES_KEPT);
    return box;
}

enum { PARTS_DRAWN = 4 }; /* of more the first two, how many, and the last */

void sp_picture_parts(sp_picture *p, const sp_drawing *d, sp_part_naming naming,
                      const sp_layout *layout, int axis, sp_box_sign between)
{
    size_t parts = p->mesh->size[axis];
    for (size_t c = 0; c < parts; c++) {
        if (c > 0)
            sp_picture_sign(p, between);
        if (parts > PARTS_DRAWN && c == 2) {
            p->box[p->boxes] = p->box[p->boxes - 1];
            p->box[p->boxes++].hidden = parts - 3;
            c = parts - 2;
            continue;
        }
        sp_picture_add(p, d, naming.name(naming.context, c), layout, axis, c);
    }
}

const sp_math *sp_part_math(sp_pool *pool, const sp_program *program, const sp_part *part)
{
    const sp_math *dim = sp_label_math(pool, program->of, part);
    if (part->axes == 0)
        return dim;
    sp_text axes = sp_text_in(pool);
    sp_text_add(&axes, part->axes > 1 ? "(" : "");
    for (size_t a = 0; a < part->axes; a++)
        sp_text_format(&axes, "%s%s", a ? "," : "", program->axis_name[part->axis[a]]);
    sp_text_add(&axes, part->axes > 1 ? ")" : "");
    const sp_math *item[2] = {dim, sp_math_word(pool, sp_text_string(&axes))};
    return sp_math_list(pool, SP_MATH_RELATION, "/", item, 2);
}

/* One size of a box: a number for a case, else a formula. Different ranks may hold different
 * numbers; then it is the whole dimension, with its split. */
static const sp_math *extent_math(const sp_drawing *d, const sp_part *part, int fixed_axis,
                                  size_t fixed)
{
    bool local = fixed_axis >= 0 && sp_part_uses_axis(part, fixed_axis);
    if (d->example) {
        sp_part left = *part;
        if (!local)
            left.axes = 0;
        return sp_part_math(d->pool, d->program, &left);
    }
    if (!local)
        return sp_math_count(d->pool, sp_ownership_extent(d->ownership, part->dim));
    sp_stripes held = stripes_of(d, part, fixed_axis, fixed);
    size_t count = 0;
    for (size_t i = 0; i < held.count; i++)
        count += held.item[i].count;
    return sp_math_count(d->pool, count);
}

const sp_math *sp_size_math(const sp_drawing *d, const sp_layout *layout, int fixed_axis,
                            size_t fixed)
{
    const sp_math *item[SP_MAX_ORDER] = {NULL};
    for (size_t i = 0; i < layout->order; i++)
        item[i] = extent_math(d, &layout->part[i], fixed_axis, fixed);
    if (layout->order == 0)
        return sp_math_count(d->pool, 1);
    return sp_math_list(d->pool, SP_MATH_RELATION, "×", item, layout->order);
}
