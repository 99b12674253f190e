#include "base/embedded.h"

#include <string.h>

const char *sp_embedded_text(const sp_embedded *table, const char *name)
{
    for (; table->name; table++)
        if (strcmp(table->name, name) == 0)
            return table->text;
    return NULL;
}

size_t sp_embedded_count(const sp_embedded *table)
{
    size_t count = 0;
    while (table[count].name)
        count++;
    return count;
}

const char *sp_embedded_summary(const char *text, size_t *length)
{
    *length = 0;
    if (!text || *text != '#')
        return "";
    text += strspn(text, "# ");
    *length = strcspn(text, "\r\n");
    return text;
}
