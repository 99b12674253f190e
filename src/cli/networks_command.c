#include "command.h"

static void list(void)
{
    for (size_t i = 0; i < sp_network_count(); i++) {
        size_t length;
        const char *summary = sp_network_summary(i, &length);
        printf("%-20s%.*s\n", sp_network_name(i), (int)length, summary);
    }
}

/* A built-in network by its name, else the networks of a file: their text, or their delta rules. */
static int show(const char *operand, bool rule)
{
    sp_networks *networks;
    const bool builtin = sp_network_find(operand) < sp_network_count();
    const sp_status status = builtin ? sp_networks_load_builtin(&networks, operand, NULL)
                                     : sp_networks_load_file(&networks, operand, NULL);
    if (!networks) {
        fprintf(stderr, "%s: error: %s\n", operand, sp_status_text(status));
        return sp_status_exit_code(status);
    }
    for (size_t i = 0; i < sp_networks_diagnoses(networks); i++)
        fputs(sp_networks_diagnosis(networks, i)->text, stderr);
    if (status == SP_BAD_INPUT && !sp_networks_source(networks))
        fputs("  hint: there is no built-in network of that name either; shardproof networks lists them\n", stderr);
    if (status == SP_OK && !rule)
        fputs(sp_networks_source(networks), stdout);
    for (size_t i = 0; i < sp_networks_count(networks) && rule; i++)
        printf("%s%s", i ? "\n" : "", sp_networks_rule(networks, i));
    sp_networks_close(networks);
    return sp_status_exit_code(status);
}

int run_networks(const settings *given)
{
    if (given->operands > 1 || (given->rule && given->operands == 0)) {
        fprintf(stderr, "shardproof networks: %s\nsee shardproof networks --help\n",
                given->operands ? "one name at most" : "--rule of which network?");
        return EXIT_USAGE;
    }
    if (given->operands == 1)
        return show(given->operand[0], given->rule);
    list();
    return EXIT_MET;
}
