/* Derivations as one self-contained HTML page: MathML, inline SVG, no scripts, nothing fetched. */
#include "typeset/escape.h"
#include "typeset/writer.h"

#include <string.h>

static const char style[] =
    ":root{color-scheme:light dark;--ink:#1c2430;--soft:#5b6778;--line:#cfd6df;--page:#fff;"
    "--card:#f5f7fa;--good:#166b3a;--bad:#b3261e;--open:#8a5a00;"
    "--b0:#cfe3fb;--b1:#fbe0c4;--b2:#d3f0d5;--b3:#f6d3e3;--b4:#e3d8fa;--b5:#f7efb8;--b6:#cdeef0;"
    "--b7:#e6dccb;--ba:#e4e8ee}\n"
    "@media(prefers-color-scheme:dark){:root{--ink:#e3e8ef;--soft:#9aa7b8;--line:#3b4552;"
    "--page:#12161c;--card:#1b212a;--good:#6fd29a;--bad:#ff8f85;--open:#f0c36a;"
    "--b0:#1f4a7a;--b1:#7a4a16;--b2:#225c2c;--b3:#74304f;--b4:#4b3684;--b5:#6b5f10;--b6:#17595d;"
    "--b7:#5a4b32;--ba:#333c48}}\n"
    "*{box-sizing:border-box}\n"
    "body{margin:0 auto;padding:1.5rem 1.1rem 4rem;max-width:48rem;background:var(--page);"
    "color:var(--ink);font:1.02rem/1.6 Georgia,'Times New Roman','Noto Serif',"
    "'Noto Serif CJK SC','Songti SC',serif}\n"
    "h1,h2,h3{line-height:1.25;font-weight:600;text-wrap:balance}\n"
    "h1{font-size:1.9rem;margin:.5rem 0 1rem}\n"
    "h2{font-size:1.35rem;margin:2.6rem 0 .8rem;padding-bottom:.25rem;"
    "border-bottom:1px solid var(--line)}\n"
    "h3{font-size:1.08rem;margin:1.8rem 0 .5rem}\n"
    ".no{color:var(--soft);font-weight:400;margin-right:.55em}\n"
    "p{margin:.6rem 0}\n"
    "code,pre{font-family:ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace;"
    "font-size:.88em}\n"
    "code{background:var(--card);border-radius:.25rem;padding:.08em .3em;"
    "overflow-wrap:anywhere}\n"
    "pre{background:var(--card);padding:.8rem;border-radius:.4rem;overflow-x:auto}\n"
    "pre code{padding:0;background:none}\n"
    "dfn{font-style:italic;font-weight:600}:lang(zh) dfn{font-style:normal}\n"
    "math{font-size:1.06em}\n"
    ".f{margin:.7rem 0;overflow-x:auto;overflow-y:hidden;padding:.15rem 0}\n"
    ".f>div{display:grid;grid-template-columns:minmax(7.5rem,max-content) 1fr;"
    "column-gap:.45rem;align-items:baseline;margin:.3rem 0}\n"
    ".f math{text-align:left;margin:0;width:max-content}\n"
    ".f .a{text-align:right;justify-self:end}\n"
    ".t{overflow-x:auto;margin:.9rem 0}\n"
    "table{border-collapse:collapse;font-size:.95em}\n"
    "th,td{text-align:left;vertical-align:top;padding:.28rem .9rem .28rem 0;"
    "border-bottom:1px solid var(--line)}\n"
    "th{font-weight:600;color:var(--soft)}\n"
    ".r{text-align:right}\n"
    "figure{margin:1rem 0;overflow-x:auto}\n"
    "svg{display:block;max-width:100%;height:auto}\n"
    "figcaption,.note{color:var(--soft);font-size:.88em}\n"
    "svg text{fill:var(--ink);text-anchor:middle;font:12px ui-sans-serif,'DejaVu Sans',Arial,"
    "sans-serif}\n"
    "svg .n{font:15px Georgia,'Times New Roman',serif}svg .d{font:11px Georgia,serif;"
    "fill:var(--soft)}svg .o{font-size:16px}\n"
    "svg .i{font-style:italic}svg .s{font-size:.68em}\n"
    "svg rect{stroke:var(--ink);stroke-width:1}\n"
    ".b0{fill:var(--b0)}.b1{fill:var(--b1)}.b2{fill:var(--b2)}.b3{fill:var(--b3)}"
    ".b4{fill:var(--b4)}.b5{fill:var(--b5)}.b6{fill:var(--b6)}.b7{fill:var(--b7)}"
    ".ba{fill:var(--ba)}.bs{fill:var(--card);stroke-dasharray:4 2}.bh{fill:none;"
    "stroke-dasharray:2 3}\n"
    ".m{display:flex;flex-wrap:wrap;gap:.6rem 2rem;margin:.9rem 0;align-items:center}\n"
    ".m>div{overflow-x:auto;max-width:100%}\n"
    ".m>div{display:flex;align-items:center;gap:.1rem .45rem;flex-wrap:nowrap}\n"
    ".x{border-collapse:separate;border-spacing:0;border:solid var(--ink);border-width:0 1.5px;"
    "border-radius:.55rem;font-size:.82em;"
    "font-family:ui-sans-serif,'DejaVu Sans',Arial,sans-serif;"
    "font-variant-numeric:tabular-nums lining-nums;line-height:1.45}\n"
    ".x td{border:0;padding:.05rem .5rem;text-align:right;white-space:nowrap}\n"
    ".k{margin:1.1rem 0;padding:.7rem .95rem;background:var(--card);border-radius:.4rem;"
    "border-left:.3rem solid var(--soft)}\n"
    ".k.g{border-color:var(--good)}.k.b{border-color:var(--bad)}.k.o{border-color:var(--open)}\n"
    ".k b{margin-right:.4em}.k.g b{color:var(--good)}.k.b b{color:var(--bad)}"
    ".k.o b{color:var(--open)}\n"
    ;
/* Narrow screens, and paper: one page of the document after the other, no scrolling. */
static const char narrow_and_paper[] =
    "@media(max-width:32rem){body{padding:1rem .8rem 3rem;font-size:1rem}"
    "h1{font-size:1.5rem}h2{font-size:1.2rem}"
    ".f>div{display:flex;flex-wrap:wrap;gap:.35rem .4rem;margin:.45rem 0}"
    ".f .q{max-width:100%;overflow-x:auto;overflow-y:hidden}.f .c .q{padding-left:1.2rem}"
    "th,td{padding-right:.6rem}}\n"
    "@page{margin:18mm 16mm}\n"
    "@media print{:root{color-scheme:light;--ink:#000;--soft:#444;--line:#bbb;--page:#fff;"
    "--card:#f3f3f3;--good:#0b5a2b;--bad:#a11;--open:#740;--b0:#cfe3fb;--b1:#fbe0c4;--b2:#d3f0d5;"
    "--b3:#f6d3e3;--b4:#e3d8fa;--b5:#f7efb8;--b6:#cdeef0;--b7:#e6dccb;--ba:#e4e8ee}"
    "body{max-width:none;padding:0;font-size:10.5pt}h1{font-size:19pt}h2{font-size:14pt}"
    "h3{font-size:11.5pt}"
    "h1,h2,h3{break-after:avoid}p{orphans:3;widows:3}"
    "figure,.f,.k,tr,.m>div{break-inside:avoid}.f,.t,figure,pre,.m>div{overflow:visible}"
    "pre{white-space:pre-wrap}svg *,.k{print-color-adjust:exact;-webkit-print-color-adjust:exact}}\n";

static void add_math(sp_text *out, const sp_math *math)
{
    sp_text_add(out, "<math>");
    sp_math_write_mathml(out, math);
    sp_text_add(out, "</math>");
}

static void add_runs(sp_writing *w, const sp_spelling *s)
{
    static const char *const open[] = {"", "<dfn>", "<code>", ""};
    static const char *const close[] = {"", "</dfn>", "</code>", ""};
    for (size_t i = 0; i < s->runs; i++) {
        const sp_run_of_text *run = &s->run[i];
        if (run->kind == SP_SPAN_MATH) {
            add_math(w->out, sp_math_inline(w->pool, run->math));
            continue;
        }
        sp_text_add(w->out, open[run->kind]);
        sp_escape_html(w->out, run->text);
        sp_text_add(w->out, close[run->kind]);
    }
}

/* Without elements: for the title. */
static void add_plain(sp_writing *w, const sp_spelling *s)
{
    for (size_t i = 0; i < s->runs; i++) {
        sp_text text = sp_text_in(w->pool);
        if (s->run[i].kind == SP_SPAN_MATH)
            sp_math_write_text(&text, s->run[i].math, false);
        else
            sp_text_add(&text, s->run[i].text);
        sp_escape_html(w->out, sp_text_string(&text));
    }
}

static void begin(sp_writing *w)
{
    static const char *const tag[SP_LANGUAGE_COUNT] = {"en", "zh-Hans"};
    sp_spelling title = sp_spell_one(w, w->doc->root->heading);
    sp_text_format(w->out, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\"/>\n"
                           "<meta name=\"viewport\" content=\"width=device-width, "
                           "initial-scale=1\"/>\n<title>", tag[w->options->language]);
    add_plain(w, &title);
    sp_text_format(w->out, "</title>\n<style>\n%s%s</style>\n</head>\n<body>\n<main>\n",
                   style, narrow_and_paper);
}

static void end(sp_writing *w)
{
    sp_text_add(w->out, "</main>\n</body>\n</html>\n");
}

static void write_section(sp_writing *w, const sp_block *block)
{
    sp_spelling heading = sp_spell_one(w, block->heading);
    if (block->level > 1)
        sp_text_format(w->out, "<section id=\"s%s\">\n", block->number);
    sp_text_format(w->out, "<h%u>", block->level);
    if (*block->number)
        sp_text_format(w->out, "<span class=\"no\">%s</span>", block->number);
    add_runs(w, &heading);
    sp_text_format(w->out, "</h%u>\n", block->level);
}

static void write_section_end(sp_writing *w, const sp_block *block)
{
    if (block->level > 1)
        sp_text_add(w->out, "</section>\n");
}

static void write_paragraph(sp_writing *w, const sp_block *block)
{
    static const char *const class[] = {"k", "k g", "k b", "k o"};
    static const char *const sign[] = {"", "<b>✓</b>", "<b>✗</b>", "<b>?</b>"};
    sp_spelling s = sp_spell_all(w, &block->say);
    if (block->kind == SP_BLOCK_MARK)
        sp_text_format(w->out, "<p class=\"%s\">%s", class[block->mark], sign[block->mark]);
    else
        sp_text_add(w->out, "<p>");
    add_runs(w, &s);
    sp_text_add(w->out, "</p>\n");
}

static void write_formulas(sp_writing *w, const sp_block *block)
{
    sp_text_add(w->out, "<div class=\"f\">\n");
    for (size_t i = 0; i < block->formulas.count; i++) {
        const sp_math *right, *left = sp_formula_left(block->formulas.item[i], &right);
        sp_text_add(w->out, left ? "<div>" : "<div class=\"c\">");
        sp_text_add(w->out, "<math display=\"block\" class=\"a\">");
        if (left && left != right)
            sp_math_write_mathml(w->out, left);
        sp_text_add(w->out, "</math><math display=\"block\" class=\"q\">");
        if (left != right)
            sp_text_add(w->out, "<mo>=</mo>");
        sp_math_write_mathml(w->out, right);
        sp_text_add(w->out, "</math></div>\n");
    }
    sp_text_add(w->out, "</div>\n");
}

static void write_table(sp_writing *w, const sp_block *block)
{
    const sp_grid *grid = &block->grid;
    size_t columns = grid->columns;
    sp_text_add(w->out, "<div class=\"t\"><table>\n<thead><tr>");
    for (size_t c = 0; c < columns; c++) {
        sp_spelling s = sp_spell_one(w, grid->header[c]);
        sp_text_add(w->out, grid->right[c] ? "<th scope=\"col\" class=\"r\">"
                                           : "<th scope=\"col\">");
        add_runs(w, &s);
        sp_text_add(w->out, "</th>");
    }
    sp_text_add(w->out, "</tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < grid->cells; i++) {
        sp_spelling s = sp_spell_cell(w, &grid->cell[i]);
        sp_text_add(w->out, i % columns == 0 ? "<tr>" : "");
        sp_text_add(w->out, grid->right[i % columns] ? "<td class=\"r\">" : "<td>");
        add_runs(w, &s);
        sp_text_add(w->out, "</td>");
        sp_text_add(w->out, (i + 1) % columns == 0 ? "</tr>\n" : "");
    }
    sp_text_add(w->out, "</tbody>\n</table></div>\n");
}

static void write_picture(sp_writing *w, const sp_block *block)
{
    bool elided, distorted;
    sp_text_add(w->out, "<figure>");
    sp_picture_write_svg(w->out, w->pool, block->picture, &elided, &distorted);
    const sp_phrase *note = sp_picture_note(elided, distorted);
    if (note) {
        sp_spelling s = sp_spell_one(w, note);
        sp_text_add(w->out, "<figcaption>");
        add_runs(w, &s);
        sp_text_add(w->out, "</figcaption>");
    }
    sp_text_add(w->out, "</figure>\n");
}

/* Decimal points stand under each other: figure spaces (U+2007) where a column has more digits. */
static void add_number(sp_writing *w, const sp_numbers *n, size_t i, size_t j)
{
    size_t most = 0, own = 0;
    for (size_t k = 0; k < n->rows; k++) {
        const char *cell = n->cell[k * n->columns + j], *point = cell ? strchr(cell, '.') : NULL;
        size_t digits = point ? strlen(point) : 0;
        most = digits > most ? digits : most;
        own = k == i ? digits : own;
    }
    const char *cell = n->cell[i * n->columns + j];
    if (cell && *cell == '-' && cell[1])
        sp_text_format(w->out, "−%s", cell + 1);
    else
        sp_escape_html(w->out, cell ? cell : "…");
    if (cell && most > own)
        sp_text_add_repeated(w->out, "\xE2\x80\x87", most - own);
}

static void write_numbers(sp_writing *w, const sp_block *block)
{
    sp_text_add(w->out, "<div class=\"m\">\n");
    for (size_t m = 0; m < block->matrices; m++) {
        const sp_numbers *n = &block->numbers[m];
        sp_text_add(w->out, "<div>");
        add_math(w->out, sp_math_inline(w->pool, n->name));
        if (n->rows > 0) {
            sp_text_add(w->out, "<span class=\"e\">=</span><table class=\"x\"><tbody>");
            for (size_t i = 0; i < n->rows; i++) {
                sp_text_add(w->out, "<tr>");
                for (size_t j = 0; j < n->columns; j++) {
                    sp_text_add(w->out, "<td>");
                    add_number(w, n, i, j);
                    sp_text_add(w->out, "</td>");
                }
                sp_text_add(w->out, "</tr>");
            }
            sp_text_add(w->out, "</tbody></table>");
        }
        if (n->note) {
            sp_spelling s = sp_spell_one(w, n->note);
            sp_text_add(w->out, " <span class=\"note\">");
            add_runs(w, &s);
            sp_text_add(w->out, "</span>");
        }
        sp_text_add(w->out, "</div>\n");
    }
    sp_text_add(w->out, "</div>\n");
}

static void write_code(sp_writing *w, const sp_block *block)
{
    sp_text_add(w->out, "<pre><code>");
    sp_escape_html(w->out, block->code);
    sp_text_add(w->out, "</code></pre>\n");
}

const sp_writer sp_writer_html = {
    .begin = begin,
    .section = write_section,
    .section_end = write_section_end,
    .paragraph = write_paragraph,
    .formulas = write_formulas,
    .table = write_table,
    .picture = write_picture,
    .numbers = write_numbers,
    .code = write_code,
    .end = end,
};
