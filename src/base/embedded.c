#include "base/embedded.h"

#include <string.h>

size_t sp_embedded_find(const sp_embedded *table, const char *name)
{
    size_t index = 0;
    while (table[index].name && strcmp(table[index].name, name) != 0)
        index++;
    return index;
}

const char *sp_embedded_text(const sp_embedded *table, const char *name)
{
    return table[sp_embedded_find(table, name)].text;
}

const sp_embedded *sp_embedded_at(const sp_embedded *table, size_t index)
{
    const size_t count = sp_embedded_count(table);
    return &table[index < count ? index : count];
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
