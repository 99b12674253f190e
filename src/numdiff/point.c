#include "numdiff/point.h"

#include "lang/mlp.h"
#include "numdiff/shape.h"

#include <math.h>
#include <string.h>

/* Scratch matrices of one change; each holds as many entries as are worked on at once. */
typedef enum scratch {
    STEP,       /* t v, then what layer 1 makes of it */
    MOVED,      /* z + t v */
    VALUE,      /* sigma or g of it */
    DELTA,      /* the change of A1 */
    DELTA2,     /* the change of Z2 */
    TARGET,     /* Y, repeated */
    TERM,       /* terms to be added up */
    SIDE,       /* for kinks */
    SIDES,
    SHIFTED,
    BASE,       /* one line: values before the move */
    COLUMN,     /* one column: sums */
    COLUMN2,
    SCRATCH_COUNT
} scratch;

typedef struct function {
    sp_formula_plan *value;
    sp_formula_plan **kink; /* NULL where it has none or is smooth in spite of them */
    size_t kinks;
} function;

struct sp_point {
    const sp_arithmetic *in;
    const sp_network *network;
    size_t dim[SP_MAX_DIMS];
    function sigma, g, loss;
    bool quadratic, finite;
    size_t rows, width; /* the most of a move */
    sp_matrix *matrix[SP_POINT_COUNT];
    sp_matrix *scratch[SCRATCH_COUNT];
    size_t *zeros; /* list of indices 0: repeats a row */
};

enum { SP_DIM_ONE = SP_DIM_COUNT }; /* a size of the table of matrices: 1 */
enum { WORKED_ON = 16384 }; /* entries at once: stays in the second-level cache as doubles */

const sp_arithmetic *sp_point_arithmetic(const sp_point *p)
{
    return p->in;
}

const sp_matrix *sp_point_matrix_of(const sp_point *p, sp_point_matrix which)
{
    return p->matrix[which];
}

bool sp_point_finite(const sp_point *p)
{
    return p->finite;
}

bool sp_point_quadratic(const sp_point *p)
{
    return p->quadratic;
}

size_t sp_point_rows(const sp_point *p)
{
    return p->rows;
}

/* A part of a scratch matrix in the shape that is wanted. */
static sp_matrix shaped(const sp_point *p, scratch which, size_t rows, size_t cols)
{
    sp_matrix m = sp_matrix_run(p->in, p->scratch[which], 0, rows * cols);
    m.rows = rows;
    m.cols = cols;
    return m;
}

static sp_matrix row_of(const sp_point *p, sp_point_matrix which, size_t row)
{
    const sp_matrix *m = p->matrix[which];
    return sp_matrix_run(p->in, m, row * m->cols, m->cols);
}

static void binary(const sp_point *p, sp_primitive f, sp_matrix *out, const sp_matrix *a,
                   const sp_matrix *b)
{
    p->in->system->binary(p->in, f, out, a, b);
}

/* sum += x */
static void add_to(const sp_point *p, sp_matrix *sum, const sp_matrix *x)
{
    sp_matrix before = shaped(p, COLUMN2, sum->rows, sum->cols);
    p->in->system->copy(p->in, &before, NULL, NULL, sum, NULL, NULL, sum->rows, sum->cols);
    binary(p, SP_PRIMITIVE_ADD, sum, &before, x);
}

static void set_zero(const sp_point *p, sp_matrix *m)
{
    for (size_t i = 0; i < m->rows; i++)
        for (size_t j = 0; j < m->cols; j++)
            p->in->system->set(p->in, m, i, j, 0);
}

static void apply(const sp_formula_plan *plan, sp_matrix *out, const sp_matrix *a,
                  const sp_matrix *b)
{
    sp_formula_plan_apply(plan, out, a, b);
}

/* Counts the entries of every row that are not strictly on the side of a kink where they were,
 * and were moved: those for which kink(before) kink(after) > 0 does not hold for certain. before
 * and y_before are one row; moved is not zero where an entry has moved. */
static void count_crossings(const sp_point *p, const function *f, const sp_matrix *before,
                            const sp_matrix *y_before, const sp_matrix *after,
                            const sp_matrix *y_after, const sp_matrix *moved, sp_matrix *crossings)
{
    size_t rows = after->rows, cols = after->cols;
    const sp_number_system *system = p->in->system;
    sp_matrix side = shaped(p, SIDE, rows, cols), sides = shaped(p, SIDES, rows, cols);
    sp_matrix shifted = shaped(p, SHIFTED, rows, cols), base = shaped(p, BASE, 1, cols);
    sp_matrix sums = shaped(p, COLUMN, rows, 1);
    for (size_t k = 0; k < f->kinks; k++) {
        system->unary(p->in, SP_PRIMITIVE_STEP, &side, moved); /* shifted = 1 where moved != 0 */
        system->unary(p->in, SP_PRIMITIVE_NEG, &shifted, moved);
        system->unary(p->in, SP_PRIMITIVE_STEP, &sides, &shifted);
        binary(p, SP_PRIMITIVE_ADD, &shifted, &side, &sides);
        apply(f->kink[k], &base, before, y_before);
        apply(f->kink[k], &side, after, y_after);
        binary(p, SP_PRIMITIVE_MUL, &sides, &side, &base);
        system->unary(p->in, SP_PRIMITIVE_STEP, &side, &sides); /* 1 where it stayed on its side */
        binary(p, SP_PRIMITIVE_MUL, &sides, &side, &shifted);
        binary(p, SP_PRIMITIVE_SUB, &side, &shifted, &sides);
        system->sum(p->in, &sums, &side, false);
        add_to(p, crossings, &sums);
    }
}

/* change += the change of the loss when row `line` of Z2 (or column) moves by the rows of delta. */
static void add_output_change(const sp_point *p, bool by_row, size_t line, const sp_matrix *delta,
                              sp_matrix *change, sp_matrix *crossings)
{
    size_t rows = delta->rows, cols = delta->cols;
    sp_matrix sums = shaped(p, COLUMN, rows, 1), term = shaped(p, TERM, rows, cols);
    if (p->quadratic) {
        sp_matrix q1 = row_of(p, by_row ? SP_POINT_Q1 : SP_POINT_Q1T, line);
        sp_matrix q2 = row_of(p, by_row ? SP_POINT_Q2 : SP_POINT_Q2T, line);
        p->in->system->product(p->in, &sums, delta, false, &q1, true);
        add_to(p, change, &sums);
        binary(p, SP_PRIMITIVE_MUL, &term, delta, delta);
        p->in->system->product(p->in, &sums, &term, false, &q2, true);
        add_to(p, change, &sums);
        return;
    }
    sp_matrix z = row_of(p, by_row ? SP_POINT_Z2 : SP_POINT_Z2T, line);
    sp_matrix y = row_of(p, by_row ? SP_POINT_Y : SP_POINT_YT, line);
    sp_matrix loss = row_of(p, by_row ? SP_POINT_LOSS : SP_POINT_LOSST, line);
    sp_matrix moved = shaped(p, MOVED, rows, cols), value = shaped(p, VALUE, rows, cols);
    sp_matrix target = shaped(p, TARGET, rows, cols), side = shaped(p, SIDE, rows, cols);
    p->in->system->copy(p->in, &target, NULL, NULL, &y, p->zeros, NULL, rows, cols);
    binary(p, SP_PRIMITIVE_ADD, &moved, delta, &z);
    apply(p->g.value, &value, &moved, NULL);
    apply(p->loss.value, &side, &value, &target);
    binary(p, SP_PRIMITIVE_SUB, &term, &side, &loss);
    p->in->system->sum(p->in, &sums, &term, false);
    add_to(p, change, &sums);
    if (!crossings)
        return;
    count_crossings(p, &p->g, &z, NULL, &moved, NULL, delta, crossings);
    if (p->loss.kinks > 0) {
        sp_matrix a = shaped(p, TERM, 1, cols); /* what it held has been added up */
        apply(p->g.value, &a, &z, NULL);
        count_crossings(p, &p->loss, &a, &y, &value, &target, delta, crossings);
    }
}

/* The change of the loss when column k of A1 changes by the rows of delta. */
static void add_hidden_column(const sp_point *p, size_t k, const sp_matrix *delta,
                              sp_matrix *change, sp_matrix *crossings)
{
    size_t rows = delta->rows, n = delta->cols;
    if (p->quadratic) {
        sp_matrix sums = shaped(p, COLUMN, rows, 1), square = shaped(p, TERM, rows, n);
        sp_matrix b = row_of(p, SP_POINT_BT, k), c = row_of(p, SP_POINT_CT, k);
        p->in->system->product(p->in, &sums, delta, false, &b, true);
        add_to(p, change, &sums);
        binary(p, SP_PRIMITIVE_MUL, &square, delta, delta);
        p->in->system->product(p->in, &sums, &square, false, &c, true);
        add_to(p, change, &sums);
        return;
    }
    sp_matrix w = row_of(p, SP_POINT_W2, k), turned = shaped(p, STEP, n, rows);
    p->in->system->transpose(p->in, &turned, delta);
    sp_matrix delta2 = shaped(p, DELTA2, rows, w.cols);
    for (size_t i = 0; i < n; i++) { /* every row of Z2 moves by a multiple of row k of W2 */
        sp_matrix column = sp_matrix_run(p->in, &turned, i * rows, rows);
        column.rows = rows;
        column.cols = 1;
        binary(p, SP_PRIMITIVE_MUL, &delta2, &column, &w);
        add_output_change(p, true, i, &delta2, change, crossings);
    }
}

void sp_point_change(const sp_point *p, sp_move move, const sp_matrix *v, const sp_matrix *t,
                     sp_matrix *change, sp_matrix *crossings)
{
    size_t rows = v->rows, cols = v->cols;
    sp_matrix step = shaped(p, STEP, rows, cols);
    set_zero(p, change);
    if (crossings)
        set_zero(p, crossings);
    binary(p, SP_PRIMITIVE_MUL, &step, v, t);
    if (move.layer == 2) {
        add_output_change(p, move.by_row, move.line, &step, change, crossings);
        return;
    }
    sp_matrix z = row_of(p, move.by_row ? SP_POINT_Z1 : SP_POINT_Z1T, move.line);
    sp_matrix a = row_of(p, move.by_row ? SP_POINT_A1 : SP_POINT_A1T, move.line);
    sp_matrix moved = shaped(p, MOVED, rows, cols), value = shaped(p, VALUE, rows, cols);
    sp_matrix delta = shaped(p, DELTA, rows, cols);
    binary(p, SP_PRIMITIVE_ADD, &moved, &step, &z);
    apply(p->sigma.value, &value, &moved, NULL);
    binary(p, SP_PRIMITIVE_SUB, &delta, &value, &a);
    if (crossings)
        count_crossings(p, &p->sigma, &z, NULL, &moved, NULL, &step, crossings);
    if (!move.by_row) {
        add_hidden_column(p, move.line, &delta, change, crossings);
        return;
    }
    sp_matrix delta2 = shaped(p, DELTA2, rows, p->dim[SP_DIM_DOUT]);
    p->in->system->product(p->in, &delta2, &delta, false, p->matrix[SP_POINT_W2], false);
    add_output_change(p, true, move.line, &delta2, change, crossings);
}

static function plan_of(const sp_point *p, const sp_formula *formula, bool smooth)
{
    sp_pool *pool = p->in->pool;
    function f = {.value = sp_formula_plan_create(p->in, formula, p->dim, p->rows * p->width)};
    sp_kinks kinks = {.count = 0};
    if (!smooth)
        kinks = sp_formula_kinks(pool, formula);
    f.kink = SP_NEW_ARRAY(pool, sp_formula_plan *, kinks.count);
    for (size_t k = 0; k < kinks.count; k++)
        f.kink[f.kinks++] = sp_formula_plan_create(p->in, &kinks.formula[k], p->dim,
                                                     p->rows * p->width);
    return f;
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* All but the values of the matrices. */
static sp_point *prepare(const sp_arithmetic *in, const sp_network *network,
                         const size_t dim[SP_MAX_DIMS])
{
    static const int shape[SP_POINT_COUNT][2] = {
#define X(id, rows, cols) {SP_DIM_##rows, SP_DIM_##cols},
        SP_POINT_MATRICES(X)
#undef X
    };
    sp_pool *pool = in->pool;
    sp_point *p = SP_NEW(pool, sp_point);
    p->in = in;
    p->network = network;
    memcpy(p->dim, dim, sizeof p->dim);
    p->width = larger(larger(dim[SP_DIM_N], dim[SP_DIM_DH]), dim[SP_DIM_DOUT]);
    p->rows = larger(1, WORKED_ON / p->width);
    if (p->rows > larger(dim[SP_DIM_DIN], dim[SP_DIM_DH])) /* the most that a source has */
        p->rows = larger(dim[SP_DIM_DIN], dim[SP_DIM_DH]);
    p->sigma = plan_of(p, &network->own[SP_MLP_SIGMA].value, network->own[SP_MLP_SIGMA].smooth);
    p->g = plan_of(p, &network->own[SP_MLP_G].value, network->own[SP_MLP_G].smooth);
    p->loss = plan_of(p, &network->own[SP_MLP_LOSS].value, network->own[SP_MLP_LOSS].smooth);
    int inner = sp_formula_degree(pool, &network->own[SP_MLP_G].value, 1);
    p->quadratic = inner < SP_DEGREE_UNKNOWN &&
                   sp_formula_degree(pool, &network->own[SP_MLP_LOSS].value, inner) < SP_DEGREE_UNKNOWN;
    p->zeros = SP_NEW_ARRAY(pool, size_t, larger(p->rows, dim[SP_DIM_N]));
    for (int m = 0; m < SP_POINT_COUNT; m++) {
        size_t sizes[2];
        for (int s = 0; s < 2; s++)
            sizes[s] = shape[m][s] == SP_DIM_ONE ? 1 : dim[shape[m][s]];
        p->matrix[m] = sp_matrix_create(in, sizes[0], sizes[1]);
    }
    for (int s = 0; s < SCRATCH_COUNT; s++)
        p->scratch[s] = sp_matrix_create(in, p->rows, s < COLUMN ? p->width : 1);
    return p;
}

static void load(const sp_point *p, const sp_case *of, sp_tensor tensor, sp_matrix *m)
{
    const double *value = sp_network_data(p->in->pool, of, tensor);
    for (size_t i = 0; i < m->rows; i++)
        for (size_t j = 0; j < m->cols; j++)
            p->in->system->set(p->in, m, i, j, value[i * m->cols + j]);
    if (value != of->given[tensor].value)
        sp_pool_free(p->in->pool, (void *)(uintptr_t)value);
}

/* out = a b + bias, the bias of a tensor */
static void affine(const sp_point *p, const sp_case *of, sp_tensor bias, sp_matrix *out,
                   const sp_matrix *a, const sp_matrix *b)
{
    const sp_arithmetic *in = p->in;
    sp_matrix *product = sp_matrix_create(in, out->rows, out->cols);
    sp_matrix *row = sp_matrix_create(in, 1, out->cols);
    load(p, of, bias, row);
    in->system->product(in, product, a, false, b, false);
    binary(p, SP_PRIMITIVE_ADD, out, product, row);
    sp_matrix_free(in, product);
    sp_matrix_free(in, row);
}

/* loss(g(z + offset), y) */
static sp_matrix *loss_at(const sp_point *p, double offset)
{
    const sp_arithmetic *in = p->in;
    const sp_matrix *z = p->matrix[SP_POINT_Z2];
    sp_matrix *by = sp_matrix_create(in, 1, 1), *at = sp_matrix_create(in, z->rows, z->cols);
    sp_matrix *a = sp_matrix_create(in, z->rows, z->cols);
    in->system->set(in, by, 0, 0, offset);
    binary(p, SP_PRIMITIVE_ADD, at, z, by);
    apply(p->g.value, a, offset == 0 ? z : at, NULL);
    apply(p->loss.value, at, a, p->matrix[SP_POINT_Y]);
    sp_matrix_free(in, by);
    sp_matrix_free(in, a);
    return at;
}

long sp_point_exponent(const sp_point *p, const sp_matrix *m)
{
    long largest = 0;
    bool any = false;
    mpfr_t value;
    mpfr_init2(value, 53);
    for (size_t i = 0; i < m->rows; i++)
        for (size_t j = 0; j < m->cols; j++) {
            p->in->system->get(p->in, m, i, j, value);
            if (mpfr_regular_p(value) && (!any || mpfr_get_exp(value) > largest)) {
                largest = mpfr_get_exp(value);
                any = true;
            }
        }
    mpfr_clear(value);
    return largest;
}

/* q1 = (f(z + s) - f(z - s)) / 2s, q2 = ((f(z + s) + f(z - s)) / 2 - f(z)) / s^2 for the
 * quadratic f; s is a power of two as large as the z are, so that z + s loses nothing that
 * matters. */
static void find_coefficients(const sp_point *p)
{
    const sp_arithmetic *in = p->in;
    sp_matrix *const *m = p->matrix;
    long exponent = sp_point_exponent(p, m[SP_POINT_Z2]);
    const double s = ldexp(1, exponent > 500 ? 500 : exponent < -500 ? -500 : (int)exponent);
    sp_matrix *up = loss_at(p, s), *down = loss_at(p, -s), *half = sp_matrix_create(in, 1, 1);
    sp_matrix *sum = sp_matrix_create(in, up->rows, up->cols);
    in->system->set(in, half, 0, 0, 0.5 / s);
    binary(p, SP_PRIMITIVE_SUB, sum, up, down);
    binary(p, SP_PRIMITIVE_MUL, m[SP_POINT_Q1], sum, half);
    in->system->set(in, half, 0, 0, 0.5);
    binary(p, SP_PRIMITIVE_ADD, sum, up, down);
    binary(p, SP_PRIMITIVE_MUL, up, sum, half);
    binary(p, SP_PRIMITIVE_SUB, sum, up, m[SP_POINT_LOSS]);
    in->system->set(in, half, 0, 0, 1 / (s * s));
    binary(p, SP_PRIMITIVE_MUL, m[SP_POINT_Q2], sum, half);
    in->system->transpose(in, m[SP_POINT_Q1T], m[SP_POINT_Q1]);
    in->system->transpose(in, m[SP_POINT_Q2T], m[SP_POINT_Q2]);
    sp_matrix *squares = sp_matrix_create(in, m[SP_POINT_W2]->rows, m[SP_POINT_W2]->cols);
    binary(p, SP_PRIMITIVE_MUL, squares, m[SP_POINT_W2], m[SP_POINT_W2]);
    in->system->product(in, m[SP_POINT_BT], m[SP_POINT_W2], false, m[SP_POINT_Q1], true);
    in->system->product(in, m[SP_POINT_CT], squares, false, m[SP_POINT_Q2], true);
    sp_matrix *used[] = {up, down, half, sum, squares};
    for (size_t i = 0; i < sizeof used / sizeof *used; i++)
        sp_matrix_free(in, used[i]);
}

static bool finite_sum(const sp_point *p, const sp_matrix *m)
{
    const sp_arithmetic *in = p->in;
    sp_matrix *columns = sp_matrix_create(in, 1, m->cols), *all = sp_matrix_create(in, 1, 1);
    in->system->sum(in, columns, m, true);
    in->system->sum(in, all, columns, false);
    mpfr_t value;
    mpfr_init2(value, in->bits > 53 ? (mpfr_prec_t)in->bits : 53);
    in->system->get(in, all, 0, 0, value);
    bool finite = mpfr_number_p(value);
    mpfr_clear(value);
    sp_matrix_free(in, columns);
    sp_matrix_free(in, all);
    return finite;
}

sp_point *sp_point_create(const sp_arithmetic *in, const sp_case *of, const sp_network *network)
{
    sp_point *p = prepare(in, network, of->dim);
    sp_matrix *const *m = p->matrix;
    for (size_t n = 0; n < of->dim[SP_DIM_N]; n++)
        in->system->set(in, m[SP_POINT_ONES], 0, n, 1);
    sp_matrix *x = sp_matrix_create(in, of->dim[SP_DIM_N], of->dim[SP_DIM_DIN]);
    load(p, of, SP_TENSOR_X, x);
    load(p, of, SP_TENSOR_W1, m[SP_POINT_W1]);
    load(p, of, SP_TENSOR_W2, m[SP_POINT_W2]);
    load(p, of, SP_TENSOR_Y, m[SP_POINT_Y]);
    in->system->transpose(in, m[SP_POINT_XT], x);
    affine(p, of, SP_TENSOR_B1, m[SP_POINT_Z1], x, m[SP_POINT_W1]);
    sp_matrix_free(in, x);
    apply(p->sigma.value, m[SP_POINT_A1], m[SP_POINT_Z1], NULL);
    affine(p, of, SP_TENSOR_B2, m[SP_POINT_Z2], m[SP_POINT_A1], m[SP_POINT_W2]);
    sp_matrix *loss = loss_at(p, 0);
    sp_matrix_free(in, m[SP_POINT_LOSS]);
    p->matrix[SP_POINT_LOSS] = loss;
    p->finite = finite_sum(p, loss);
    static const sp_point_matrix turned[][2] = {{SP_POINT_YT, SP_POINT_Y},
                                                {SP_POINT_Z1T, SP_POINT_Z1},
                                                {SP_POINT_A1T, SP_POINT_A1},
                                                {SP_POINT_Z2T, SP_POINT_Z2},
                                                {SP_POINT_LOSST, SP_POINT_LOSS}};
    for (size_t i = 0; i < sizeof turned / sizeof *turned; i++)
        in->system->transpose(in, m[turned[i][0]], m[turned[i][1]]);
    if (p->quadratic)
        find_coefficients(p);
    return p;
}

sp_point *sp_point_copy(const sp_arithmetic *in, const sp_point *of,
                        void (*set)(const sp_arithmetic *in, sp_matrix *to, size_t i, size_t j,
                                    const sp_matrix *from))
{
    sp_point *p = prepare(in, of->network, of->dim);
    for (int k = 0; k < SP_POINT_COUNT; k++)
        for (size_t i = 0; i < p->matrix[k]->rows; i++)
            for (size_t j = 0; j < p->matrix[k]->cols; j++)
                set(in, p->matrix[k], i, j, of->matrix[k]);
    p->finite = of->finite && finite_sum(p, p->matrix[SP_POINT_LOSS]);
    return p;
}
