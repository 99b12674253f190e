/* Units: all that one file defines, and the schemes that it refers to. */
#include "lang/builtin.h"
#include "lang/check.h"
#include "lang/mlp.h"

#include <stdlib.h>
#include <string.h>

/* A scheme that was looked up: the same one every time. */
typedef struct known_scheme {
    const char *key; /* name or path */
    const sp_program *program; /* NULL: it has errors, reported already */
} known_scheme;

typedef struct loading {
    sp_pool *pool;
    const sp_source *source;
    const sp_vocabulary *vocabulary;
    sp_diagnostics *diagnostics;
    sp_reporter reporter;
    sp_unit *unit;
    size_t program_room;
    sp_names by_name, by_path; /* indices into known */
    known_scheme *known;
    size_t count, room;
    const sp_signature **network;
    size_t networks, network_room;
    sp_names declared;          /* names of networks that have a block, which may have errors */
    sp_names used;              /* schemes of files that are used: indices into used_scheme */
    const sp_program **used_scheme;
    size_t used_schemes, used_room;
    sp_names files;             /* that are used: read once */
    const struct using *using;  /* the files that are being read, the last one first */
} loading;

typedef struct using {
    const char *file;
    const struct using *outer;
} using;

static void remember(loading *l, sp_names *names, const char *key, const sp_program *program)
{
    size_t at = l->count;
    if (!sp_names_add(names, key, &at))
        return;
    l->known = sp_pool_grow(l->pool, l->known, &l->room, l->count + 1, sizeof *l->known);
    l->known[l->count++] = (known_scheme){key, program};
    if (!program)
        return;
    l->unit->program = sp_pool_grow(l->pool, l->unit->program, &l->program_room,
                                    l->unit->programs + 1, sizeof *l->unit->program);
    l->unit->program[l->unit->programs++] = program;
}

static sp_file_syntax parse(sp_reporter *reporter, const sp_vocabulary *vocabulary)
{
    sp_parser p = sp_parser_start(reporter, vocabulary);
    sp_file_syntax file = {0};
    sp_parse_file(&p, &file);
    return file;
}

const sp_program *sp_scheme_of_text(sp_pool *pool, const sp_signature *of, const char *name, const char *text,
                                    sp_diagnostics *diagnostics)
{
    const sp_source *source = sp_source_from(pool, sp_pool_format(pool, "built-in/%s.scheme", name),
                                             text, strlen(text), diagnostics);
    sp_vocabulary none = {0};
    sp_reporter reporter = {.pool = pool, .diagnostics = diagnostics, .source = source};
    sp_file_syntax file = source ? parse(&reporter, &none) : (sp_file_syntax){0};
    const sp_program *program = file.schemes == 1 ? sp_check_scheme(&reporter, of, file.scheme[0]) : NULL;
    return diagnostics->errors ? NULL : program;
}

static const sp_program *builtin_of(sp_pool *pool, const sp_signature *of, const char *name)
{
    const char *text = sp_builtin_scheme_text(name);
    sp_diagnostics none = {.pool = pool};
    const sp_program *program = text ? sp_scheme_of_text(pool, of, name, text, &none) : NULL;
    if (text && !program) /* a built-in scheme is part of the program: tested */
        sp_pool_fail(pool, SP_INTERNAL);
    return program;
}

const sp_signature *sp_signature_of_mlp(sp_pool *pool, const sp_vocabulary *vocabulary)
{
    sp_signature *mlp = SP_NEW(pool, sp_signature);
    *mlp = sp_mlp;
    if (vocabulary) {
        mlp->activation = vocabulary->activation;
        mlp->activations = vocabulary->activations;
    }
    mlp->rule = builtin_of(pool, mlp, "delta-rule");
    return mlp;
}

const sp_program *sp_scheme_builtin(sp_pool *pool, const char *name)
{
    const sp_signature *mlp = sp_signature_of_mlp(pool, NULL);
    return strcmp(name, "delta-rule") == 0 ? mlp->rule : builtin_of(pool, mlp, name);
}

static void add_network(loading *l, const sp_signature *of)
{
    l->network = sp_pool_grow(l->pool, l->network, &l->network_room, l->networks + 1, sizeof of);
    l->network[l->networks++] = of;
}

/* The network of that name, without one mlp; NULL after a diagnostic. */
static const sp_signature *network_of(loading *l, sp_name name)
{
    const char *key = name.text ? name.text : sp_mlp.name;
    for (size_t i = 0; i < l->networks; i++)
        if (strcmp(l->network[i]->name, key) == 0)
            return l->network[i];
    const sp_signature *of = NULL;
    size_t unused;
    if (strcmp(key, sp_mlp.name) == 0)
        of = sp_signature_of_mlp(l->pool, l->vocabulary);
    else if (sp_names_find(&l->declared, key, &unused))
        return NULL; /* it has errors, reported already */
    else if (l->vocabulary->network)
        of = l->vocabulary->network(l->pool, key);
    if (!of) {
        const size_t built_in = sp_embedded_count(sp_builtin_network_table), count = built_in + l->networks;
        const char **known = SP_NEW_ARRAY(l->pool, const char *, count);
        for (size_t i = 0; i < built_in; i++)
            known[i] = sp_builtin_network_table[i].name;
        for (size_t i = 0; i < l->networks; i++)
            known[built_in + i] = l->network[i]->name;
        sp_report(&l->reporter, name.span,
                  sp_hint_nearest(&l->reporter, key, known, count, "shardproof networks lists them"),
                  "unknown network '%s'", key);
        return NULL;
    }
    add_network(l, of);
    return of;
}

/* "a/b.case" and "c.scheme" -> "a/c.scheme" */
static const char *beside(sp_pool *pool, const char *file, const char *path)
{
    const char *slash = strrchr(file, '/');
    if (path[0] == '/' || !slash)
        return path;
    return sp_pool_format(pool, "%.*s/%s", (int)(slash - file), file, path);
}

/* The text of a file that is named at a place of another text; NULL after a diagnostic. */
static const sp_source *read_named(loading *l, sp_reporter *at, sp_name path, const char *file_name)
{
    sp_diagnostics reading = {.pool = l->pool};
    const sp_source *source = sp_source_read(l->pool, file_name, &reading);
    for (size_t i = 0; i < reading.count; i++) {
        const sp_diagnostic *d = &reading.item[i];
        if (d->span.source) /* not UTF-8: the place in that file */
            sp_error(l->diagnostics, d->span, d->hint, "%s", d->message);
        else
            sp_report(at, path.span, NULL, "%s: %s", d->file, d->message);
    }
    return source;
}

/* A scheme of the text that the reporter is for. */
static const sp_program *check_scheme(loading *l, sp_reporter *reporter, const sp_scheme_syntax *scheme)
{
    sp_reporter own = l->reporter;
    const bool same = reporter == &l->reporter;
    if (!same)
        l->reporter = *reporter; /* an unknown network is an error of that text */
    const sp_signature *of = network_of(l, scheme->of);
    if (!same) {
        *reporter = l->reporter;
        l->reporter = own;
    }
    return of ? sp_check_scheme(reporter, of, scheme) : NULL;
}

/* The networks of a text. */
static void check_networks(loading *l, sp_reporter *reporter, const sp_file_syntax *file)
{
    for (size_t i = 0; i < file->networks; i++) {
        const sp_name name = file->network[i]->body.name;
        size_t unused = i;
        if (!name.text)
            continue;
        if (!sp_names_add(&l->declared, name.text, &unused)) {
            sp_report(reporter, name.span, NULL, "a second network named %s", name.text);
            continue;
        }
        const sp_signature *of = NULL;
        if (l->vocabulary->own_network)
            of = l->vocabulary->own_network(reporter, file->network[i]);
        if (of)
            add_network(l, of);
    }
}

static void use_file(loading *l, sp_reporter *reporter, sp_name path);

/* The networks and schemes of the files that a text uses. */
static void take_used(loading *l, sp_reporter *reporter, const sp_file_syntax *file)
{
    for (size_t i = 0; i < file->uses; i++)
        if (*file->use[i].text)
            use_file(l, reporter, file->use[i]);
}

static void use_file(loading *l, sp_reporter *at, sp_name path)
{
    const char *name = beside(l->pool, at->source->name, path.text);
    for (const using *u = l->using; u; u = u->outer)
        if (strcmp(u->file, name) == 0) {
            sp_report(at, path.span, "a file that uses another cannot be used by it", "%s uses itself", path.text);
            return;
        }
    size_t unused = 0;
    if (!sp_names_add(&l->files, name, &unused))
        return;
    const sp_source *source = read_named(l, at, path, name);
    if (!source)
        return;
    const using here = {name, l->using};
    l->using = &here;
    sp_reporter reporter = {.pool = l->pool, .diagnostics = l->diagnostics, .source = source};
    const sp_file_syntax file = parse(&reporter, l->vocabulary);
    take_used(l, &reporter, &file);
    check_networks(l, &reporter, &file);
    for (size_t i = 0; i < file.schemes; i++) {
        const sp_name scheme = file.scheme[i]->name;
        const sp_program *program = check_scheme(l, &reporter, file.scheme[i]);
        size_t index = l->used_schemes;
        if (!scheme.text)
            continue;
        if (!sp_names_add(&l->used, scheme.text, &index)) {
            sp_report(at, path.span, NULL, "a second scheme named %s comes from %s", scheme.text, path.text);
            continue;
        }
        l->used_scheme = sp_pool_grow(l->pool, l->used_scheme, &l->used_room, index + 1, sizeof program);
        l->used_scheme[l->used_schemes++] = program;
    }
    l->using = here.outer;
}

static const sp_program *scheme_by_name(loading *l, sp_name name)
{
    size_t at;
    if (sp_names_find(&l->by_name, name.text, &at))
        return l->known[at].program;
    if (sp_names_find(&l->used, name.text, &at)) {
        remember(l, &l->by_name, name.text, l->used_scheme[at]);
        return l->used_scheme[at];
    }
    const sp_signature *mlp = network_of(l, (sp_name){0});
    const sp_program *program = strcmp(name.text, "delta-rule") == 0 ? mlp->rule : builtin_of(l->pool, mlp, name.text);
    if (program) {
        remember(l, &l->by_name, name.text, program);
        return program;
    }
    size_t count = 0, builtins = sp_builtin_scheme_count();
    const char **known = SP_NEW_ARRAY(l->pool, const char *, builtins + l->count + l->used_schemes);
    for (size_t i = 0; i < l->used_schemes; i++)
        if (l->used_scheme[i])
            known[count++] = l->used_scheme[i]->name;
    for (size_t i = 0; i < l->count; i++)
        known[count++] = l->known[i].key;
    for (size_t i = 0; i < builtins; i++)
        known[count++] = sp_builtin_scheme_table[i].name;
    sp_report(&l->reporter, name.span,
              sp_hint_nearest(&l->reporter, name.text, known, count,
                              "a scheme of this file, a built-in one, or a \"path\""),
              "unknown scheme '%s'", name.text);
    return NULL;
}

/* The scheme that a file is for: its only one, or that of several that is named like the file. */
static const sp_scheme_syntax *scheme_of_file(loading *l, const sp_file_syntax *file, sp_name path)
{
    if (file->schemes == 1)
        return file->scheme[0];
    const char *slash = strrchr(path.text, '/');
    const char *base = slash ? slash + 1 : path.text;
    const char *dot = strrchr(base, '.');
    size_t length = dot ? (size_t)(dot - base) : strlen(base);
    for (size_t i = 0; i < file->schemes; i++) {
        const char *name = file->scheme[i]->name.text;
        if (name && strlen(name) == length && memcmp(name, base, length) == 0)
            return file->scheme[i];
    }
    sp_report(&l->reporter, path.span,
              file->schemes ? "the file holds several: one of them must be named like the file"
                            : NULL,
              file->schemes ? "which scheme of %s is meant?" : "there is no scheme in %s",
              path.text);
    return NULL;
}

static const sp_program *scheme_by_path(loading *l, sp_name path)
{
    size_t at;
    if (sp_names_find(&l->by_path, path.text, &at))
        return l->known[at].program;
    const char *file_name = beside(l->pool, l->source->name, path.text);
    const sp_program *program = NULL;
    size_t before = l->diagnostics->errors;
    const sp_source *source = read_named(l, &l->reporter, path, file_name);
    if (source) {
        sp_reporter reporter = {.pool = l->pool, .diagnostics = l->diagnostics, .source = source};
        sp_file_syntax file = parse(&reporter, l->vocabulary);
        take_used(l, &reporter, &file);
        check_networks(l, &reporter, &file);
        const sp_scheme_syntax *scheme = scheme_of_file(l, &file, path);
        if (scheme)
            program = check_scheme(l, &reporter, scheme);
    }
    if (l->diagnostics->errors > before)
        program = NULL;
    remember(l, &l->by_path, path.text, program);
    return program;
}

static const sp_program *look_up(void *argument, const sp_choice *choice)
{
    return choice->path ? scheme_by_path(argument, choice->name)
                        : scheme_by_name(argument, choice->name);
}

static void check_block_name(loading *l, sp_names *names, sp_name name, const char *what)
{
    size_t none = 0;
    if (name.text && !sp_names_add(names, name.text, &none))
        sp_report(&l->reporter, name.span, NULL, "a second %s named %s in this file", what,
                  name.text);
}

/* Where a diagnostic stands among those of one load: by place, its own source first, other sources
 * in the order in which they were read, whole files last. */
typedef struct sort_key {
    size_t file, place, order;
    sp_diagnostic item;
} sort_key;

static int compare_keys(const void *a, const void *b)
{
    const sort_key *x = a, *y = b;
    if (x->file != y->file)
        return x->file < y->file ? -1 : 1;
    if (x->place != y->place)
        return x->place < y->place ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

static void sort_diagnostics(sp_diagnostics *diagnostics, size_t from, const sp_source *own)
{
    size_t count = diagnostics->count - from;
    if (count < 2)
        return;
    sort_key *key = SP_NEW_ARRAY(diagnostics->pool, sort_key, count);
    for (size_t i = 0; i < count; i++) {
        const sp_diagnostic *d = &diagnostics->item[from + i];
        size_t file = SIZE_MAX;
        for (size_t k = 0; k < i && d->span.source && file == SIZE_MAX; k++)
            if (key[k].item.span.source == d->span.source)
                file = key[k].file;
        if (d->span.source && file == SIZE_MAX)
            file = d->span.source == own ? 0 : i + 1;
        key[i] = (sort_key){file, d->span.begin, i, *d};
    }
    qsort(key, count, sizeof *key, compare_keys);
    for (size_t i = 0; i < count; i++)
        diagnostics->item[from + i] = key[i].item;
    sp_pool_free(diagnostics->pool, key);
}

sp_unit *sp_unit_load(sp_pool *pool, const sp_source *source, const sp_vocabulary *vocabulary,
                      sp_diagnostics *diagnostics)
{
    loading l = {.pool = pool, .source = source, .vocabulary = vocabulary,
                 .diagnostics = diagnostics,
                 .reporter = {.pool = pool, .diagnostics = diagnostics, .source = source},
                 .unit = SP_NEW(pool, sp_unit), .by_name = sp_names_in(pool),
                 .by_path = sp_names_in(pool), .declared = sp_names_in(pool), .used = sp_names_in(pool),
                 .files = sp_names_in(pool)};
    l.unit->source = source;
    size_t before = diagnostics->count;
    sp_file_syntax file = parse(&l.reporter, vocabulary);
    if (file.schemes + file.cases + file.networks + file.uses == 0 && l.reporter.errors == 0)
        sp_report(&l.reporter, (sp_span){source, 0, 0}, NULL,
                  "the file has no scheme and no case");
    const using own = {source->name, NULL};
    l.using = &own;
    take_used(&l, &l.reporter, &file);
    check_networks(&l, &l.reporter, &file);
    sp_names schemes = sp_names_in(pool), cases = sp_names_in(pool);
    for (size_t i = 0; i < file.schemes; i++) {
        const sp_scheme_syntax *scheme = file.scheme[i];
        check_block_name(&l, &schemes, scheme->name, "scheme");
        const sp_program *program = check_scheme(&l, &l.reporter, scheme);
        if (scheme->name.text)
            remember(&l, &l.by_name, scheme->name.text, program);
    }
    sp_case_context context = {.reporter = &l.reporter, .scheme = look_up, .argument = &l, .vocabulary = vocabulary,
                               .unit = l.unit};
    for (size_t i = 0; i < file.cases; i++) {
        check_block_name(&l, &cases, file.item[i]->name, "case");
        sp_check_case(&context, file.item[i]);
    }
    sort_diagnostics(diagnostics, before, source);
    return l.unit;
}
