/* lang: what is true of every checked program, and that each break of it is seen. */
#include "lang/invariant.h"
#include "lang/lang.h"

#include <shardproof/schemes.h>
#include <string.h>

#include "failing.h"

static sp_node *first(sp_program *p, sp_op op)
{
    for (size_t i = 0; i < p->nodes; i++)
        if (p->node[i].op == op)
            return &p->node[i];
    fail();
    return NULL;
}

static void operand_of_later(sp_program *p) { first(p, SP_OP_ADD)->operand[1] = (int)p->nodes - 1; }
static void operand_missing(sp_program *p) { first(p, SP_OP_ADD)->operand[1] = -1; }
static void operand_too_many(sp_program *p) { first(p, SP_OP_ALLREDUCE)->operand[1] = 0; }
static void no_axis(sp_program *p) { first(p, SP_OP_ALLREDUCE)->axis = (int)p->axes; }
static void no_dimension(sp_program *p) { first(p, SP_OP_PRODUCT)->layout.part[0].dim = (sp_dim)p->of->dims; }
static void no_tensor(sp_program *p) { first(p, SP_OP_LOAD)->tensor = (sp_tensor)p->of->tensors; }
static void other_layout(sp_program *p) { first(p, SP_OP_ALLREDUCE)->layout.order = 1; }
static void part_elsewhere(sp_program *p) { first(p, SP_OP_ADD)->to[0][0] = 1; }
static void of_nothing(sp_program *p) { p->result[0].node = (int)p->nodes; }
static void summed_over_nothing(sp_program *p) { p->result[0].sum_axis = (int)p->axes; }

/* Each makes a copy of a right program wrong in one way. */
static void (*const breaks[])(sp_program *) = {
    operand_of_later, operand_missing, operand_too_many, no_axis,      no_dimension,
    no_tensor,        other_layout,    part_elsewhere,   of_nothing,     summed_over_nothing};

static void see_all(void *argument)
{
    sp_pool *pool = argument;
    for (size_t i = 0; i < sp_scheme_count(); i++) {
        const sp_program *p = sp_scheme_builtin(pool, sp_scheme_name(i));
        assert_null(sp_program_fault(pool, p));
        assert_null(sp_program_fault(pool, p->of->rule));
    }
    const sp_program *right = sp_scheme_builtin(pool, "megatron");
    for (size_t i = 0; i < sizeof breaks / sizeof *breaks; i++) {
        sp_program wrong = *right;
        wrong.node = SP_NEW_ARRAY(pool, sp_node, right->nodes);
        wrong.result = SP_NEW_ARRAY(pool, sp_result_decl, right->results);
        memcpy(wrong.node, right->node, right->nodes * sizeof *right->node);
        memcpy(wrong.result, right->result, right->results * sizeof *right->result);
        breaks[i](&wrong);
        assert_non_null(sp_program_fault(pool, &wrong));
    }
}

/* Broken by: an invariant that is not looked at, or one that does not hold. */
static void every_break_is_seen(void **state)
{
    (void)state;
    sp_pool *pool = NULL;
    assert_int_equal(sp_pool_open(&pool, NULL, NULL), SP_OK);
    assert_int_equal(sp_pool_run(pool, see_all, pool), SP_OK);
    sp_pool_close(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_break_is_seen)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
