/* Whole derivations in every format and language: HTML that a strict reader takes, TeX with closed groups,
 * text within its width, the same bytes each time, sinks that fall short, memory that runs out. */
#include "failing.h"
#include "typeset/escape.h"

#include <shardproof/shardproof.h>

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* ---- documents ---- */

typedef struct buffer {
    char *bytes;
    size_t length, room;
} buffer;

static bool take(void *context, const char *bytes, size_t length)
{
    buffer *b = context;
    if (b->room && b->length + length > b->room)
        return false;
    b->bytes = realloc(b->bytes, b->length + length + 1);
    assert_non_null(b->bytes);
    memcpy(b->bytes + b->length, bytes, length);
    b->length += length;
    b->bytes[b->length] = '\0';
    return true;
}

typedef struct loaded {
    sp_cases *cases;
    sp_derivation *derivation;
} loaded;

static const char wrong[] = /* with names that every format has to escape */
    "scheme a_b-c\nmesh t_p\ninput X[N, Din], Y[N, Dout]\n"
    "param W1[Din, Dh/t_p], b1[Dh/t_p], W2[Dh/t_p, Dout], b2[Dout]\n"
    "forward\n  Z1 = X @ W1 + b1\n  A1_all = sigma(Z1)\n  Z2 = allreduce(A1_all @ W2, t_p) + b2\n"
    "  A2 = g(Z2)\nbackward\n  D2 = -(loss'(A2, Y) * g'(Z2)) # <&\"\n  dW2 = A1_all^T @ D2\n"
    "result Z2[N, Dout], dW2[Dh/t_p, Dout]\n"
    "case x_y\n  dims N = 2, Din = 3, Dh = 5, Dout = 1\n  network sigma(z) = max(z, -z) / 3\n"
    "  scheme a_b-c\n  mesh t_p = 3\n  split Dh/t_p = 3 + 0 + 2\n";

static const struct { const char *what, *name; int code; } documents[] = {
    {"data-parallel", NULL, 0}, {"delta-rule", NULL, 0}, {"dp-tp", NULL, 0},
    {"dp-tp-fsdp", NULL, 0}, {"fsdp", NULL, 0}, {"hsdp-tp-sp", NULL, 0}, {"megatron", NULL, 0},
    {"row-column", NULL, 0}, {"sequence-parallel", NULL, 0},
    {"cases/notes.case", "notes", 0},
    {"cases/bugs/T4.case", "T4", 1}, {"cases/bugs/T9.case", "T9", 1},
    {"cases/bugs/D1.case", NULL, 1},
    {"cases/claims/04-dW2-is-not-a-sum.case", NULL, 1},
    {"cases/claims/06-dW1-needs-sigma-prime.case", NULL, 1},
    {"<text>", "x_y", 1}};

enum { DOCUMENTS = sizeof documents / sizeof *documents };

static size_t case_named(const sp_cases *cases, const char *name)
{
    for (size_t i = 0; i < sp_cases_count(cases); i++)
        if (!name || strcmp(sp_cases_info(cases, i)->name, name) == 0)
            return i;
    fail_msg("there is no case %s", name);
    return 0;
}

static loaded load(size_t which)
{
    loaded l = {NULL, NULL};
    const char *what = documents[which].what;
    sp_status status;
    if (*what == '<') {
        status = sp_cases_load_text(&l.cases, "a<b>&\"_$%#.case", wrong, sizeof wrong - 1, NULL);
    } else if (strchr(what, '/')) {
        char path[512];
        snprintf(path, sizeof path, "%s/%s", SOURCE_DIR, what);
        status = sp_cases_load_file(&l.cases, path, NULL);
    } else {
        status = sp_cases_load_builtin(&l.cases, what, NULL);
    }
    assert_int_equal(status, SP_OK);
    if (sp_cases_count(l.cases) > 0)
        status = sp_derive_case(&l.derivation, l.cases, case_named(l.cases, documents[which].name),
                                NULL);
    else
        status = sp_derive_scheme(&l.derivation, l.cases, 0, NULL);
    assert_int_equal(status, SP_OK);
    return l;
}

static void unload(loaded *l)
{
    sp_derivation_close(l->derivation);
    sp_cases_close(l->cases);
}

static char *written(const loaded *l, const char *format, const char *language,
                     const sp_derivation_style *style)
{
    buffer b = {NULL, 0, 0};
    assert_int_equal(sp_derivation_write(l->derivation, format, language, style,
                                         (sp_sink){take, &b}), SP_OK);
    return b.bytes;
}

static size_t stride = 1; /* under valgrind: only each of so many documents */

static void for_each_document(void (*check)(const loaded *l, const char *language, const char *about))
{
    for (size_t d = 0; d < DOCUMENTS; d += stride) {
        loaded l = load(d);
        assert_int_equal(sp_derivation_exit_code(l.derivation), documents[d].code);
        for (size_t i = 0; sp_derivation_language(i); i++)
            check(&l, sp_derivation_language(i), documents[d].what);
        unload(&l);
    }
}

/* ---- a strict reader of HTML, as XML with the nesting that HTML asks for ---- */

typedef struct reader {
    const char *at, *problem;
    jmp_buf refuse;
    char open[64][24]; /* the elements that are open */
    size_t depth;
    char ids[8192];
} reader;

static void bad(reader *r, const char *what)
{
    r->problem = what;
    longjmp(r->refuse, 1);
}

/* Content of elements that may hold only text and elements of running text. */
static bool is_phrasing_only(const char *element)
{
    static const char *const list[] = {"p", "h1", "h2", "h3", "title", "dfn", "code", "span", "b",
                                       "th", "text", "tspan", "mi", "mo", "mn", "mtext"};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        if (strcmp(list[i], element) == 0)
            return true;
    return false;
}

static bool is_block(const char *element)
{
    static const char *const list[] = {"p", "h1", "h2", "h3", "div", "section", "main", "table",
                                       "figure", "pre", "tr", "td", "tbody"};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        if (strcmp(list[i], element) == 0)
            return true;
    return false;
}

static bool is_in(const reader *r, const char *element)
{
    for (size_t i = 0; i < r->depth; i++)
        if (strcmp(r->open[i], element) == 0)
            return true;
    return false;
}

static const char *parent(const reader *r)
{
    return r->depth ? r->open[r->depth - 1] : "";
}

static void check_nesting(reader *r, const char *element)
{
    static const struct { const char *element, *parent; } only[] = {
        {"td", "tr"}, {"mtr", "mtable"}, {"mtd", "mtr"}, {"body", "html"}, {"head", "html"},
        {"tspan", "text"}, {"figcaption", "figure"}};
    for (size_t i = 0; i < sizeof only / sizeof *only; i++)
        if (strcmp(only[i].element, element) == 0 && strcmp(only[i].parent, parent(r)) != 0)
            bad(r, "an element in the wrong one");
    for (size_t i = 0; is_block(element) && i < r->depth; i++)
        if (is_phrasing_only(r->open[i]) && strcmp(r->open[i], "th") != 0)
            bad(r, "a block inside of running text");
    bool math = element[0] == 'm' && strcmp(element, "main") != 0 && strcmp(element, "meta") != 0 &&
                strcmp(element, "math") != 0;
    if (math != is_in(r, "math"))
        bad(r, "formulas and other elements are mixed");
    bool drawing = strcmp(element, "rect") == 0 || strcmp(element, "text") == 0;
    if (drawing && !is_in(r, "svg"))
        bad(r, "drawing outside of a picture");
}

static void read_entity(reader *r)
{
    static const char *const known[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;", "&#x2061;"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strncmp(r->at, known[i], strlen(known[i])) == 0) {
            r->at += strlen(known[i]);
            return;
        }
    bad(r, "an unknown entity");
}

static void read_attribute(reader *r)
{
    const char *name = r->at;
    size_t length = strcspn(name, "=");
    r->at += length;
    if (strncmp(r->at, "=\"", 2) != 0)
        bad(r, "an attribute without quotes");
    const char *value = r->at += 2;
    while (*r->at != '"') {
        if (*r->at == '<' || *r->at == '\0')
            bad(r, "a quote that is not closed");
        if (*r->at == '&')
            read_entity(r);
        else
            r->at++;
    }
    int size = (int)(r->at - value);
    if (length == 2 && strncmp(name, "id", 2) == 0) {
        char id[64];
        snprintf(id, sizeof id, " %.*s ", size, value);
        if (strstr(r->ids, id))
            bad(r, "an id that is used twice");
        strncat(r->ids, id, sizeof r->ids - strlen(r->ids) - 1);
    }
    if (strncmp(name, "src", 3) == 0 || strncmp(name, "href", 4) == 0 || strncmp(name, "on", 2) == 0)
        bad(r, "something is fetched or run");
    r->at++;
}

static void read_tag(reader *r)
{
    char element[24];
    bool close = r->at[1] == '/';
    r->at += close ? 2 : 1;
    size_t length = strspn(r->at, "abcdefghijklmnopqrstuvwxyz0123456789");
    if (length == 0 || length >= sizeof element)
        bad(r, "not a tag");
    memcpy(element, r->at, length);
    element[length] = '\0';
    r->at += length;
    if (close) {
        if (strcmp(element, parent(r)) != 0)
            bad(r, "the wrong element is closed");
        r->depth--;
    } else {
        check_nesting(r, element);
        while (*r->at == ' ') {
            r->at++;
            read_attribute(r);
        }
        if (*r->at == '/') {
            r->at++;
        } else {
            if (r->depth == 64)
                bad(r, "too deep");
            strcpy(r->open[r->depth++], element);
        }
    }
    if (*r->at != '>')
        bad(r, "a tag that is not closed");
    r->at++;
}

static void read_page(reader *r)
{
    static const char doctype[] = "<!DOCTYPE html>\n";
    if (strncmp(r->at, doctype, sizeof doctype - 1) != 0)
        bad(r, "no doctype");
    r->at += sizeof doctype - 1;
    while (*r->at) {
        if (*r->at == '<')
            read_tag(r);
        else if (*r->at == '&')
            read_entity(r);
        else if (*r->at == '>' && !is_in(r, "style"))
            bad(r, "a bracket that is not escaped");
        else
            r->at++;
    }
    if (r->depth > 0)
        bad(r, "an element is open at the end");
}

/* What is wrong with a page, static; NULL if nothing is. */
static const char *problem_of(const char *text)
{
    reader *r = calloc(1, sizeof *r);
    assert_non_null(r);
    r->at = text;
    if (setjmp(r->refuse) == 0)
        read_page(r);
    else
        print_message("%s at: %.60s\n", r->problem, r->at);
    const char *problem = r->problem;
    free(r);
    return problem;
}

static void check_html(const loaded *l, const char *language, const char *about)
{
    char *text = written(l, "html", language, NULL);
    if (problem_of(text))
        fail_msg("%s: the page is not well formed", about);
    const char *tag = strcmp(language, "zh") == 0 ? "<html lang=\"zh-Hans\">" : "<html lang=\"en\">";
    assert_non_null(strstr(text, tag));
    assert_null(strstr(text, "<script"));
    assert_null(strstr(text, "@import"));
    assert_null(strstr(text, "url("));
    assert_non_null(strstr(text, "prefers-color-scheme:dark"));
    assert_non_null(strstr(text, "@media print"));
    free(text);
}

/* Breaks if a tag is not closed, nested as HTML forbids, or a name is not escaped. */
static void html_is_well_formed(void **unused)
{
    (void)unused;
    for_each_document(check_html);
}

/* The reader itself refuses what is wrong. */
static void html_reader_is_strict(void **unused)
{
    (void)unused;
    static const char *const wrong_pages[] = {
        "<!DOCTYPE html>\n<p>", "<!DOCTYPE html>\n<p></div>", "<!DOCTYPE html>\n<p>&nbsp;</p>",
        "<!DOCTYPE html>\n<p><div></div></p>", "<!DOCTYPE html>\n<p>a > b</p>",
        "<!DOCTYPE html>\n<div><mi>x</mi></div>", "<!DOCTYPE html>\n<p id=\"a\"></p><p id=\"a\"></p>",
        "<!DOCTYPE html>\n<p class=a></p>", "<!DOCTYPE html>\n<td></td>", "<p></p>",
        "<!DOCTYPE html>\n<div src=\"x\"></div>"};
    for (size_t i = 0; i < sizeof wrong_pages / sizeof *wrong_pages; i++)
        assert_non_null(problem_of(wrong_pages[i]));
    assert_null(problem_of("<!DOCTYPE html>\n<p id=\"a\">&amp;<math><mi>x</mi></math></p>"));
}

/* ---- TeX ---- */

static void check_latex(const loaded *l, const char *language, const char *about)
{
    char *text = written(l, "latex", language, NULL), stack[256][32];
    size_t depth = 0, groups = 0, dollars = 0;
    for (const char *at = text; *at; at++) {
        if (*at == '%' && (at == text || at[-1] == '\n')) { /* a comment */
            at += strcspn(at, "\n");
            continue;
        }
        if (*at == '\\') {
            bool begin = strncmp(at, "\\begin{", 7) == 0, end = strncmp(at, "\\end{", 5) == 0;
            if (begin || end) {
                const char *name = at + (begin ? 7 : 5);
                size_t length = strcspn(name, "}");
                assert_true(length < sizeof stack[0] && depth < 256);
                if (begin) {
                    memcpy(stack[depth], name, length);
                    stack[depth++][length] = '\0';
                } else if (depth == 0 || strncmp(stack[--depth], name, length) != 0) {
                    fail_msg("%s: \\end{%.*s} closes nothing", about, (int)length, name);
                }
            }
            at++; /* what is escaped */
            continue;
        }
        groups += *at == '{';
        if (*at == '}' && groups-- == 0)
            fail_msg("%s: a group is closed that is not open", about);
        dollars += *at == '$';
        if (*at == '#' || (*at == '_' && dollars % 2 == 0 && !strstr(text, "\\begin{document}")))
            fail_msg("%s: not escaped: %.30s", about, at);
    }
    assert_int_equal(depth, 0);
    assert_int_equal(groups, 0);
    assert_int_equal(dollars % 2, 0);
    free(text);
}

static void latex_groups_are_closed(void **unused)
{
    (void)unused;
    for_each_document(check_latex);
}

/* ---- Markdown ---- */

static void check_markdown(const loaded *l, const char *language, const char *about)
{
    char *text = written(l, "markdown", language, NULL);
    size_t fences = 0, columns = 0;
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        size_t bars = 0;
        if (strncmp(line, "```", 3) == 0) {
            fences++;
            continue;
        }
        if (fences % 2)
            continue;
        for (const char *c = line; *c; c++)
            bars += *c == '|' && (c == line || c[-1] != '\\');
        if (bars == 0)
            columns = 0;
        else if (columns == 0)
            columns = bars;
        else if (columns != bars)
            fail_msg("%s: a row of %zu bars in a table of %zu: %s", about, bars, columns, line);
    }
    assert_int_equal(fences % 2, 0);
    free(text);
}

static void markdown_tables_are_even(void **unused)
{
    (void)unused;
    for_each_document(check_markdown);
}

/* ---- text ---- */

static void check_width(const loaded *l, const char *language, const char *about)
{
    static const size_t widths[] = {40, 80, 133};
    for (size_t i = 0; i < 3; i++) {
        const sp_derivation_style style = {.width = widths[i]};
        char *text = written(l, "text", language, &style);
        bool code = false; /* a counterexample stands as it is in a file */
        for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
            code = strncmp(line, "    scheme ", 11) == 0 || strncmp(line, "    case ", 9) == 0 ||
                   (code && strncmp(line, "    ", 4) == 0);
            if (!code && sp_text_columns(line) > widths[i])
                fail_msg("%s: wider than %zu: %s", about, widths[i], line);
        }
        free(text);
    }
    const sp_derivation_style ascii = {.ascii = true};
    char *text = written(l, "text", language, &ascii);
    for (const char *c = text; strcmp(language, "en") == 0 && *c; c++)
        if ((unsigned char)*c >= 0x80)
            fail_msg("%s: not ASCII: %.20s", about, c);
    free(text);
}

static void text_keeps_its_width(void **unused)
{
    (void)unused;
    for_each_document(check_width);
}

static void check_contents(const loaded *l, const char *language, const char *about)
{
    char *text = written(l, "text", language, NULL);
    char *again = written(l, "text", language, NULL);
    assert_string_equal(text, again);
    if (strcmp(language, "en") == 0 && strcmp(about, "megatron") == 0) {
        static const char *const said[] = {
            "δ2 = ∂L/∂Z2 = ∂L/∂A2 ⊙ g'(Z2)", "= loss'(A2, Y) ⊙ g'(Z2)", "dW2 = ∂L/∂W2 = A1ᵀ δ2",
            "db2 = ∂L/∂b2 = Σ_n δ2[n,:]", "∂L/∂A1 = δ2 W2ᵀ", "= (δ2 W2ᵀ) ⊙ σ'(Z1)",
            "dW1 = ∂L/∂W1 = Xᵀ δ1", "dX = ∂L/∂X = δ1 W1ᵀ", "Z2 = Σ_q A1_q W2_q + b2",
            "Σ_q Σ(k: own(k) = q) A1[n,k] W2[k,o] = Σ_k A1[n,k] W2[k,o]",
            "dW1 = [ dW1_0 │ dW1_1 │ … │ dW1_(P-1) ]", "2·(P-1)·N·Dout"};
        for (size_t i = 0; i < sizeof said / sizeof *said; i++)
            if (!strstr(text, said[i]))
                fail_msg("%s is not said", said[i]);
    }
    free(text);
    free(again);
}

/* The same bytes each time; and what the notes derive is there, in the forms that they give it. */
static void the_rule_is_derived(void **unused)
{
    (void)unused;
    for_each_document(check_contents);
}

/* The derivation of a wrong scheme ends at the line, and nothing after it is derived. */
static void wrong_schemes_end_where_they_part(void **unused)
{
    (void)unused;
    loaded l = load(10); /* T4 */
    char *text = written(&l, "text", "en", NULL);
    assert_non_null(strstr(text, "dX = D1 @ W1^T <- here it parts from the delta rule"));
    assert_non_null(strstr(text, "T4.case:22"));
    assert_non_null(strstr(text, "missing (an all-reduce)"));
    assert_non_null(strstr(text, "case T4-dX-counterexample"));
    assert_null(strstr(text, "How the ranks' results make the whole"));
    assert_null(strstr(text, "So dX"));
    free(text);
    unload(&l);
    l = load(DOCUMENTS - 1); /* the sign is wrong in D2, so dW2 is not derived */
    text = written(&l, "text", "en", NULL);
    assert_non_null(strstr(text, "the sign is wrong"));
    assert_null(strstr(text, "7.2"));
    free(text);
    unload(&l);
}

/* ---- the interface ---- */

static void bad_requests_are_refused(void **unused)
{
    (void)unused;
    loaded l = load(6);
    buffer b = {NULL, 0, 0};
    sp_sink sink = {take, &b};
    sp_derivation *none;
    const sp_derivation_style narrow = {.width = 39}, wide = {.width = 201};
    assert_int_equal(sp_derivation_write(l.derivation, "pdf", "en", NULL, sink), SP_BAD_USAGE);
    assert_int_equal(sp_derivation_write(l.derivation, "text", "fr", NULL, sink), SP_BAD_USAGE);
    assert_int_equal(sp_derivation_write(l.derivation, "text", "en", &narrow, sink), SP_BAD_USAGE);
    assert_int_equal(sp_derivation_write(l.derivation, "text", "en", &wide, sink), SP_BAD_USAGE);
    assert_int_equal(b.length, 0);
    b.room = 100;
    assert_int_equal(sp_derivation_write(l.derivation, "text", "en", NULL, sink), SP_WRITE_FAILED);
    assert_int_equal(sp_derive_scheme(&none, l.cases, 1, NULL), SP_BAD_USAGE);
    assert_null(none);
    assert_int_equal(sp_derive_case(&none, l.cases, 0, NULL), SP_BAD_USAGE);
    assert_null(none);
    free(b.bytes);
    unload(&l);
    sp_derivation_close(NULL);
}

/* Breaks if something is allocated outside of the pool, or an exit forgets to free. */
static void memory_may_run_out(void **unused)
{
    (void)unused;
    loaded l = load(9);
    size_t failed = 0;
    for (size_t bytes = 1 << 16; ; bytes *= 4) {
        const sp_limits limits = {.bytes = bytes};
        const sp_derivation_options options = {.limits = &limits};
        sp_derivation *d;
        sp_status status = sp_derive_case(&d, l.cases, 0, &options);
        if (status == SP_OK) {
            sp_derivation_close(d);
            break;
        }
        assert_int_equal(status, SP_MEMORY_LIMIT);
        assert_null(d);
        failed++;
    }
    assert_true(failed > 1);
    unload(&l);
}

/* Broken by: a pool for what is written that is opened without the caller's allocator; labels of pictures in the pool
 * of the derivation, where nothing catches that memory runs out. */
static void what_is_written_is_in_the_callers_memory(void **unused)
{
    (void)unused;
    loaded l = load(6);
    failing f = {0};
    const sp_allocator allocator = {failing_allocate, failing_release, &f};
    sp_derivation *d;
    buffer b = {NULL, 0, 0};
    sp_sink sink = {take, &b};
    assert_int_equal(sp_derive_scheme(&d, l.cases, 0, &(sp_derivation_options){.allocator = &allocator}), SP_OK);
    const size_t calls = f.calls, alive = f.alive;
    f.fail_at = calls + 20;
    assert_int_equal(sp_derivation_write(d, "text", "en", NULL, sink), SP_NO_MEMORY);
    assert_int_equal(f.alive, alive);
    assert_int_equal(b.length, 0);
    f.fail_at = 0;
    assert_int_equal(sp_derivation_write(d, "text", "en", NULL, sink), SP_OK);
    assert_true(f.calls > calls + 20 && b.length > 0);
    assert_int_equal(f.alive, alive);
    sp_derivation_close(d);
    assert_int_equal(f.alive, 0);
    free(b.bytes);
    unload(&l);
}

/* Broken by: a pool for what is written that is opened without the caller's limits. */
static void writing_can_be_interrupted(void **unused)
{
    (void)unused;
    loaded l = load(6);
    int cancel = 0;
    const sp_limits limits = {.cancel = &cancel};
    sp_derivation *d;
    buffer b = {NULL, 0, 0};
    sp_sink sink = {take, &b};
    assert_int_equal(sp_derive_scheme(&d, l.cases, 0, &(sp_derivation_options){.limits = &limits}), SP_OK);
    cancel = 1;
    assert_int_equal(sp_derivation_write(d, "html", "en", NULL, sink), SP_INTERRUPTED);
    assert_int_equal(b.length, 0);
    sp_derivation_close(d);
    unload(&l);
}

static void texts_are_escaped(void **unused)
{
    (void)unused;
    sp_pool *pool;
    assert_int_equal(sp_pool_open(&pool, NULL, NULL), SP_OK);
    sp_text html = sp_text_in(pool), latex = sp_text_in(pool), markdown = sp_text_in(pool),
            code = sp_text_in(pool);
    sp_escape_html(&html, "<a b=\"c\">&'x");
    assert_string_equal(sp_text_string(&html), "&lt;a b=&quot;c&quot;&gt;&amp;&#39;x");
    sp_escape_latex(&latex, "\\{$&#%_^~}");
    assert_string_equal(sp_text_string(&latex), "\\textbackslash{}\\{\\$\\&\\#\\%\\_"
                                                "\\textasciicircum{}\\textasciitilde{}\\}");
    latex.length = 0;
    sp_escape_latex(&latex, "all-reduce --x ---");
    assert_string_equal(sp_text_string(&latex), "all-reduce -{}-x -{}-{}-");
    sp_escape_document(&markdown, "*a_b* [c] `d` <e> | $f$ \\");
    assert_string_equal(sp_text_string(&markdown),
                        "\\*a\\_b\\* \\[c\\] \\`d\\` \\<e\\> \\| \\$f\\$ \\\\");
    sp_escape_code(&code, "a``b");
    assert_string_equal(sp_text_string(&code), "``` a``b ```");
    sp_pool_close(pool);
}

int main(int count, char **argument)
{
    if (count > 1)
        stride = strtoul(argument[1], NULL, 10);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(html_is_well_formed),
        cmocka_unit_test(html_reader_is_strict),
        cmocka_unit_test(latex_groups_are_closed),
        cmocka_unit_test(markdown_tables_are_even),
        cmocka_unit_test(text_keeps_its_width),
        cmocka_unit_test(the_rule_is_derived),
        cmocka_unit_test(wrong_schemes_end_where_they_part),
        cmocka_unit_test(bad_requests_are_refused),
        cmocka_unit_test(memory_may_run_out),
        cmocka_unit_test(what_is_written_is_in_the_callers_memory),
        cmocka_unit_test(writing_can_be_interrupted),
        cmocka_unit_test(texts_are_escaped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
