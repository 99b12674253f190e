/* Every allocation of a whole load may fail: the load then leaves with SP_NO_MEMORY and nothing is
 * left alive. Broken by: memory from elsewhere than the pool, a file that stays open, an unchecked
 * NULL. */
#include "lang_fixture.h"
#include "failing.h"

#include <stdlib.h>

/* Loads with the n-th allocation failing, for n = 1, 2, ... until none fails; returns how many
 * there were. */
static size_t fail_each(const char *name, const char *text, const char *expected)
{
    for (size_t n = 1;; n++) {
        failing f = {.fail_at = n};
        sp_allocator allocator = {failing_allocate, failing_release, &f};
        loaded l = {.name = name, .text = text};
        sp_status status = sp_pool_open(&l.pool, &allocator, NULL);
        if (status == SP_OK) {
            status = sp_pool_run(l.pool, load_body, &l);
            if (status == SP_OK && !strstr(l.shown, expected))
                print_error("%s\n", l.shown);
            assert_true(status != SP_OK || strstr(l.shown, expected));
            sp_pool_close(l.pool);
        }
        assert_int_equal(f.alive, 0);
        if (status == SP_OK)
            return n;
        assert_int_equal(status, SP_NO_MEMORY);
    }
}

static void good_file(void **state)
{
    (void)state;
    size_t count = fail_each("test.case",
                             "scheme s\nmesh tp\ninput X[N, Din]\nparam W1[Din, Dh/tp]\nforward\n"
                             "  Z1 = X @ W1\n  A1 = sigma(Z1) * 2\nbackward\n"
                             "result Z1[N, Dh/tp], A1[N, Dh] sum tp\n"
                             "case c\n  dims N = {1, 2}, Din = 2, Dh = 3, Dout = 4\n"
                             "  network sigma(z) = z * exp(z), loss = mse\n  scheme s\n"
                             "  mesh tp = {1, 2}\n  split Dh/tp = 1 + 2\n"
                             "  b2 = [1, 1/3, 0x1p-3, 1e-5]\n  evidence mpfr\n"
                             "  expect mismatch A1\n"
                             "case d\n  dims N = 1, Din = 2, Dh = 3, Dout = 4\n  scheme megatron\n"
                             "  mesh tp = 2\n",
                             "");
    assert_true(count > 300);
}

static void file_with_errors(void **state)
{
    (void)state;
    size_t count = fail_each(SOURCE_DIR "/tests/data/diagnostics/several-errors.case", NULL,
                             "hint: did you mean 'split'?");
    assert_true(count > 200);
}

static void file_that_names_another(void **state)
{
    (void)state;
    fail_each(SOURCE_DIR "/tests/data/diagnostics/scheme-file-with-error.case", NULL,
              "Din and Dh/tp differ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_file),
        cmocka_unit_test(file_with_errors),
        cmocka_unit_test(file_that_names_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
