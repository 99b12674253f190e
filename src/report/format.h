/* Report formats: each is one file that turns outcomes into text, and one line of
 * SP_REPORT_FORMATS. A format writes to the page; report.c sees to the sink, to memory and to the
 * counts. */
#ifndef SP_REPORT_FORMAT_H
#define SP_REPORT_FORMAT_H

#include "base/text.h"

#include <shardproof/report.h>

/*  id, name, summary */
#define SP_REPORT_FORMATS(X)                                                            \
    X(text, "text", "for people: one block for each case")                              \
    X(json, "json", "for programs: everything, schema shardproof-report/1")             \
    X(junit, "junit", "test results as GitLab and Jenkins read them (XML)")             \
    X(tap, "tap", "test results, TAP version 14")                                       \
    X(sarif, "sarif", "findings for code scanning, SARIF 2.1.0")                        \
    X(github, "github", "workflow commands: annotations in GitHub Actions")             \
    X(markdown, "markdown", "a table, and details of what is not as expected")

/* What came so far. */
typedef struct sp_report_counts {
    size_t cases;                      /* outcomes and failures */
    size_t verdict[SP_VERDICT_COUNT];
    size_t expectation[SP_EXPECTATION_COUNT];
    size_t met[SP_VERDICT_COUNT];      /* verdicts of those that came out as expected */
    size_t failures;                   /* cases that could not be checked */
    size_t faults;                     /* outcomes that contradict themselves */
    size_t bad_files, errors, warnings;
    const char *cut; /* why cases that come after were not checked; NULL if they were */
} sp_report_counts;

typedef struct sp_page {
    sp_pool *pool; /* of this call only */
    sp_text out;   /* goes to the sink after the call */
    sp_text *kept; /* lives until the end, for what has to stand later in the document */
    void **state;  /* the format's own; what it points to comes from kept's pool */
    const sp_report_options *options;
    const sp_report_counts *counts; /* what the call is about is counted already */
} sp_page;

/* Any function may be NULL: then there is nothing to write. */
typedef struct sp_format {
    void (*begin)(sp_page *page);
    void (*diagnosis)(sp_page *page, const sp_diagnosis *diagnosis);
    void (*bad_file)(sp_page *page, const char *file);
    void (*outcome)(sp_page *page, const sp_outcome *outcome);
    void (*failure)(sp_page *page, const sp_case_info *of, sp_status status);
    void (*cut)(sp_page *page); /* before finish; counts->cut says why */
    void (*finish)(sp_page *page);
} sp_format;

#define X(id, name, summary) extern const sp_format sp_format_##id;
SP_REPORT_FORMATS(X)
#undef X

/* The block of one case in the format text, without an empty line after it. */
void sp_text_outcome(sp_page *page, const sp_outcome *outcome);

/* "158 cases: 150 as expected, ...": for the end of any report. */
const char *sp_report_summary(sp_pool *pool, const sp_report_counts *counts);

#endif
