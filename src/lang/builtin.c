#include "lang/builtin.h"

const char *sp_builtin_scheme_text(const char *name)
{
    return sp_embedded_text(sp_builtin_scheme_table, name);
}

size_t sp_builtin_scheme_count(void)
{
    return sp_embedded_count(sp_builtin_scheme_table);
}
