#include "command.h"
#include "output.h"

#include <gmp.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* GMP and MPFR cannot go on without memory and would abort: this ends as any lack of memory. */
_Noreturn static void memory_is_exhausted(void)
{
    static const char message[] = "shardproof: out of memory\n";
    ssize_t written = write(STDERR_FILENO, message, sizeof message - 1);
    (void)written;
    _exit(EXIT_FAULT);
}

static void *gmp_allocate(size_t bytes)
{
    void *memory = malloc(bytes ? bytes : 1);
    if (!memory)
        memory_is_exhausted();
    return memory;
}

static void *gmp_reallocate(void *memory, size_t old_bytes, size_t bytes)
{
    (void)old_bytes;
    memory = realloc(memory, bytes ? bytes : 1);
    if (!memory)
        memory_is_exhausted();
    return memory;
}

static void gmp_free(void *memory, size_t bytes)
{
    (void)bytes;
    free(memory);
}

static void print_version(void)
{
    printf("shardproof %s\n", sp_version());
    for (size_t i = 0; sp_library_name(i); i++)
        printf("%s %s\n", sp_library_name(i), sp_library_version(i));
}

static int run(int count, char **argument)
{
    if (count < 2) {
        print_overview(stderr);
        return EXIT_USAGE;
    }
    const char *first = argument[1];
    if (strcmp(first, "--help") == 0 || strcmp(first, "-h") == 0) {
        print_overview(stdout);
        return EXIT_MET;
    }
    if (strcmp(first, "--version") == 0) {
        print_version();
        return EXIT_MET;
    }
    for (const command *c = command_table; c->name; c++) {
        if (strcmp(c->name, first) != 0)
            continue;
        settings given = {0};
        int code;
        return parse_options(&given, c, count - 2, argument + 2, &code) ? c->run(&given) : code;
    }
    fprintf(stderr, "shardproof: there is no command %s\nsee shardproof --help\n", first);
    return EXIT_USAGE;
}

int main(int count, char **argument)
{
    setlocale(LC_CTYPE, ""); /* the character set of the terminal */
    signal(SIGPIPE, SIG_IGN); /* a closed pipe is seen as a short write */
    mp_set_memory_functions(gmp_allocate, gmp_reallocate, gmp_free);
    return finish_output(run(count, argument));
}
