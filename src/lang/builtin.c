#include "lang/builtin.h"

#include <string.h>

const char *sp_builtin_scheme_text(const char *name)
{
    for (const sp_builtin_scheme *s = sp_builtin_scheme_table; s->name; s++)
        if (strcmp(s->name, name) == 0)
            return s->text;
    return NULL;
}

size_t sp_builtin_scheme_count(void)
{
    size_t count = 0;
    while (sp_builtin_scheme_table[count].name)
        count++;
    return count;
}
