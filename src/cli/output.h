/* Standard output, where a short write is never overlooked. */
#ifndef SP_CLI_OUTPUT_H
#define SP_CLI_OUTPUT_H

#include <shardproof/report.h>

sp_sink standard_output(void);
/* Flushes and closes standard output: code, or 70 with a message if not everything was written. */
int finish_output(int code);

#endif
