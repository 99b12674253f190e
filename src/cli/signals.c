#include "signals.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <time.h>

static volatile int is_cancelled; /* read by every thread that checks */
static volatile sig_atomic_t is_interrupted;
static struct timespec interrupted_at;

/* One request may come as several signals: timeout(1) sends one to the process and one to its
 * group. */
static void interrupt(int number)
{
    int error = errno;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    errno = error;
    if (is_interrupted && now.tv_sec - interrupted_at.tv_sec > 1) {
        signal(number, SIG_DFL);
        raise(number);
        return;
    }
    if (!is_interrupted)
        interrupted_at = now;
    is_interrupted = 1;
    __atomic_store_n(&is_cancelled, 1, __ATOMIC_RELAXED);
}

void catch_signals(void)
{
    struct sigaction action = {.sa_handler = interrupt};
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
    __atomic_store_n(&is_cancelled, 1, __ATOMIC_RELAXED);
}

const volatile int *cancel_flag(void)
{
    return &is_cancelled;
}
