/* The interpreter against brute force over indices (oracle.h): 2,000 random programs, meshes and
 * splits, the value of every statement on every rank, exactly. The programs go through the texts of
 * the language, so that its parser and its types are tested too.
 *
 * oracle_test [FIRST SEED [PROGRAMS]] looks at other ones. */
#include "oracle.h"
#include "spmd_load.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static uint64_t first_seed = 1;
static int programs = 2000;
static o_program program;

/* How much was looked at: a test of nothing passes too. */
static struct statistics {
    long op[SP_OP_COUNT], op_apart[SP_OP_COUNT]; /* along an axis of two or more ranks */
    long split[SP_SPLIT_COUNT], nested, empty_parts, axes[O_AXES + 1], most_ranks;
    long values, entries, zeros, shared;
} seen;

static const char *const op_ids[] = {
#define X(id, spelling, operands, communicates, meaning) #id,
    SP_OPS(X)
#undef X
};

static const char *const split_ids[] = {
#define X(id, text) #id,
    SP_SPLITS(X)
#undef X
};

static void count_program(const sp_case *of)
{
    for (size_t n = 0; n < of->program->nodes; n++) {
        const sp_node *node = &of->program->node[n];
        seen.op[node->op]++;
        if (node->op >= SP_OP_ALLREDUCE && of->axis_size[node->axis] > 1)
            seen.op_apart[node->op]++;
    }
    for (size_t s = 0; s < of->splits; s++) {
        seen.split[of->split[s].kind]++;
        seen.nested += of->split[s].part.axes > 1;
    }
    seen.axes[of->program->axes]++;
    if (program.ranks > seen.most_ranks)
        seen.most_ranks = program.ranks;
}

static void explain(const char *what, int rank, int i, int j, const char *got, o_int want)
{
    fail_msg("seed %llu: %s on rank %d at (%d, %d) is %s, but brute force says %lld\n%s",
             (unsigned long long)program.seed, what, rank, i, j, got, want, program.text);
}

/* A local matrix against an expression of the oracle: the rows and columns are the owned indices in
 * ascending order. */
static void compare(const sp_arithmetic *in, const sp_matrix *m, const o_expr *e, int rank,
                    const char *what)
{
    size_t rows = 0, cols = 0;
    bool matrix = e->type.order == 2;
    for (int i = 0; i < o_extent(&program, &e->type, 0); i++) {
        if (e->type.order > 0 && !program.part[e->type.part[0]].owns[rank][i])
            continue;
        cols = 0;
        for (int j = 0; j < o_extent(&program, &e->type, 1); j++) {
            if (!o_holds(&program, &e->type, rank, i, j))
                continue;
            size_t row = matrix ? rows : 0, col = matrix ? cols : rows;
            o_int want = o_at(&program, e, rank, i, j);
            if (row >= m->rows || col >= m->cols)
                explain(what, rank, i, j, "missing", want);
            if (!entry_is(in, m, row, col, (long)want)) {
                mpfr_t value;
                char text[64];
                mpfr_init2(value, 64);
                in->system->get(in, m, row, col, value);
                mpfr_snprintf(text, sizeof text, "%Rg", value);
                mpfr_clear(value);
                explain(what, rank, i, j, text, want);
            }
            seen.entries++;
            seen.zeros += want == 0;
            cols++;
        }
        rows++;
    }
    if (!matrix) {
        cols = rows;
        rows = 1;
    } else {
        cols = 0;
        for (int j = 0; j < o_extent(&program, &e->type, 1); j++)
            cols += program.part[e->type.part[1]].owns[rank][j];
    }
    if (m->rows != rows || m->cols != cols)
        fail_msg("seed %llu: %s on rank %d is %zu x %zu, not %zu x %zu\n%s",
                 (unsigned long long)program.seed, what, rank, m->rows, m->cols, rows, cols,
                 program.text);
    seen.values++;
    seen.empty_parts += rows * cols == 0;
}

static void compare_in(const sp_arithmetic *in, const sp_case *of, const sp_ownership *ownership)
{
    const sp_network *network = sp_network_of_case(in->pool, of);
    const sp_inputs inputs = sp_inputs_of_case(in, of);
    int node[O_STATEMENTS];
    for (int s = 0; s < program.statements; s++) {
        assert_string_equal(of->program->statement[s].name, program.statement[s].name);
        assert_int_equal(of->program->statement[s].backward, s >= program.backward);
        node[s] = of->program->statement[s].node;
    }
    sp_value *value = sp_interpret_nodes(in, of->program, ownership, network, &inputs, node,
                                         (size_t)program.statements);
    for (int s = 0; s < program.statements; s++)
        for (int r = 0; r < program.ranks; r++) {
            compare(in, value[s].on[r], program.statement[s].value, r, program.statement[s].name);
            seen.shared += r > 0 && value[s].on[r] == value[s].on[0];
        }
    /* the results alone: other values are freed on the way */
    sp_value *result = sp_interpret(in, of->program, ownership, network, &inputs);
    size_t k = 0;
    for (int s = 0; s < program.statements; s++)
        if (program.statement[s].result) {
            for (int r = 0; r < program.ranks; r++)
                compare(in, result[k].on[r], program.statement[s].value, r,
                        program.statement[s].name);
            k++;
        }
    assert_int_equal(k, of->program->results);
    for (int t = 0; t < O_TENSORS; t++)
        for (int r = 0; r < program.ranks; r++) {
            o_expr tensor = {.op = O_LOAD, .tensor = t, .type = program.tensor[t]};
            static o_int table[O_RANKS * O_EXTENT * O_EXTENT];
            tensor.table = table;
            assert_true(o_evaluate(&program, &tensor));
            sp_matrix *part = sp_shard(in, inputs.tensor[t], &of->program->tensor_layout[t],
                                       ownership, (size_t)r);
            compare(in, part, &tensor, r, o_tensor_names[t]);
        }
}

static void check_program(void *argument)
{
    sp_pool *pool = argument;
    const sp_case *of = load_case(pool, program.text);
    if (!of)
        fail_msg("seed %llu: the language refuses the program\n%s",
                 (unsigned long long)program.seed, program.text);
    sp_diagnostics found = {.pool = pool};
    const sp_ownership *ownership = sp_ownership_of_case(pool, of, &found);
    if (!ownership)
        fail_msg("seed %llu: %s\n%s", (unsigned long long)program.seed, found.item[0].message,
                 program.text);
    assert_int_equal(sp_ownership_mesh(ownership)->ranks, program.ranks);
    count_program(of);
    for (size_t s = 0; s < sp_number_system_count; s++) {
        if (sp_number_system_table[s]->function)
            continue; /* its functions are not the formulas that the oracle knows */
        const sp_arithmetic in = {.system = sp_number_system_table[s], .pool = pool, .bits = 64};
        if (s == 0 || program.seed % 10 == 0)
            compare_in(&in, of, ownership);
    }
}

/* Broken by: a wrong rank of a group, a wrong place of a gather or a slice, a value freed too early
 * or shared where it varies, a transpose lost, an empty part mistaken for a whole one, ... */
static void every_value_is_what_brute_force_says(void **state)
{
    (void)state;
    for (int k = 0; k < programs; k++) {
        sp_pool *pool;
        o_generate(&program, first_seed + (uint64_t)k);
        assert_int_equal(sp_pool_open(&pool, NULL, NULL), SP_OK);
        assert_int_equal(sp_pool_run(pool, check_program, pool), SP_OK);
        sp_pool_close(pool);
    }
}

static void nothing_was_left_out(void **state)
{
    (void)state;
    printf("seeds %llu to %llu: %ld values, %ld entries (%ld are 0), %ld empty parts, %ld values "
           "shared with rank 0, meshes of 1 to 3 axes %ld %ld %ld, at most %ld ranks, %ld nested "
           "splits\n",
           (unsigned long long)first_seed,
           (unsigned long long)(first_seed + (uint64_t)programs - 1),
           seen.values, seen.entries, seen.zeros, seen.empty_parts, seen.shared, seen.axes[1],
           seen.axes[2], seen.axes[3], seen.most_ranks, seen.nested);
    for (int op = 0; op < SP_OP_COUNT; op++) {
        printf("%s %ld", op_ids[op], seen.op[op]);
        if (op >= SP_OP_ALLREDUCE)
            printf(" (%ld over 2 or more ranks)", seen.op_apart[op]);
        printf(op + 1 < SP_OP_COUNT ? ", " : "\n");
    }
    for (int split = 0; split < SP_SPLIT_COUNT; split++)
        printf("%s %ld%s", split_ids[split], seen.split[split],
               split + 1 < SP_SPLIT_COUNT ? ", " : "\n");
    if (programs < 2000)
        return; /* a few programs need not have everything */
    for (int op = 0; op < SP_OP_COUNT; op++) {
        if (op == SP_OP_DOT || op == SP_OP_MAX || op == SP_OP_RENAME || op == SP_OP_SOFTMAX || op == SP_OP_LOGSUMEXP)
            continue; /* the oracle knows no network but mlp, which has no use for them */
        assert_true(seen.op[op] >= 20);
        assert_true(op < SP_OP_ALLREDUCE || seen.op_apart[op] >= 20);
    }
    for (int split = 0; split < SP_SPLIT_COUNT; split++)
        assert_true(seen.split[split] >= 20);
    assert_true(seen.nested >= 20 && seen.empty_parts >= 20 && seen.shared >= 20);
    assert_true(2 * seen.zeros < seen.entries);
    assert_true(seen.axes[1] >= 20 && seen.axes[2] >= 20 && seen.axes[3] >= 20);
    assert_int_equal(seen.most_ranks, O_RANKS);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_value_is_what_brute_force_says),
        cmocka_unit_test(nothing_was_left_out),
    };
    if (argc > 1)
        first_seed = strtoull(argv[1], NULL, 10);
    if (argc > 2)
        programs = atoi(argv[2]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
