/* Every diagnostic of src/lang: tests/data/diagnostics/NAME.case or NAME.scheme is loaded, and
 * what is reported must be the text of NAME.expected, byte for byte. To see what a file gives, run
 * this test: it prints both. Broken by: any change of a message, a place, a caret or a hint; an
 * error that is missed or reported twice. */
#include "lang_fixture.h"

#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

enum { MOST = 1000 };

static const char *with_ending(char *buffer, size_t room, const char *name, const char *ending)
{
    const char *dot = strrchr(name, '.');
    assert_non_null(dot);
    int length = snprintf(buffer, room, "%.*s%s", (int)(dot - name), name, ending);
    assert_true(length > 0 && (size_t)length < room);
    return buffer;
}

static bool ends_in(const char *name, const char *ending)
{
    size_t length = strlen(name), tail = strlen(ending);
    return length > tail && strcmp(name + length - tail, ending) == 0;
}

static char *file_text(const char *name)
{
    FILE *file = fopen(name, "rb");
    if (!file)
        return NULL;
    size_t room = 1 << 16;
    char *text = calloc(room, 1);
    assert_non_null(text);
    size_t length = fread(text, 1, room - 1, file);
    assert_true(length < room - 1);
    fclose(file);
    return text;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void each_file_gives_its_diagnostic(void **state)
{
    (void)state;
    assert_int_equal(chdir(SOURCE_DIR "/tests/data/diagnostics"), 0);
    DIR *folder = opendir(".");
    assert_non_null(folder);
    char *names[MOST];
    size_t count = 0, wrong = 0, inputs = 0;
    for (struct dirent *entry; (entry = readdir(folder));) {
        if (!ends_in(entry->d_name, ".case") && !ends_in(entry->d_name, ".scheme") &&
            !ends_in(entry->d_name, ".expected"))
            continue;
        assert_true(count < MOST);
        names[count++] = strdup(entry->d_name);
    }
    closedir(folder);
    qsort(names, count, sizeof *names, by_name);
    for (size_t i = 0; i < count; i++) {
        char other[512];
        if (ends_in(names[i], ".expected")) {
            bool there = access(with_ending(other, sizeof other, names[i], ".case"), R_OK) == 0 ||
                         access(with_ending(other, sizeof other, names[i], ".scheme"), R_OK) == 0;
            if (!there)
                print_error("%s belongs to no file\n", names[i]);
            wrong += !there;
        } else {
            loaded l = load_bytes(names[i], NULL, 0);
            char *expected = file_text(with_ending(other, sizeof other, names[i], ".expected"));
            bool same = expected && strcmp(expected, l.shown) == 0 && l.diagnostics.errors > 0;
            if (!same)
                print_error("%s: expected\n%s\ngot\n%s\n", names[i],
                            expected ? expected : "(no file)", l.shown);
            wrong += !same;
            inputs++;
            free(expected);
            sp_pool_close(l.pool);
        }
        free(names[i]);
    }
    assert_int_equal(wrong, 0);
    assert_true(inputs > 200);
}

/* The example of the language's description. */
static void split_that_does_not_add_up_is_for_the_mesh(void **state)
{
    (void)state;
    loaded l = load_good("case x\n"
                         "  dims    N = 5, Din = 4, Dh = 6, Dout = 2\n"
                         "  scheme  megatron\n"
                         "  mesh    tp = 2\n"
                         "  split   Dh/tp = 3 + 4\n");
    const sp_split_spec *split = &l.unit->item[0]->split[0];
    sp_error(&l.diagnostics, split->span, NULL, "Dh/tp = 3 + 4 adds up to 7, but Dh is 6");
    sp_text shown = sp_text_in(l.pool);
    sp_diagnostic_show(&shown, &l.diagnostics.item[0]);
    assert_string_equal(sp_text_string(&shown),
                        "test.case:5:19: error: Dh/tp = 3 + 4 adds up to 7, but Dh is 6\n"
                        "  split   Dh/tp = 3 + 4\n"
                        "                  ^~~~~\n");
    sp_pool_close(l.pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_file_gives_its_diagnostic),
        cmocka_unit_test(split_that_does_not_add_up_is_for_the_mesh),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
