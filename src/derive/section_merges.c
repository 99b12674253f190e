/* How the whole results are made from what the ranks hold. */
#include "derive/derivation.h"
#include "derive/entries.h"

/* More than a picture shows. */
static bool layout_is_large(const sp_layout *layout)
{
    return layout->order > 2;
}

static unsigned axes_of(const sp_layout *layout)
{
    unsigned axes = 0;
    for (size_t p = 0; p < layout->order; p++)
        for (size_t a = 0; a < layout->part[p].axes; a++)
            axes |= 1U << layout->part[p].axis[a];
    return axes;
}

/* x_0, x_1, ..., x_(P-1) in a row or column */
static const sp_math *blocks(sp_derive *d, sp_math_kind kind, const sp_math *name)
{
    sp_pool *pool = d->pool;
    const sp_math *ranks = sp_ranks_math(pool, d->program, 0);
    size_t count = d->of ? sp_ownership_mesh(d->drawing.ownership)->size[0] : 0;
    const sp_math *last = d->of ? sp_math_count(pool, count - 1)
                                : sp_math_add(pool, ranks, sp_math_count(pool, 1), true);
    const sp_math *item[4];
    size_t items = 0;
    for (size_t c = 0; c < 2 && (!d->of || c < count); c++)
        item[items++] = sp_math_of(pool, SP_MATH_SHARD, name, sp_math_count(pool, c), NULL);
    if (!d->of || count > 3)
        item[items++] = sp_math_leaf(pool, SP_MATH_DOTS, kind == SP_MATH_STACKED ? "⋮" : "⋯");
    if (!d->of || count > 2)
        item[items++] = sp_math_of(pool, SP_MATH_SHARD, name, last, NULL);
    return sp_math_list(pool, kind, NULL, item, items);
}

typedef struct part_of {
    sp_derive *d;
    const sp_math *whole;
} part_of;

static const sp_math *part_name(void *context, size_t coordinate)
{
    const part_of *p = context;
    return sp_math_of(p->d->pool, SP_MATH_SHARD, p->whole,
                      sp_math_count(p->d->pool, coordinate), NULL);
}

/* The merge of a gradient. Other results have no picture: it would be the one of their statement. */
static void draw_merge(sp_derive *d, const sp_result_decl *r, const sp_math *whole)
{
    sp_picture *picture = sp_picture_open(&d->drawing);
    part_of context = {d, whole};
    sp_part_naming parts = {part_name, &context};
    unsigned axes = axes_of(&r->declared);
    if (d->program->of->result[r->result].gradient_of < 0 || layout_is_large(&r->declared) ||
        (r->sum_axis < 0 && !axes))
        return;
    int axis = r->sum_axis;
    for (unsigned a = 0; a < d->program->axes && axis < 0; a++)
        axis = axes >> a & 1U ? (int)a : -1;
    sp_picture_parts(picture, &d->drawing, parts, &r->declared, axis,
                     r->sum_axis >= 0 ? SP_SIGN_PLUS : SP_SIGN_BESIDE);
    sp_picture_sign(picture, r->sum_axis >= 0 ? SP_SIGN_EQUALS : SP_SIGN_GIVES);
    sp_picture_add(picture, &d->drawing, whole, &r->declared, -1, 0);
    sp_derive_picture(d, picture);
}

static void write_merge(sp_derive *d, size_t k)
{
    const sp_result_decl *r = &d->program->result[k];
    const char *name = d->program->of->result[r->result].name;
    const sp_layout *layout = &r->declared;
    const sp_math *whole = sp_derive_name(d, name);
    unsigned axes = axes_of(layout);
    bool rows = layout->order == 2 && layout->part[0].axes > 0;
    bool columns = layout->order == 2 && layout->part[1].axes > 0;
    sp_document_section(d->doc, 3, sp_say(d->pool, SP_SAY_HEADING_MERGE,
                                          sp_derive_source(d, r->span)));
    if (r->sum_axis >= 0) {
        const sp_math *under[2] = {
            sp_math_of(d->pool, SP_MATH_SHARD, whole, sp_math_index(d->pool, "q"), NULL),
            sp_math_index(d->pool, "q")};
        SAY(d, SP_SAY_MERGE_SUM, whole, d->program->axis_name[r->sum_axis]);
        sp_document_formula(d->doc, sp_math_equals(d->pool, whole,
                                                   sp_math_list(d->pool, SP_MATH_BIG, "sum",
                                                                under, 2)));
    } else if (axes == 0) {
        SAY(d, SP_SAY_MERGE_WHOLE, whole);
    } else {
        SAY(d, rows && columns ? SP_SAY_MERGE_BLOCKS
               : rows          ? SP_SAY_MERGE_ROWS
               : columns       ? SP_SAY_MERGE_COLUMNS
                               : SP_SAY_MERGE_ENTRIES,
            whole, sp_derive_axes(d, axes));
        if (layout_is_large(layout))
            sp_document_formula(d->doc, sp_owner_entries(&d->naming, name, layout));
        else if (d->program->axes == 1)
            sp_document_formula(d->doc, sp_math_equals(d->pool, whole,
                                                       blocks(d, rows ? SP_MATH_STACKED
                                                                      : SP_MATH_SIDE_BY_SIDE,
                                                              whole)));
    }
    draw_merge(d, r, whole);
    sp_derive_identities(d, (int)d->program->statements, (int)k);
    if (d->proof->result[k].status == SP_PROVE_PROVED)
        PARAGRAPH(d, SP_SAY_MERGE_PROVED, whole);
}

void sp_derive_merges(sp_derive *d)
{
    if (d->program->axes == 0 || (d->parting.parts && d->parting.statement >= 0))
        return;
    sp_document_section(d->doc, 2, sp_say(d->pool, SP_SAY_HEADING_MERGES));
    SAY(d, SP_SAY_MERGES_INTRO);
    for (size_t k = 0; k < d->program->results; k++) {
        bool wrong = d->parting.parts && d->parting.result == &d->proof->result[k];
        if (wrong)
            break; /* it is marked in the last section */
        write_merge(d, k);
    }
}
