#define _XOPEN_SOURCE 700 /* SA_RESETHAND */
#include "signals.h"

#include <signal.h>
#include <stddef.h>

static volatile int is_cancelled;
static volatile sig_atomic_t is_interrupted;

static void interrupt(int number)
{
    (void)number;
    is_interrupted = 1;
    is_cancelled = 1;
}

void catch_signals(void)
{
    struct sigaction action = {.sa_handler = interrupt, .sa_flags = (int)SA_RESETHAND};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

bool was_interrupted(void)
{
    return is_interrupted != 0;
}

void cancel_checks(void)
{
    is_cancelled = 1;
}

const volatile int *cancel_flag(void)
{
    return &is_cancelled;
}
