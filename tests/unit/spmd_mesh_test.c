/* Meshes and ownership: every kind of split against lists written by hand, and what is said about
 * splits that do not fit. */
#include "lang/mlp.h"
#include "spmd_load.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

/* Broken by: the last axis made the slowest, a stride that forgets an axis. */
static void ranks_are_numbered_with_the_first_axis_slowest(void **state)
{
    (void)state;
    const sp_mesh mesh = {3, {2, 3, 4}, 24};
    for (size_t a = 0; a < 2; a++)
        for (size_t b = 0; b < 3; b++)
            for (size_t c = 0; c < 4; c++) {
                size_t rank = 12 * a + 4 * b + c;
                assert_int_equal(sp_mesh_coordinate(&mesh, rank, 0), a);
                assert_int_equal(sp_mesh_coordinate(&mesh, rank, 1), b);
                assert_int_equal(sp_mesh_coordinate(&mesh, rank, 2), c);
                for (size_t k = 0; k < 2; k++)
                    assert_int_equal(sp_mesh_neighbour(&mesh, rank, 0, k), 12 * k + 4 * b + c);
                for (size_t k = 0; k < 3; k++)
                    assert_int_equal(sp_mesh_neighbour(&mesh, rank, 1, k), 12 * a + 4 * k + c);
                for (size_t k = 0; k < 4; k++)
                    assert_int_equal(sp_mesh_neighbour(&mesh, rank, 2, k), 12 * a + 4 * b + k);
            }
}

/* A case over a mesh of dp and tp in which b1 is Dh split as `part` says. */
static const char *split_case(sp_pool *pool, const char *part, size_t dh, size_t dp, size_t tp,
                              const char *split)
{
    return sp_pool_format(pool,
                          "scheme s\nmesh dp, tp\nparam b1[%s]\nforward\n  db1 = b1\nbackward\n"
                          "result db1[%s]\ncase x\n  dims    N = 1, Din = 1, Dh = %zu, Dout = 1\n"
                          "  scheme  s\n  mesh    dp = %zu, tp = %zu\n  split   %s\n",
                          part, part, dh, dp, tp, split);
}

/* "0 1|2|-|": what every rank holds, in rank order. */
static const char *lists_text(sp_pool *pool, const sp_ownership *ownership, const sp_part *part,
                              sp_indices (*of)(const sp_ownership *, const sp_part *, size_t))
{
    sp_text text = sp_text_in(pool);
    for (size_t r = 0; r < sp_ownership_mesh(ownership)->ranks; r++) {
        sp_indices list = of(ownership, part, r);
        sp_text_add(&text, r ? "|" : "");
        for (size_t i = 0; i < list.count; i++)
            sp_text_format(&text, "%s%zu", i ? " " : "", list.index[i]);
        if (list.count == 0)
            sp_text_add(&text, "-");
    }
    return sp_text_string(&text);
}

static const struct expected_lists {
    const char *part;
    size_t dh, dp, tp;
    const char *split, *indices, *places; /* places NULL: the indices */
} expected_lists[] = {
    {"Dh/tp", 6, 1, 3, "Dh/tp = 3 + 0 + 3", "0 1 2|-|3 4 5", NULL},
    {"Dh/tp", 6, 1, 1, "Dh/tp = 6", "0 1 2 3 4 5", NULL},
    {"Dh/tp", 6, 1, 3, "Dh/tp = even", "0 1|2 3|4 5", NULL},
    {"Dh/tp", 1, 1, 3, "Dh/tp = 0 + 1 + 0", "-|0|-", NULL},
    /* torch.chunk of 7 into 4 has parts of 2, 2, 2, 1; of 5 into 4: 2, 2, 1, and here 0 */
    {"Dh/tp", 7, 1, 4, "Dh/tp = chunk", "0 1|2 3|4 5|6", NULL},
    {"Dh/tp", 5, 1, 4, "Dh/tp = chunk", "0 1|2 3|4|-", NULL},
    {"Dh/tp", 6, 1, 4, "Dh/tp = chunk", "0 1|2 3|4 5|-", NULL},
    {"Dh/tp", 6, 1, 3, "Dh/tp = chunk", "0 1|2 3|4 5", NULL},
    {"Dh/tp", 2, 1, 5, "Dh/tp = chunk", "0|1|-|-|-", NULL},
    {"Dh/tp", 7, 1, 3, "Dh/tp = cyclic", "0 3 6|1 4|2 5", NULL},
    {"Dh/tp", 7, 1, 3, "Dh/tp = cyclic(2)", "0 1 6|2 3|4 5", NULL},
    {"Dh/tp", 5, 1, 2, "Dh/tp = cyclic(9)", "0 1 2 3 4|-", NULL},
    {"Dh/tp", 4, 1, 3, "Dh/tp = [2,0,2,0]", "1 3|-|0 2", NULL},
    /* the other axis makes no difference: every rank of a column holds the same */
    {"Dh/dp", 3, 2, 2, "Dh/dp = 1 + 2", "0|0|1 2|1 2", NULL},
    {"Dh/tp", 3, 2, 2, "Dh/tp = 1 + 2", "0|1 2|0|1 2", NULL},
    /* nested: places are those in the list of the outer part */
    {"Dh/(dp,tp)", 7, 2, 2, "Dh/dp = 3 + 4, Dh/(dp,tp) = 1 + 2 + 0 + 4", "0|1 2|-|3 4 5 6",
     "0|1 2|-|0 1 2 3"},
    {"Dh/(dp,tp)", 6, 2, 2, "Dh/dp = cyclic, Dh/(dp,tp) = chunk", "0 2|4|1 3|5", "0 1|2|0 1|2"},
    {"Dh/(dp,tp)", 8, 2, 2, "Dh/dp = cyclic(2), Dh/(dp,tp) = even", "0 1|4 5|2 3|6 7",
     "0 1|2 3|0 1|2 3"},
    {"Dh/(dp,tp)", 6, 2, 3, "Dh/dp = [1,0,0,1,1,1], Dh/(dp,tp) = cyclic", "1|2|-|0 5|3|4",
     "0|1|-|0 3|1|2"},
    {"Dh/(dp,tp)", 5, 2, 2, "Dh/dp = chunk, Dh/(dp,tp) = [1,1,0,0,1]", "2|0 1|3|4",
     "2|0 1|0|1"},
    /* the other nesting: ranks are still numbered dp first, sizes are listed tp first */
    {"Dh/(tp,dp)", 7, 2, 2, "Dh/tp = 3 + 4, Dh/(tp,dp) = 1 + 2 + 0 + 4", "0|-|1 2|3 4 5 6",
     "0|-|1 2|0 1 2 3"},
};

/* Broken by: a part too few for chunk, blocks that are not counted within the outer part, lists of
 * another group of ranks. */
static void splits_own_what_they_say(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof expected_lists / sizeof *expected_lists; k++) {
        const struct expected_lists *e = &expected_lists[k];
        sp_pool *pool;
        assert_int_equal(sp_pool_open(&pool, NULL, NULL), SP_OK);
        const sp_case *of =
            load_case(pool, split_case(pool, e->part, e->dh, e->dp, e->tp, e->split));
        assert_non_null(of);
        sp_diagnostics found = {.pool = pool};
        const sp_ownership *ownership = sp_ownership_of_case(pool, of, &found);
        assert_non_null(ownership);
        const sp_part *part = &of->program->tensor_layout[SP_TENSOR_B1].part[0];
        assert_string_equal(lists_text(pool, ownership, part, sp_ownership_indices), e->indices);
        assert_string_equal(lists_text(pool, ownership, part, sp_ownership_places),
                            e->places ? e->places : e->indices);
        sp_pool_close(pool);
    }
}

/* Broken by: a default part, or a whole one, without an answer. */
static void whole_parts_hold_everything(void **state)
{
    (void)state;
    sp_pool *pool;
    assert_int_equal(sp_pool_open(&pool, NULL, NULL), SP_OK);
    const size_t dim[SP_MAX_DIMS] = {1, 2, 3, 4};
    const sp_ownership *whole = sp_ownership_whole(pool, dim);
    assert_int_equal(sp_ownership_mesh(whole)->ranks, 1);
    for (int d = 0; d < SP_DIM_COUNT; d++) {
        sp_part part = {.dim = (sp_dim)d};
        sp_indices all = sp_ownership_indices(whole, &part, 0);
        assert_int_equal(all.count, dim[d]);
        assert_int_equal(sp_ownership_extent(whole, (sp_dim)d), dim[d]);
        for (size_t i = 0; i < all.count; i++)
            assert_int_equal(all.index[i], i);
    }
    sp_layout vector = {.order = 1, .part = {{.dim = SP_DIM_DH}}}, scalar = {.order = 0};
    size_t rows, cols;
    sp_ownership_shape(whole, &vector, 0, &rows, &cols);
    assert_true(rows == 1 && cols == 3);
    sp_ownership_shape(whole, &scalar, 0, &rows, &cols);
    assert_true(rows == 1 && cols == 1);
    sp_pool_close(pool);
}

static const struct wrong_split {
    const char *part;
    size_t dh, dp, tp;
    const char *split, *at, *message;
} wrong_splits[] = {
    {"Dh/tp", 6, 1, 2, "Dh/tp = 3 + 4", "3 + 4", "Dh/tp = 3 + 4 adds up to 7, but Dh is 6"},
    {"Dh/tp", 6, 1, 2, "Dh/tp = 3 + 2", "3 + 2", "Dh/tp = 3 + 2 adds up to 5, but Dh is 6"},
    {"Dh/tp", 6, 1, 3, "Dh/tp = 3 + 3", "3 + 3",
     "Dh/tp = 3 + 3 has 2 parts, but tp has 3 ranks"},
    {"Dh/tp", 6, 1, 1, "Dh/tp = 3 + 3", "3 + 3", "Dh/tp = 3 + 3 has 2 parts, but tp has 1 rank"},
    {"Dh/tp", 6, 1, 2, "Dh/tp = 6", "6", "Dh/tp = 6 has 1 part, but tp has 2 ranks"},
    {"Dh/tp", 20, 1, 20,
     "Dh/tp = 1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+2", "1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+2",
     "Dh/tp = 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + ... + 2 adds up to 21, but Dh is 20"},
    {"Dh/tp", 7, 1, 2, "Dh/tp = even", "even",
     "Dh/tp = even does not divide: Dh is 7, and tp has 2 ranks"},
    {"Dh/tp", 2, 1, 3, "Dh/tp = even", "even",
     "Dh/tp = even does not divide: Dh is 2, and tp has 3 ranks"},
    {"Dh/tp", 4, 1, 2, "Dh/tp = [0,1,1]", "[0,1,1]",
     "Dh/tp = [0,1,1] names 3 owners, but Dh is 4"},
    {"Dh/tp", 4, 1, 2, "Dh/tp = [0,1,2,1]", "[0,1,2,1]",
     "Dh/tp gives index 2 to tp = 2, but tp has 2 ranks"},
    {"Dh/(dp,tp)", 7, 2, 2, "Dh/dp = 3 + 4, Dh/(dp,tp) = 1 + 2 + 3 + 0", "1 + 2 + 3 + 0",
     "Dh/(dp,tp) = 1 + 2 + 3 + 0 adds up to 3 at dp = 1, but Dh/dp has 4 indices there"},
    {"Dh/(dp,tp)", 7, 2, 2, "Dh/dp = 3 + 4, Dh/(dp,tp) = 4 + 3", "4 + 3",
     "Dh/(dp,tp) = 4 + 3 has 2 parts, but (dp,tp) has 4 ranks"},
    {"Dh/(dp,tp)", 5, 2, 2, "Dh/dp = 4 + 1, Dh/(dp,tp) = even", "even",
     "Dh/(dp,tp) = even does not divide: Dh/dp has 1 index at dp = 1, and tp has 2 ranks"},
    {"Dh/(dp,tp)", 5, 2, 2, "Dh/dp = 4 + 1, Dh/(dp,tp) = [0,1,0,1]", "[0,1,0,1]",
     "Dh/(dp,tp) = [0,1,0,1] names 4 owners, but Dh is 5"},
    /* the outer part is wrong: nothing is said about the inner one */
    {"Dh/(dp,tp)", 7, 2, 2, "Dh/dp = 3 + 3, Dh/(dp,tp) = even", "3 + 3",
     "Dh/dp = 3 + 3 adds up to 6, but Dh is 7"},
};

/* Broken by: a check left out, a place that is not the right-hand side. */
static void splits_that_do_not_fit_are_reported(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof wrong_splits / sizeof *wrong_splits; k++) {
        const struct wrong_split *e = &wrong_splits[k];
        sp_pool *pool;
        assert_int_equal(sp_pool_open(&pool, NULL, NULL), SP_OK);
        const sp_case *of =
            load_case(pool, split_case(pool, e->part, e->dh, e->dp, e->tp, e->split));
        assert_non_null(of);
        sp_diagnostics found = {.pool = pool};
        assert_null(sp_ownership_of_case(pool, of, &found));
        assert_int_equal(found.count, 1);
        assert_int_equal(found.errors, 1);
        assert_string_equal(found.item[0].message, e->message);
        sp_span at = found.item[0].span;
        assert_int_equal(at.end - at.begin, strlen(e->at));
        assert_memory_equal(at.source->text + at.begin, e->at, strlen(e->at));
        sp_pool_close(pool);
    }
}

/* The example of the language's documentation, whole. */
static void a_wrong_split_is_shown_with_caret_and_hint(void **state)
{
    (void)state;
    sp_pool *pool;
    assert_int_equal(sp_pool_open(&pool, NULL, NULL), SP_OK);
    const sp_case *of = load_case(pool, "case x\n  dims    N = 5, Din = 4, Dh = 6, Dout = 2\n"
                                        "  scheme  megatron\n  mesh    tp = 2\n"
                                        "  split   Dh/tp = 3 + 4\n");
    assert_non_null(of);
    sp_diagnostics found = {.pool = pool};
    assert_null(sp_ownership_of_case(pool, of, &found));
    sp_text shown = sp_text_in(pool);
    sp_diagnostic_show(&shown, &found.item[0]);
    assert_string_equal(sp_text_string(&shown),
                        "test.case:5:19: error: Dh/tp = 3 + 4 adds up to 7, but Dh is 6\n"
                        "  split   Dh/tp = 3 + 4\n"
                        "                  ^~~~~\n"
                        "  hint: the sizes of the parts of a split add up to the dimension\n");
    sp_pool_close(pool);
}

/* Several errors of one case come out together. */
static void all_errors_of_a_case_are_found(void **state)
{
    (void)state;
    sp_pool *pool;
    assert_int_equal(sp_pool_open(&pool, NULL, NULL), SP_OK);
    const sp_case *of = load_case(
        pool, "scheme s\nmesh dp, tp\ninput X[N/dp, Din/tp]\nforward\n"
              "  dX = only(X, tp, 2)\n  S = allreduce(sum(sum(X, N), Din), tp)\n"
              "  T = broadcast(S, tp, 1) + broadcast(S, tp, 2)\n"
              "backward\nresult dX[N/dp, Din/tp]\n"
              "case x\n  dims    N = 5, Din = 4, Dh = 6, Dout = 2\n  scheme  s\n"
              "  mesh    dp = 2, tp = 2\n  split   N/dp = 3 + 3, Din/tp = [0,1,0]\n");
    assert_non_null(of);
    sp_diagnostics found = {.pool = pool};
    assert_null(sp_ownership_of_case(pool, of, &found));
    assert_int_equal(found.count, 4);
    assert_string_equal(found.item[0].message, "only names tp = 2, but tp has 2 ranks in case x");
    assert_string_equal(found.item[0].hint, "coordinates on tp go from 0 to 1 there");
    assert_memory_equal(found.item[0].span.source->text + found.item[0].span.begin,
                        "only(X, tp, 2)", 14);
    assert_string_equal(found.item[1].message,
                        "broadcast names tp = 2, but tp has 2 ranks in case x");
    assert_string_equal(found.item[2].message, "N/dp = 3 + 3 adds up to 6, but N is 5");
    assert_string_equal(found.item[3].message, "Din/tp = [0,1,0] names 3 owners, but Din is 4");
    sp_pool_close(pool);
}

/* Broken by: a limit off by one, a product of ranks that wraps around. */
static void a_mesh_has_a_limit(void **state)
{
    (void)state;
    static const struct {
        size_t dp, tp;
        const char *message;
    } meshes[] = {
        {256, 256, NULL},
        {1, 70000, "too many ranks: 70000 (limit 65536)"},
        {257, 256, "too many ranks: 65792 (limit 65536)"},
        {(size_t)1 << 33, (size_t)1 << 31, "too many ranks: 8589934592 * 2147483648 (limit 65536)"},
    };
    for (size_t k = 0; k < sizeof meshes / sizeof *meshes; k++) {
        sp_pool *pool;
        assert_int_equal(sp_pool_open(&pool, NULL, NULL), SP_OK);
        const sp_case *loaded =
            load_case(pool, split_case(pool, "Dh/tp", 2, 1, 1, "Dh/tp = chunk"));
        assert_non_null(loaded);
        sp_case of = *loaded; /* the language may have limits of its own */
        of.axis_size[0] = meshes[k].dp;
        of.axis_size[1] = meshes[k].tp;
        sp_diagnostics found = {.pool = pool};
        const sp_ownership *ownership = sp_ownership_of_case(pool, &of, &found);
        assert_int_equal(ownership != NULL, meshes[k].message == NULL);
        assert_int_equal(found.count, meshes[k].message != NULL);
        if (meshes[k].message)
            assert_string_equal(found.item[0].message, meshes[k].message);
        sp_pool_close(pool);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranks_are_numbered_with_the_first_axis_slowest),
        cmocka_unit_test(splits_own_what_they_say),
        cmocka_unit_test(whole_parts_hold_everything),
        cmocka_unit_test(splits_that_do_not_fit_are_reported),
        cmocka_unit_test(a_wrong_split_is_shown_with_caret_and_hint),
        cmocka_unit_test(all_errors_of_a_case_are_found),
        cmocka_unit_test(a_mesh_has_a_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
