#include "lang/builtin.h"

#include <shardproof/schemes.h>
#include <string.h>

size_t sp_scheme_count(void)
{
    return sp_builtin_scheme_count();
}

const char *sp_scheme_name(size_t index)
{
    return index < sp_scheme_count() ? sp_builtin_scheme_table[index].name : NULL;
}

const char *sp_scheme_text(size_t index)
{
    return index < sp_scheme_count() ? sp_builtin_scheme_table[index].text : NULL;
}

const char *sp_scheme_summary(size_t index, size_t *length)
{
    return sp_embedded_summary(sp_scheme_text(index), length);
}

size_t sp_scheme_find(const char *name)
{
    size_t index = 0;
    while (index < sp_scheme_count() && strcmp(sp_builtin_scheme_table[index].name, name) != 0)
        index++;
    return index;
}
