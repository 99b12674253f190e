#include "command.h"
#include "output.h"

static void list(void)
{
    for (size_t i = 0; i < sp_network_count(); i++) {
        size_t length;
        const char *summary = sp_network_summary(i, &length);
        printf("%-20s%.*s\n", sp_network_name(i), (int)length, summary);
    }
}

/* That the delta rule is the gradient; of a file with one network. */
static sp_status write_certificate(sp_networks *networks, const char *path)
{
    const char *text, *why;
    if (sp_networks_count(networks) != 1) {
        fprintf(stderr, "%s: error: a certificate is of one network, not of %zu\n", path, sp_networks_count(networks));
        return SP_BAD_USAGE;
    }
    const sp_status status = sp_networks_certificate(networks, 0, &text, &why);
    if (status != SP_OK)
        fprintf(stderr, "%s: error: %s\n", path, sp_status_text(status));
    else if (why)
        fprintf(stderr, "%s: error: no certificate of %s: %s\n", path, sp_networks_name(networks, 0), why);
    if (status != SP_OK || why)
        return status != SP_OK ? status : SP_BAD_INPUT;
    return write_text(path, text) ? SP_OK : SP_WRITE_FAILED;
}

/* A built-in network by its name, else the networks of a file: their text, or their delta rules. */
static int show(const char *operand, bool rule, const char *certificate)
{
    sp_networks *networks;
    const bool builtin = sp_network_find(operand) < sp_network_count();
    sp_status status = builtin ? sp_networks_load_builtin(&networks, operand, NULL)
                                     : sp_networks_load_file(&networks, operand, NULL);
    if (!networks) {
        fprintf(stderr, "%s: error: %s\n", operand, sp_status_text(status));
        return sp_status_exit_code(status);
    }
    for (size_t i = 0; i < sp_networks_diagnoses(networks); i++)
        fputs(sp_networks_diagnosis(networks, i)->text, stderr);
    if (status == SP_BAD_INPUT && !sp_networks_source(networks))
        fputs("  hint: there is no built-in network of that name either; shardproof networks lists them\n", stderr);
    if (status == SP_OK && certificate)
        status = write_certificate(networks, certificate);
    if (status == SP_OK && !rule && !certificate)
        fputs(sp_networks_source(networks), stdout);
    for (size_t i = 0; i < sp_networks_count(networks) && rule && status == SP_OK; i++)
        printf("%s%s", i ? "\n" : "", sp_networks_rule(networks, i));
    sp_networks_close(networks);
    return sp_status_exit_code(status);
}

int run_networks(const settings *given)
{
    if (given->operands > 1 || ((given->rule || given->certificate) && given->operands == 0)) {
        fprintf(stderr, "shardproof networks: %s\nsee shardproof networks --help\n",
                given->operands ? "one name at most"
                : given->rule   ? "--rule of which network?" : "--certificate of which network?");
        return EXIT_USAGE;
    }
    if (given->operands == 1)
        return show(given->operand[0], given->rule, given->certificate);
    list();
    return EXIT_MET;
}
