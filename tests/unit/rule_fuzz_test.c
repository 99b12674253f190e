/* Every prefix of the built-in networks, each without any one byte, and thousands of others with pieces of them in
 * other places: they are refused with a diagnostic, or have a sound rule. Broken by: a read past the end of a text, a
 * label too many, an operand that comes later. */
#include "lang/builtin.h"
#include "random.h"
#include "rule/network.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

enum { ROOM = 4096 };

static uint64_t state_of_random;

static size_t below(size_t bound)
{
    return (size_t)(random_next(&state_of_random) % bound);
}

typedef struct job {
    sp_pool *pool;
    const char *text;
    size_t length, networks;
} job;

static void assert_sound(const sp_network_program *n)
{
    assert_true(n->labels <= SP_NET_MAX_LABELS);
    for (size_t i = 0; i < n->nodes; i++) {
        const sp_net_node *node = &n->node[i];
        assert_true(node->op < SP_NET_OP_COUNT && node->labels.count <= SP_NET_MAX_ORDER);
        assert_true(node->operand[0] < (int)i && node->operand[1] < (int)i);
        for (size_t k = 0; k < node->labels.count; k++)
            assert_true(node->labels.label[k] < n->labels);
    }
}

static void load(void *argument)
{
    job *j = argument;
    sp_diagnostics found = {.pool = j->pool};
    sp_network_program **network;
    const sp_source *source = sp_source_from(j->pool, "fuzz.network", j->text, j->length, &found);
    j->networks = source ? sp_networks_load(j->pool, source, &network, &found) : 0;
    for (size_t i = 0; i < j->networks && found.errors == 0; i++) {
        const sp_net_rule *rule = sp_net_derive(network[i], &found);
        assert_true(rule ? sp_net_rule_text(j->pool, rule) != NULL : found.errors > 0);
        assert_sound(network[i]);
    }
    for (size_t i = 0; i < found.count; i++) {
        sp_text shown = sp_text_in(j->pool);
        sp_diagnostic_show(&shown, &found.item[i]);
        assert_true(shown.length > 0);
    }
}

static void try_text(const char *text, size_t length)
{
    job j = {.text = text, .length = length};
    assert_int_equal(sp_pool_open(&j.pool, NULL, NULL), SP_OK);
    assert_int_equal(sp_pool_run(j.pool, load, &j), SP_OK);
    sp_pool_close(j.pool);
}

/* Few under valgrind, which is slow: each step-th. */
static size_t step = 1;

static void prefixes_and_gaps(void **state)
{
    (void)state;
    for (const sp_embedded *e = sp_builtin_network_table; e->name; e++) {
        const size_t length = strlen(e->text);
        char text[ROOM];
        assert_true(length < ROOM);
        for (size_t cut = 0; cut < length; cut += step) {
            try_text(e->text, cut);
            memcpy(text, e->text, cut);
            memcpy(text + cut, e->text + cut + 1, length - cut - 1);
            try_text(text, length - 1);
        }
    }
}

/* A piece of one network in another, here and there. */
static void pieces_in_other_places(void **state)
{
    (void)state;
    const size_t count = sp_embedded_count(sp_builtin_network_table);
    for (size_t i = 0; i < 6000 / step; i++) {
        char text[ROOM];
        const char *base = sp_builtin_network_table[below(count)].text;
        size_t length = strlen(base);
        memcpy(text, base, length);
        for (size_t change = below(4) + 1; change > 0; change--) {
            const char *other = sp_builtin_network_table[below(count)].text;
            const size_t all = strlen(other), from = below(all), to = below(length), gone = below(length - to) % 12;
            size_t size = below(all - from) % 16;
            size = length - gone + size < ROOM ? size : 0;
            memmove(text + to + size, text + to + gone, length - to - gone);
            memcpy(text + to, other + from, size);
            length += size - gone;
        }
        try_text(text, length);
    }
}

int main(int count, char **argument)
{
    const char *seed = getenv("SHARDPROOF_SEED");
    state_of_random = seed ? strtoull(seed, NULL, 10) : 20261124;
    print_message("SHARDPROOF_SEED=%llu\n", (unsigned long long)state_of_random);
    if (count > 1)
        step = strtoul(argument[1], NULL, 10);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prefixes_and_gaps),
        cmocka_unit_test(pieces_in_other_places),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
