/* Writes the manual pages and the completions:
 *
 *     shardproof-docs DIRECTORY PAGE.md...
 *
 * The directories of DIRECTORY are there already: man1, man3, man5, man7, bash, zsh, fish. A page says in its first
 * line what it is called and in which section it is. */
#include "docs.h"

#include <stdlib.h>

_Noreturn static void fail(const char *what, const char *path)
{
    fprintf(stderr, "shardproof-docs: %s: %s\n", path, what);
    exit(EXIT_FAULT);
}

static char *read_whole(const char *path)
{
    FILE *from = fopen(path, "rb");
    size_t length = 0, room = 1 << 16;
    char *text = malloc(room);
    if (!from || !text)
        fail("cannot be read", path);
    for (size_t got; (got = fread(text + length, 1, room - length - 1, from)) > 0;) {
        length += got;
        if (length == room - 1 && !(text = realloc(text, room *= 2)))
            fail("no memory", path);
    }
    if (ferror(from))
        fail("cannot be read", path);
    fclose(from);
    text[length] = '\0';
    return text;
}

static FILE *create(const char *directory, const char *file)
{
    char path[4096];
    int length = snprintf(path, sizeof path, "%s/%s", directory, file);
    FILE *to = length > 0 && (size_t)length < sizeof path ? fopen(path, "wb") : NULL;
    if (!to)
        fail("cannot be written", path);
    return to;
}

/* The page of a section whose name is in two pieces. */
static FILE *create_page(const char *directory, const char *before, const char *name, int section)
{
    char file[256];
    int length = snprintf(file, sizeof file, "man%d/%s%s.%d", section, before, name, section);
    if (length < 0 || (size_t)length >= sizeof file)
        fail("cannot be written", name);
    return create(directory, file);
}

static void finish(FILE *to)
{
    bool failed = ferror(to);
    if (fclose(to) != 0 || failed)
        fail("cannot be written", "a file");
}

static void write_with(void (*write)(FILE *to), const char *directory, const char *name)
{
    FILE *to = create(directory, name);
    write(to);
    finish(to);
}

static void write_pages(const char *directory, const page *all)
{
    FILE *to = create_page(directory, "shardproof", "", 1);
    write_overview_page(to, all);
    finish(to);
    for (const command *c = command_table; c->name; c++) {
        to = create_page(directory, "shardproof-", c->name, 1);
        write_command_page(to, c, all);
        finish(to);
    }
    for (const page *p = all; p->body; p++) {
        to = create_page(directory, "", p->name, p->section);
        write_page(to, p, all);
        finish(to);
    }
}

enum { PAGES_MAX = 32 };

int main(int count, char **argument)
{
    if (count < 3 || count - 2 > PAGES_MAX) {
        fprintf(stderr, "usage: shardproof-docs DIRECTORY PAGE.md...\n");
        return EXIT_USAGE;
    }
    char *text[PAGES_MAX];
    page pages[PAGES_MAX + 1] = {{.body = NULL}};
    size_t size = (size_t)count - 2;
    for (size_t i = 0; i < size; i++) {
        text[i] = read_whole(argument[i + 2]);
        if (!read_page(&pages[i], text[i]))
            fail("the first line is not \"# NAME(SECTION): SUMMARY\"", argument[i + 2]);
    }
    const char *directory = argument[1];
    write_pages(directory, pages);
    for (size_t i = 0; i < size; i++)
        free(text[i]);
    write_with(write_bash_completion, directory, "bash/shardproof");
    write_with(write_zsh_completion, directory, "zsh/_shardproof");
    write_with(write_fish_completion, directory, "fish/shardproof.fish");
    return EXIT_MET;
}
