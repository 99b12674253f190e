/* Writes mutants of right schemes that are proved in all their results: for tests/certificates.
 *
 *     right_mutants SEED COUNT DIRECTORY     DIRECTORY/1.scheme, 2.scheme, ... */
#include "../unit/soundness.h"

#include "lang/lang.h"
#include "proof/prove.h"

#include <shardproof/schemes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct trial {
    sp_pool *pool;
    const char *text;
    bool right;
} trial;

static void try_text(void *argument)
{
    trial *t = argument;
    sp_diagnostics found = {.pool = t->pool};
    const sp_vocabulary none = {0};
    const sp_source *source =
        sp_source_from(t->pool, "mutant", t->text, strlen(t->text), &found);
    const sp_unit *unit = source ? sp_unit_load(t->pool, source, &none, &found) : NULL;
    t->right = unit && found.errors == 0 && unit->programs == 1 &&
               sp_proof_holds(sp_prove(t->pool, unit->program[0], NULL));
}

static bool is_right(const char *text)
{
    trial t = {.text = text};
    if (sp_pool_open(&t.pool, NULL, NULL) != SP_OK || sp_pool_run(t.pool, try_text, &t) != SP_OK)
        exit(70);
    sp_pool_close(t.pool);
    return t.right;
}

static void write_mutant(const char *directory, size_t number, const char *text)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%zu.scheme", directory, number);
    FILE *file = fopen(path, "w");
    if (!file || fputs(text, file) == EOF || fclose(file) != 0) {
        perror(path);
        exit(70);
    }
}

int main(int argc, char **argv)
{
    static mutant m;
    if (argc != 4) {
        fputs("usage: right_mutants SEED COUNT DIRECTORY\n", stderr);
        return 2;
    }
    uint64_t seed = strtoull(argv[1], NULL, 10);
    size_t own = 0, count = (size_t)strtoull(argv[2], NULL, 10);
    while (soundness_schemes[own])
        own++;
    for (size_t found = 0, tried = 0; found < count; tried++) {
        size_t base = tried % (sp_scheme_count() + own);
        const char *text = base < sp_scheme_count() ? sp_scheme_text(base)
                                                    : soundness_schemes[base - sp_scheme_count()];
        mutant_start(&m, text, seed + tried);
        for (size_t changes = 1 + mutant_below(&m, 3); changes > 0; changes--)
            mutant_change(&m, mutant_draw(&m));
        if (strcmp(m.text, text) != 0 && is_right(m.text))
            write_mutant(argv[3], ++found, m.text);
    }
    return 0;
}
