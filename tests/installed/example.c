/* A program of somebody else's: checks cases from memory and from a file, and reads the verdicts.
 *
 *     cc example.c $(pkg-config --cflags --libs shardproof) -o example && ./example FILE.case */
#include <shardproof/shardproof.h>
#include <stdio.h>
#include <string.h>

static const char text[] = "case from-memory\n"
                           "  dims   N = 3, Din = 4, Dh = 5, Dout = 2\n"
                           "  scheme megatron\n"
                           "  mesh   tp = {1, 2, 7}\n";

/* Checks every case of a loaded file; returns the worst exit code. */
static int check_all(const sp_cases *cases)
{
    int worst = 0;
    for (size_t i = 0; i < sp_cases_count(cases); i++) {
        sp_check *check = NULL;
        sp_status status = sp_check_run(&check, cases, i, NULL);
        if (status != SP_OK) {
            fprintf(stderr, "%s: %s\n", sp_cases_info(cases, i)->name, sp_status_text(status));
            worst = sp_exit_code_worse(worst, sp_status_exit_code(status));
            continue;
        }
        const sp_outcome *outcome = sp_check_outcome(check);
        printf("%s: %s\n", outcome->name, sp_verdict_name(outcome->verdict));
        for (size_t k = 0; k < outcome->results; k++)
            if (outcome->result[k].witness)
                printf("  %s\n", outcome->result[k].name);
        worst = sp_exit_code_worse(worst, sp_outcome_exit_code(outcome));
        sp_check_close(check);
    }
    return worst;
}

/* Checks what was loaded, or shows what is wrong with it; closes it. */
static int finish(sp_cases *cases, sp_status status)
{
    int code = status == SP_OK ? check_all(cases) : sp_status_exit_code(status);
    for (size_t i = 0; cases && i < sp_cases_diagnoses(cases); i++)
        fputs(sp_cases_diagnosis(cases, i)->text, stderr);
    sp_cases_close(cases);
    return code;
}

int main(int argc, char **argv)
{
    sp_cases *cases = NULL;
    sp_status status = sp_cases_load_text(&cases, "memory", text, strlen(text), NULL);
    int code = finish(cases, status);
    for (int i = 1; i < argc; i++) {
        status = sp_cases_load_file(&cases, argv[i], NULL);
        code = sp_exit_code_worse(code, finish(cases, status));
    }
    return code;
}
