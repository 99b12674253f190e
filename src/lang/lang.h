/* From texts to checked programs and cases. Collects diagnostics, never prints. */
#ifndef SP_LANG_LANG_H
#define SP_LANG_LANG_H

#include "lang/case.h"

struct sp_reporter;
struct sp_network_syntax;

/* The words that other folders define; lang reports the ones it does not find here. */
typedef struct sp_vocabulary {
    const char *const *activation;
    size_t activations;
    const char *const *loss;
    size_t losses;
    const char *const *evidence;
    size_t evidences;
    /* A built-in network but mlp; NULL if there is none of that name. May be NULL itself. */
    const sp_signature *(*network)(sp_pool *pool, const char *name);
    /* A network of the user's, from its syntax tree; NULL after a diagnostic. May be NULL itself. */
    const sp_signature *(*own_network)(struct sp_reporter *reporter, const struct sp_network_syntax *syntax);
} sp_vocabulary;

/* All that one file defines: its schemes, then the others that its cases name, built-in ones too,
 * in the order in which they are named first; and its cases, each set expanded. */
typedef struct sp_unit {
    const sp_source *source;
    const sp_program **program;
    size_t programs;
    const sp_case **item;
    size_t cases;
} sp_unit;

/* Reads a whole file into the pool: NULL, with a diagnostic, if it is unreadable, a directory, over
 * SP_LIMIT_FILE_BYTES or not UTF-8 (the place of the first bad byte is given). */
const sp_source *sp_source_read(sp_pool *pool, const char *path, sp_diagnostics *diagnostics);
/* The same for a text in memory, which is copied; its UTF-8 is checked too. */
const sp_source *sp_source_from(sp_pool *pool, const char *name, const char *text, size_t length,
                                sp_diagnostics *diagnostics);

/* Parses and checks a text. Schemes named by path are looked up beside the source's file and
 * read; their errors are diagnostics too. Diagnostics come in the order of the text. If errors
 * were added nothing of the unit may be run. */
sp_unit *sp_unit_load(sp_pool *pool, const sp_source *source, const sp_vocabulary *vocabulary,
                      sp_diagnostics *diagnostics);
/* The built-in network mlp with its delta rule; vocabulary may be NULL. */
const sp_signature *sp_signature_of_mlp(sp_pool *pool, const sp_vocabulary *vocabulary);
/* The only scheme of a text that the program has made; NULL after an error, which only a limit can be. */
const sp_program *sp_scheme_of_text(sp_pool *pool, const sp_signature *of, const char *name, const char *text,
                                    sp_diagnostics *diagnostics);
/* A built-in scheme of it (lang/builtin.h), checked; NULL if there is none of that name. */
const sp_program *sp_scheme_builtin(sp_pool *pool, const char *name);

/* A formula such as "z * (1 + erf(z / sqrt(2))) / 2"; variables name its arguments ("z", or "a"
 * and "y"); NULL after an error. of: the network whose dimensions may be used, if there are two; NULL: none. */
const sp_formula *sp_formula_parse(sp_pool *pool, const sp_signature *of, const sp_source *source,
                                   const char *const *variables, size_t count, sp_diagnostics *diagnostics);

/* An exact literal (decimal, p/q, hexadecimal float) rounded once to binary64; *exact says whether
 * nothing was rounded. False if the text is not one or its value is over binary64's range. */
bool sp_literal_read(const char *text, size_t length, double *value, bool *exact);

#endif
