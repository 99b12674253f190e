/* Loading cases and schemes, with diagnostics as text and as data.
 *
 *     sp_cases *cases;
 *     sp_status status = sp_cases_load_file(&cases, "cases/notes.case", NULL);
 *     ... sp_cases_count(cases), sp_check_run(&check, cases, 0, NULL) ...
 *     sp_cases_close(cases);
 *
 * Loading and closing a handle belong to one thread; several may read it at once. Strings live as
 * long as the handle they came from. */
#ifndef SHARDPROOF_CASES_H
#define SHARDPROOF_CASES_H

#include <shardproof/memory.h>
#include <shardproof/status.h>
#include <stdbool.h>

/* All that one file defines. Owns everything that is read from it. */
typedef struct sp_cases sp_cases;

typedef struct sp_load_options {
    const sp_allocator *allocator; /* NULL: the C library's */
    const sp_limits *limits;       /* NULL: none */
} sp_load_options;

/* One problem of an input. line and column count from 1; 0 where there is no place. */
typedef struct sp_diagnosis {
    const char *file;
    size_t line, column;
    bool error; /* else a warning */
    const char *message;
    const char *hint; /* may be NULL */
    const char *text; /* as printed: place, message, source line, caret, hint, newline */
} sp_diagnosis;

typedef struct sp_case_info {
    const char *name; /* with the members of sets: notes-4x6x2[tp=2] */
    const char *file;
    size_t line; /* of its name */
    const char *scheme;
} sp_case_info;

/* Reads a file. SP_OK: every case of it can be checked. SP_BAD_INPUT: it has errors, or cannot be
 * read; *cases then holds the diagnostics. Any other status: *cases is NULL. options: or NULL. */
SP_MUST_USE sp_status sp_cases_load_file(sp_cases **cases, const char *path,
                                         const sp_load_options *options);
/* The same from memory (copied); name stands for the file in diagnostics, and schemes named by
 * path are looked up beside it. */
SP_MUST_USE sp_status sp_cases_load_text(sp_cases **cases, const char *name, const char *text,
                                         size_t length, const sp_load_options *options);
/* NULL is allowed. */
void sp_cases_close(sp_cases *cases);

/* 0 if the file has errors. */
size_t sp_cases_count(const sp_cases *cases);
/* NULL if there is no case of that index. */
const sp_case_info *sp_cases_info(const sp_cases *cases, size_t index);
/* Errors and warnings, in the order of the text. */
size_t sp_cases_diagnoses(const sp_cases *cases);
const sp_diagnosis *sp_cases_diagnosis(const sp_cases *cases, size_t index);

#endif
