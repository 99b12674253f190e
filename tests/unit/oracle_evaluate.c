/* What programs mean, from language.md, by brute force over ranks and global indices. */
#include "oracle.h"

#include <stdlib.h>

const char *const o_dim_names[O_DIMS] = {"N", "Din", "Dh", "Dout"};
const char *const o_tensor_names[O_TENSORS] = {"X", "Y", "W1", "b1", "W2", "b2"};
const int o_tensor_dims[O_TENSORS][2] = {{0, 1}, {0, 3}, {1, 2}, {2, -1}, {2, 3}, {3, -1}};

/* Every value stays far below 2^53, and so does every partial sum in any order. */
static const o_int largest_value = 1LL << 40, largest_sum = 1LL << 50, largest_argument = 1LL << 15;

/* ---- functions, their slopes worked out by hand ---- */

static o_int plain(o_int z) { return z; }
static o_int one(o_int z) { (void)z; return 1; }
static o_int square(o_int z) { return z * z - z; }
static o_int square_slope(o_int z) { return 2 * z - 1; }
static o_int cube(o_int z) { return z * z * z - 2 * z + 5; }
static o_int cube_slope(o_int z) { return 3 * z * z - 2; }
static o_int ramp(o_int z) { return z > 0 ? z : 0; }
static o_int ramp_slope(o_int z) { return z > 0 ? 1 : 0; }
static o_int gate(o_int z) { return z > 2 ? z : 0; }
static o_int gate_slope(o_int z) { return z > 2 ? 1 : 0; }

const o_function o_functions[] = {
    {"z", plain, one},
    {"z * z - z", square, square_slope},
    {"z * z * z - 2 * z + 5", cube, cube_slope},
    {"max(z, 0)", ramp, ramp_slope},
    {"z * step(z - 2)", gate, gate_slope},
};
const int o_function_count = sizeof o_functions / sizeof *o_functions;

static o_int half_square_slope(o_int a, o_int y, o_int n, o_int dout)
{
    (void)n;
    (void)dout;
    return a - y;
}

static o_int mixed_slope(o_int a, o_int y, o_int n, o_int dout)
{
    (void)n;
    (void)dout;
    return 2 * a * y;
}

static o_int sized_slope(o_int a, o_int y, o_int n, o_int dout)
{
    return 2 * (a - y) * n + dout;
}

const o_loss o_losses[] = {
    {"(a - y) * (a - y) / 2", half_square_slope},
    {"a * a * y - 3 * y", mixed_slope},
    {"(a - y) * (a - y) * N + Dout * a", sized_slope},
};
const int o_loss_count = sizeof o_losses / sizeof *o_losses;

/* ---- meshes and ownership ---- */

/* Counts through the coordinates like an odometer, the last axis fastest. */
void o_mesh(o_program *p)
{
    int at[O_AXES] = {0};
    p->ranks = 0;
    for (bool more = true; more;) {
        for (int x = 0; x < p->axes; x++)
            p->coordinate[p->ranks][x] = at[x];
        p->ranks++;
        int x = p->axes - 1;
        while (x >= 0 && ++at[x] == p->size[x])
            at[x--] = 0;
        more = x >= 0;
    }
    for (int r = 0; r < p->ranks; r++)
        for (int q = 0; q < p->ranks; q++)
            for (int x = 0; x < p->axes; x++) {
                bool same = true;
                for (int y = 0; y < p->axes; y++)
                    same = same && (y == x || p->coordinate[r][y] == p->coordinate[q][y]);
                if (same)
                    p->other[r][x][p->coordinate[q][x]] = q;
            }
}

/* Whether two indices lie in the same part of part's parent, and of its parent, ... */
static bool together(const o_program *p, const o_part *part, int i, int j)
{
    for (int up = part->parent; up >= 0 && p->part[up].axes > 0; up = p->part[up].parent)
        if (p->part[up].coordinate[i] != p->part[up].coordinate[j])
            return false;
    return true;
}

/* Which of the lists of sizes (one for each part of the parent, first axis outermost) has i. */
static int list_of(const o_program *p, const o_part *part, int i)
{
    int list = 0, weight = 1;
    for (int up = part->parent; p->part[up].axes > 0; up = p->part[up].parent) {
        const o_part *parent = &p->part[up];
        list += weight * parent->coordinate[i];
        weight *= p->size[parent->axis[parent->axes - 1]];
    }
    return list;
}

void o_own(o_program *p, o_part *part)
{
    int extent = p->extent[part->dim];
    if (part->axes > 0) {
        int axis = part->axis[part->axes - 1], ranks = p->size[axis];
        for (int i = 0; i < extent; i++) {
            int before = 0, all = 0, c = 0;
            for (int j = 0; j < extent; j++) {
                before += j < i && together(p, part, i, j);
                all += together(p, part, i, j);
            }
            switch (part->split) {
            case O_SIZES: {
                const int *size = part->value + list_of(p, part, i) * ranks;
                for (int seen = size[0]; before >= seen; seen += size[c])
                    c++;
                break;
            }
            case O_EVEN:
            case O_CHUNK:
                while ((c + 1) * ((all + ranks - 1) / ranks) <= before)
                    c++;
                break;
            case O_CYCLIC:
                for (int k = 0; k < before; k++)
                    if ((k + 1) % part->block == 0)
                        c = c + 1 == ranks ? 0 : c + 1;
                break;
            case O_OWNERS:
                c = part->value[i];
                break;
            case O_SPLITS:
                abort();
            }
            part->coordinate[i] = c;
        }
    }
    for (int r = 0; r < p->ranks; r++)
        for (int i = 0; i < extent; i++) {
            bool owns = true;
            for (const o_part *up = part; up->axes > 0; up = &p->part[up->parent])
                owns = owns && up->coordinate[i] == p->coordinate[r][up->axis[up->axes - 1]];
            part->owns[r][i] = owns;
        }
}

/* ---- values ---- */

int o_extent(const o_program *p, const o_type *type, int place)
{
    return place < type->order ? p->extent[p->part[type->part[place]].dim] : 1;
}

bool o_holds(const o_program *p, const o_type *type, int r, int i, int j)
{
    return (type->order < 1 || p->part[type->part[0]].owns[r][i]) &&
           (type->order < 2 || p->part[type->part[1]].owns[r][j]);
}

o_int o_at(const o_program *p, const o_expr *e, int r, int i, int j)
{
    if (!o_holds(p, &e->type, r, i, j))
        abort(); /* a definition below reads what the rank does not have: a static rule is wrong */
    return e->table[(r * O_EXTENT + i) * O_EXTENT + j];
}

/* An operand of an elementwise operation: a vector is every row, a scalar every entry. */
static o_int spread(const o_program *p, const o_expr *a, const o_type *to, int r, int i, int j)
{
    if (a->type.order == 0)
        return o_at(p, a, r, 0, 0);
    if (a->type.order == 1 && to->order == 2)
        return o_at(p, a, r, j, 0);
    return o_at(p, a, r, i, j);
}

/* Adds a term of a sum; false if some order of summation could come near 2^53. */
static bool add(o_int *sum, o_int *magnitude, o_int term)
{
    if (llabs(term) > largest_sum)
        return false;
    *sum += term;
    *magnitude += llabs(term);
    return *magnitude < largest_sum;
}

static bool divide(o_int *value, o_int a, o_int b)
{
    if (b == 0 || a % b != 0)
        return false;
    *value = a / b;
    return true;
}

static bool over_dimension(const o_program *p, const o_expr *e, int r, int i, int j, o_int *value)
{
    o_int magnitude = 0;
    bool product = e->op == O_PRODUCT;
    int part = e->a->type.part[product ? 1 : e->place];
    for (int k = 0; k < p->extent[p->part[part].dim]; k++) {
        if (!p->part[part].owns[r][k])
            continue;
        o_int term;
        if (product) {
            if (__builtin_mul_overflow(o_at(p, e->a, r, i, k), o_at(p, e->b, r, k, j), &term))
                return false;
        } else {
            term = e->a->type.order == 1 ? o_at(p, e->a, r, k, 0)
                   : e->place == 0       ? o_at(p, e->a, r, k, i)
                                         : o_at(p, e->a, r, i, k);
        }
        if (!add(value, &magnitude, term))
            return false;
    }
    return true;
}

static bool over_axis(const o_program *p, const o_expr *e, int r, int i, int j, o_int *value)
{
    o_int magnitude = 0;
    for (int c = 0; c < p->size[e->axis]; c++)
        if (!add(value, &magnitude, o_at(p, e->a, p->other[r][e->axis][c], i, j)))
            return false;
    return e->op != O_MEAN || divide(value, *value, p->size[e->axis]);
}

/* From the rank of r's group that owns the indices under a's type. */
static o_int from_owner(const o_program *p, const o_expr *e, int r, int i, int j)
{
    int owner = -1;
    for (int c = 0; c < p->size[e->axis]; c++) {
        int q = p->other[r][e->axis][c];
        if (!o_holds(p, &e->a->type, q, i, j))
            continue;
        if (owner >= 0)
            abort(); /* two owners: ownership is not a function */
        owner = q;
    }
    return o_at(p, e->a, owner, i, j);
}

static bool apply(const o_function *f, o_op op, o_int z, o_int *value)
{
    if (llabs(z) > largest_argument)
        return false;
    *value = op == O_SIGMA || op == O_G ? f->value(z) : f->slope(z);
    return true;
}

/* The value of e on rank r at (i, j), which the rank owns. */
static bool entry(const o_program *p, const o_expr *e, int r, int i, int j, o_int *value)
{
    o_int a = 0, b = 0;
    bool elementwise = (e->op >= O_ADD && e->op <= O_NEG) ||
                       (e->op >= O_SIGMA && e->op <= O_STEP);
    if (elementwise) {
        a = spread(p, e->a, &e->type, r, i, j);
        b = e->b ? spread(p, e->b, &e->type, r, i, j) : 0;
    }
    switch (e->op) {
    case O_LOAD:
        *value = e->type.order == 1 ? p->data[e->tensor][0][i] : p->data[e->tensor][i][j];
        return true;
    case O_NAME:
        *value = o_at(p, p->statement[e->statement].value, r, i, j);
        return true;
    case O_NUMBER:
        *value = e->constant;
        return true;
    case O_RANKS_ON:
        *value = p->size[e->axis];
        return true;
    case O_WHOLE:
        *value = p->extent[e->dim];
        return true;
    case O_COUNT:
        for (int k = 0; k < p->extent[p->part[e->part].dim]; k++)
            *value += p->part[e->part].owns[r][k];
        return true;
    case O_PRODUCT:
    case O_SUM:
        return over_dimension(p, e, r, i, j, value);
    case O_ADD:
        *value = a + b;
        return true;
    case O_SUB:
        *value = a - b;
        return true;
    case O_MUL:
        *value = llabs(a) < largest_argument || llabs(b) < largest_argument ? a * b : largest_sum;
        return true;
    case O_DIV:
        return divide(value, a, b);
    case O_NEG:
        *value = -a;
        return true;
    case O_TRANSPOSE:
        *value = o_at(p, e->a, r, j, i);
        return true;
    case O_SIGMA:
    case O_SIGMA_PRIME:
        return apply(p->sigma, e->op, a, value);
    case O_G:
    case O_G_PRIME:
        return apply(p->g, e->op, a, value);
    case O_LOSS_PRIME:
        *value = p->loss->slope(a, b, p->extent[0], p->extent[3]);
        return llabs(a) < largest_argument && llabs(b) < largest_argument;
    case O_STEP:
        *value = a > 0;
        return true;
    case O_ALLREDUCE:
    case O_MEAN:
    case O_REDUCESCATTER:
        return over_axis(p, e, r, i, j, value);
    case O_ALLGATHER:
    case O_ALLTOALL:
        *value = from_owner(p, e, r, i, j);
        return true;
    case O_SLICE:
        *value = o_at(p, e->a, r, i, j);
        return true;
    case O_BROADCAST:
        *value = o_at(p, e->a, p->other[r][e->axis][e->constant], i, j);
        return true;
    case O_SHIFT: {
        int q = r, size = p->size[e->axis];
        for (o_int k = 0; k < llabs(e->constant); k++) /* one rank further, or back, at a time */
            q = p->other[q][e->axis]
                        [(p->coordinate[q][e->axis] + (e->constant > 0 ? 1 : size - 1)) % size];
        *value = o_at(p, e->a, q, i, j);
        return true;
    }
    case O_ONLY:
        *value = p->coordinate[r][e->axis] == e->constant ? o_at(p, e->a, r, i, j) : 0;
        return true;
    }
    abort();
}

bool o_evaluate(o_program *p, o_expr *e)
{
    for (int r = 0; r < p->ranks; r++)
        for (int i = 0; i < o_extent(p, &e->type, 0); i++)
            for (int j = 0; j < o_extent(p, &e->type, 1); j++) {
                o_int value = 0;
                if (!o_holds(p, &e->type, r, i, j))
                    continue;
                if (!entry(p, e, r, i, j, &value) || llabs(value) > largest_value)
                    return false;
                e->table[(r * O_EXTENT + i) * O_EXTENT + j] = value;
            }
    return true;
}
