/* Networks: the built-in ones, whose texts are those of cases/networks, and those that users write; and the
 * delta rule of each, derived by reverse mode.
 *
 *     sp_networks *networks;
 *     sp_status status = sp_networks_load_file(&networks, "mine.network", NULL);
 *     ... sp_networks_rule(networks, 0) ...
 *     sp_networks_close(networks);
 *
 * Strings live as long as the handle they came from. */
#ifndef SHARDPROOF_NETWORKS_H
#define SHARDPROOF_NETWORKS_H

#include <shardproof/cases.h>
#include <stddef.h>

/* ---- built-in networks ---- */

size_t sp_network_count(void);
/* In order of names; static storage; NULL if there is none of that index. */
const char *sp_network_name(size_t index);
const char *sp_network_text(size_t index);
/* Its first comment, one line without the '#'; the text goes on after the line: length is given. */
const char *sp_network_summary(size_t index, size_t *length);
/* The index of a name; sp_network_count() if there is none. */
size_t sp_network_find(const char *name);

/* ---- networks of a text ---- */

/* All networks of one text, with their delta rules. */
typedef struct sp_networks sp_networks;

/* Reads a file of networks. SP_BAD_INPUT: it has errors, or cannot be read; *networks then holds the
 * diagnostics. Any other status but SP_OK: *networks is NULL. options: or NULL. */
SP_MUST_USE sp_status sp_networks_load_file(sp_networks **networks, const char *path, const sp_load_options *options);
/* A built-in network by its name. SP_BAD_USAGE: there is none. */
SP_MUST_USE sp_status sp_networks_load_builtin(sp_networks **networks, const char *name,
                                               const sp_load_options *options);
/* NULL is allowed. */
void sp_networks_close(sp_networks *networks);

/* 0 if the text has errors. */
size_t sp_networks_count(const sp_networks *networks);
/* The name of one; NULL if there is none of that index. */
const char *sp_networks_name(const sp_networks *networks, size_t index);
/* Its delta rule: a scheme without a mesh, in the language. NULL if there is no network of that index. */
const char *sp_networks_rule(const sp_networks *networks, size_t index);
/* A file for Coq that proves that the delta rule is the gradient, for all sizes, data and functions; it lives as
 * long as the handle. *text is NULL, and *why says why, where none can be written: of mlp, of which the certificate
 * of every scheme has that theorem, and of few others. SP_BAD_USAGE: there is no network of that index. */
SP_MUST_USE sp_status sp_networks_certificate(sp_networks *networks, size_t index, const char **text,
                                              const char **why);
/* The text that was read; NULL if it could not be. */
const char *sp_networks_source(const sp_networks *networks);
/* Errors and warnings, in the order of the text. */
size_t sp_networks_diagnoses(const sp_networks *networks);
const sp_diagnosis *sp_networks_diagnosis(const sp_networks *networks, size_t index);

#endif
