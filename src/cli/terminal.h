/* What standard output and standard error are, and what may be written to them. */
#ifndef SP_CLI_TERMINAL_H
#define SP_CLI_TERMINAL_H

#include "command.h"

/* From strongest to weakest: --color; NO_COLOR (no-color.org); CLICOLOR_FORCE; a terminal that is
 * not dumb, unless CLICOLOR is 0. */
bool wants_color(color_choice choice);
/* A terminal may not show UTF-8, as its locale says; a file or a pipe gets the same bytes
 * everywhere. */
bool wants_ascii(bool asked);

/* A line on standard error that says how far a run is: only on a terminal that can take it back,
 * and not in the first second. */
typedef struct progress {
    bool is_on, is_shown;
    double start, last; /* seconds */
} progress;

progress progress_start(void);
/* name: of the case that is waited for; NULL: none. May be called as often as you like. */
void progress_show(progress *of, size_t checked, const char *name);
void progress_clear(progress *of);

#endif
