/* All reports of one run: one to standard output, the others to files that are written whole or not
 * at all. */
#ifndef SP_CLI_REPORTS_H
#define SP_CLI_REPORTS_H

#include "command.h"

typedef struct reports reports;

/* NULL, with a message, if a file cannot be made: nothing is checked then, exit code 70. */
reports *reports_open(const settings *given, const sp_report_options *shown);
void reports_diagnosis(reports *to, const sp_diagnosis *diagnosis);
void reports_bad_file(reports *to, const char *file);
void reports_outcome(reports *to, const sp_outcome *outcome);
void reports_failure(reports *to, const sp_case_info *of, sp_status status);
/* No other case is checked; why: static. */
void reports_cut(reports *to, const char *why);
/* Whether one cannot be written: the run cannot end well, and nothing more is checked. */
bool reports_are_lost(const reports *of);
/* Ends them and puts the files in place: 0, or 70 with a message for each that fell short, whose
 * file is as it was before. */
int reports_close(reports *of);

#endif
