/* base: a pool that runs out leaves through its one path and frees everything; places and carets. */
#include "base/diagnostic.h"
#include "failing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void build_text(void *argument)
{
    sp_text text = sp_text_in(argument);
    for (int i = 0; i < 100; i++)
        sp_text_format(&text, "%d ", i);
    assert_int_equal(text.length, 290);
}

/* Broken by: an unchecked NULL, a leak, a status that is lost. */
static void every_allocation_may_fail(void **state)
{
    (void)state;
    assert_true(fail_each_allocation(build_text, SIZE_MAX) > 2);
}

static void limits_are_kept(void **state)
{
    (void)state;
    sp_limits limits = {.bytes = 500};
    sp_pool *pool;
    assert_int_equal(sp_pool_open(&pool, NULL, &limits), SP_OK);
    assert_int_equal(sp_pool_run(pool, build_text, pool), SP_MEMORY_LIMIT);
    sp_pool_close(pool);
}

typedef struct inner_job {
    sp_pool *outer, *inner;
    int *order, calls;
} inner_job;

static void note_release(void *argument)
{
    inner_job *j = argument;
    *j->order = *j->order * 10 + ++j->calls;
}

static void fill_inner(void *argument)
{
    inner_job *j = argument;
    j->inner = sp_pool_inside(j->outer);
    for (int i = 0; i < 1000; i++) {
        build_text(j->inner); /* about 600 bytes that are thrown away */
        sp_pool_clear(j->inner);
    }
    sp_pool_defer(j->inner, note_release, j);
    build_text(j->inner);
    sp_pool_clear(j->inner);
    assert_int_equal(*j->order, 1);
    sp_pool_clear(j->inner); /* nothing is released twice */
    assert_int_equal(*j->order, 1);
    sp_pool_defer(j->inner, note_release, j);
    for (;;)
        build_text(j->inner); /* until the outer pool's limit */
}

/* Broken by: memory that is not counted or not given back, a failure that finds no run, an inner pool that
 * outlives the outer one, what was deferred done twice or not at all. */
static void inner_pools_are_part_of_the_outer(void **state)
{
    (void)state;
    failing f = {.fail_at = 0};
    sp_allocator allocator = {failing_allocate, failing_release, &f};
    sp_limits limits = {.bytes = 10000};
    int order = 0;
    inner_job j = {.order = &order};
    assert_int_equal(sp_pool_open(&j.outer, &allocator, &limits), SP_OK);
    assert_int_equal(sp_pool_run(j.outer, fill_inner, &j), SP_MEMORY_LIMIT);
    assert_int_equal(order, 1);
    sp_pool_close(j.outer);
    assert_int_equal(order, 12);
    assert_int_equal(f.alive, 0);
}

static void diagnostics_show_place_and_caret(void **state)
{
    (void)state;
    sp_pool *pool;
    assert_int_equal(sp_pool_open(&pool, NULL, NULL), SP_OK);
    const char *text = "case x\n  split   Dh/tp = 3 + 4\n";
    sp_source source = {"cases/x.case", text, strlen(text)};
    sp_diagnostics found = {.pool = pool};
    size_t at = (size_t)(strstr(text, "3 + 4") - text);
    sp_error(&found, (sp_span){&source, at, at + 5},
             "the sizes of the parts of a split add up to the dimension",
             "Dh/tp = 3 + 4 adds up to %d, but Dh is 6", 7);
    sp_text shown = sp_text_in(pool);
    sp_diagnostic_show(&shown, &found.item[0]);
    assert_string_equal(sp_text_string(&shown),
                        "cases/x.case:2:19: error: Dh/tp = 3 + 4 adds up to 7, but Dh is 6\n"
                        "  split   Dh/tp = 3 + 4\n"
                        "                  ^~~~~\n"
                        "  hint: the sizes of the parts of a split add up to the dimension\n");
    sp_pool_close(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(limits_are_kept),
        cmocka_unit_test(inner_pools_are_part_of_the_outer),
        cmocka_unit_test(diagnostics_show_place_and_caret),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
