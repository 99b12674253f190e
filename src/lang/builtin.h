/* The texts of the built-in schemes and networks, compiled in from cases in order of their names. */
#ifndef SP_LANG_BUILTIN_H
#define SP_LANG_BUILTIN_H

#include "base/embedded.h"

extern const sp_embedded sp_builtin_scheme_table[], sp_builtin_network_table[];
/* NULL if there is none of that name. */
const char *sp_builtin_scheme_text(const char *name);
size_t sp_builtin_scheme_count(void);

#endif
