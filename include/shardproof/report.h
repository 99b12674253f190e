/* Reports of outcomes, in several formats, written to wherever the caller wants.
 *
 *     sp_report_open(&report, "json", NULL, sink);
 *     sp_report_diagnosis / sp_report_outcome, as often as there is something
 *     sp_report_finish(report);   the end of the document
 *     sp_report_close(report);
 *
 * The same outcomes give the same bytes. */
#ifndef SHARDPROOF_REPORT_H
#define SHARDPROOF_REPORT_H

#include <shardproof/check.h>

/* Takes length bytes; false if they could not all be written. Not called again after that. */
typedef struct sp_sink {
    bool (*write)(void *context, const char *bytes, size_t length);
    void *context;
} sp_sink;

typedef struct sp_report_options {
    bool quiet;   /* only what did not come out as expected, and the summary */
    bool verbose; /* all that was found */
    bool color;   /* terminal colours; the meaning is never in the colour alone */
    bool ascii;   /* no character outside of ASCII */
    /* both may be NULL, and are borrowed: */
    const char *arguments;   /* of the command that shows a case again: "--deterministic" */
    const sp_limits *limits; /* of the checks, for what is said of those that reached one */
    const sp_allocator *allocator;
} sp_report_options;

typedef struct sp_report sp_report;

/* The formats there are: index from 0; NULL after the last. */
const char *sp_report_format(size_t index);
const char *sp_report_format_summary(size_t index);

/* SP_BAD_USAGE: there is no format of that name. options may be NULL. */
SP_MUST_USE sp_status sp_report_open(sp_report **report, const char *format,
                                     const sp_report_options *options, sp_sink sink);
/* A problem of an input; those of a file before its outcomes, if it has any. */
SP_MUST_USE sp_status sp_report_diagnosis(sp_report *report, const sp_diagnosis *diagnosis);
SP_MUST_USE sp_status sp_report_outcome(sp_report *report, const sp_outcome *outcome);
/* A case that could not be checked: status says why. */
SP_MUST_USE sp_status sp_report_failure(sp_report *report, const sp_case_info *of,
                                        sp_status status);
/* A file with errors: none of its cases was run. */
SP_MUST_USE sp_status sp_report_bad_file(sp_report *report, const char *file);
/* No other case is checked; why: a few words that live as long as the report. */
SP_MUST_USE sp_status sp_report_cut(sp_report *report, const char *why);
/* Writes what stands at the end. SP_WRITE_FAILED if this or any earlier write fell short. */
SP_MUST_USE sp_status sp_report_finish(sp_report *report);
/* NULL is allowed. */
void sp_report_close(sp_report *report);

#endif
