/* The built-in schemes: their texts are those of cases/schemes. */
#ifndef SHARDPROOF_SCHEMES_H
#define SHARDPROOF_SCHEMES_H

#include <stddef.h>

size_t sp_scheme_count(void);
/* In order of names; static storage; NULL if there is none of that index. */
const char *sp_scheme_name(size_t index);
const char *sp_scheme_text(size_t index);
/* Its first comment, one line without the '#'; "" if it has none. The text goes on after the line:
 * length is given. */
const char *sp_scheme_summary(size_t index, size_t *length);
/* The index of a name; sp_scheme_count() if there is none. */
size_t sp_scheme_find(const char *name);

#endif
