/* Every allocation of a load of networks, of their rules and of the rules' texts may fail: it then leaves with
 * SP_NO_MEMORY and nothing is left alive. Broken by: memory from elsewhere than the pool, an unchecked NULL. */
#include "failing.h"

#include <shardproof/networks.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Loads with the n-th allocation failing, for n = 1, 2, ... until none fails; returns how many there were. */
static size_t fail_each(const char *name, const char *path, sp_status expected)
{
    for (size_t n = 1;; n++) {
        failing f = {.fail_at = n};
        const sp_allocator allocator = {failing_allocate, failing_release, &f};
        const sp_load_options options = {.allocator = &allocator};
        sp_networks *networks;
        const sp_status status = name ? sp_networks_load_builtin(&networks, name, &options)
                                      : sp_networks_load_file(&networks, path, &options);
        assert_int_equal(!networks, status == SP_NO_MEMORY);
        sp_networks_close(networks);
        assert_int_equal(f.alive, 0);
        if (status == expected)
            return n;
        assert_int_equal(status, SP_NO_MEMORY);
    }
}

static void built_in_networks(void **state)
{
    (void)state;
    assert_true(fail_each("attention", NULL, SP_OK) > 100);
    assert_true(fail_each("layernorm", NULL, SP_OK) > 100);
}

static void a_file_with_errors(void **state)
{
    (void)state;
    const char *path = SOURCE_DIR "/tests/data/networks/wrong/nine-dimensions.network";
    assert_true(fail_each(NULL, path, SP_BAD_INPUT) > 50);
}

/* What a program that uses the library reads. Broken by: an index that is not checked. */
static void handles_are_read(void **state)
{
    (void)state;
    sp_networks *networks;
    assert_int_equal(sp_networks_load_builtin(&networks, "mlp", NULL), SP_OK);
    assert_int_equal(sp_networks_count(networks), 1);
    assert_string_equal(sp_networks_name(networks, 0), "mlp");
    assert_non_null(strstr(sp_networks_rule(networks, 0), "  dW1 = X^T @ D1\n"));
    assert_null(sp_networks_name(networks, 1));
    assert_null(sp_networks_rule(networks, 1));
    assert_int_equal(sp_networks_diagnoses(networks), 0);
    assert_null(sp_networks_diagnosis(networks, 0));
    assert_string_equal(sp_networks_source(networks), sp_network_text(sp_network_find("mlp")));
    sp_networks_close(networks);
    assert_int_equal(sp_networks_load_builtin(&networks, "no-such-network", NULL), SP_BAD_USAGE);
    assert_null(networks);
    assert_int_equal(sp_networks_load_file(&networks, "no/such/file.network", NULL), SP_BAD_INPUT);
    assert_int_equal(sp_networks_count(networks), 0);
    assert_null(sp_networks_source(networks));
    assert_int_equal(sp_networks_diagnoses(networks), 1);
    sp_networks_close(networks);
    assert_null(sp_network_name(sp_network_count()));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(built_in_networks),
        cmocka_unit_test(a_file_with_errors),
        cmocka_unit_test(handles_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
