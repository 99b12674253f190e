#include "report/say.h"

#include "typeset/escape.h"

#include <string.h>

const char *sp_say_command(sp_page *page, const char *name, const char *file)
{
    sp_text text = sp_text_in(page->pool);
    sp_text_add(&text, page->proofs ? "shardproof prove " : "shardproof check ");
    if (page->options->arguments && *page->options->arguments)
        sp_text_format(&text, "%s ", page->options->arguments);
    if (page->proofs && strncmp(file, "built-in/", 9) == 0) { /* by its name */
        sp_escape_shell(&text, name);
        return sp_text_string(&text);
    }
    sp_text_add(&text, page->proofs ? "--scheme " : "--filter ");
    sp_escape_shell(&text, name);
    sp_text_add(&text, *file == '-' ? " -- " : " ");
    sp_escape_shell(&text, strcmp(file, "<stdin>") == 0 ? "-" : file);
    return sp_text_string(&text);
}

bool sp_say_is_good(const sp_outcome *o)
{
    return o->expectation == SP_EXPECTATION_MET && !o->fault;
}

const char *sp_say_verdict(const sp_page *page, sp_verdict verdict)
{
    static const sp_proof_outcome proved[] = {[SP_VERDICT_MATCH] = SP_PROOF_OUTCOME_PROVED,
                                              [SP_VERDICT_MISMATCH] = SP_PROOF_OUTCOME_REFUTED,
                                              [SP_VERDICT_UNDECIDED] = SP_PROOF_OUTCOME_OPEN};
    return page->proofs ? sp_proof_outcome_name(proved[verdict]) : sp_verdict_name(verdict);
}

const char *sp_say_title(const sp_page *page, const sp_outcome *o)
{
    sp_pool *pool = page->pool;
    const char *verdict = sp_say_verdict(page, o->verdict);
    if (page->proofs)
        return o->surprise ? sp_pool_format(pool, "%s: %s (%s)", o->name, verdict, o->surprise)
                           : sp_pool_format(pool, "%s: %s", o->name, verdict);
    if (o->fault)
        return sp_pool_format(pool, "%s: internal error, shardproof contradicts itself", o->name);
    if (o->expectation != SP_EXPECTATION_MET)
        return sp_pool_format(pool, "%s: %s, expected %s", o->name, verdict, o->expected);
    return o->verdict == SP_VERDICT_MATCH
               ? sp_pool_format(pool, "%s: %s", o->name, verdict)
               : sp_pool_format(pool, "%s: %s, as expected (%s)", o->name, verdict, o->expected);
}

const char *sp_say_failure(sp_page *page, sp_status status)
{
    const sp_limits *limits = page->options->limits;
    if (limits && status == SP_TIME_LIMIT)
        return sp_pool_format(page->pool, "the time limit of %g seconds was reached",
                              limits->seconds);
    if (limits && status == SP_MEMORY_LIMIT)
        return sp_pool_format(page->pool, "the memory limit of %zu bytes was reached",
                              limits->bytes);
    return sp_status_text(status);
}

static const sp_result_outcome *first_that_is(const sp_outcome *o, sp_expectation expectation)
{
    for (size_t k = 0; k < o->results; k++)
        if (o->result[k].expectation == expectation)
            return &o->result[k];
    return NULL;
}

const sp_result_outcome *sp_say_about(const sp_outcome *o)
{
    if (o->expectation == SP_EXPECTATION_MET)
        return NULL;
    const sp_result_outcome *missed = first_that_is(o, SP_EXPECTATION_MISSED);
    return missed ? missed : first_that_is(o, SP_EXPECTATION_OPEN);
}

/* It starts with the result's name. */
static const char *message_of(sp_pool *pool, const sp_result_outcome *r)
{
    const char *text = r->witness ? r->witness->text : r->reason;
    return strncmp(text, r->name, strlen(r->name)) == 0
               ? text : sp_pool_format(pool, "%s: %s", r->name, text);
}

const char *sp_say_message(const sp_page *page, const sp_outcome *o)
{
    sp_pool *pool = page->pool;
    const sp_result_outcome *r = sp_say_about(o);
    return o->fault ? o->fault
           : r      ? message_of(pool, r)
           : o->surprise ? o->surprise
                         : sp_say_verdict(page, o->verdict);
}

const char *sp_say_cause(const sp_result_outcome *r)
{
    return r->proof.cause ? r->proof.cause : r->layout.advice;
}

const char *sp_say_declaration(sp_pool *pool, const sp_result_outcome *r)
{
    return r->line == 0 ? NULL
                        : sp_pool_format(pool, "%s:%zu:%zu", r->file, r->line, r->column);
}

void sp_say_result(const sp_page *page, sp_text *out, const sp_result_outcome *r)
{
    const char *declaration = sp_say_declaration(out->pool, r), *cause = sp_say_cause(r);
    sp_text_format(out, "%s: %s\n", sp_say_verdict(page, r->verdict), message_of(out->pool, r));
    if (r->witness && r->witness->extent)
        sp_text_format(out, "  %s\n", r->witness->extent);
    if (cause)
        sp_text_format(out, "  likely cause: %s\n", cause);
    if (declaration)
        sp_text_format(out, "  declared at %s\n", declaration);
}

void sp_say_details(sp_page *page, sp_text *out, const sp_outcome *o)
{
    if (o->fault)
        sp_text_format(out, "internal error, shardproof contradicts itself: %s\n", o->fault);
    for (size_t k = 0; k < o->results; k++)
        if (o->result[k].expectation != SP_EXPECTATION_MET)
            sp_say_result(page, out, &o->result[k]);
    if (o->expectation == SP_EXPECTATION_MISSED && !page->proofs)
        sp_text_format(out, "not as expected: %s\n", o->surprise);
    for (size_t i = 0; i < o->warnings; i++)
        sp_text_format(out, "warning: %s\n", o->warning[i]);
    if (o->not_checked)
        sp_text_format(out, "not checked: %s\n", o->not_checked);
    sp_text_format(out, "again: %s\n", sp_say_command(page, o->name, o->file));
}
