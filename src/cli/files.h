/* The files that operands stand for. */
#ifndef SP_CLI_FILES_H
#define SP_CLI_FILES_H

#include <stdbool.h>
#include <stddef.h>

typedef struct file_list {
    char **path;
    size_t count, capacity;
} file_list;

/* memory; ends with exit code 70 and a message if it is NULL. */
void *or_exit(void *memory);

/* directory/name, to be freed. */
char *join_path(const char *directory, const char *name);

/* Adds a file, or the *.case files in and below a directory, sorted by name; "-" stays as it is.
 * Links to directories are not followed below the operand. False, with a message, if a directory
 * cannot be read or has no such file; what could be found is added all the same. */
bool add_files(file_list *to, const char *operand);
void free_files(file_list *list);

/* All of standard input, or as much as is over every limit of the library; NULL with a message. */
char *read_standard_input(size_t *length);

#endif
