/* Cases checked side by side, and reported in the order in which they were added. */
#ifndef SP_CLI_QUEUE_H
#define SP_CLI_QUEUE_H

#include "reports.h"

typedef struct queue queue;

/* jobs threads check cases; with 1, or if no thread can be started, the caller's does. */
queue *queue_open(reports *to, const settings *given, const sp_check_options *options,
                  unsigned jobs);
/* Adds the cases of a file that the filters let through, and takes the handle over. May report
 * cases that were added before. */
void queue_add(queue *to, sp_cases *cases);
/* Reports all that was added. */
void queue_drain(queue *of);
/* Whether nothing more is checked: interrupted, --fail-fast, or a report cannot be written. */
bool queue_is_stopped(const queue *of);
/* Drains, ends the threads, frees; the worst exit code of all cases. */
int queue_close(queue *of);

/* Whether a filter is the case's name, or a pattern of the shell that fits it; without any, yes. */
bool is_wanted(const settings *given, const char *name);

#endif
