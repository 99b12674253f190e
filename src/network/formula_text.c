#include "network/network.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* How tightly an expression binds, after the language's grammar (there is no "@" here):
 *   expr  = term { ("+" | "-") term } .
 *   term  = unary { ("*" | "/") unary } .
 *   unary = "-" unary | primary . */
typedef enum binding { SUM, TERM, UNARY, PRIMARY } binding;

static const char *const primitive_name[] = {
#define X(id, name, operands, meaning) name,
    SP_PRIMITIVES(X)
#undef X
};

/* What is still to be written: a text, or a node that must bind at least so tightly. */
typedef struct pending {
    const char *text;
    int node;
    binding least;
} pending;

typedef struct writer {
    sp_text out;
    pending *stack;
    size_t count, capacity;
} writer;

static void push(writer *w, const char *text, int node, binding least)
{
    w->stack = sp_pool_grow(w->out.pool, w->stack, &w->capacity, w->count + 1, sizeof *w->stack);
    w->stack[w->count++] = (pending){text, node, least};
}

/* The fewest digits that read back as the same double. */
static void write_number(sp_text *out, const sp_formula_node *n)
{
    if (n->number_text) {
        sp_text_add(out, n->number_text);
        return;
    }
    char digits[32];
    for (int precision = 1; precision <= 17; precision++) {
        snprintf(digits, sizeof digits, "%.*g", precision, n->number);
        if (strtod(digits, NULL) == n->number)
            break;
    }
    sp_text_add(out, digits);
}

static const char *infix(sp_primitive f)
{
    switch (f) {
    case SP_PRIMITIVE_ADD:
        return " + ";
    case SP_PRIMITIVE_SUB:
        return " - ";
    case SP_PRIMITIVE_MUL:
        return " * ";
    case SP_PRIMITIVE_DIV:
        return " / ";
    default:
        return NULL;
    }
}

/* Pushes what a primitive is written as, the last piece first. */
static void write_primitive(writer *w, const sp_formula_node *n, binding least)
{
    bool sum = n->primitive == SP_PRIMITIVE_ADD || n->primitive == SP_PRIMITIVE_SUB;
    const char *sign = infix(n->primitive);
    if (sign || n->primitive == SP_PRIMITIVE_NEG) {
        binding own = !sign ? UNARY : sum ? SUM : TERM;
        bool brackets = own < least;
        if (brackets)
            push(w, ")", -1, SUM);
        if (sign) { /* from the left: the right operand binds more tightly */
            push(w, NULL, n->operand[1], sum ? TERM : UNARY);
            push(w, sign, -1, SUM);
            push(w, NULL, n->operand[0], own);
        } else {
            push(w, NULL, n->operand[0], UNARY);
            push(w, "-", -1, SUM);
        }
        if (brackets)
            push(w, "(", -1, SUM);
        return;
    }
    push(w, ")", -1, SUM);
    if (n->operand[1] >= 0) {
        push(w, NULL, n->operand[1], SUM);
        push(w, ", ", -1, SUM);
    }
    push(w, NULL, n->operand[0], SUM);
    push(w, "(", -1, SUM);
    push(w, primitive_name[n->primitive], -1, SUM);
}

/* How many nodes the formula has as a tree, each shared one counted wherever it is used. */
static double written_size(sp_pool *pool, const sp_formula *formula)
{
    double *size = SP_NEW_ARRAY(pool, double, formula->count);
    for (size_t i = 0; i < formula->count; i++) {
        size[i] = 1;
        for (int o = 0; o < 2; o++)
            if (formula->node[i].kind == SP_FORMULA_PRIMITIVE && formula->node[i].operand[o] >= 0)
                size[i] += size[formula->node[i].operand[o]];
    }
    double all = size[formula->count - 1];
    sp_pool_free(pool, size);
    return all;
}

const char *sp_formula_text(sp_pool *pool, const sp_signature *of, const sp_formula *formula,
                            const char *const *variables)
{
    enum { LONGEST = 20000 };
    if (written_size(pool, formula) > LONGEST)
        return sp_pool_format(pool, "(%zu operations: too long to write out)", formula->count);
    writer w = {.out = sp_text_in(pool)};
    push(&w, NULL, (int)formula->count - 1, SUM);
    while (w.count > 0) {
        pending next = w.stack[--w.count];
        if (next.text) {
            sp_text_add(&w.out, next.text);
            continue;
        }
        const sp_formula_node *n = &formula->node[next.node];
        switch (n->kind) {
        case SP_FORMULA_VARIABLE:
            sp_text_add(&w.out, variables[n->variable]);
            break;
        case SP_FORMULA_NUMBER:
            write_number(&w.out, n);
            break;
        case SP_FORMULA_DIMENSION:
            sp_text_add(&w.out, of->dim[n->dimension]);
            break;
        case SP_FORMULA_PRIMITIVE:
            write_primitive(&w, n, next.least);
            break;
        }
    }
    sp_pool_free(pool, w.stack);
    return sp_text_string(&w.out);
}
