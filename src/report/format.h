/* Report formats: each is one file that turns outcomes into text, and one line of
 * SP_REPORT_FORMATS. A format writes to the page; report.c sees to the sink, to memory and to the
 * counts. */
#ifndef SP_REPORT_FORMAT_H
#define SP_REPORT_FORMAT_H

#include "base/text.h"

#include <shardproof/prove.h>

/*  id, name, summary for check, for prove; what writes a whole report on proofs that is not made from outcomes */
#define SP_REPORT_FORMATS(X)                                                                              \
    X(text, "text", "for people: one block for each case", "for people: one block for each scheme",       \
      sp_proof_report_text)                                                                               \
    X(json, "json", "for programs: everything, schema shardproof-report/1",                               \
      "for programs: everything, schema shardproof-proof/1", sp_proof_report_json)                        \
    X(junit, "junit", "test results as GitLab and Jenkins read them (XML)",                               \
      "test results as GitLab and Jenkins read them (XML)", NULL)                                         \
    X(tap, "tap", "test results, TAP version 14", "test results, TAP version 14", NULL)                   \
    X(sarif, "sarif", "findings for code scanning, SARIF 2.1.0", "findings for code scanning, SARIF 2.1.0", \
      NULL)                                                                                               \
    X(github, "github", "workflow commands: annotations in GitHub Actions",                               \
      "workflow commands: annotations in GitHub Actions", NULL)                                           \
    X(markdown, "markdown", "a table, and details of what is not as expected",                            \
      "a table, and details of what is not proved", NULL)

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

/* A report is on cases that were checked or on schemes that were proved. Of a scheme formats get an outcome with its
 * name, place and results: a match is what is proved, a mismatch what is refuted, and proved is expected. */
typedef struct sp_page {
    sp_pool *pool; /* of this call only */
    sp_text out;   /* goes to the sink after the call */
    sp_text *kept; /* lives until the end, for what has to stand later in the document */
    void **state;  /* the format's own; what it points to comes from kept's pool */
    const sp_report_options *options;
    const sp_report_counts *counts; /* what the call is about is counted already */
    bool proofs;                    /* it is on schemes */
    const sp_scheme_outcome *scheme; /* that the outcome was made from; NULL */
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

#define X(id, name, summary, proofs, write) extern const sp_format sp_format_##id;
SP_REPORT_FORMATS(X)
#undef X

/* The block of one case in the format text, without an empty line after it. */
void sp_text_outcome(sp_page *page, const sp_outcome *outcome);

/* A report on schemes; sp_report_diagnosis, _bad_file and _finish as in one on cases. */
sp_status sp_report_open_proofs(sp_report **report, const char *format, const sp_report_options *options,
                                sp_sink sink);
sp_status sp_report_scheme(sp_report *report, const sp_scheme_outcome *scheme);

/* "158 cases: 150 as expected, ...": for the end of any report. */
const char *sp_report_summary(const sp_page *page);

#endif
