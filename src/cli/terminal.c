#include "terminal.h"

#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static bool is_set(const char *variable)
{
    const char *value = getenv(variable);
    return value && *value;
}

static bool is_zero(const char *variable)
{
    const char *value = getenv(variable);
    return value && strcmp(value, "0") == 0;
}

static bool is_dumb(void)
{
    const char *terminal = getenv("TERM");
    return !terminal || strcmp(terminal, "dumb") == 0;
}

bool wants_color(color_choice choice)
{
    if (choice != COLOR_AUTO)
        return choice == COLOR_ALWAYS;
    if (is_set("NO_COLOR"))
        return false;
    if (is_set("CLICOLOR_FORCE") && !is_zero("CLICOLOR_FORCE"))
        return true;
    return isatty(STDOUT_FILENO) && !is_dumb() && !is_zero("CLICOLOR");
}

bool wants_ascii(bool asked)
{
    return asked || (isatty(STDOUT_FILENO) && strcmp(nl_langinfo(CODESET), "UTF-8") != 0);
}

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

#define PROGRESS_AFTER 1.0 /* seconds */
#define PROGRESS_EVERY 0.2

/* The narrowest terminal that is thought of; a line that wraps could not be taken back. */
enum { PROGRESS_NAME = 48 };

progress progress_start(void)
{
    return (progress){.is_on = isatty(STDERR_FILENO) && !is_dumb(), .start = seconds_now()};
}

void progress_show(progress *of, size_t checked, const char *name)
{
    if (!of->is_on)
        return;
    double now = seconds_now();
    if (now - of->start < PROGRESS_AFTER || now - of->last < PROGRESS_EVERY)
        return;
    of->last = now;
    of->is_shown = true;
    fprintf(stderr, "\r\033[K%zu checked", checked);
    if (name)
        fprintf(stderr, ", now %.*s%s", PROGRESS_NAME, name,
                strlen(name) > PROGRESS_NAME ? "..." : "");
    fflush(stderr);
}

void progress_clear(progress *of)
{
    if (of->is_shown)
        fputs("\r\033[K", stderr);
    of->is_shown = false;
}
