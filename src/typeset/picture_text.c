/* Block pictures in characters. */
#include "typeset/picture.h"

#include <string.h>

/* A sheet of code points; 0 is a space. */
typedef struct sheet {
    uint32_t *cell;
    int width, height;
} sheet;

static void put(sheet *s, int x, int y, uint32_t c)
{
    if (x >= 0 && x < s->width && y >= 0 && y < s->height)
        s->cell[y * s->width + x] = c;
}

static const char *next_point(const char *text, uint32_t *point)
{
    const unsigned char *s = (const unsigned char *)text;
    int more = *s < 0x80 ? 0 : *s < 0xE0 ? 1 : *s < 0xF0 ? 2 : 3;
    *point = more == 0 ? *s : *s & (0x3Fu >> more);
    for (int i = 1; i <= more; i++)
        *point = *point << 6 | (s[i] & 0x3Fu);
    return text + more + 1;
}

static void write_at(sheet *s, int x, int y, const char *text)
{
    uint32_t point;
    while (*text) {
        text = next_point(text, &point);
        put(s, x++, y, point);
    }
}

static void write_centered(sheet *s, int x, int y, int width, const char *text)
{
    write_at(s, x + (width - (int)sp_text_columns(text)) / 2, y, text);
}

/* Up, down, left, right of a crossing of lines as bits 1, 2, 4, 8. */
static const uint32_t crossing[16] = {
    ' ',    0x2502, 0x2502, 0x2502, 0x2500, 0x2518, 0x2510, 0x2524,
    0x2500, 0x2514, 0x250C, 0x251C, 0x2500, 0x2534, 0x252C, 0x253C};

static void draw_box(sheet *s, sp_pool *pool, const sp_picture *p, const sp_placed_box *b, bool ascii)
{
    size_t rows = b->row.count, columns = b->column.count;
    int bottom = b->row_edge[rows], right = b->column_edge[columns];
    for (size_t r = 0; r <= rows; r++)
        for (int x = 0; x <= right; x++)
            put(s, b->x + x, b->y + b->row_edge[r], ascii ? '-' : 0x2500);
    for (size_t c = 0; c <= columns; c++)
        for (int y = 0; y <= bottom; y++)
            put(s, b->x + b->column_edge[c], b->y + y, ascii ? '|' : 0x2502);
    for (size_t r = 0; r <= rows; r++)
        for (size_t c = 0; c <= columns; c++) {
            unsigned arms = (r > 0 ? 1U : 0) | (r < rows ? 2U : 0) | (c > 0 ? 4U : 0) |
                            (c < columns ? 8U : 0);
            put(s, b->x + b->column_edge[c], b->y + b->row_edge[r], ascii ? '+' : crossing[arms]);
        }
    for (size_t r = 0; r < rows; r++)
        for (size_t c = 0; c < columns; c++) {
            const sp_stripe *row = &b->row.item[r], *column = &b->column.item[c];
            const char *label = sp_picture_label(pool, p, b->box, row, column);
            int inner = b->column_edge[c + 1] - b->column_edge[c] - 1;
            int middle = (b->row_edge[r] + b->row_edge[r + 1]) / 2;
            write_centered(s, b->x + b->column_edge[c] + 1, b->y + middle, inner, label);
        }
}

static const char *sign_text(sp_box_sign sign, bool ascii)
{
    switch (sign) {
    case SP_SIGN_TIMES: return ascii ? "@" : "·";
    case SP_SIGN_EQUALS: return "=";
    case SP_SIGN_PLUS: return "+";
    case SP_SIGN_BESIDE: return ",";
    case SP_SIGN_GIVES: return ascii ? "->" : "→";
    case SP_SIGN_NONE: break;
    }
    return "";
}

static void add_point(sp_text *out, uint32_t point)
{
    char bytes[4];
    size_t length = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    static const unsigned lead[5] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (size_t i = length; i-- > 1; point >>= 6)
        bytes[i] = (char)(0x80u | (point & 0x3Fu));
    bytes[0] = (char)(lead[length] | point);
    sp_text_add_bytes(out, bytes, length);
}

static void write_sheet(sp_text *out, const sheet *s)
{
    for (int y = 0; y < s->height; y++) {
        int end = s->width;
        while (end > 0 && !s->cell[y * s->width + end - 1])
            end--;
        for (int x = 0; x < end; x++) {
            uint32_t point = s->cell[y * s->width + x];
            add_point(out, point ? point : ' ');
        }
        sp_text_add(out, "\n");
    }
}

enum { TITLE_LINES = 2 };

void sp_picture_write_text(sp_text *out, sp_pool *pool, const sp_picture *p, size_t width,
                           bool ascii, bool *elided, bool *distorted)
{
    const sp_picture_metrics metrics = {
        .letter = 1, .pad = 0, .line = 1, .border = 1, .width = (int)width, .gap = 4,
        .title = TITLE_LINES, .column_unit = 2, .row_unit = 1, .widest = 32, .highest = 6,
        .tallest = 10};
    sp_placed placed = sp_picture_place(pool, p, &metrics, ascii);
    sheet s = {.width = placed.width < (int)width ? placed.width : (int)width,
               .height = placed.height};
    s.cell = SP_NEW_ARRAY(pool, uint32_t, (size_t)s.width * (size_t)s.height);
    for (size_t b = 0; b < placed.boxes; b++) {
        const sp_placed_box *box = &placed.box[b];
        if (box->box->hidden) {
            write_centered(&s, box->slot_x, box->middle, box->slot, box->title);
        } else {
            write_centered(&s, box->slot_x, box->y - 2, box->slot, box->title);
            write_centered(&s, box->slot_x, box->y - 1, box->slot, box->size);
            draw_box(&s, pool, p, box, ascii);
        }
        if (b + 1 < placed.boxes)
            write_centered(&s, box->slot_x + box->slot, box->middle, metrics.gap,
                           sign_text(p->sign[b], ascii));
    }
    write_sheet(out, &s);
    *elided = placed.elided;
    *distorted = placed.distorted;
}
