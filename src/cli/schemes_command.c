#include "command.h"

int run_schemes(const settings *given)
{
    if (given->operands > 1) {
        fprintf(stderr, "shardproof schemes: one name at most\nsee shardproof schemes --help\n");
        return EXIT_USAGE;
    }
    if (given->operands == 1) {
        const char *text = sp_scheme_text(sp_scheme_find(given->operand[0]));
        if (!text) {
            fprintf(stderr, "shardproof schemes: there is no built-in scheme %s\n"
                            "shardproof schemes lists them\n", given->operand[0]);
            return EXIT_USAGE;
        }
        fputs(text, stdout);
        return EXIT_MET;
    }
    for (size_t i = 0; i < sp_scheme_count(); i++) {
        size_t length;
        const char *summary = sp_scheme_summary(i, &length);
        printf("%-20s%.*s\n", sp_scheme_name(i), (int)length, summary);
    }
    return EXIT_MET;
}
