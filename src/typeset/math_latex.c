/* Formulas for TeX with amsmath. */
#include "typeset/math.h"
#include "typeset/escape.h"

#include <string.h>

static void write(sp_text *out, const sp_math *m);

static void write_item(sp_text *out, const sp_math *m, size_t at)
{
    bool brackets = sp_math_brackets(m, at, true), tall = sp_math_is_tall(m->item[at]);
    sp_text_add(out, !brackets ? "" : tall ? "\\left(" : "(");
    write(out, m->item[at]);
    sp_text_add(out, !brackets ? "" : tall ? "\\right)" : ")");
}

static void write_from(sp_text *out, const sp_math *m, size_t first, const char *between)
{
    for (size_t i = first; i < m->items; i++) {
        sp_text_add(out, i > first ? between : "");
        write_item(out, m, i);
    }
}

static void add_word(sp_text *out, const char *command, const char *text)
{
    size_t length = strlen(text), primes = 0; /* erf' */
    while (primes < length && text[length - 1 - primes] == '\'')
        primes++;
    sp_text_format(out, "\\%s{", command);
    sp_escape_latex(out, sp_pool_copy(out->pool, text, length - primes));
    sp_text_add(out, "}");
    sp_text_add_repeated(out, "'", primes);
}

/* below: what follows in the subscript, or NULL */
static void write_symbol(sp_text *out, const char *text, const sp_math *below)
{
    sp_symbol_parts parts = sp_math_symbol_parts(out->pool, text);
    sp_text_add(out, parts.gradient ? "\\mathrm{d}" : "");
    if (parts.tex)
        sp_text_add(out, parts.tex);
    else
        add_word(out, "mathrm", parts.letter);
    sp_text_add(out, parts.prime ? "'" : "");
    if (*parts.layer)
        sp_text_format(out, "^{(%s)}", parts.layer);
    if (!*parts.word && !below)
        return;
    sp_text_add(out, "_{");
    if (*parts.word)
        add_word(out, "mathrm", parts.word);
    sp_text_add(out, *parts.word && below ? "," : "");
    if (below)
        write_from(out, below, 1, ",");
    sp_text_add(out, "}");
}

static void write_below(sp_text *out, const sp_math *m)
{
    if (m->item[0]->kind == SP_MATH_SYMBOL) {
        write_symbol(out, m->item[0]->text, m);
        return;
    }
    bool brackets = sp_math_has_brackets(m);
    sp_text_add(out, "{");
    write_item(out, m, 0);
    sp_text_add(out, brackets ? "}[" : "}_{");
    write_from(out, m, 1, ",");
    sp_text_add(out, brackets ? "]" : "}");
}

static bool is_plain(const sp_math *m)
{
    return m->kind == SP_MATH_SYMBOL && strlen(m->text) == 1;
}

static void write_raised(sp_text *out, const sp_math *m)
{
    bool brackets = !is_plain(m->item[0]) && !sp_math_brackets(m, 0, true);
    sp_text_add(out, brackets ? "(" : "{");
    write_item(out, m, 0);
    sp_text_add(out, brackets ? ")^{" : "}^{");
    if (m->kind == SP_MATH_TRANSPOSE)
        sp_text_add(out, "\\top");
    else
        write(out, m->item[1]);
    sp_text_add(out, "}");
}

static void write_product(sp_text *out, const sp_math *m)
{
    for (size_t i = 0; i < m->items; i++) {
        bool dot = i > 0 && (m->kind == SP_MATH_TIMES || m->item[i]->kind == SP_MATH_NUMBER);
        sp_text_add(out, i == 0 ? "" : dot ? " \\cdot " : " \\, ");
        write_item(out, m, i);
    }
}

static void write_big(sp_text *out, const sp_math *m)
{
    if (strcmp(m->text, "sum") == 0)
        sp_text_add(out, "\\sum_{");
    else
        sp_text_format(out, "\\operatorname*{%s}_{", m->text);
    bool stacked = m->items > 2;
    sp_text_add(out, stacked ? "\\substack{" : "");
    for (size_t i = 1; i < m->items; i++) {
        bool condition = m->item[i]->kind == SP_MATH_RELATION;
        bool first = i > 1 && m->item[i - 1]->kind == SP_MATH_INDEX;
        sp_text_add(out, i == 1 ? "" : condition && first ? " \\\\ " : ", ");
        write(out, m->item[i]);
    }
    sp_text_add(out, stacked ? "}} " : "} ");
    write_item(out, m, 0);
}

static void write_sum(sp_text *out, const sp_math *m)
{
    for (size_t i = 0; i < m->items; i++) {
        bool minus = m->minus >> i & 1U;
        sp_text_add(out, i == 0 ? minus ? "-" : "" : minus ? " - " : " + ");
        write_item(out, m, i);
    }
}

static void write(sp_text *out, const sp_math *m)
{
    switch (m->kind) {
    case SP_MATH_SYMBOL:
        write_symbol(out, m->text, NULL);
        break;
    case SP_MATH_INDEX:
        if (strlen(m->text) == 1)
            sp_text_add(out, m->text);
        else
            add_word(out, "mathrm", m->text);
        break;
    case SP_MATH_WORD:
        add_word(out, "mathrm", m->text);
        break;
    case SP_MATH_NUMBER:
        sp_text_add(out, m->text);
        break;
    case SP_MATH_DOTS:
        sp_text_add(out, "\\cdots");
        break;
    case SP_MATH_ENTRY:
    case SP_MATH_SHARD:
        write_below(out, m);
        break;
    case SP_MATH_TRANSPOSE:
    case SP_MATH_POWER:
        write_raised(out, m);
        break;
    case SP_MATH_APPLY: {
        bool tall = sp_math_is_tall(m);
        write_item(out, m, 0);
        sp_text_add(out, tall ? "\\left(" : "(");
        write_from(out, m, 1, ", ");
        sp_text_add(out, tall ? "\\right)" : ")");
        break;
    }
    case SP_MATH_CONDITION:
        sp_text_add(out, "[");
        write(out, m->item[0]);
        sp_text_add(out, "]");
        break;
    case SP_MATH_SIDE_BY_SIDE:
    case SP_MATH_STACKED:
        sp_text_add(out, "\\begin{bmatrix} ");
        write_from(out, m, 0, m->kind == SP_MATH_STACKED ? " \\\\ " : " & ");
        sp_text_add(out, " \\end{bmatrix}");
        break;
    case SP_MATH_SLOPE:
    case SP_MATH_FRACTION: {
        const char *sign = m->kind != SP_MATH_SLOPE ? "" : m->text ? "\\Delta " : "\\partial ";
        bool line = m->kind == SP_MATH_SLOPE && m->minus;
        sp_text_format(out, line ? "%s" : "\\frac{%s", sign);
        write_item(out, m, 0);
        sp_text_format(out, line ? "/%s" : "}{%s", sign);
        write_item(out, m, 1);
        sp_text_add(out, line ? "" : "}");
        break;
    }
    case SP_MATH_PRODUCT:
    case SP_MATH_TIMES:
        write_product(out, m);
        break;
    case SP_MATH_HADAMARD:
        write_from(out, m, 0, " \\odot ");
        break;
    case SP_MATH_BIG:
        write_big(out, m);
        break;
    case SP_MATH_SUM:
        write_sum(out, m);
        break;
    case SP_MATH_RELATION:
        for (size_t i = 0; i < m->items; i++) {
            if (i > 0)
                sp_text_add(out, strcmp(m->text, "×") == 0   ? " \\times "
                                 : strcmp(m->text, "/") == 0 ? "/"
                                 : strcmp(m->text, "|") == 0 ? " \\mid "
                                                             : " = ");
            write_item(out, m, i);
        }
        break;
    case SP_MATH_COUNT:
        break;
    }
}

void sp_math_write_latex(sp_text *out, const sp_math *of)
{
    write(out, of);
}
