#include "lang/builtin.h"

#include <shardproof/schemes.h>

size_t sp_scheme_count(void)
{
    return sp_builtin_scheme_count();
}

const char *sp_scheme_name(size_t index)
{
    return sp_embedded_at(sp_builtin_scheme_table, index)->name;
}

const char *sp_scheme_text(size_t index)
{
    return sp_embedded_at(sp_builtin_scheme_table, index)->text;
}

const char *sp_scheme_summary(size_t index, size_t *length)
{
    return sp_embedded_summary(sp_scheme_text(index), length);
}

size_t sp_scheme_find(const char *name)
{
    return sp_embedded_find(sp_builtin_scheme_table, name);
}
