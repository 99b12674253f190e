/* Thousands of mutated valid files, and every prefix of them: src/lang must neither crash nor hang
 * nor leak, and what it accepts must be sound inside. Random, from a seed that is printed;
 * SHARDPROOF_SEED sets it. Broken by: a read past the end of the text, a node used before it is
 * made, a lost diagnostic. */
#include "lang_fixture.h"
#include "random.h"

#include <stdlib.h>
#include <time.h>

static const char valid[] =
    "# a comment with \xE2\x82\xAC\n"
    "scheme s-2 # two axes\n"
    "mesh dp, tp\r\n"
    "input X[N/dp, Din], Y[N/dp, Dout]\n"
    "param W1[Din, Dh/tp], b1[Dh/tp],\n"
    "      W2[Dh/(dp,tp), Dout], b2[Dout]\n"
    "forward\n"
    "  V2 = allgather(allgather(W2, Dh, tp), Dh, dp)\n"
    "  Z1 = X @ W1 + b1\n"
    "  A1 = sigma(Z1)\n"
    "  Z2 = allreduce(A1 @ slice(V2, Dh, tp), tp) + b2\n"
    "  A2 = g(Z2)\n"
    "  Q = -step(only(shift(broadcast(b2, tp, 0), dp, -3), tp, 1)) * 0x1.8p-2 / (N - 1e-3)\n"
    "backward\n"
    "  D2 = loss'(A2, Y) * g'(Z2)\n"
    "  db2 = allreduce(sum(D2, N), dp, mean) * size(dp) / count(N/dp) * Dout\n"
    "  D1 = (D2 @ slice(V2, Dh, tp)^T) * sigma'(Z1)\n"
    "  dW1 = allreduce(X^T @ D1, dp)\n"
    "  R = alltoall(reducescatter(X^T @ D1, Dh, dp), Din, Dh, dp)\n"
    "result db2[Dout], dW1[Din, Dh/tp], Z1[N/dp, Dh/tp], D2[N/dp, Dout] sum tp\n"
    "\n"
    "case notes-4x6x2\n"
    "  dims    N = {5, 7}, Din = 4, Dh = 6, Dout = 2\n"
    "  network sigma(z) = {max(z, 0), z * (1 + erf(z / sqrt(2))) / 2},\n"
    "          g = {identity, leaky-relu}, loss(a, y) = (a - y) * (a - y) / N / Dout\n"
    "  scheme  s-2\n"
    "  mesh    dp = 2, tp = {1, 2}\n"
    "  split   N/dp = {3 + 0 + 2, chunk}, Dh/tp = [0,1,1,0,0,1]\n"
    "  split   Dh/(dp,tp) = cyclic(2), Dh/dp = even\n"
    "  data    {random(seed = 7, scale = 1/3), integers(range = 5)}\n"
    "  b2 = [1, -1/3]\n"
    "  W2 = [1, 2; 3, 4; 5, 6; 7, 8; 9, 10; 0x1p-3, .5e-2]\n"
    "  precision {64, 128}\n"
    "  numdiff sample(3)\n"
    "  evidence binary64, {mpfr, bound}\n"
    "  expect  mismatch dW1, Z1\n"
    "case other\n"
    "  dims N = 1, Din = 1, Dh = 1, Dout = 1\n"
    "  scheme delta-rule\n"
    "  expect match\n";

static const char *const words[] = {
    "scheme",
    "case",
    "mesh",
    "input",
    "forward",
    "result",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    ",",
    ";",
    "=",
    "+",
    "-",
    "@",
    "*",
    "/",
    "^T",
    "\n",
    "\r\n",
    "#",
    "\"",
    "0",
    "1e400",
    "1/0",
    "nan",
    "tp",
    "dp",
    "N",
    "Dh",
    "X",
    "W1",
    "sum",
    "Z1",
    "sigma'",
    "only",
    "slice",
    "even",
    "\xC3\xA9",
    "\xFF",
    "\t",
    "'",
    "^",
    "dims",
    "expect",
    "data",
    "split",
    "loss",
    "size",
    "99999999999999999999",
    "\"../x.scheme\"",
    "allreduce",
    "megatron",
};

static uint64_t state_of_random;

static size_t below(size_t bound)
{
    return (size_t)(random_next(&state_of_random) % bound);
}

/* What the users of a program rely on. */
static void assert_sound_program(sp_pool *pool, const sp_program *p)
{
    assert_true(p->axes <= SP_MAX_AXES);
    for (size_t i = 0; i < p->nodes; i++) {
        const sp_node *node = &p->node[i];
        assert_true(node->op < SP_OP_COUNT && node->layout.order <= 2);
        for (int k = 0; k < 2; k++)
            assert_true(node->operand[k] < (int)i);
        assert_true(node->axis < (int)p->axes);
        assert_true(node->op != SP_OP_LOAD || p->declared[node->tensor]);
        for (unsigned d = 0; d < node->layout.order; d++)
            for (unsigned a = 0; a < node->layout.part[d].axes; a++)
                assert_true(node->layout.part[d].axis[a] < p->axes);
    }
    for (size_t i = 0; i < p->statements; i++)
        assert_true(p->statement[i].node >= 0 && (size_t)p->statement[i].node < p->nodes);
    for (size_t i = 0; i < p->results; i++)
        assert_true(p->result[i].node >= 0 && (size_t)p->result[i].node < p->nodes);
    sp_part *parts;
    size_t count = sp_program_parts(p, pool, &parts);
    for (size_t i = 0; i < count; i++)
        assert_true(parts[i].axes > 0 && sp_part_text(pool, p, &parts[i])[0]);
}

static void assert_sound_formula(const sp_formula *f)
{
    assert_true(f->count > 0);
    for (size_t i = 0; i < f->count; i++)
        for (int k = 0; k < 2; k++)
            assert_true(f->node[i].operand[k] < (int)i);
}

static void assert_sound(loaded *l)
{
    if (l->diagnostics.errors > 0 || !l->unit) {
        assert_true(l->diagnostics.errors > 0 && l->shown[0]);
        return;
    }
    for (size_t i = 0; i < l->unit->programs; i++)
        assert_sound_program(l->pool, l->unit->program[i]);
    for (size_t i = 0; i < l->unit->cases; i++) {
        const sp_case *c = l->unit->item[i];
        sp_part *parts;
        assert_int_equal(c->splits, sp_program_parts(c->program, l->pool, &parts));
        for (size_t k = 0; k < c->splits; k++)
            assert_true(sp_part_equal(&c->split[k].part, &parts[k]));
        for (size_t d = 0; d < c->program->of->dims; d++)
            assert_true(c->dim[d] >= 1);
        for (size_t axis = 0; axis < c->program->axes; axis++)
            assert_true(c->axis_size[axis] >= 1);
        const sp_signature *of = c->program->of;
        for (size_t k = 0; k < of->functions; k++) {
            const sp_function_spec *spec = &c->function[k];
            assert_true((spec->name == NULL) != (spec->formula == NULL));
            if (spec->formula)
                assert_sound_formula(spec->formula);
        }
    }
}

/* The fields of a text that may be NULL where nothing went wrong. */
static void load_and_check(const char *text, size_t length)
{
    loaded l = load_bytes("fuzz.case", text, length ? length : 1);
    assert_sound(&l);
    sp_pool_close(l.pool);
}

static void the_file_itself_is_valid(void **state)
{
    (void)state;
    loaded l = load_good(valid);
    assert_int_equal(l.unit->cases, 2 * 2 * 2 * 2 * 2 * 2 * 2 * 2 + 1);
    assert_sound(&l);
    sp_pool_close(l.pool);
}

static void every_prefix(void **state)
{
    (void)state;
    for (size_t length = 1; length < sizeof valid; length++)
        load_and_check(valid, length);
}

static void without_any_one_byte(void **state)
{
    (void)state;
    char text[sizeof valid];
    for (size_t gone = 0; gone + 1 < sizeof valid; gone++) {
        memcpy(text, valid, gone);
        memcpy(text + gone, valid + gone + 1, sizeof valid - gone - 1);
        load_and_check(text, sizeof valid - 2);
    }
}

static void mutate(char *text, size_t *length, size_t room)
{
    size_t at = below(*length), span = 1 + below(12), from = below(*length);
    const char *word = words[below(sizeof words / sizeof *words)];
    size_t size = strlen(word);
    switch (below(5)) {
    case 0: /* another byte */
        text[at] = (char)below(256);
        break;
    case 1: /* a piece is gone */
        span = span < *length - at ? span : *length - at;
        memmove(text + at, text + at + span, *length - at - span);
        *length -= span < *length ? span : 0;
        break;
    case 2: /* a word more */
        if (*length + size > room)
            break;
        memmove(text + at + size, text + at, *length - at);
        memcpy(text + at, word, size);
        *length += size;
        break;
    case 3: /* a word in place of what was there */
        size = size < *length - at ? size : *length - at;
        memcpy(text + at, word, size);
        break;
    default: /* a piece of another place */
        span = span < *length - at ? span : *length - at;
        span = span < *length - from ? span : *length - from;
        memmove(text + at, text + from, span);
    }
    if (*length == 0)
        text[(*length)++] = '\n';
}

static void mutated_files(void **state)
{
    (void)state;
    char text[2 * sizeof valid];
    clock_t begin = clock();
    size_t count = 0;
    for (; count < 20000 && clock() - begin < 2 * CLOCKS_PER_SEC; count++) {
        size_t length = sizeof valid - 1, changes = 1 + below(6);
        memcpy(text, valid, length);
        for (size_t i = 0; i < changes; i++)
            mutate(text, &length, sizeof text);
        load_and_check(text, length);
    }
    print_message("%zu mutated files\n", count);
    assert_true(count > 100);
}

/* Only words, in any order. */
static void words_in_any_order(void **state)
{
    (void)state;
    clock_t begin = clock();
    for (size_t n = 0; n < 5000 && clock() - begin < CLOCKS_PER_SEC; n++) {
        char text[2048] = "scheme s\ninput X[N, Din]\nforward\n Z1 = X";
        size_t length = below(2) ? strlen(text) : 0;
        for (size_t k = below(100); k > 0 && length + 40 < sizeof text; k--)
            length += (size_t)snprintf(text + length, 40, " %s",
                                       words[below(sizeof words / sizeof *words)]);
        load_and_check(text, length);
    }
}

int main(void)
{
    const char *seed = getenv("SHARDPROOF_SEED");
    state_of_random = seed ? strtoull(seed, NULL, 10) : 20240607;
    print_message("SHARDPROOF_SEED=%llu\n", (unsigned long long)state_of_random);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_file_itself_is_valid), cmocka_unit_test(every_prefix),
        cmocka_unit_test(without_any_one_byte),     cmocka_unit_test(mutated_files),
        cmocka_unit_test(words_in_any_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
