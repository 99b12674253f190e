/* Block pictures: within their width, to scale, every block with its true owners. */
#include "derive/drawing.h"
#include "lang/mlp.h"
#include "spmd_load.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int runs = 60; /* random cases of a test: fewer under valgrind */
static unsigned state;
static unsigned chance(unsigned below)
{
    state = state * 1664525u + 1013904223u;
    return (state >> 16) % below;
}

/* A case on a mesh of two axes with random sizes, meshes and splits. */
static const char *random_case(sp_pool *pool)
{
    static const char *const splits[] = {"chunk", "cyclic", "cyclic(2)"};
    return sp_pool_format(
        pool,
        "case c\n  dims N = %u, Din = %u, Dh = %u, Dout = %u\n  scheme dp-tp\n"
        "  mesh dp = %u, tp = %u\n  split N/dp = %s, Dh/tp = %s\n",
        1 + chance(12), 1 + chance(9), 1 + chance(40), 1 + chance(5), 1 + chance(4),
        1 + chance(12), splits[chance(3)], splits[chance(3)]);
}

typedef struct world {
    sp_pool *pool;
    const sp_case *of;
    sp_drawing drawing;
} world;

static world world_of(const char *text)
{
    world w = {.pool = NULL};
    assert_int_equal(sp_pool_open(&w.pool, NULL, NULL), SP_OK);
    w.of = load_case(w.pool, text);
    assert_non_null(w.of);
    sp_diagnostics found = {.pool = w.pool};
    const sp_ownership *ownership = sp_ownership_of_case(w.pool, w.of, &found);
    assert_non_null(ownership);
    w.drawing = (sp_drawing){w.pool, w.of->program, ownership, false};
    return w;
}

/* Every product of the scheme. */
static sp_picture *product_picture(const world *w, size_t node)
{
    const sp_program *p = w->of->program;
    const sp_node *n = &p->node[node];
    if (n->op != SP_OP_PRODUCT)
        return NULL;
    const sp_math *name = sp_math_symbol(w->pool, "W1");
    sp_picture *picture = sp_picture_open(&w->drawing);
    sp_picture_add(picture, &w->drawing, name, &p->node[n->operand[0]].layout, -1, 0);
    sp_picture_sign(picture, SP_SIGN_TIMES);
    sp_picture_add(picture, &w->drawing, name, &p->node[n->operand[1]].layout, -1, 0);
    sp_picture_sign(picture, SP_SIGN_EQUALS);
    sp_picture_add(picture, &w->drawing, name, &n->layout, -1, 0);
    return picture;
}

static size_t widest_line(const char *lines)
{
    size_t widest = 0;
    while (*lines) {
        char line[1024];
        size_t length = strcspn(lines, "\n");
        assert_true(length < sizeof line);
        memcpy(line, lines, length);
        line[length] = '\0';
        size_t columns = sp_text_columns(line);
        widest = columns > widest ? columns : widest;
        lines += length + (lines[length] == '\n');
    }
    return widest;
}

/* Breaks if a label, a border or a sign is forgotten when the width is shared out. */
static void no_line_is_too_wide(void **unused)
{
    (void)unused;
    state = 7;
    for (int run = 0; run < runs; run++) {
        sp_pool *names;
        assert_int_equal(sp_pool_open(&names, NULL, NULL), SP_OK);
        world w = world_of(random_case(names));
        for (size_t n = 0; n < w.of->program->nodes; n++) {
            sp_picture *p = product_picture(&w, n);
            static const size_t widths[] = {38, 60, 78, 118};
            for (size_t k = 0; p && k < sizeof widths / sizeof *widths; k++)
                for (int ascii = 0; ascii < 2; ascii++) {
                    sp_text out = sp_text_in(w.pool);
                    bool elided, distorted;
                    sp_picture_write_text(&out, w.pool, p, widths[k], ascii, &elided, &distorted);
                    if (widest_line(sp_text_string(&out)) > widths[k])
                        fail_msg("wider than %zu:\n%s", widths[k], sp_text_string(&out));
                    for (size_t i = 0; ascii && i < out.length; i++)
                        assert_true((unsigned char)out.bytes[i] < 0x80);
                }
        }
        sp_pool_close(w.pool);
        sp_pool_close(names);
    }
}

static const sp_picture_metrics metrics = {
    .letter = 1, .pad = 0, .line = 1, .border = 1, .width = 78, .gap = 4, .title = 2,
    .column_unit = 2, .row_unit = 1, .widest = 32, .highest = 6, .tallest = 10};

static void check_edges(const sp_stripes *stripes, const int *edge, bool exact)
{
    double total = 0, before = 0;
    for (size_t i = 0; i < stripes->count; i++)
        total += (double)stripes->item[i].count;
    assert_int_equal(edge[0], 0);
    for (size_t i = 0; i < stripes->count; i++) {
        assert_true(edge[i + 1] > edge[i]);
        before += (double)stripes->item[i].count;
        double want = edge[stripes->count] * before / total;
        if (exact && (edge[i + 1] - want > 1 || want - edge[i + 1] > 1))
            fail_msg("an edge is at %d, not at %g", edge[i + 1], want);
    }
}

/* Breaks if stripes are not proportional although nothing was said of it, if boxes overlap, or if two of one
 * line stand at different heights without need. */
static void parts_are_to_scale(void **unused)
{
    (void)unused;
    size_t exact = 0;
    state = 11;
    for (int run = 0; run < runs; run++) {
        sp_pool *names;
        assert_int_equal(sp_pool_open(&names, NULL, NULL), SP_OK);
        world w = world_of(random_case(names));
        for (size_t n = 0; n < w.of->program->nodes; n++) {
            sp_picture *p = product_picture(&w, n);
            if (!p)
                continue;
            sp_placed placed = sp_picture_place(w.pool, p, &metrics, false);
            assert_true(placed.width <= metrics.width);
            bool faithful = !placed.elided && !placed.distorted;
            exact += faithful;
            for (size_t b = 0; b < placed.boxes; b++) {
                const sp_placed_box *box = &placed.box[b];
                check_edges(&box->row, box->row_edge, faithful);
                check_edges(&box->column, box->column_edge, faithful);
                assert_true(box->x >= box->slot_x);
                assert_true(box->y >= metrics.title);
                assert_true(box->y + box->row_edge[box->row.count] < placed.height);
                if (b > 0 && !placed.broken)
                    assert_true(box->slot_x >= box[-1].slot_x + box[-1].slot);
            }
        }
        sp_pool_close(w.pool);
        sp_pool_close(names);
    }
    assert_true(exact > (size_t)runs / 5);
}

/* The ranks that hold the index of a part, from the ownership itself. */
static bool holds(const world *w, const sp_part *part, size_t rank, size_t index)
{
    sp_indices held = sp_ownership_indices(w->drawing.ownership, part, rank);
    for (size_t i = 0; i < held.count; i++)
        if (held.index[i] == index)
            return true;
    return false;
}

/* Breaks if a block is labelled with a rank that does not hold it, or not with one that does: every index of
 * every block, against the ownership function. Labels are short lists here: at most four ranks. */
static void labels_are_the_owners(void **unused)
{
    (void)unused;
    static const char *const cases[] = {
        "case c\n  dims N = 3, Din = 2, Dh = 7, Dout = 2\n  scheme dp-tp\n  mesh dp = 2, tp = 2\n"
        "  split N/dp = cyclic, Dh/tp = 5 + 2\n",
        "case c\n  dims N = 4, Din = 2, Dh = 6, Dout = 2\n  scheme dp-tp\n  mesh dp = 1, tp = 3\n"
        "  split Dh/tp = 4 + 0 + 2\n",
        "case c\n  dims N = 2, Din = 1, Dh = 5, Dout = 1\n  scheme dp-tp\n  mesh dp = 2, tp = 2\n"
        "  split N/dp = [1, 0], Dh/tp = [0, 1, 0, 0, 1]\n"};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        world w = world_of(cases[c]);
        const sp_program *p = w.of->program;
        size_t ranks = sp_ownership_mesh(w.drawing.ownership)->ranks, blocks = 0;
        for (size_t n = 0; n < p->nodes; n++) {
            const sp_layout *layout = &p->node[n].layout;
            sp_picture *picture = product_picture(&w, n);
            if (!picture)
                continue;
            const sp_box *box = &picture->box[2];
            size_t row = 0;
            for (size_t r = 0; r < box->row.count; r++) {
                size_t column = 0;
                for (size_t k = 0; k < box->column.count; k++) {
                    const char *label = sp_picture_label(w.pool, picture, box, &box->row.item[r],
                                                         &box->column.item[k]);
                    unsigned told = 0, true_owners = 0;
                    unsigned first, last;
                    if (sscanf(label, "r%u..r%u", &first, &last) == 2)
                        for (unsigned x = first; x <= last; x++)
                            told |= 1U << x;
                    else
                        for (const char *at = label; (at = strchr(at, 'r')); at++)
                            told |= 1U << atoi(at + 1);
                    for (size_t x = 0; x < ranks; x++)
                        if (holds(&w, &layout->part[0], x, row) &&
                            holds(&w, &layout->part[1], x, column))
                            true_owners |= 1U << x;
                    if (told != true_owners)
                        fail_msg("[%zu,%zu] is labelled %s, held by %x", row, column, label,
                                 true_owners);
                    column += box->column.item[k].count;
                    blocks++;
                }
                assert_int_equal(column, w.of->dim[layout->part[1].dim]);
                row += box->row.item[r].count;
            }
            assert_int_equal(row, w.of->dim[layout->part[0].dim]);
        }
        assert_true(blocks > 3);
        sp_pool_close(w.pool);
    }
}

static const char *drawn(const world *w, const sp_picture *p, size_t width, bool ascii)
{
    bool elided, distorted;
    sp_text out = sp_text_in(w->pool);
    sp_picture_write_text(&out, w->pool, p, width, ascii, &elided, &distorted);
    return sp_text_string(&out);
}

static void known_pictures(void **unused)
{
    (void)unused;
    world w = world_of("case c\n  dims N = 2, Din = 4, Dh = 6, Dout = 2\n  scheme megatron\n"
                       "  mesh tp = 2\n  split Dh/tp = 4 + 2\n");
    sp_picture *p = sp_picture_open(&w.drawing);
    sp_picture_add(p, &w.drawing, sp_math_symbol(w.pool, "W1"),
                   &w.of->program->tensor_layout[SP_TENSOR_W1], -1, 0);
    assert_string_equal(drawn(&w, p, 40, false), "     W1\n"
                                                  "    4 × 6\n"
                                                  "┌───────┬───┐\n"
                                                  "│       │   │\n"
                                                  "│  r0   │r1 │\n"
                                                  "│       │   │\n"
                                                  "└───────┴───┘\n");
    p = sp_picture_open(&w.drawing);
    sp_box *box = sp_picture_add(p, &w.drawing, sp_math_symbol(w.pool, "Z2"),
                                 &w.of->program->result[3].declared, -1, 0);
    box->summed_axis = 0;
    assert_string_equal(drawn(&w, p, 40, true), "  Z2\n"
                                                "   2\n"
                                                "+-----+\n"
                                                "|r0+r1|\n"
                                                "+-----+\n");
    sp_pool_close(w.pool);
}

/* 64 ranks in 60 columns: some are not drawn, how many is counted, the first and the last are there. */
static void many_ranks_are_elided(void **unused)
{
    (void)unused;
    world w = world_of("case c\n  dims N = 2, Din = 4, Dh = 128, Dout = 2\n  scheme megatron\n"
                       "  mesh tp = 64\n");
    sp_picture *p = sp_picture_open(&w.drawing);
    sp_picture_add(p, &w.drawing, sp_math_symbol(w.pool, "W1"),
                   &w.of->program->tensor_layout[SP_TENSOR_W1], -1, 0);
    bool elided, distorted;
    sp_text out = sp_text_in(w.pool);
    sp_picture_write_text(&out, w.pool, p, 60, true, &elided, &distorted);
    const char *text = sp_text_string(&out), *hidden = strstr(text, "..");
    assert_true(elided);
    assert_non_null(strstr(text, "|r0|r1|"));
    assert_non_null(strstr(text, "|r63|"));
    assert_non_null(hidden);
    int left_out = atoi(hidden + 2), shown = 0;
    for (const char *at = text; (at = strchr(at, 'r')); at++)
        shown++;
    assert_int_equal(left_out + shown, 64);
    sp_pool_close(w.pool);
}

int main(int count, char **argument)
{
    if (count > 1)
        runs = atoi(argument[1]);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_line_is_too_wide),    cmocka_unit_test(parts_are_to_scale),
        cmocka_unit_test(labels_are_the_owners),  cmocka_unit_test(known_pictures),
        cmocka_unit_test(many_ranks_are_elided),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
