/* The format github: workflow commands, which GitHub Actions shows as annotations of the lines that
 * they name. One for each case, as GitHub shows 10 of each kind and step; its message names every
 * result that is at fault. */
#include "typeset/escape.h"
#include "report/say.h"

/* Where an annotation stands; line 0: at the file; file NULL: nowhere. */
typedef struct anchor {
    const char *file;
    size_t line, column;
} anchor;

static void write_command(sp_page *page, const char *kind, anchor at, const char *title,
                          const char *message)
{
    sp_text *out = &page->out;
    sp_text_format(out, "::%s ", kind);
    if (at.file) {
        sp_text_add(out, "file=");
        sp_escape_command(out, at.file, true);
        sp_text_add(out, ",");
    }
    if (at.file && at.line)
        sp_text_format(out, "line=%zu,", at.line);
    if (at.file && at.line && at.column)
        sp_text_format(out, "col=%zu,", at.column);
    sp_text_add(out, "title=");
    sp_escape_command(out, title, true);
    sp_text_add(out, "::");
    sp_escape_command(out, message, false);
    sp_text_add(out, "\n");
}

/* At the scheme's line where it has one: that is what a change of a plan touches. */
static anchor anchor_of(const sp_outcome *o)
{
    const sp_result_outcome *r = sp_say_about(o);
    return r && r->line ? (anchor){r->file, r->line, r->column} : (anchor){o->file, o->line, 0};
}

static void write_diagnosis(sp_page *page, const sp_diagnosis *d)
{
    write_command(page, d->error ? "error" : "warning", (anchor){d->file, d->line, d->column},
                  d->error ? "shardproof: the file has errors" : "shardproof", d->hint ?
                  sp_pool_format(page->pool, "%s\nhint: %s", d->message, d->hint) : d->message);
}

static void write_outcome(sp_page *page, const sp_outcome *o)
{
    if (!sp_say_is_good(o)) {
        sp_text lines = sp_text_in(page->pool);
        sp_say_details(page, &lines, o);
        write_command(page, "error", anchor_of(o), sp_say_title(page, o),
                      sp_pool_copy(page->pool, lines.bytes, lines.length - 1));
        return;
    }
    for (size_t i = 0; i < o->warnings; i++)
        write_command(page, "warning", (anchor){o->file, o->line, 0}, o->name, o->warning[i]);
}

static void write_failure(sp_page *page, const sp_case_info *of, sp_status status)
{
    write_command(page, "error", (anchor){of->file, of->line, 0},
                  sp_pool_format(page->pool, "%s: not checked", of->name),
                  sp_pool_format(page->pool, "%s\nagain: %s", sp_say_failure(page, status),
                                 sp_say_command(page, of->name, of->file)));
}

static void write_cut(sp_page *page)
{
    write_command(page, "error", (anchor){0}, "shardproof",
                  sp_pool_format(page->pool, "%s: no other case was checked",
                                 page->counts->cut));
}

static void write_finish(sp_page *page)
{
    write_command(page, "notice", (anchor){0}, "shardproof",
                  sp_report_summary(page));
}

const sp_format sp_format_github = {
    .diagnosis = write_diagnosis,
    .outcome = write_outcome,
    .failure = write_failure,
    .cut = write_cut,
    .finish = write_finish,
};
