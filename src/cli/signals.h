/* One flag that every check polls: set by SIGINT and SIGTERM, or by the run itself. */
#ifndef SP_CLI_SIGNALS_H
#define SP_CLI_SIGNALS_H

#include <stdbool.h>

/* From here on SIGINT and SIGTERM set the flag; another one some seconds later ends the process. */
void catch_signals(void);
bool was_interrupted(void);
/* Lets the checks that run leave at their next poll. */
void cancel_checks(void);
/* For sp_limits. */
const volatile int *cancel_flag(void);

#endif
