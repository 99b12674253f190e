/* In which order counterexamples are looked for, and what ends that. */
#include "search_fixture.h"

#define MANY "scheme test\nmesh dp, tp\ninput X[N/dp, Din], Y[N/dp, Dout]\n" \
    "param W1[Din/dp, Dh/tp], b1[Dh/(tp,dp)], W2[Dh/(tp,dp), Dout], b2[Dout/dp]\nforward\n" \
    "  Z1 = X @ allgather(W1, Din, dp) + allgather(b1, Dh, dp)\n  A1 = sigma(Z1)\n" \
    "  Z2 = allreduce(A1 @ allgather(W2, Dh, dp), tp) + allgather(b2, Dout, dp)\n" \
    "  A2 = g(Z2)\nbackward\n  D2 = loss'(A2, Y) * g'(Z2)\n" \
    "  D1 = (D2 @ allgather(W2, Dh, dp)^T) * sigma'(Z1)\n" \
    "  dW1 = reducescatter(X^T @ D1, Din, dp)\n  db1 = reducescatter(sum(D1, N), Dh, dp)\n" \
    "  dW2 = reducescatter(A1^T @ D2, Dh, dp)\n" \
    "  dX = allreduce(D1 @ allgather(W1, Din, dp)^T, tp)\n"

/* With eight ranks on dp there are 4096 ownerships where all dimensions are 1, none of which shows
 * it: that takes two ranks on tp, or three. Broken by: all splits of one size before the next size. */
static void ranks_come_before_many_owners(void **state)
{
    (void)state;
    static const struct {
        const char *text, *mesh;
    } wrong[] = {
        {MANY "  db2 = slice(broadcast(allreduce(sum(D2, N), dp), dp, 7) * size(tp), Dout, dp)\n"
              "result db2[Dout/dp]\n", "dp = 8, tp = 2"},
        {MANY "  db2 = slice(broadcast(allreduce(sum(D2, N), dp), dp, 7)"
              " * (1 + (size(tp) - 1) * (size(tp) - 2)), Dout, dp)\nresult db2[Dout/dp]\n",
         "dp = 8, tp = 3"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        sp_pool *pool = open_pool();
        const char *bounds;
        const sp_counterexample *c = find_any(pool, wrong[i].text, &bounds);
        if (!c)
            print_error("%s\n", bounds);
        assert_non_null(c);
        assert_string_equal(c->mesh, wrong[i].mesh);
        sp_pool_close(pool);
    }
}

/* Broken by: a sum that counts as tried although splits of it wait. */
static void bounds_tell_of_splits_that_wait(void **state)
{
    (void)state;
    sp_pool *pool = open_pool();
    const char *bounds;
    const char *right = MANY "  db2 = slice(broadcast(allreduce(sum(D2, N), dp), dp, 7), Dout, dp)\n"
                             "result db2[Dout/dp]\n";
    assert_null(find_any(pool, right, &bounds));
    assert_string_equal(bounds, "2972 sizes and splits: dimensions and ranks whose sum is below 15, at most 64 ranks, "
                        "the first ownerships of each size; the limit on work was reached");
    sp_pool_close(pool);
}

/* Broken by: a split left out or met twice where there are too many for one level, a level that comes
 * too late. */
static void splits_that_wait_come_once(void **state)
{
    (void)state;
    enum { RANKS = 8, LEAST = RANKS + 4, OWNERS = 4, CODES = 6561 /* 9^OWNERS */ };
    sp_pool *pool = open_pool();
    const char *text = "scheme test\nmesh dp\ninput X[N/dp, Din], Y[N, Dout]\n"
        "param W1[Din/dp, Dh], b1[Dh/dp], W2[Dh, Dout], b2[Dout]\nforward\n"
        "  S = broadcast(sum(sum(Y, N), Dout), dp, 7)\nbackward\n  db1 = b1 * S\n"
        "result db1[Dh/dp]\n";
    sp_sites sites = sp_sites_of(pool, load_text(pool, text)->program[0]);
    assert_int_equal(sites.parts, 3);
    static bool seen[2 + SP_DIM_COUNT][CODES]; /* by what is larger than it need be */
    size_t count = 0, waiting = 0;
    memset(seen, 0, sizeof seen);
    for (const sp_site *site; (site = sp_sites_next(&sites)) && sites.total <= 4;) {
        if (site->sum > LEAST + 1)
            continue;
        size_t larger = 0, code = 0;
        if (site->axis[0] > RANKS)
            larger = 1;
        for (size_t d = 0; d < SP_DIM_COUNT; d++)
            if (site->dim[d] > 1)
                larger = 2 + d;
        assert_true(sites.owners <= OWNERS);
        for (size_t i = 0; i < sites.owners; i++)
            code = code * (RANKS + 1) + site->owner[i];
        assert_false(seen[larger][code]);
        seen[larger][code] = true;
        waiting += sites.level > 0;
        count++;
    }
    assert_int_equal(count, 512 + 729 + 512 + 3 * 4096); /* 8^3; 9^3, Dout; 8^4 for each of three */
    assert_true(waiting > 10000);
    assert_true(sp_sites_whole(&sites) == 2);
    sp_pool_close(pool);
}

typedef struct hurried {
    sp_pool *pool;
    const sp_counterexample *found;
    const char *bounds;
    bool by_time;
} hurried;

static void search_in_a_hurry(void *argument)
{
    hurried *h = argument;
    const char *text = FORWARD BACKWARD "  dX = D1 @ W1^T\nresult dX[N, Din]\n";
    const sp_program *program = load_text(h->pool, text)->program[0];
    sp_search *search =
        sp_search_open(h->pool, program, &(sp_search_options){.by_time = h->by_time});
    h->found = sp_search_find(search, 0);
    h->bounds = sp_search_bounds(search);
}

/* Broken by: a time limit that is a failure although the search was asked to end with it. */
static void a_search_may_end_with_its_time(void **state)
{
    (void)state;
    const sp_limits limits = {.seconds = 1e-9}, enough = {.seconds = 1000};
    for (int by_time = 0; by_time < 2; by_time++) {
        hurried h = {.by_time = by_time};
        assert_int_equal(sp_pool_open(&h.pool, NULL, &limits), SP_OK);
        assert_int_equal(sp_pool_run(h.pool, search_in_a_hurry, &h),
                         by_time ? SP_OK : SP_TIME_LIMIT);
        if (by_time)
            assert_string_equal(h.bounds,
                                "0 of the smallest sizes and splits; the time limit was reached");
        assert_null(h.found);
        sp_pool_close(h.pool);
        assert_int_equal(sp_pool_open(&h.pool, NULL, &enough), SP_OK);
        assert_int_equal(sp_pool_run(h.pool, search_in_a_hurry, &h), SP_OK);
        assert_non_null(h.found);
        sp_pool_close(h.pool);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranks_come_before_many_owners),
        cmocka_unit_test(bounds_tell_of_splits_that_wait),
        cmocka_unit_test(splits_that_wait_come_once),
        cmocka_unit_test(a_search_may_end_with_its_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
