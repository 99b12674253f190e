/* The format markdown: GitHub's, as for $GITHUB_STEP_SUMMARY: a table of the cases, then what is
 * not as expected in blocks that open on a click. quiet leaves the others out of the table. */
#include "typeset/escape.h"
#include "report/proof_format.h"
#include "report/say.h"

#include <string.h>

typedef struct markdown_state {
    size_t rows;
    sp_text diagnoses; /* of the file that comes next */
} markdown_state;

static markdown_state *state_of(sp_page *page)
{
    if (!*page->state) {
        markdown_state *s = SP_NEW(page->kept->pool, markdown_state);
        s->diagnoses = sp_text_in(page->kept->pool);
        *page->state = s;
    }
    return *page->state;
}

static const char *sign(const sp_page *page, sp_expectation expectation)
{
    static const char *const unicode[] = {"✅", "❌", "❓"};
    static const char *const ascii[] = {"ok", "FAIL", "?"};
    return (page->options->ascii ? ascii : unicode)[expectation];
}

static void add_row(sp_page *page, sp_expectation expectation, const char *name, const char *file,
                    size_t line, const char *verdict, const char *what)
{
    sp_text *out = &page->out;
    if (state_of(page)->rows++ == 0)
        sp_text_format(out, "| | %s | file | verdict | |\n|---|---|---|---|---|\n",
                       page->proofs ? "scheme" : "case");
    sp_text_format(out, "| %s | ", sign(page, expectation));
    sp_escape_markdown(out, name);
    sp_text_add(out, " | ");
    sp_escape_markdown(out, file);
    if (line)
        sp_text_format(out, ":%zu", line);
    sp_text_format(out, " | %s | ", verdict);
    sp_escape_markdown(out, what);
    sp_text_add(out, " |\n");
}

/* A fence of one more than the longest run of backticks in it, at least three. */
static void add_block(sp_text *out, const char *summary, const char *lines)
{
    size_t longest = 2;
    for (const char *s = lines; *s; s += strcspn(s, "`")) {
        size_t run = strspn(s, "`");
        longest = run > longest ? run : longest;
        s += run;
    }
    sp_text_add(out, "\n<details><summary>");
    sp_escape_xml(out, summary);
    sp_text_add(out, "</summary>\n\n");
    sp_text_add_repeated(out, "`", longest + 1);
    sp_text_add(out, "text\n");
    sp_escape_lines(out, lines);
    if (*lines && lines[strlen(lines) - 1] != '\n')
        sp_text_add(out, "\n");
    sp_text_add_repeated(out, "`", longest + 1);
    sp_text_add(out, "\n\n</details>\n");
}

static void write_begin(sp_page *page)
{
    sp_text_add(&page->out, "### shardproof\n\n");
}

static void write_diagnosis(sp_page *page, const sp_diagnosis *d)
{
    sp_text_add(&state_of(page)->diagnoses, d->text);
}

static void write_bad_file(sp_page *page, const char *file)
{
    markdown_state *s = state_of(page);
    add_row(page, SP_EXPECTATION_MISSED, "", file, 0, page->proofs ? "not proved" : "not checked",
            "the file has errors");
    add_block(page->kept, sp_pool_format(page->pool, "%s: the file has errors", file),
              sp_text_string(&s->diagnoses));
    s->diagnoses = sp_text_in(page->kept->pool);
}

static void write_outcome(sp_page *page, const sp_outcome *o)
{
    state_of(page)->diagnoses = sp_text_in(page->kept->pool);
    bool met = sp_say_is_good(o);
    if (met && page->options->quiet)
        return;
    const char *what = !met                               ? sp_say_message(page, o)
                       : o->verdict == SP_VERDICT_MISMATCH ? "as expected"
                       : o->warnings > 0                   ? o->warning[0]
                                                           : "";
    add_row(page, o->fault ? SP_EXPECTATION_MISSED : o->expectation, o->name, o->file, o->line,
            sp_say_verdict(page, o->verdict), what);
    if (met)
        return;
    sp_page block = *page;
    sp_report_options plain = *page->options;
    plain.color = false;
    block.options = &plain;
    block.out = sp_text_in(page->pool);
    if (page->scheme)
        sp_proof_text_scheme(&block.out, page->scheme, &plain);
    else
        sp_text_outcome(&block, o);
    add_block(page->kept, sp_say_title(page, o), sp_text_string(&block.out));
}

static void write_failure(sp_page *page, const sp_case_info *of, sp_status status)
{
    add_row(page, SP_EXPECTATION_OPEN, of->name, of->file, of->line, "not checked",
            sp_say_failure(page, status));
}

static void write_finish(sp_page *page)
{
    sp_text *out = &page->out;
    sp_text_add(out, sp_text_string(page->kept));
    sp_text_add(out, state_of(page)->rows ? "\n" : "");
    sp_escape_markdown(out, sp_report_summary(page));
    sp_text_add(out, "\n");
}

const sp_format sp_format_markdown = {
    .begin = write_begin,
    .diagnosis = write_diagnosis,
    .bad_file = write_bad_file,
    .outcome = write_outcome,
    .failure = write_failure,
    .finish = write_finish,
};
