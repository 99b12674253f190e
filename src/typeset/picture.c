#include "typeset/picture.h"

#include <string.h>

void sp_picture_sign(sp_picture *p, sp_box_sign sign)
{
    p->sign[p->boxes - 1] = sign;
}

sp_stripes sp_stripes_elided(sp_pool *pool, const sp_stripes *all, size_t most)
{
    if (all->count <= most)
        return *all;
    sp_stripes few = {all->part, SP_NEW_ARRAY(pool, sp_stripe, most), most};
    memcpy(few.item, all->item, (most - 2) * sizeof *few.item);
    few.item[most - 1] = all->item[all->count - 1];
    for (size_t i = most - 2; i + 1 < all->count; i++) {
        few.item[most - 2].count += all->item[i].count;
        few.item[most - 2].hidden += all->item[i].hidden ? all->item[i].hidden : 1;
    }
    return few;
}

/* ---- owners ---- */

/* The ranks with given coordinates on some axes and any on the others: they are counted, not listed,
 * since there may be many. */
typedef struct rank_set {
    const sp_mesh *mesh;
    long coordinate[SP_MAX_AXES]; /* -1: any */
    size_t count;
} rank_set;

static void restrict_axis(rank_set *set, size_t axis, size_t coordinate)
{
    if (set->coordinate[axis] >= 0 && (size_t)set->coordinate[axis] != coordinate)
        set->count = 0; /* nobody is at two places */
    else if (set->coordinate[axis] < 0)
        set->count /= set->mesh->size[axis];
    set->coordinate[axis] = (long)coordinate;
}

static void restrict_part(rank_set *set, const sp_stripes *stripes, const sp_stripe *stripe)
{
    for (size_t a = 0; a < stripes->part->axes; a++)
        restrict_axis(set, stripes->part->axis[a], stripe->coordinate[a]);
}

/* The k-th of them; ranks are numbered with the first axis slowest. */
static size_t rank_at(const rank_set *set, size_t k)
{
    size_t rank = 0;
    for (size_t a = set->mesh->axes; a-- > 0;) {
        size_t here = (size_t)set->coordinate[a];
        if (set->coordinate[a] < 0) {
            here = k % set->mesh->size[a];
            k /= set->mesh->size[a];
        }
        rank = sp_mesh_neighbour(set->mesh, rank, a, here);
    }
    return rank;
}

/* "r0", "r0,r2", "r0..r3", "r0,r2,..,r6" */
static const char *list_of_ranks(sp_pool *pool, const rank_set *set, const char *between)
{
    if (set->count == 0)
        return "";
    size_t first = rank_at(set, 0), last = rank_at(set, set->count - 1);
    size_t second = rank_at(set, set->count > 1 ? 1 : 0);
    if (set->count == 1)
        return sp_pool_format(pool, "r%zu", first);
    if (set->count == 2)
        return sp_pool_format(pool, "r%zu%sr%zu", first, between, last);
    if (strcmp(between, ",") == 0 && last - first == set->count - 1)
        return sp_pool_format(pool, "r%zu..r%zu", first, last);
    if (set->count == 3)
        return sp_pool_format(pool, "r%zu%sr%zu%sr%zu", first, between, second, between, last);
    return sp_pool_format(pool, "r%zu%sr%zu%s..%sr%zu", first, between, second, between, between,
                          last);
}

const char *sp_picture_label(sp_pool *pool, const sp_picture *p, const sp_box *box, const sp_stripe *row,
                             const sp_stripe *column)
{
    if (row->hidden && column->hidden)
        return "..";
    if (row->hidden || column->hidden)
        return sp_pool_format(pool, "..%zu..", row->hidden ? row->hidden : column->hidden);
    rank_set set = {.mesh = p->mesh, .count = p->mesh->ranks};
    for (size_t a = 0; a < p->mesh->axes; a++)
        set.coordinate[a] = -1;
    restrict_part(&set, &box->row, row);
    restrict_part(&set, &box->column, column);
    if (box->fixed_axis >= 0)
        restrict_axis(&set, (size_t)box->fixed_axis, box->fixed);
    if (box->summed_axis < 0 || set.count == 0 || set.coordinate[box->summed_axis] >= 0)
        return list_of_ranks(pool, &set, ",");
    size_t all = set.count; /* one group of summands is written, and that there are more */
    for (size_t a = 0; a < p->mesh->axes; a++)
        if ((int)a != box->summed_axis && set.coordinate[a] < 0)
            restrict_axis(&set, a, 0);
    const char *sum = list_of_ranks(pool, &set, "+");
    return all > set.count ? sp_pool_format(pool, "%s,..", sum) : sum;
}

/* ---- places ---- */

typedef struct attempt {
    size_t stripes; /* at most so many */
    int widest;
} attempt;

typedef struct placing {
    sp_pool *pool;
    const sp_picture *picture;
    const sp_picture_metrics *m;
    bool ascii;
    sp_placed *to;
} placing;

static int text_width(const char *text, int letter)
{
    return (int)sp_text_columns(text) * letter;
}

/* Edges of stripes over `natural`, to scale; none is smaller than need[i]. */
static int *edges(const placing *at, const sp_stripes *stripes, int natural, const int *need)
{
    int *edge = SP_NEW_ARRAY(at->pool, int, stripes->count + 1);
    size_t total = 0, before = 0;
    bool hides = false;
    for (size_t i = 0; i < stripes->count; i++) {
        total += stripes->item[i].count;
        hides = hides || stripes->item[i].hidden;
    }
    for (size_t i = 0; i < stripes->count && total > 0; i++) {
        int begin = (int)((double)natural * (double)before / (double)total + 0.5);
        before += stripes->item[i].count;
        int size = (int)((double)natural * (double)before / (double)total + 0.5) - begin;
        if (hides)
            size = need[i];
        else if (size < need[i] && stripes->count > 1)
            at->to->distorted = true;
        edge[i + 1] = edge[i] + (size < need[i] ? need[i] : size);
    }
    return edge;
}

/* The size of all stripes together: `unit` for each index, more where a stripe needs it to hold its
 * label, at most `largest` or what all labels need. */
static int natural(const sp_stripes *stripes, const int *need, int unit, int largest)
{
    double each = unit, count = 0, least = 0;
    for (size_t i = 0; i < stripes->count; i++) {
        double here = (double)need[i] / (double)stripes->item[i].count;
        count += (double)stripes->item[i].count;
        each = here > each ? here : each;
        least += need[i];
    }
    largest = least > largest ? (int)least : largest;
    return each * count > largest ? largest : (int)(each * count + 0.999);
}

static const char *math_text(const placing *at, const sp_math *math)
{
    sp_text text = sp_text_in(at->pool);
    sp_math_write_text(&text, math, at->ascii);
    return sp_text_string(&text);
}

/* No title is wider than the picture may be. */
static const char *shortened(const placing *at, const char *text)
{
    size_t room = (size_t)((at->m->width - at->m->gap) / at->m->letter), length = 0;
    if (sp_text_columns(text) <= room)
        return text;
    for (size_t columns = 0; columns + 3 < room; columns++)
        do
            length++;
        while ((text[length] & 0xC0) == 0x80);
    return sp_pool_format(at->pool, "%.*s%s", (int)length, text, at->ascii ? ".." : "…");
}

static void place_box(const placing *at, const sp_box *box, const attempt *try,
                      sp_placed_box *out)
{
    const sp_picture_metrics *m = at->m;
    *out = (sp_placed_box){.box = box};
    if (box->hidden) {
        out->size = "";
        out->title = sp_pool_format(at->pool, "%s %zu %s", at->ascii ? "..." : "…", box->hidden,
                                    at->ascii ? "..." : "…");
        out->slot = text_width(out->title, m->letter);
        at->to->elided = true;
        return;
    }
    size_t rows_drawn = (size_t)(m->tallest / (m->line + m->border));
    out->row = sp_stripes_elided(at->pool, &box->row, rows_drawn < 3 ? 3 : rows_drawn);
    out->column = sp_stripes_elided(at->pool, &box->column, try->stripes);
    at->to->elided = at->to->elided || out->row.count < box->row.count ||
                     out->column.count < box->column.count;
    int *need = SP_NEW_ARRAY(at->pool, int, out->row.count + out->column.count + 1);
    for (size_t r = 0; r < out->row.count; r++)
        need[r] = m->line + m->border;
    out->row_edge = edges(at, &out->row, natural(&out->row, need, m->row_unit, m->highest), need);
    for (size_t c = 0; c < out->column.count; c++) {
        need[c] = m->border;
        for (size_t r = 0; r < out->row.count; r++) {
            const char *label =
                sp_picture_label(at->pool, at->picture, box, &out->row.item[r], &out->column.item[c]);
            int width = text_width(label, m->letter) + 2 * m->pad + m->border;
            need[c] = width > need[c] ? width : need[c];
        }
    }
    out->column_edge = edges(at, &out->column,
                             natural(&out->column, need, m->column_unit, try->widest), need);
    out->title = shortened(at, math_text(at, box->name));
    out->size = shortened(at, math_text(at, box->size));
    int title = text_width(out->title, m->letter), size = text_width(out->size, m->letter);
    int width = out->column_edge[out->column.count] + m->border;
    out->slot = title > width ? title : width;
    out->slot = size > out->slot ? size : out->slot;
}

/* Boxes first to end - 1 in one line, from a height on; the height below it. */
static int place_line(const placing *at, size_t first, size_t end, int top)
{
    const sp_picture_metrics *m = at->m;
    int x = 0, highest = 0;
    for (size_t b = first; b < end; b++) {
        const sp_placed_box *box = &at->to->box[b];
        int height = box->box->hidden ? 0 : box->row_edge[box->row.count] + m->border;
        highest = height > highest ? height : highest;
    }
    for (size_t b = first; b < end; b++) {
        sp_placed_box *box = &at->to->box[b];
        int width = box->box->hidden ? 0 : box->column_edge[box->column.count] + m->border;
        int height = box->box->hidden ? 0 : box->row_edge[box->row.count] + m->border;
        box->slot_x = x;
        box->x = x + (box->slot - width) / 2;
        box->y = top + m->title + (highest - height) / 2;
        box->middle = top + m->title + highest / 2;
        x += box->slot + (b + 1 < at->picture->boxes ? m->gap : 0);
    }
    at->to->width = x > at->to->width ? x : at->to->width;
    return top + m->title + highest;
}

/* Whether all boxes have a place within the width. */
static bool place(const placing *at, const attempt *try, bool broken)
{
    const sp_picture *p = at->picture;
    const sp_picture_metrics *m = at->m;
    bool fits = true;
    *at->to = (sp_placed){.boxes = p->boxes, .broken = broken};
    for (size_t b = 0; b < p->boxes; b++)
        place_box(at, &p->box[b], try, &at->to->box[b]);
    for (size_t first = 0, end; first < p->boxes; first = end) {
        int width = 0;
        for (end = first; end < p->boxes; end++) {
            int more = at->to->box[end].slot + (end + 1 < p->boxes ? m->gap : 0);
            if (broken && end > first && width + more > m->width)
                break;
            width += more;
        }
        fits = fits && width <= m->width;
        at->to->height = place_line(at, first, end, at->to->height + (first ? m->line : 0));
    }
    return fits;
}

sp_placed sp_picture_place(sp_pool *pool, const sp_picture *p, const sp_picture_metrics *m,
                           bool ascii)
{
    static const size_t stripes[] = {64, 16, 8, 6, 5, 4, 3};
    sp_placed placed;
    placing at = {pool, p, m, ascii, &placed};
    for (int broken = 0; broken < 2; broken++) /* in one line if that is possible at all */
        for (size_t s = 0; s < sizeof stripes / sizeof *stripes; s++)
            for (int widest = m->widest; widest >= m->widest / 8 && widest > 0;
                 widest = widest * 3 / 4) {
                attempt try = {stripes[s], widest};
                if (place(&at, &try, broken))
                    return placed;
            }
    return placed; /* as narrow as it gets */
}
