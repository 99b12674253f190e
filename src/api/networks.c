#include "api/cases.h"
#include "api/entry.h"
#include "lang/builtin.h"
#include "lang/mlp.h"
#include "proof/certificate_gradient.h"
#include "rule/network.h"

#include <shardproof/networks.h>
#include <string.h>

size_t sp_network_count(void)
{
    return sp_embedded_count(sp_builtin_network_table);
}

const char *sp_network_name(size_t index)
{
    return sp_embedded_at(sp_builtin_network_table, index)->name;
}

const char *sp_network_text(size_t index)
{
    return sp_embedded_at(sp_builtin_network_table, index)->text;
}

const char *sp_network_summary(size_t index, size_t *length)
{
    return sp_embedded_summary(sp_network_text(index), length);
}

size_t sp_network_find(const char *name)
{
    return sp_embedded_find(sp_builtin_network_table, name);
}

struct sp_networks {
    sp_pool *pool;
    sp_diagnostics found;
    sp_diagnosis *diagnosis;
    const char *text;
    sp_network_program **network;
    const char **rule;
    size_t count;
};

/* What a load reads: a file if text is NULL. */
typedef struct load_job {
    sp_pool *pool;
    const char *path, *text;
    sp_networks *networks;
} load_job;

/* A network of the user's may not have every name of a built-in one; the built-in one's own text may. */
static void check_names(sp_networks *n)
{
    for (size_t i = 0; i < n->count; i++) {
        const char *same = n->network[i] ? sp_network_text(sp_network_find(n->network[i]->name)) : NULL;
        if (same && strcmp(same, n->text) != 0)
            (void)sp_net_may_be_called(&n->found, n->network[i]->name, n->network[i]->span, n->network[i]);
    }
}

static void load(void *argument)
{
    load_job *job = argument;
    sp_networks *n = job->networks = SP_NEW(job->pool, sp_networks);
    n->pool = n->found.pool = job->pool;
    const sp_source *source = job->text ? sp_source_from(n->pool, job->path, job->text, strlen(job->text), &n->found)
                                        : sp_source_read(n->pool, job->path, &n->found);
    if (source) {
        n->text = source->text;
        n->count = sp_networks_load(n->pool, source, &n->network, &n->found);
        if (!job->text)
            check_names(n);
    }
    n->rule = SP_NEW_ARRAY(n->pool, const char *, n->count + 1);
    for (size_t i = 0; i < n->count && n->found.errors == 0; i++) {
        n->rule[i] = sp_net_rule_text(n->pool, sp_net_derive(n->network[i], &n->found));
        if (!n->rule[i])
            sp_error(&n->found, n->network[i]->span, NULL, "the delta rule of %s is too long (limit 16 MiB)",
                     n->network[i]->name);
    }
    if (n->found.errors > 0)
        n->count = 0;
    n->diagnosis = sp_describe_diagnoses(n->pool, &n->found);
}

static sp_status run_load(sp_networks **networks, load_job *job, const sp_load_options *options)
{
    *networks = NULL;
    sp_status status = sp_entry_run(&job->pool, options ? options->allocator : NULL, options ? options->limits : NULL,
                                    load, job);
    if (status != SP_OK)
        return status;
    *networks = job->networks;
    return job->networks->found.errors > 0 ? SP_BAD_INPUT : SP_OK;
}

sp_status sp_networks_load_file(sp_networks **networks, const char *path, const sp_load_options *options)
{
    return run_load(networks, &(load_job){.path = path}, options);
}

sp_status sp_networks_load_builtin(sp_networks **networks, const char *name, const sp_load_options *options)
{
    *networks = NULL;
    const size_t index = sp_network_find(name);
    if (index == sp_network_count())
        return SP_BAD_USAGE;
    return run_load(networks, &(load_job){.path = name, .text = sp_network_text(index)}, options);
}

void sp_networks_close(sp_networks *networks)
{
    if (networks)
        sp_pool_close(networks->pool);
}

size_t sp_networks_count(const sp_networks *networks)
{
    return networks->count;
}

const char *sp_networks_name(const sp_networks *networks, size_t index)
{
    return index < networks->count ? networks->network[index]->name : NULL;
}

const char *sp_networks_rule(const sp_networks *networks, size_t index)
{
    return index < networks->count ? networks->rule[index] : NULL;
}

typedef struct certificate_job {
    sp_networks *networks;
    size_t index;
    const char *text, *why;
} certificate_job;

static void write_certificate(void *argument)
{
    certificate_job *job = argument;
    sp_networks *n = job->networks;
    sp_diagnostics found = {.pool = n->pool};
    sp_network_program **again; /* the rule's nodes are in n->network already */
    const sp_source *source = sp_source_from(n->pool, n->network[job->index]->name, n->text, strlen(n->text), &found);
    if (!source || sp_networks_load(n->pool, source, &again, &found) != n->count)
        sp_pool_fail(n->pool, SP_INTERNAL); /* it was read before */
    const sp_signature *of = sp_net_signature(n->pool, again[job->index], &found);
    if (strcmp(n->network[job->index]->name, sp_mlp.name) == 0)
        job->why = "the certificate of each of its schemes has this theorem: shardproof prove --certificate";
    else if (!of)
        job->why = found.item[found.count - 1].message;
    else
        job->why = sp_certificate_no_gradient(of);
    if (!job->why)
        job->text = sp_certificate_of_network(n->pool, of);
}

sp_status sp_networks_certificate(sp_networks *networks, size_t index, const char **text, const char **why)
{
    certificate_job job = {.networks = networks, .index = index};
    *text = *why = NULL;
    if (index >= networks->count)
        return SP_BAD_USAGE;
    const sp_status status = sp_pool_run(networks->pool, write_certificate, &job);
    if (status == SP_OK) {
        *text = job.text;
        *why = job.why;
    }
    return status;
}

const char *sp_networks_source(const sp_networks *networks)
{
    return networks->text;
}

size_t sp_networks_diagnoses(const sp_networks *networks)
{
    return networks->found.count;
}

const sp_diagnosis *sp_networks_diagnosis(const sp_networks *networks, size_t index)
{
    return index < networks->found.count ? &networks->diagnosis[index] : NULL;
}
