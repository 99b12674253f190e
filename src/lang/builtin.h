/* The texts of the built-in schemes, compiled in from cases/schemes (see embed.cmake). */
#ifndef SP_LANG_BUILTIN_H
#define SP_LANG_BUILTIN_H

#include <stddef.h>

typedef struct sp_builtin_scheme {
    const char *name, *text;
} sp_builtin_scheme;

/* In order of names; ends with a NULL name. */
extern const sp_builtin_scheme sp_builtin_scheme_table[];
/* NULL if there is none of that name. */
const char *sp_builtin_scheme_text(const char *name);
size_t sp_builtin_scheme_count(void);

#endif
