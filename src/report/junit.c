/* The format junit: a testsuite for each file, a testcase for each case, with the elements and
 * attributes that Jenkins' junit-10.xsd allows; GitLab reads the same.
 *
 * A failure is a case that came out otherwise than expected; an error is one of which that could
 * not be told (undecided, a limit, an interruption) or a file with errors. There are no times: the
 * same outcomes give the same bytes. */
#include "typeset/escape.h"
#include "report/say.h"

#include <string.h>

typedef struct junit_counts {
    size_t tests, failures, errors, verdict[SP_VERDICT_COUNT];
} junit_counts;

/* The attributes of a suite stand before what they count, so all is kept until the end. */
typedef struct junit_state {
    char *file;         /* of the suite that is open; NULL if none is */
    sp_text diagnoses;  /* of the file that comes next */
    sp_text cases;      /* of the suite */
    sp_text said;       /* its system-err */
    sp_text suites;
    junit_counts suite, all;
} junit_state;

static junit_state *state_of(sp_page *page)
{
    if (!*page->state) {
        sp_pool *pool = page->kept->pool;
        junit_state *s = SP_NEW(pool, junit_state);
        *s = (junit_state){.diagnoses = sp_text_in(pool), .cases = sp_text_in(pool),
                           .said = sp_text_in(pool), .suites = sp_text_in(pool)};
        *page->state = s;
    }
    return *page->state;
}

static void add_attribute(sp_text *out, const char *name, const char *value)
{
    sp_text_format(out, " %s=\"", name);
    sp_escape_xml(out, value);
    sp_text_add(out, "\"");
}

static void add_counts(sp_text *out, const junit_counts *counts)
{
    sp_text_format(out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\"", counts->tests,
                   counts->failures, counts->errors);
}

/* Lines stay lines in character data; sp_escape_xml is for one. */
static void add_lines(sp_text *out, const char *lines)
{
    while (*lines) {
        size_t length = strcspn(lines, "\n");
        sp_escape_xml(out, sp_pool_copy(out->pool, lines, length));
        if (lines[length])
            sp_text_add(out, "\n");
        lines += length + (lines[length] == '\n');
    }
}

static void add_element(sp_text *out, const char *indent, const char *name, const char *lines)
{
    sp_text_format(out, "%s<%s>", indent, name);
    add_lines(out, lines);
    sp_text_format(out, "</%s>\n", name);
}

static void empty(sp_text *text)
{
    text->length = 0;
    if (text->bytes)
        *text->bytes = '\0';
}

static void close_suite(const sp_page *page, junit_state *s)
{
    if (!s->file)
        return;
    sp_text *out = &s->suites;
    sp_text_add(out, "  <testsuite");
    add_attribute(out, "name", s->file);
    add_counts(out, &s->suite);
    sp_text_add(out, " skipped=\"0\">\n    <properties>\n");
    for (sp_verdict v = 0; v < SP_VERDICT_COUNT; v++)
        sp_text_format(out, "      <property name=\"%s\" value=\"%zu\"/>\n", sp_say_verdict(page, v),
                       s->suite.verdict[v]);
    sp_text_add(out, "    </properties>\n");
    sp_text_add(out, sp_text_string(&s->cases));
    if (s->said.length)
        add_element(out, "    ", "system-err", sp_text_string(&s->said));
    sp_text_add(out, "  </testsuite>\n");
    s->all.tests += s->suite.tests;
    s->all.failures += s->suite.failures;
    s->all.errors += s->suite.errors;
    s->suite = (junit_counts){0};
    empty(&s->cases);
    empty(&s->said);
    s->file = NULL;
}

/* The suite of a file: cases of one file come one after the other. */
static junit_state *suite_of(sp_page *page, const char *file)
{
    junit_state *s = state_of(page);
    if (s->file && strcmp(s->file, file) != 0)
        close_suite(page, s);
    if (!s->file)
        s->file = sp_pool_copy(page->kept->pool, file, strlen(file));
    sp_text_add(&s->said, sp_text_string(&s->diagnoses));
    empty(&s->diagnoses);
    s->suite.tests++;
    return s;
}

static void open_case(junit_state *s, const char *name)
{
    sp_text_add(&s->cases, "    <testcase");
    add_attribute(&s->cases, "name", name);
    add_attribute(&s->cases, "classname", s->file);
    sp_text_add(&s->cases, ">\n");
}

/* element: failure or error */
static void add_problem(junit_state *s, const char *element, const char *type, const char *message,
                        const char *lines)
{
    sp_text *out = &s->cases;
    sp_text_format(out, "      <%s", element);
    add_attribute(out, "type", type);
    add_attribute(out, "message", message);
    sp_text_add(out, ">");
    add_lines(out, lines);
    sp_text_format(out, "</%s>\n", element);
}

static void close_case(junit_state *s)
{
    sp_text_add(&s->cases, "    </testcase>\n");
}

static void write_diagnosis(sp_page *page, const sp_diagnosis *d)
{
    sp_text_add(&state_of(page)->diagnoses, d->text);
}

static void write_bad_file(sp_page *page, const char *file)
{
    junit_state *s = state_of(page);
    const char *diagnoses = sp_pool_format(page->pool, "%s", sp_text_string(&s->diagnoses));
    empty(&s->diagnoses);
    suite_of(page, file);
    s->suite.errors++;
    open_case(s, file);
    add_problem(s, "error", "input", page->proofs ? "the file has errors: none of its schemes was proved"
                             : "the file has errors: none of its cases was checked",
                diagnoses);
    close_case(s);
}

static void write_outcome(sp_page *page, const sp_outcome *o)
{
    junit_state *s = suite_of(page, o->file);
    s->suite.verdict[o->verdict]++;
    open_case(s, o->name);
    if (!sp_say_is_good(o)) {
        bool missed = o->expectation == SP_EXPECTATION_MISSED && !o->fault;
        sp_text lines = sp_text_in(page->pool);
        sp_say_details(page, &lines, o);
        *(missed ? &s->suite.failures : &s->suite.errors) += 1;
        add_problem(s, missed ? "failure" : "error",
                    o->fault ? "internal" : sp_say_verdict(page, o->verdict),
                    sp_pool_format(page->pool, "%s: %s", sp_say_title(page, o),
                                   sp_say_message(page, o)),
                    sp_text_string(&lines));
    }
    sp_text lines = sp_text_in(page->pool);
    sp_text_format(&lines, "%s\n", sp_say_title(page, o));
    if (page->scheme)
        sp_text_add(&lines, page->scheme->theorem);
    else
        sp_text_format(&lines, "scheme %s, %s, %s\n", o->scheme, o->network, o->data);
    for (size_t k = 0; k < o->results; k++)
        sp_text_format(&lines, "%s: %s\n", page->proofs ? o->result[k].name : o->result[k].layout.declared,
                       sp_say_verdict(page, o->result[k].verdict));
    for (size_t i = 0; i < o->warnings; i++)
        sp_text_format(&lines, "warning: %s\n", o->warning[i]);
    add_element(&s->cases, "      ", "system-out", sp_text_string(&lines));
    close_case(s);
}

static void write_failure(sp_page *page, const sp_case_info *of, sp_status status)
{
    junit_state *s = suite_of(page, of->file);
    s->suite.verdict[SP_VERDICT_UNDECIDED]++;
    s->suite.errors++;
    const char *why = sp_say_failure(page, status);
    open_case(s, of->name);
    add_problem(s, "error", sp_say_verdict(page, SP_VERDICT_UNDECIDED),
                sp_pool_format(page->pool, "%s: not checked: %s", of->name, why),
                sp_pool_format(page->pool, "not checked: %s\nagain: %s\n", why,
                               sp_say_command(page, of->name, of->file)));
    close_case(s);
}

static void write_cut(sp_page *page)
{
    junit_state *s = suite_of(page, "shardproof");
    s->suite.errors++;
    open_case(s, "every case is checked");
    add_problem(s, "error", "cut", page->counts->cut, "no other case was checked\n");
    close_case(s);
}

static void write_finish(sp_page *page)
{
    junit_state *s = state_of(page);
    close_suite(page, s);
    sp_text_add(&page->out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                            "<testsuites name=\"shardproof\"");
    add_counts(&page->out, &s->all);
    sp_text_add(&page->out, ">\n");
    sp_text_add(&page->out, sp_text_string(&s->suites));
    sp_text_add(&page->out, "</testsuites>\n");
}

const sp_format sp_format_junit = {
    .diagnosis = write_diagnosis,
    .bad_file = write_bad_file,
    .outcome = write_outcome,
    .failure = write_failure,
    .cut = write_cut,
    .finish = write_finish,
};
