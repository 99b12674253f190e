#include "network/build.h"

#include <limits.h>
#include <math.h>
#include <string.h>

sp_builder sp_builder_in(sp_pool *pool)
{
    return (sp_builder){.pool = pool};
}

static uint64_t mix(uint64_t h, uint64_t value)
{
    h = (h ^ value) * UINT64_C(0x9E3779B97F4A7C15);
    return h ^ (h >> 29);
}

static uint64_t number_bits(const sp_formula_node *n)
{
    uint64_t bits = 0;
    if (n->kind == SP_FORMULA_NUMBER)
        memcpy(&bits, &n->number, sizeof bits);
    return bits;
}

static size_t hash(const sp_formula_node *n)
{
    uint64_t h = mix(0, (uint64_t)n->kind);
    switch (n->kind) {
    case SP_FORMULA_VARIABLE:
        h = mix(h, (uint64_t)n->variable);
        break;
    case SP_FORMULA_NUMBER:
        h = mix(h, number_bits(n));
        break;
    case SP_FORMULA_DIMENSION:
        h = mix(h, (uint64_t)n->dimension);
        break;
    case SP_FORMULA_PRIMITIVE:
        h = mix(h, (uint64_t)n->primitive);
        h = mix(h, (uint64_t)n->operand[0]);
        h = mix(h, (uint64_t)n->operand[1]);
        break;
    }
    return (size_t)h;
}

static bool equal(const sp_formula_node *a, const sp_formula_node *b)
{
    if (a->kind != b->kind)
        return false;
    switch (a->kind) {
    case SP_FORMULA_VARIABLE:
        return a->variable == b->variable;
    case SP_FORMULA_NUMBER: /* by bits, not text: all number systems start from the double */
        return number_bits(a) == number_bits(b);
    case SP_FORMULA_DIMENSION:
        return a->dimension == b->dimension;
    case SP_FORMULA_PRIMITIVE:
        break;
    }
    return a->primitive == b->primitive && a->operand[0] == b->operand[0] &&
           a->operand[1] == b->operand[1];
}

/* The slot of a node equal to n, or the free one where it belongs. */
static size_t place(const sp_builder *b, const sp_formula_node *n)
{
    size_t at = hash(n) & (b->slots - 1);
    while (b->slot[at] >= 0 && !equal(&b->node[b->slot[at]], n))
        at = (at + 1) & (b->slots - 1);
    return at;
}

static void make_room(sp_builder *b)
{
    if (b->count >= INT_MAX / 4)
        sp_pool_fail(b->pool, SP_NO_MEMORY);
    b->node = sp_pool_grow(b->pool, b->node, &b->capacity, b->count + 1, sizeof *b->node);
    if (2 * (b->count + 1) <= b->slots)
        return;
    sp_pool_free(b->pool, b->slot);
    b->slots = b->slots ? 2 * b->slots : 64;
    b->slot = SP_NEW_ARRAY(b->pool, int, b->slots);
    for (size_t i = 0; i < b->slots; i++)
        b->slot[i] = -1;
    for (size_t i = 0; i < b->count; i++)
        b->slot[place(b, &b->node[i])] = (int)i;
}

int sp_build_copy(sp_builder *b, const sp_formula_node *node)
{
    make_room(b);
    size_t at = place(b, node);
    if (b->slot[at] < 0) {
        b->slot[at] = (int)b->count;
        b->node[b->count++] = *node;
    }
    return b->slot[at];
}

int *sp_build_copy_all(sp_builder *b, const sp_formula *formula)
{
    int *copy = SP_NEW_ARRAY(b->pool, int, formula->count);
    for (size_t i = 0; i < formula->count; i++) {
        sp_formula_node n = formula->node[i];
        for (int o = 0; o < 2; o++)
            n.operand[o] = n.kind == SP_FORMULA_PRIMITIVE && n.operand[o] >= 0
                               ? copy[n.operand[o]]
                               : -1;
        copy[i] = sp_build_copy(b, &n);
    }
    return copy;
}

static int make(sp_builder *b, sp_primitive f, int x, int y)
{
    sp_formula_node n = {.kind = SP_FORMULA_PRIMITIVE, .primitive = f, .operand = {x, y}};
    return sp_build_copy(b, &n);
}

/* A commutative operation: in the order in which it exists already, if it does. */
static int make_either(sp_builder *b, sp_primitive f, int x, int y)
{
    sp_formula_node turned = {.kind = SP_FORMULA_PRIMITIVE, .primitive = f, .operand = {y, x}};
    make_room(b);
    int known = b->slot[place(b, &turned)];
    return known >= 0 ? known : make(b, f, x, y);
}

int sp_build_number(sp_builder *b, double value)
{
    if (value < 0)
        return make(b, SP_PRIMITIVE_NEG, sp_build_number(b, -value), -1);
    sp_formula_node n = {.kind = SP_FORMULA_NUMBER,
                         .operand = {-1, -1},
                         .number = value == 0 ? 0 : value}; /* -0 is 0 */
    return sp_build_copy(b, &n);
}

static bool is(const sp_builder *b, int x, sp_primitive f)
{
    return b->node[x].kind == SP_FORMULA_PRIMITIVE && b->node[x].primitive == f;
}

static int operand(const sp_builder *b, int x, int which)
{
    return b->node[x].operand[which];
}

static bool is_number(const sp_builder *b, int x, double *value)
{
    bool negative = is(b, x, SP_PRIMITIVE_NEG);
    const sp_formula_node *n = &b->node[negative ? operand(b, x, 0) : x];
    *value = negative ? -n->number : n->number;
    return n->kind == SP_FORMULA_NUMBER;
}

static bool equals(const sp_builder *b, int x, double value)
{
    double number;
    return is_number(b, x, &number) && number == value;
}

/* Whether x op y is a double exactly. The error of a sum is a double (Knuth's TwoSum); those of
 * products and quotients show in a fused multiply-add, if nothing underflows. */
static bool fold(sp_primitive f, double x, double y, double *value)
{
    const double tiny = 0x1p-900;
    double r = 0, lost = 1;
    if (f == SP_PRIMITIVE_ADD || f == SP_PRIMITIVE_SUB) {
        double v = f == SP_PRIMITIVE_SUB ? -y : y;
        r = x + v;
        double part = r - x;
        lost = (x - (r - part)) + (v - part);
    } else if (x == 0 && (f == SP_PRIMITIVE_MUL || y != 0)) {
        lost = 0;
    } else if (f == SP_PRIMITIVE_MUL) {
        r = x * y;
        lost = y == 0 || fabs(r) > tiny ? fma(x, y, -r) : 1;
    } else if (f == SP_PRIMITIVE_DIV && y != 0) {
        r = x / y;
        lost = fabs(r) > tiny && fabs(x) > tiny ? fma(r, y, -x) : 1;
    }
    *value = r;
    return isfinite(r) && lost == 0;
}

int sp_build_add(sp_builder *b, int x, int y)
{
    double p, q, r;
    if (equals(b, x, 0))
        return y;
    if (equals(b, y, 0))
        return x;
    if (is_number(b, x, &p) && is_number(b, y, &q) && fold(SP_PRIMITIVE_ADD, p, q, &r))
        return sp_build_number(b, r);
    if (is(b, y, SP_PRIMITIVE_NEG))
        return sp_build_sub(b, x, operand(b, y, 0));
    if (is(b, x, SP_PRIMITIVE_NEG))
        return sp_build_sub(b, y, operand(b, x, 0));
    if (x == y)
        return sp_build_mul(b, sp_build_number(b, 2), x);
    return make_either(b, SP_PRIMITIVE_ADD, x, y);
}

int sp_build_sub(sp_builder *b, int x, int y)
{
    double p, q, r;
    if (equals(b, y, 0))
        return x;
    if (equals(b, x, 0))
        return sp_build_neg(b, y);
    if (x == y)
        return sp_build_number(b, 0);
    if (is_number(b, x, &p) && is_number(b, y, &q) && fold(SP_PRIMITIVE_SUB, p, q, &r))
        return sp_build_number(b, r);
    if (is(b, y, SP_PRIMITIVE_NEG))
        return sp_build_add(b, x, operand(b, y, 0));
    if (is(b, x, SP_PRIMITIVE_NEG))
        return sp_build_neg(b, sp_build_add(b, operand(b, x, 0), y));
    return make(b, SP_PRIMITIVE_SUB, x, y);
}

/* c * x for a number c; (d * x) and (x / d) take c in if that is exact. */
static int scale(sp_builder *b, double c, int x)
{
    double d, r;
    if (c == 0)
        return sp_build_number(b, 0);
    if (c == 1)
        return x;
    if (c < 0)
        return sp_build_neg(b, scale(b, -c, x));
    if (is(b, x, SP_PRIMITIVE_NEG))
        return sp_build_neg(b, scale(b, c, operand(b, x, 0)));
    if (is_number(b, x, &d) && fold(SP_PRIMITIVE_MUL, c, d, &r))
        return sp_build_number(b, r);
    if (is(b, x, SP_PRIMITIVE_MUL))
        for (int o = 0; o < 2; o++)
            if (is_number(b, operand(b, x, o), &d) && fold(SP_PRIMITIVE_MUL, c, d, &r))
                return scale(b, r, operand(b, x, 1 - o));
    if (is(b, x, SP_PRIMITIVE_DIV) && is_number(b, operand(b, x, 1), &d) &&
        fold(SP_PRIMITIVE_DIV, c, d, &r))
        return scale(b, r, operand(b, x, 0));
    return make_either(b, SP_PRIMITIVE_MUL, sp_build_number(b, c), x);
}

int sp_build_mul(sp_builder *b, int x, int y)
{
    double c;
    if (is_number(b, x, &c))
        return scale(b, c, y);
    if (is_number(b, y, &c))
        return scale(b, c, x);
    if (is(b, x, SP_PRIMITIVE_NEG))
        return sp_build_neg(b, sp_build_mul(b, operand(b, x, 0), y));
    if (is(b, y, SP_PRIMITIVE_NEG))
        return sp_build_neg(b, sp_build_mul(b, x, operand(b, y, 0)));
    return make_either(b, SP_PRIMITIVE_MUL, x, y);
}

int sp_build_div(sp_builder *b, int x, int y)
{
    double c, d, r;
    if (equals(b, x, 0) && !equals(b, y, 0))
        return sp_build_number(b, 0);
    if (equals(b, y, 1))
        return x;
    if (is_number(b, x, &c) && is_number(b, y, &d) && fold(SP_PRIMITIVE_DIV, c, d, &r))
        return sp_build_number(b, r);
    if (is(b, x, SP_PRIMITIVE_NEG))
        return sp_build_neg(b, sp_build_div(b, operand(b, x, 0), y));
    if (is(b, y, SP_PRIMITIVE_NEG))
        return sp_build_neg(b, sp_build_div(b, x, operand(b, y, 0)));
    if (is_number(b, y, &d) && is(b, x, SP_PRIMITIVE_MUL))
        for (int o = 0; o < 2; o++)
            if (is_number(b, operand(b, x, o), &c) && fold(SP_PRIMITIVE_DIV, c, d, &r))
                return scale(b, r, operand(b, x, 1 - o));
    return make(b, SP_PRIMITIVE_DIV, x, y);
}

int sp_build_neg(sp_builder *b, int x)
{
    if (equals(b, x, 0))
        return x;
    if (is(b, x, SP_PRIMITIVE_NEG))
        return operand(b, x, 0);
    if (is(b, x, SP_PRIMITIVE_SUB))
        return sp_build_sub(b, operand(b, x, 1), operand(b, x, 0));
    return make(b, SP_PRIMITIVE_NEG, x, -1);
}

int sp_build_call(sp_builder *b, sp_primitive f, int x)
{
    double value;
    if (f == SP_PRIMITIVE_NEG)
        return sp_build_neg(b, x);
    if (f == SP_PRIMITIVE_STEP && is_number(b, x, &value))
        return sp_build_number(b, value > 0);
    return make(b, f, x, -1);
}

sp_formula sp_build_finish(sp_builder *b, int root, size_t variables)
{
    size_t last = (size_t)root, kept = 0;
    int *place_of = SP_NEW_ARRAY(b->pool, int, last + 1); /* 1: needed; then its new index */
    place_of[last] = 1;
    for (size_t i = last + 1; i-- > 0;) {
        if (!place_of[i])
            continue;
        kept++;
        for (int o = 0; o < 2; o++)
            if (b->node[i].operand[o] >= 0)
                place_of[b->node[i].operand[o]] = 1;
    }
    sp_formula f = {.node = SP_NEW_ARRAY(b->pool, sp_formula_node, kept), .variables = variables};
    for (size_t i = 0; i <= last; i++) {
        if (!place_of[i])
            continue;
        sp_formula_node *n = &f.node[f.count];
        *n = b->node[i];
        for (int o = 0; o < 2; o++)
            if (n->operand[o] >= 0)
                n->operand[o] = place_of[n->operand[o]];
        place_of[i] = (int)f.count++;
    }
    sp_pool_free(b->pool, place_of);
    sp_pool_free(b->pool, b->node);
    sp_pool_free(b->pool, b->slot);
    *b = sp_builder_in(b->pool);
    return f;
}
