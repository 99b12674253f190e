/* Formulas as one line of text. */
#include "typeset/math.h"

#include <string.h>

typedef struct writer {
    sp_text *out;
    bool ascii;
    bool tight; /* no spaces: in subscripts and products of sizes */
} writer;

static void write(const writer *w, const sp_math *m);

static void add_sign(const writer *w, const char *sign)
{
    sp_text_format(w->out, w->tight ? "%s" : " %s ", sign);
}

static void add(const writer *w, const char *text, const char *ascii)
{
    sp_text_add(w->out, w->ascii ? ascii : text);
}

static void write_item(const writer *w, const sp_math *m, size_t at)
{
    bool brackets = sp_math_brackets(m, at, false);
    sp_text_add(w->out, brackets ? "(" : "");
    write(w, m->item[at]);
    sp_text_add(w->out, brackets ? ")" : "");
}

static void write_from(const writer *w, const sp_math *m, size_t first, const char *between)
{
    for (size_t i = first; i < m->items; i++) {
        sp_text_add(w->out, i > first ? between : "");
        write_item(w, m, i);
    }
}

/* Two factors side by side that could be read as one need a dot. */
static bool needs_dot(const sp_math *a, const sp_math *b)
{
    return a->kind == SP_MATH_SLOPE || b->kind == SP_MATH_SLOPE || b->kind == SP_MATH_NUMBER;
}

static void write_product(const writer *w, const sp_math *m)
{
    for (size_t i = 0; i < m->items; i++) {
        bool dot = i > 0 && (m->kind == SP_MATH_TIMES || needs_dot(m->item[i - 1], m->item[i]));
        if (dot)
            add_sign(w, w->ascii ? "*" : "·");
        else if (i > 0)
            sp_text_add(w->out, " ");
        write_item(w, m, i);
    }
}

static void write_big(const writer *w, const sp_math *m)
{
    if (strcmp(m->text, "sum") == 0)
        add(w, "Σ", "sum");
    else
        sp_text_add(w->out, m->text);
    bool one = m->items == 2 && m->item[1]->kind == SP_MATH_INDEX;
    sp_text_add(w->out, one && !w->ascii ? "_" : "(");
    for (size_t i = 1; i < m->items; i++) {
        bool condition = m->item[i]->kind == SP_MATH_RELATION;
        sp_text_add(w->out, i == 1 ? "" : condition && m->item[i - 1]->kind == SP_MATH_INDEX ? ": " : ", ");
        write(w, m->item[i]);
    }
    sp_text_add(w->out, one && !w->ascii ? " " : ") ");
    write_item(w, m, 0);
}

static void write_sum(const writer *w, const sp_math *m)
{
    for (size_t i = 0; i < m->items; i++) {
        bool minus = m->minus >> i & 1U;
        if (i > 0)
            add_sign(w, minus ? "-" : "+");
        else
            sp_text_add(w->out, minus ? "-" : "");
        write_item(w, m, i);
    }
}

static void write(const writer *w, const sp_math *m)
{
    switch (m->kind) {
    case SP_MATH_SYMBOL: {
        sp_symbol_parts parts = sp_math_symbol_parts(w->out->pool, m->text);
        add(w, parts.text, parts.ascii);
        break;
    }
    case SP_MATH_INDEX:
    case SP_MATH_WORD:
    case SP_MATH_NUMBER:
        sp_text_add(w->out, m->text);
        break;
    case SP_MATH_DOTS:
        add(w, "…", "...");
        break;
    case SP_MATH_ENTRY:
        write_item(w, m, 0);
        sp_text_add(w->out, "[");
        write_from(w, m, 1, ",");
        sp_text_add(w->out, "]");
        break;
    case SP_MATH_SHARD: {
        bool brackets = m->items > 2 || m->item[1]->kind == SP_MATH_SUM;
        writer tight = {w->out, w->ascii, true};
        write_item(w, m, 0);
        sp_text_add(w->out, brackets ? "_(" : "_");
        write_from(&tight, m, 1, ",");
        sp_text_add(w->out, brackets ? ")" : "");
        break;
    }
    case SP_MATH_TRANSPOSE:
        write_item(w, m, 0);
        add(w, "ᵀ", "^T");
        break;
    case SP_MATH_POWER:
        write_from(w, m, 0, "^");
        break;
    case SP_MATH_APPLY:
        write_item(w, m, 0);
        sp_text_add(w->out, "(");
        write_from(w, m, 1, ", ");
        sp_text_add(w->out, ")");
        break;
    case SP_MATH_CONDITION:
        sp_text_add(w->out, "[");
        write(w, m->item[0]);
        sp_text_add(w->out, "]");
        break;
    case SP_MATH_SIDE_BY_SIDE:
    case SP_MATH_STACKED:
        sp_text_add(w->out, "[ ");
        write_from(w, m, 0, m->kind == SP_MATH_STACKED ? " ; " : w->ascii ? " | " : " │ ");
        sp_text_add(w->out, " ]");
        break;
    case SP_MATH_SLOPE:
        add(w, m->text ? m->text : "∂", m->text ? "D" : "d");
        write_item(w, m, 0);
        sp_text_add(w->out, "/");
        add(w, m->text ? m->text : "∂", m->text ? "D" : "d");
        write_item(w, m, 1);
        break;
    case SP_MATH_PRODUCT:
        write_product(w, m);
        break;
    case SP_MATH_TIMES: {
        writer tight = {w->out, w->ascii, true};
        write_product(&tight, m);
        break;
    }
    case SP_MATH_FRACTION:
        write_from(w, m, 0, w->tight ? "/" : " / ");
        break;
    case SP_MATH_HADAMARD:
        write_from(w, m, 0, w->ascii ? " * " : " ⊙ ");
        break;
    case SP_MATH_BIG:
        write_big(w, m);
        break;
    case SP_MATH_SUM:
        write_sum(w, m);
        break;
    case SP_MATH_RELATION:
        for (size_t i = 0; i < m->items; i++) {
            if (i > 0 && strcmp(m->text, "/") == 0)
                sp_text_add(w->out, "/");
            else if (i > 0)
                add_sign(w, strcmp(m->text, "×") == 0 && w->ascii ? "x" : m->text);
            write_item(w, m, i);
        }
        break;
    case SP_MATH_COUNT:
        break;
    }
}

void sp_math_write_text(sp_text *out, const sp_math *of, bool ascii)
{
    writer w = {out, ascii, false};
    write(&w, of);
}
