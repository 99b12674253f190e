/* Standard output, where a short write is never overlooked. */
#ifndef SP_CLI_OUTPUT_H
#define SP_CLI_OUTPUT_H

#include <shardproof/report.h>

/* *reason becomes the errno of a write that fell short. */
sp_sink standard_output(int *reason);
/* Says that a write fell short, and why; returns the exit code. */
int output_failed(int reason);
/* Writes a file; false after a message. */
bool write_text(const char *path, const char *text);
/* Flushes and closes standard output: code, or 70 with a message if not everything was written.
 * Where code is 70 the message is out already. */
int finish_output(int code);

#endif
