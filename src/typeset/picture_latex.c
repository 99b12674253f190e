/* Block pictures as LaTeX's picture environment: rules and texts, no package. */
#include "typeset/escape.h"
#include "typeset/picture.h"

static const sp_picture_metrics metrics = {
    .letter = 5, .pad = 3, .line = 14, .border = 0, .width = 410, .gap = 24, .title = 30,
    .column_unit = 10, .row_unit = 9, .widest = 110, .highest = 84, .tallest = 120};

static void put_math(sp_text *out, int x, int y, const char *size, const sp_math *math)
{
    sp_text_format(out, "\\put(%d,%d){\\makebox(0,0){%s$", x, y, size);
    sp_math_write_latex(out, math);
    sp_text_add(out, "$}}\n");
}

static void put_text(sp_text *out, int x, int y, const char *text)
{
    sp_text_format(out, "\\put(%d,%d){\\makebox(0,0){\\scriptsize ", x, y);
    sp_escape_latex(out, text);
    sp_text_add(out, "}}\n");
}

static const char *sign_text(sp_box_sign sign)
{
    switch (sign) {
    case SP_SIGN_TIMES: return "$\\cdot$";
    case SP_SIGN_EQUALS: return "$=$";
    case SP_SIGN_PLUS: return "$+$";
    case SP_SIGN_BESIDE: return ",";
    case SP_SIGN_GIVES: return "$\\rightarrow$";
    case SP_SIGN_NONE: break;
    }
    return "";
}

/* y grows upwards here. */
static void draw_box(sp_text *out, const sp_picture *p, const sp_placed_box *b, int height)
{
    size_t rows = b->row.count, columns = b->column.count;
    int width = b->column_edge[columns], tall = b->row_edge[rows], top = height - b->y;
    for (size_t r = 0; r <= rows; r++)
        sp_text_format(out, "\\put(%d,%d){\\line(1,0){%d}}\n", b->x, top - b->row_edge[r], width);
    for (size_t c = 0; c <= columns; c++)
        sp_text_format(out, "\\put(%d,%d){\\line(0,-1){%d}}\n", b->x + b->column_edge[c], top,
                       tall);
    for (size_t r = 0; r < rows; r++)
        for (size_t c = 0; c < columns; c++) {
            const char *label =
                sp_picture_label(out->pool, p, b->box, &b->row.item[r], &b->column.item[c]);
            put_text(out, b->x + (b->column_edge[c] + b->column_edge[c + 1]) / 2,
                     top - (b->row_edge[r] + b->row_edge[r + 1]) / 2, label);
        }
    put_math(out, b->x + width / 2, top + 21, "\\small", b->box->name);
    put_math(out, b->x + width / 2, top + 8, "\\scriptsize", b->box->size);
}

void sp_picture_write_latex(sp_text *out, sp_pool *pool, const sp_picture *p, bool *elided,
                            bool *distorted)
{
    sp_placed placed = sp_picture_place(pool, p, &metrics, true);
    sp_text_format(out, "\\begin{center}\\setlength{\\unitlength}{1pt}\n"
                        "\\begin{picture}(%d,%d)\n", placed.width, placed.height);
    for (size_t b = 0; b < placed.boxes; b++) {
        const sp_placed_box *box = &placed.box[b];
        int middle = placed.height - box->middle;
        if (box->box->hidden)
            put_text(out, box->slot_x + box->slot / 2, middle, box->title);
        else
            draw_box(out, p, box, placed.height);
        if (b + 1 < placed.boxes)
            sp_text_format(out, "\\put(%d,%d){\\makebox(0,0){%s}}\n",
                           box->slot_x + box->slot + metrics.gap / 2, middle,
                           sign_text(p->sign[b]));
    }
    sp_text_add(out, "\\end{picture}\\end{center}\n");
    *elided = placed.elided;
    *distorted = placed.distorted;
}
