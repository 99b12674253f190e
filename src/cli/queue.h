/* Cases checked side by side, and reported in the order in which they were added. */
#ifndef SP_CLI_QUEUE_H
#define SP_CLI_QUEUE_H

#include <shardproof/report.h>

typedef struct queue queue;

/* jobs threads check cases; with 1, or if no thread can be started, the caller's does. */
queue *queue_open(sp_report *report, const sp_check_options *options, unsigned jobs);
/* Adds every case of a file, and takes the handle over. May report cases that were added before. */
void queue_add(queue *to, sp_cases *cases);
/* Reports all that was added. */
void queue_drain(queue *of);
/* Whether the report could not be written: nothing more is checked. */
bool queue_is_stopped(const queue *of);
/* Drains, ends the threads, frees; the worst exit code of all cases. */
int queue_close(queue *of);

#endif
