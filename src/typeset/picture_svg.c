/* Block pictures as inline SVG. Colours and fonts are the page's, by class: b0 to b7 for the ranks,
 * ba for a block of several ranks, bs for a sum, bh for what is hidden. */
#include "typeset/escape.h"
#include "typeset/picture.h"

#include <stdlib.h>
#include <string.h>

static const sp_picture_metrics metrics = {
    .letter = 7, .pad = 4, .line = 20, .border = 0, .width = 470, .gap = 30, .title = 40,
    .column_unit = 13, .row_unit = 13, .widest = 132, .highest = 120, .tallest = 170};

/* ---- names ---- */

typedef struct label {
    sp_text *out;
    int shift; /* how far the baseline is below where it should be */
} label;

static void add_run(label *l, const char *style, int shift, const char *text)
{
    sp_text_format(l->out, "<tspan class=\"%s\"", style);
    if (shift != l->shift)
        sp_text_format(l->out, " dy=\"%d\"", shift - l->shift);
    l->shift = shift;
    sp_text_add(l->out, ">");
    sp_escape_html(l->out, text);
    sp_text_add(l->out, "</tspan>");
}

static const char *plain(const label *l, const sp_math *m)
{
    sp_text text = sp_text_in(l->out->pool);
    sp_math_write_text(&text, m, false);
    return sp_text_string(&text);
}

static void add_math(label *l, const sp_math *m);

static void add_symbol(label *l, const char *text)
{
    sp_symbol_parts parts = sp_math_symbol_parts(l->out->pool, text);
    if (parts.gradient)
        add_run(l, "u", 0, "d");
    add_run(l, parts.upright ? "u" : "i", 0, parts.letter);
    if (*parts.layer)
        add_run(l, "s", -5, sp_pool_format(l->out->pool, "(%s)", parts.layer));
    if (*parts.word)
        add_run(l, "s", 4, parts.word);
}

/* What a title is made of: symbols, their parts on ranks, transposes and products; anything else is
 * written as text. */
static void add_math(label *l, const sp_math *m)
{
    switch (m->kind) {
    case SP_MATH_SYMBOL:
        add_symbol(l, m->text);
        break;
    case SP_MATH_SHARD:
        add_math(l, m->item[0]);
        for (size_t i = 1; i < m->items; i++)
            add_run(l, "s", 4, sp_pool_format(l->out->pool, "%s%s", i > 1 ? "," : "",
                                              plain(l, m->item[i])));
        break;
    case SP_MATH_TRANSPOSE:
        add_math(l, m->item[0]);
        add_run(l, "s", -5, "⊤");
        break;
    case SP_MATH_PRODUCT:
        for (size_t i = 0; i < m->items; i++) {
            if (i > 0)
                add_run(l, "u", 0, " ");
            add_math(l, m->item[i]);
        }
        break;
    case SP_MATH_RELATION:
        for (size_t i = 0; i < m->items; i++) {
            if (i > 0)
                add_run(l, "u", 0, strcmp(m->text, "/") == 0 ? "/" : " × ");
            add_math(l, m->item[i]);
        }
        break;
    default:
        add_run(l, "u", 0, plain(l, m));
        break;
    }
}

static void add_text(sp_text *out, int x, int y, const char *style, const sp_math *math)
{
    label l = {out, 0};
    sp_text_format(out, "<text class=\"%s\" x=\"%d\" y=\"%d\">", style, x, y);
    add_math(&l, math);
    sp_text_add(out, "</text>");
}

/* ---- boxes ---- */

static const char *block_class(sp_pool *pool, const char *text)
{
    if (strchr(text, '+'))
        return "bs";
    if (strchr(text, ',') || strchr(text, '.') || text[0] != 'r')
        return "ba";
    return sp_pool_format(pool, "b%d", atoi(text + 1) % 8);
}

static void draw_block(sp_text *out, sp_pool *pool, const sp_picture *p, const sp_placed_box *b,
                       size_t r, size_t c)
{
    const sp_stripe *row = &b->row.item[r], *column = &b->column.item[c];
    bool hidden = row->hidden || column->hidden;
    const char *text = sp_picture_label(pool, p, b->box, row, column);
    int x = b->x + b->column_edge[c], y = b->y + b->row_edge[r];
    int width = b->column_edge[c + 1] - b->column_edge[c];
    int height = b->row_edge[r + 1] - b->row_edge[r];
    sp_text_format(out, "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>",
                   hidden ? "bh" : block_class(pool, text), x, y, width, height);
    sp_text_format(out, "<text class=\"l\" x=\"%d\" y=\"%d\">", x + width / 2, y + height / 2 + 4);
    sp_escape_html(out, text);
    sp_text_add(out, "</text>");
}

static const char *sign_text(sp_box_sign sign)
{
    switch (sign) {
    case SP_SIGN_TIMES: return "·";
    case SP_SIGN_EQUALS: return "=";
    case SP_SIGN_PLUS: return "+";
    case SP_SIGN_BESIDE: return ",";
    case SP_SIGN_GIVES: return "→";
    case SP_SIGN_NONE: break;
    }
    return "";
}

/* What a screen reader says in place of the picture. */
static void add_description(sp_text *out, const sp_picture *p)
{
    sp_text text = sp_text_in(out->pool);
    for (size_t b = 0; b < p->boxes; b++) {
        if (p->box[b].hidden)
            sp_text_format(&text, "… %zu …", p->box[b].hidden);
        else
            sp_math_write_text(&text, p->box[b].name, false);
        if (b + 1 < p->boxes)
            sp_text_format(&text, " %s ", sign_text(p->sign[b]));
    }
    sp_escape_html(out, sp_text_string(&text));
}

enum { MARGIN = 2 };

void sp_picture_write_svg(sp_text *out, sp_pool *pool, const sp_picture *p, bool *elided,
                          bool *distorted)
{
    sp_placed placed = sp_picture_place(pool, p, &metrics, false);
    int width = placed.width + 2 * MARGIN, height = placed.height + 2 * MARGIN;
    sp_text_format(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"%d\" "
                        "height=\"%d\" viewBox=\"%d %d %d %d\"><title>",
                   width, height, -MARGIN, -MARGIN, width, height);
    add_description(out, p);
    sp_text_add(out, "</title>");
    for (size_t b = 0; b < placed.boxes; b++) {
        const sp_placed_box *box = &placed.box[b];
        int middle = box->middle + 5;
        if (box->box->hidden) {
            sp_text_format(out, "<text class=\"l\" x=\"%d\" y=\"%d\">%s</text>",
                           box->slot_x + box->slot / 2, middle, box->title);
        } else {
            int center = box->x + box->column_edge[box->column.count] / 2;
            add_text(out, center, box->y - 21, "n", box->box->name);
            add_text(out, center, box->y - 6, "d", box->box->size);
            for (size_t r = 0; r < box->row.count; r++)
                for (size_t c = 0; c < box->column.count; c++)
                    draw_block(out, pool, p, box, r, c);
            if (box->row.count == 0 || box->column.count == 0)
                sp_text_format(out, "<rect class=\"bh\" x=\"%d\" y=\"%d\" width=\"%d\" "
                                    "height=\"%d\"/>",
                               box->x, box->y, box->column_edge[box->column.count],
                               box->row_edge[box->row.count]);
        }
        if (b + 1 < placed.boxes)
            sp_text_format(out, "<text class=\"o\" x=\"%d\" y=\"%d\">%s</text>",
                           box->slot_x + box->slot + metrics.gap / 2, middle,
                           sign_text(p->sign[b]));
    }
    sp_text_add(out, "</svg>");
    *elided = placed.elided;
    *distorted = placed.distorted;
}
