/* Formulas as MathML Core: what goes inside of a <math> element. */
#include "typeset/math.h"
#include "typeset/escape.h"

#include <string.h>

static void write(sp_text *out, const sp_math *m);

static void token(sp_text *out, const char *element, const char *text)
{
    sp_text_format(out, "<%s>", element);
    sp_escape_html(out, text);
    const char *end = strchr(element, ' ');
    sp_text_format(out, "</%.*s>", (int)(end ? end - element : (ptrdiff_t)strlen(element)), element);
}

static void operator_sign(sp_text *out, const char *sign)
{
    token(out, "mo", sign);
}

/* A bracket; it grows with what it holds only if that is higher than a line. */
static void fence(sp_text *out, const char *sign, bool grows)
{
    sp_text_format(out, grows ? "<mo>%s</mo>" : "<mo stretchy=\"false\">%s</mo>", sign);
}

static void bracketed(sp_text *out, const sp_math *m, size_t at, bool brackets)
{
    if (brackets)
        sp_text_add(out, "<mrow>");
    if (brackets)
        fence(out, "(", sp_math_is_tall(m->item[at]));
    write(out, m->item[at]);
    if (brackets)
        fence(out, ")", sp_math_is_tall(m->item[at]));
    if (brackets)
        sp_text_add(out, "</mrow>");
}

static void write_item(sp_text *out, const sp_math *m, size_t at)
{
    bracketed(out, m, at, sp_math_brackets(m, at, true));
}

static void write_from(sp_text *out, const sp_math *m, size_t first, const char *between)
{
    for (size_t i = first; i < m->items; i++) {
        if (i > first)
            operator_sign(out, between);
        write_item(out, m, i);
    }
}

/* One element. below: what follows in the subscript, or NULL. */
static void write_symbol(sp_text *out, const char *text, const sp_math *below)
{
    sp_symbol_parts parts = sp_math_symbol_parts(out->pool, text);
    bool under = *parts.word || below, over = *parts.layer || parts.prime;
    const char *script = under && over ? "msubsup" : under ? "msub" : over ? "msup" : "mrow";
    if (parts.gradient)
        sp_text_add(out, "<mrow><mi mathvariant=\"normal\">d</mi>");
    sp_text_format(out, "<%s>", script);
    token(out, parts.upright ? "mi mathvariant=\"normal\"" : "mi", parts.letter);
    if (under) {
        sp_text_add(out, "<mrow>");
        if (*parts.word)
            token(out, "mtext", parts.word);
        if (*parts.word && below)
            operator_sign(out, ",");
        if (below)
            write_from(out, below, 1, ",");
        sp_text_add(out, "</mrow>");
    }
    if (*parts.layer)
        sp_text_format(out, "<mn>(%s)</mn>", parts.layer);
    else if (parts.prime)
        operator_sign(out, "′");
    sp_text_format(out, "</%s>", script);
    sp_text_add(out, parts.gradient ? "</mrow>" : "");
}

static void write_below(sp_text *out, const sp_math *m)
{
    if (m->item[0]->kind == SP_MATH_SYMBOL) {
        write_symbol(out, m->item[0]->text, m);
        return;
    }
    if (sp_math_has_brackets(m)) {
        sp_text_add(out, "<mrow>");
        write_item(out, m, 0);
        fence(out, "[", false);
        write_from(out, m, 1, ",");
        fence(out, "]", false);
        sp_text_add(out, "</mrow>");
        return;
    }
    sp_text_add(out, "<msub>");
    write_item(out, m, 0);
    sp_text_add(out, "<mrow>");
    write_from(out, m, 1, ",");
    sp_text_add(out, "</mrow></msub>");
}

static void write_raised(sp_text *out, const sp_math *m)
{
    bool plain = m->item[0]->kind == SP_MATH_SYMBOL && strlen(m->item[0]->text) == 1;
    sp_text_add(out, "<msup>");
    bracketed(out, m, 0, !plain);
    if (m->kind == SP_MATH_TRANSPOSE)
        sp_text_add(out, "<mo>⊤</mo>");
    else
        write(out, m->item[1]);
    sp_text_add(out, "</msup>");
}

static void write_big(sp_text *out, const sp_math *m)
{
    bool sum = strcmp(m->text, "sum") == 0;
    sp_text_add(out, "<mrow><munder>");
    if (sum)
        sp_text_add(out, "<mo movablelimits=\"false\">∑</mo>");
    else
        token(out, "mo lspace=\"0.2em\" rspace=\"0.2em\"", m->text);
    sp_text_add(out, "<mrow>");
    for (size_t i = 1; i < m->items; i++) {
        bool condition = m->item[i]->kind == SP_MATH_RELATION;
        bool first = i > 1 && m->item[i - 1]->kind == SP_MATH_INDEX;
        if (i > 1)
            operator_sign(out, condition && first ? ":" : ",");
        write(out, m->item[i]);
    }
    sp_text_add(out, "</mrow></munder>");
    write_item(out, m, 0);
    sp_text_add(out, "</mrow>");
}

static void write_blocks(sp_text *out, const sp_math *m)
{
    bool stacked = m->kind == SP_MATH_STACKED;
    sp_text_add(out, "<mrow><mo>[</mo><mtable>");
    sp_text_add(out, stacked ? "" : "<mtr>");
    for (size_t i = 0; i < m->items; i++) {
        sp_text_add(out, stacked ? "<mtr><mtd>" : "<mtd>");
        write(out, m->item[i]);
        sp_text_add(out, stacked ? "</mtd></mtr>" : "</mtd>");
    }
    sp_text_add(out, stacked ? "" : "</mtr>");
    sp_text_add(out, "</mtable><mo>]</mo></mrow>");
}

static void write_sum(sp_text *out, const sp_math *m)
{
    for (size_t i = 0; i < m->items; i++) {
        bool minus = m->minus >> i & 1U;
        if (i > 0 || minus)
            operator_sign(out, minus ? "−" : "+");
        write_item(out, m, i);
    }
}

/* One element for each kind, so that it may stand where MathML wants exactly one. */
static void write(sp_text *out, const sp_math *m)
{
    switch (m->kind) {
    case SP_MATH_SYMBOL:
        write_symbol(out, m->text, NULL);
        return;
    case SP_MATH_INDEX:
        token(out, strlen(m->text) == 1 ? "mi" : "mtext", m->text);
        return;
    case SP_MATH_WORD:
        token(out, "mtext", m->text);
        return;
    case SP_MATH_NUMBER:
        token(out, "mn", m->text);
        return;
    case SP_MATH_DOTS:
        operator_sign(out, m->text ? m->text : "⋯");
        return;
    case SP_MATH_ENTRY:
    case SP_MATH_SHARD:
        write_below(out, m);
        return;
    case SP_MATH_TRANSPOSE:
    case SP_MATH_POWER:
        write_raised(out, m);
        return;
    case SP_MATH_BIG:
        write_big(out, m);
        return;
    case SP_MATH_SIDE_BY_SIDE:
    case SP_MATH_STACKED:
        write_blocks(out, m);
        return;
    case SP_MATH_SLOPE:
    case SP_MATH_FRACTION: {
        bool line = m->kind == SP_MATH_SLOPE && m->minus;
        sp_text_add(out, line ? "<mrow>" : "<mfrac>");
        for (size_t i = 0; i < 2; i++) {
            if (line && i == 1)
                sp_text_add(out, "<mo lspace=\"0.1em\" rspace=\"0.1em\">/</mo>");
            sp_text_add(out, "<mrow>");
            if (m->kind == SP_MATH_SLOPE)
                sp_text_format(out, "<mo lspace=\"0\" rspace=\"0\">%s</mo>", m->text ? m->text : "∂");
            write_item(out, m, i);
            sp_text_add(out, "</mrow>");
        }
        sp_text_add(out, line ? "</mrow>" : "</mfrac>");
        return;
    }
    default:
        break;
    }
    sp_text_add(out, "<mrow>");
    switch (m->kind) {
    case SP_MATH_APPLY:
        write_item(out, m, 0);
        sp_text_add(out, "<mo>&#x2061;</mo><mrow>"); /* function application */
        fence(out, "(", sp_math_is_tall(m));
        write_from(out, m, 1, ",");
        fence(out, ")", sp_math_is_tall(m));
        sp_text_add(out, "</mrow>");
        break;
    case SP_MATH_CONDITION:
        fence(out, "[", false);
        write(out, m->item[0]);
        fence(out, "]", false);
        break;
    case SP_MATH_PRODUCT:
    case SP_MATH_TIMES:
        for (size_t i = 0; i < m->items; i++) {
            bool dot = m->kind == SP_MATH_TIMES || m->item[i]->kind == SP_MATH_NUMBER;
            if (i > 0 && dot)
                operator_sign(out, "·");
            else if (i > 0)
                sp_text_add(out, "<mspace width=\"0.2em\"/>");
            write_item(out, m, i);
        }
        break;
    case SP_MATH_HADAMARD:
        write_from(out, m, 0, "⊙");
        break;
    case SP_MATH_SUM:
        write_sum(out, m);
        break;
    case SP_MATH_RELATION:
        write_from(out, m, 0, m->text);
        break;
    default:
        break;
    }
    sp_text_add(out, "</mrow>");
}

void sp_math_write_mathml(sp_text *out, const sp_math *of)
{
    write(out, of);
}
