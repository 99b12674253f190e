/* Writes the manual pages and the completions:
 *
 *     shardproof-docs README.md DIRECTORY
 *
 * The directories of DIRECTORY are there already: man1, man5, man7, bash, zsh, fish. */
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

static FILE *create(const char *directory, const char *format, const char *name)
{
    char path[4096], file[256];
    snprintf(file, sizeof file, format, name);
    int length = snprintf(path, sizeof path, "%s/%s", directory, file);
    FILE *to = length > 0 && (size_t)length < sizeof path ? fopen(path, "wb") : NULL;
    if (!to)
        fail("cannot be written", path);
    return to;
}

static void finish(FILE *to)
{
    bool failed = ferror(to);
    if (fclose(to) != 0 || failed)
        fail("cannot be written", "a file");
}

static void write_with(void (*write)(FILE *to), const char *directory, const char *name)
{
    FILE *to = create(directory, "%s", name);
    write(to);
    finish(to);
}

int main(int count, char **argument)
{
    if (count != 3) {
        fprintf(stderr, "usage: shardproof-docs README.md DIRECTORY\n");
        return EXIT_USAGE;
    }
    const char *directory = argument[2];
    write_with(write_overview_page, directory, "man1/shardproof.1");
    for (const command *c = command_table; c->name; c++) {
        FILE *to = create(directory, "man1/shardproof-%s.1", c->name);
        write_command_page(to, c);
        finish(to);
    }
    char *readme = read_whole(argument[1]);
    FILE *language = create(directory, "%s", "man5/shardproof-language.5");
    if (!write_language_page(language, readme))
        fail("the sections \"The language\" and \"Limits\" are not there", argument[1]);
    finish(language);
    FILE *trust = create(directory, "%s", "man7/shardproof-trust.7");
    if (!write_trust_page(trust, readme))
        fail("the section \"What is trusted\" is not there", argument[1]);
    finish(trust);
    free(readme);
    write_with(write_bash_completion, directory, "bash/shardproof");
    write_with(write_zsh_completion, directory, "zsh/_shardproof");
    write_with(write_fish_completion, directory, "fish/shardproof.fish");
    return EXIT_MET;
}
