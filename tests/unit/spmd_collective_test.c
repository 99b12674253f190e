/* Every collective on meshes of one, two and three axes, with uneven, scattered and empty parts,
 * against values worked out by hand, in every number system. */
#include "spmd_load.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

/* N = 2, Din = 3, Dh = 5; X[n, i] = 1 to 6; W1[i, k] = 10 (i + 1) + k + 1; b1 = 1 to 5. */
typedef struct meshed {
    const char *axes, *sizes;
    const char *part;   /* of Dh, for W1 and b1 */
    const char *splits;
    const char *counts; /* uses the splits of other dimensions, so that the scheme has them */
} meshed;

static const meshed one = {"tp", "tp = 3", "Dh/tp",
                           "Dh/tp = 2 + 0 + 3, N/tp = 0 + 1 + 1, Din/tp = [2,0,2]",
                           "count(N/tp) + count(Din/tp)"};
static const meshed scattered = {"tp", "tp = 3", "Dh/tp",
                                 "Dh/tp = [2,0,2,0,2], Din/tp = [1,0,0]", "count(Din/tp)"};
/* b1 lies on the ranks as 1 | 2 | - and - | 3 | 4 5 */
static const meshed two = {"dp, tp", "dp = 2, tp = 3", "Dh/(dp,tp)",
                           "Dh/dp = 2 + 3, Dh/(dp,tp) = 1 + 1 + 0 + 0 + 1 + 2, Din/dp = [1,0,1],"
                           " Din/(dp,tp) = 0 + 1 + 0 + 1 + 0 + 1",
                           "count(Din/(dp,tp))"};
/* ranks (a, b, c) = 000, 001, 100, 101; b1 lies on them as 1 2 | 3 | - | 4 5 */
static const meshed three = {"a, b, c", "a = 2, b = 1, c = 2", "Dh/(c,a)",
                             "Dh/c = 2 + 3, Dh/(c,a) = 2 + 0 + 1 + 2, Din/a = 1 + 2",
                             "count(Din/a)"};
static const meshed alone = {"tp", "tp = 1", "Dh/tp", "Dh/tp = 5", "N"};

static const struct {
    const meshed *mesh;
    const char *expression, *values;
} expected[] = {
    {&one, "b1", "1 2 | - | 3 4 5"},
    {&one, "count(Dh/tp)", "2 | 0 | 3"},
    {&one, "size(tp) + Dh", "8 | 8 | 8"},
    {&one, "sum(b1, Dh)", "3 | 0 | 12"},
    {&one, "sum(W1, Dh)", "23 43 63 | 0 0 0 | 42 72 102"},
    {&one, "sum(W1, Din)", "63 66 | - | 69 72 75"},
    {&one, "W1 @ W1^T", "265 495 725; 495 925 1355; 725 1355 1985 | 0 0 0; 0 0 0; 0 0 0 | "
                        "590 1010 1430; 1010 1730 2450; 1430 2450 3470"},
    {&one, "allreduce(sum(b1, Dh), tp)", "15 | 15 | 15"},
    {&one, "allreduce(sum(b1, Dh), tp, mean)", "5 | 5 | 5"},
    {&one, "allgather(b1, Dh, tp)", "1 2 3 4 5 | 1 2 3 4 5 | 1 2 3 4 5"},
    {&one, "slice(allgather(W1, Dh, tp), Din, tp)",
     "21 22 23 24 25 | - | 11 12 13 14 15; 31 32 33 34 35"},
    {&one, "slice(allgather(W1^T, Dh, tp), Din, tp)",
     "21; 22; 23; 24; 25 | - | 11 31; 12 32; 13 33; 14 34; 15 35"},
    {&one, "slice(allgather(b1, Dh, tp), Dh, tp)", "1 2 | - | 3 4 5"},
    {&one, "slice(X, Din, tp)", "2; 5 | - | 1 3; 4 6"},
    {&one, "slice(X * count(Dh/tp), Din, tp)", "4; 10 | - | 3 9; 12 18"},
    {&one, "slice(X, N, tp)", "- | 1 2 3 | 4 5 6"},
    {&one, "reducescatter(X * count(Dh/tp), N, tp)", "- | 5 10 15 | 20 25 30"},
    {&one, "reducescatter(X * count(Dh/tp), Din, tp)", "10; 25 | - | 5 15; 20 30"},
    {&one, "broadcast(sum(b1, Dh), tp, 2)", "12 | 12 | 12"},
    {&one, "broadcast(X * count(Dh/tp), tp, 1)", "0 0 0; 0 0 0 | 0 0 0; 0 0 0 | 0 0 0; 0 0 0"},
    {&one, "shift(sum(b1, Dh), tp, 1)", "0 | 12 | 3"},
    {&one, "shift(sum(b1, Dh), tp, -1)", "12 | 3 | 0"},
    {&one, "shift(sum(b1, Dh), tp, -4)", "12 | 3 | 0"},
    {&one, "shift(sum(b1, Dh), tp, 3)", "3 | 0 | 12"},
    {&one, "only(b1, tp, 2)", "0 0 | - | 3 4 5"},
    {&one, "only(sum(b1, Dh), tp, 0)", "3 | 0 | 0"},
    {&scattered, "b1", "2 4 | - | 1 3 5"},
    {&scattered, "allgather(b1, Dh, tp)", "1 2 3 4 5 | 1 2 3 4 5 | 1 2 3 4 5"},
    {&scattered, "alltoall(W1, Din, Dh, tp)",
     "21 22 23 24 25; 31 32 33 34 35 | 11 12 13 14 15 | -"},
    {&scattered, "alltoall(W1^T, Din, Dh, tp)",
     "21 31; 22 32; 23 33; 24 34; 25 35 | 11; 12; 13; 14; 15 | -"},
    {&scattered, "alltoall(alltoall(W1, Din, Dh, tp), Dh, Din, tp)",
     "12 14; 22 24; 32 34 | - | 11 13 15; 21 23 25; 31 33 35"},
    {&two, "b1", "1 | 2 | - | - | 3 | 4 5"},
    {&two, "count(Dh/dp)", "2 | 2 | 2 | 3 | 3 | 3"},
    {&two, "allgather(b1, Dh, tp)", "1 2 | 1 2 | 1 2 | 3 4 5 | 3 4 5 | 3 4 5"},
    {&two, "allgather(allgather(b1, Dh, tp), Dh, dp)",
     "1 2 3 4 5 | 1 2 3 4 5 | 1 2 3 4 5 | 1 2 3 4 5 | 1 2 3 4 5 | 1 2 3 4 5"},
    {&two, "allreduce(sum(b1, Dh), dp)", "1 | 5 | 9 | 1 | 5 | 9"},
    {&two, "allreduce(sum(b1, Dh), tp)", "3 | 3 | 3 | 12 | 12 | 12"},
    {&two, "allreduce(sum(b1, Dh), tp, mean)", "1 | 1 | 1 | 4 | 4 | 4"},
    {&two, "broadcast(sum(b1, Dh), tp, 1)", "2 | 2 | 2 | 3 | 3 | 3"},
    {&two, "broadcast(sum(b1, Dh), dp, 1)", "0 | 3 | 9 | 0 | 3 | 9"},
    {&two, "shift(sum(b1, Dh), dp, 1)", "0 | 3 | 9 | 1 | 2 | 0"},
    {&two, "shift(sum(b1, Dh), tp, 2)", "0 | 1 | 2 | 9 | 0 | 3"},
    {&two, "only(b1, dp, 1)", "0 | 0 | - | - | 3 | 4 5"},
    {&two, "only(only(Din, dp, 0), tp, 2)", "0 | 0 | 3 | 0 | 0 | 0"},
    {&two, "slice(slice(X, Din, dp), Din, tp)", "- | 2; 5 | - | 1; 4 | - | 3; 6"},
    {&two, "reducescatter(slice(X, Din, dp), Din, tp)", "- | 6; 15 | - | 3; 12 | - | 9; 18"},
    {&three, "b1", "1 2 | 3 | - | 4 5"},
    {&three, "allgather(b1, Dh, a)", "1 2 | 3 4 5 | 1 2 | 3 4 5"},
    {&three, "allreduce(sum(b1, Dh), a)", "3 | 12 | 3 | 12"},
    {&three, "allreduce(sum(b1, Dh), b)", "3 | 3 | 0 | 9"},
    {&three, "allreduce(sum(b1, Dh), b, mean)", "3 | 3 | 0 | 9"},
    {&three, "allreduce(sum(b1, Dh), c)", "6 | 6 | 9 | 9"},
    {&three, "shift(sum(b1, Dh), c, 1)", "3 | 3 | 9 | 0"},
    {&three, "only(sum(b1, Dh), b, 0)", "3 | 3 | 0 | 9"},
    {&three, "alltoall(W1, Din, Dh, a)", "11 12 | 13 14 15 | 21 22; 31 32 | 23 24 25; 33 34 35"},
    {&alone, "allgather(b1, Dh, tp)", "1 2 3 4 5"},
    {&alone, "slice(X, N, tp) * broadcast(size(tp), tp, 0)", "1 2 3; 4 5 6"},
    {&alone, "reducescatter(X, N, tp)", "1 2 3; 4 5 6"},
    {&alone, "allreduce(sum(b1, Dh), tp, mean) + shift(sum(b1, Dh), tp, 7)", "30"},
    {&alone, "alltoall(W1, Din, Dh, tp)", "11 12 13 14 15; 21 22 23 24 25; 31 32 33 34 35"},
};

typedef struct question {
    sp_pool *pool;
    size_t which;
} question;

static void ask(void *argument)
{
    const question *q = argument;
    const meshed *mesh = expected[q->which].mesh;
    const char *text = sp_pool_format(
        q->pool,
        "scheme s\nmesh %s\ninput X[N, Din]\nparam W1[Din, %s], b1[%s]\nforward\n"
        "  V = %s\n  U = %s\n  dX = X\nbackward\nresult dX[N, Din]\ncase x\n"
        "  dims    N = 2, Din = 3, Dh = 5, Dout = 1\n  scheme  s\n  mesh    %s\n  split   %s\n"
        "  X = [1, 2, 3; 4, 5, 6]\n  b1 = [1, 2, 3, 4, 5]\n"
        "  W1 = [11, 12, 13, 14, 15; 21, 22, 23, 24, 25; 31, 32, 33, 34, 35]\n",
        mesh->axes, mesh->part, mesh->part, expected[q->which].expression, mesh->counts,
        mesh->sizes, mesh->splits);
    const sp_case *of = load_case(q->pool, text);
    if (!of)
        fail_msg("%s", text);
    sp_diagnostics found = {.pool = q->pool};
    const sp_ownership *ownership = sp_ownership_of_case(q->pool, of, &found);
    if (!ownership)
        fail_msg("%s: %s", expected[q->which].expression, found.item[0].message);
    for (size_t s = 0; s < sp_number_system_count; s++) {
        const sp_arithmetic in = {.system = sp_number_system_table[s], .pool = q->pool, .bits = 53};
        const sp_inputs inputs = sp_inputs_of_case(&in, of);
        const sp_value *value =
            sp_interpret_nodes(&in, of->program, ownership, sp_network_of_case(q->pool, of),
                               &inputs, &of->program->statement[0].node, 1);
        sp_text all = sp_text_in(q->pool);
        for (size_t r = 0; r < sp_ownership_mesh(ownership)->ranks; r++)
            sp_text_format(&all, "%s%s", r ? " | " : "", matrix_text(&in, value->on[r]));
        if (strcmp(sp_text_string(&all), expected[q->which].values) != 0)
            fail_msg("%s in %s on %s:\n got  %s\n want %s", expected[q->which].expression,
                     in.system->name, mesh->sizes, sp_text_string(&all),
                     expected[q->which].values);
    }
}

/* Broken by: a group along the wrong axis, a place of another rank, the shift that goes backwards,
 * a mean over all ranks, an empty part taken for a whole one, ... */
static void collectives_give_what_the_language_says(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof expected / sizeof *expected; k++) {
        question q = {.which = k};
        assert_int_equal(sp_pool_open(&q.pool, NULL, NULL), SP_OK);
        assert_int_equal(sp_pool_run(q.pool, ask, &q), SP_OK);
        sp_pool_close(q.pool);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(collectives_give_what_the_language_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
