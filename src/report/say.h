/* What is said about a case in every format: the one command that shows it again, the places, and
 * what is wrong in words. Texts belong to the pool they are made in. */
#ifndef SP_REPORT_SAY_H
#define SP_REPORT_SAY_H

#include "report/format.h"

/* "shardproof check --filter 'x[tp=2]' dir/x.case"; "shardproof prove --scheme x x.scheme" */
const char *sp_say_command(sp_page *page, const char *name, const char *file);
/* As expected, and no fault of shardproof's own. */
bool sp_say_is_good(const sp_outcome *o);
/* "match"; of a scheme "proved" */
const char *sp_say_verdict(const sp_page *page, sp_verdict verdict);
/* "x: mismatch, expected match"; "x: match"; of a scheme "x: refuted (2 of 3 results proved)" */
const char *sp_say_title(const sp_page *page, const sp_outcome *o);
/* Why a case was not checked, with the limit that was reached: "the time limit of 2 seconds ..." */
const char *sp_say_failure(sp_page *page, sp_status status);

/* The result that a report of one line is about: the first that is not as expected, else the first
 * that is open; NULL if no single result is at fault. */
const sp_result_outcome *sp_say_about(const sp_outcome *o);
/* The fault if there is one; that result's witness or reason; else the surprise. One line. */
const char *sp_say_message(const sp_page *page, const sp_outcome *o);
/* The likely cause, if it is known; else NULL. */
const char *sp_say_cause(const sp_result_outcome *r);
/* "file:line:column" of its declaration; NULL for a built-in scheme */
const char *sp_say_declaration(sp_pool *pool, const sp_result_outcome *r);
/* Lines about one result: got, want, their ratio, the likely cause, the scheme's line. */
void sp_say_result(const sp_page *page, sp_text *out, const sp_result_outcome *r);
/* Lines about the fault, every result that is not as expected or open, and the command. */
void sp_say_details(sp_page *page, sp_text *out, const sp_outcome *o);

#endif
