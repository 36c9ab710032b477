/* SPDX-License-Identifier: MIT */
/*
 * module-t.c - providers that are not what they should be never run.
 */
#include <criterion/criterion.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "helper/module/module.h"
#include "tests/unit/under_valgrind.h"

static char dir[64];

static void
set_up(void)
{
    strcpy(dir, "/tmp/tokenward-module.XXXXXX");
    cr_assert_not_null(mkdtemp(dir));
}

static void
tear_down(void)
{
    char command[128];

    (void)snprintf(command, sizeof command, "rm -rf %s", dir);
    (void)!system(command);
}

TestSuite(module, .init = set_up, .fini = tear_down, .timeout = 60);

/* Compiles @source as <dir>/NAME.so; its constructor leaves a mark. */
static void
build(const char *name, const char *source)
{
    char path[128], command[512];
    FILE *file;

    (void)snprintf(path, sizeof path, "%s/%s.c", dir, name);
    file = fopen(path, "w");
    (void)fprintf(file,
                  "#include <stdio.h>\n"
                  "#include \"provider/tokenward-provider.h\"\n"
                  "__attribute__((constructor)) static void go(void)\n"
                  "{ FILE *f = fopen(\"%s/ran\", \"w\"); if (f) fclose(f); }\n"
                  "static int advance(const struct tw_host *h, void *s,\n"
                  "    const struct tw_event *e, struct tw_action *a)\n"
                  "{ (void)h; (void)s; (void)e; a->kind = TW_ACTION_FAIL;\n"
                  "  return 0; }\n"
                  "int (*use)(const struct tw_host *, void *,\n"
                  "    const struct tw_event *, struct tw_action *) = "
                  "advance;\n"
                  "%s\n",
                  dir, source);
    (void)fclose(file);
    (void)snprintf(command, sizeof command,
                   "cc -shared -fPIC -I\"${TOP_SRC:-.}\" -o %s/%s.so %s", dir,
                   name, path);
    if (system("command -v cc >/dev/null 2>&1"))
        cr_skip("no compiler to build modules with");
    cr_assert_eq(system(command), 0);
}

static const char GOOD[] =
    "TW_PROVIDER_V1(.name = \"good\", .summary = \"s\", .advance = advance);";

static enum tw_status
get(const char *name, struct tw_error *err)
{
    struct modules modules = {.dir = dir};
    const struct module *module;
    enum tw_status status = modules_get(&modules, name, &module, err);

    modules_clear(&modules);
    return status;
}

static bool
has_run(void)
{
    char path[128];

    (void)snprintf(path, sizeof path, "%s/ran", dir);
    return access(path, F_OK) == 0;
}

static const char *
path_of(const char *name)
{
    static char path[128];

    (void)snprintf(path, sizeof path, "%s/%s.so", dir, name);
    return path;
}

Test(module, a_good_one_is_loaded_once)
{
    struct modules modules = {.dir = dir};
    const struct module *one, *two;
    struct tw_error err = {0};

    build("good", GOOD);
    cr_assert_eq(modules_get(&modules, "good", &one, &err), TW_OK, "%s",
                 err.message);
    cr_assert_eq(modules_get(&modules, "good", &two, &err), TW_OK);
    cr_assert_eq(one, two);
    cr_assert(has_run());
    modules_clear(&modules);
}

#define MANY 40

static void *
stand_in_for_all(void *arg)
{
    struct tw_error fault = {.status = TW_E_MODULE};
    const struct module *module;
    char name[8];

    for (int i = 0; i < MANY; i++) {
        (void)snprintf(name, sizeof name, "m%d", i);
        (void)snprintf(fault.message, sizeof fault.message, "no %s", name);
        if (modules_stand_in(arg, name, &fault, &module, NULL))
            return arg;
    }
    return NULL;
}

Test(module, two_threads_lose_none)
{
    struct modules modules = {.dir = dir};
    pthread_t threads[2];
    int count = 0;

    for (int i = 0; i < 2; i++)
        cr_assert_eq(
            pthread_create(&threads[i], NULL, stand_in_for_all, &modules), 0);
    for (int i = 0; i < 2; i++) {
        void *failed;

        cr_assert_eq(pthread_join(threads[i], &failed), 0);
        cr_expect_null(failed);
    }
    for (const struct module *module = modules.first; module;
         module = module->next)
        count++;
    cr_expect_geq(count, MANY);
    cr_expect_leq(count, 2 * MANY);
    modules_clear(&modules);
}

Test(module, what_stands_in_is_not_changed_under_who_tells_of_it)
{
    struct modules modules = {.dir = dir};
    struct tw_error absent = {TW_E_MODULE, "is not there"};
    struct tw_error broken = {TW_E_MODULE, "is there, and broken"};
    const struct module *first, *second, *again;

    cr_assert_eq(modules_stand_in(&modules, "m", &absent, &first, NULL),
                 TW_OK);
    cr_assert_eq(modules_stand_in(&modules, "m", &broken, &second, NULL),
                 TW_OK);
    cr_expect_str_eq(first->fault.message, "is not there");
    cr_expect_str_eq(second->fault.message, "is there, and broken");
    cr_assert_eq(modules_stand_in(&modules, "m", &absent, &again, NULL),
                 TW_OK);
    cr_expect_eq(again, first, "one for each reason");
    modules_clear(&modules);
}

/* By the group, too, and a directory of such is no better. */
Test(module, writable_by_others_never_runs)
{
    static const mode_t MODES[] = {0777, 0775, 0757};
    struct tw_error err;
    char mode[8];

    build("good", GOOD);
    for (size_t i = 0; i < sizeof MODES / sizeof *MODES; i++) {
        (void)snprintf(mode, sizeof mode, "%04o", (unsigned)MODES[i]);
        cr_assert_eq(chmod(path_of("good"), MODES[i]), 0);
        cr_expect_eq(get("good", &err), TW_E_MODULE, "%s", mode);
        cr_expect_not_null(strstr(err.message, mode), "%s", err.message);
        cr_assert_eq(chmod(path_of("good"), 0755), 0);
        cr_assert_eq(chmod(dir, MODES[i]), 0);
        cr_expect_eq(get("good", &err), TW_E_MODULE, "%s", mode);
        cr_expect_not_null(strstr(err.message, mode), "%s", err.message);
        cr_assert_eq(chmod(dir, 0755), 0);
    }
    cr_assert_not(has_run());
}

Test(module, of_another_owner_never_runs)
{
    struct tw_error err;

    if (geteuid() != 0)
        cr_skip("giving a file to another uid needs root");
    build("good", GOOD);
    cr_assert_eq(chown(path_of("good"), 65534, 65534), 0);
    cr_assert_eq(get("good", &err), TW_E_MODULE);
    cr_assert_not_null(strstr(err.message, "65534"));
    cr_assert_not(has_run());
}

Test(module, a_link_is_not_followed)
{
    char real[128];
    struct tw_error err;

    build("good", GOOD);
    (void)snprintf(real, sizeof real, "%s/real.so", dir);
    cr_assert_eq(rename(path_of("good"), real), 0);
    cr_assert_eq(symlink("real.so", path_of("good")), 0);
    cr_assert_eq(get("good", &err), TW_E_MODULE);
    cr_assert_not(has_run());
}

Test(module, bad_names_are_refused_before_any_file)
{
    static const char *const NAMES[] = {"../good", "/etc/x", "a/b",  "..",
                                        "",        "Good",   "good "};
    struct tw_error err;

    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        cr_assert_eq(get(NAMES[i], &err), TW_E_MODULE, "%s", NAMES[i]);
        cr_expect_not_null(strstr(err.message, "a provider's name is"), "%s",
                           err.message);
    }
}

Test(module, what_is_no_provider_is_named)
{
    struct tw_error err;

    build("nosymbol", "int nothing;");
    cr_assert_eq(get("nosymbol", &err), TW_E_MODULE);
    cr_assert_not_null(strstr(err.message, "nosymbol.so"));
    cr_assert_not_null(strstr(err.message, "tokenward_provider_v1"));
    build("future", "const struct tw_provider_v1 tokenward_provider_v1 = {"
                    ".version = 2, .size = sizeof(struct tw_provider_v1)};");
    cr_assert_eq(get("future", &err), TW_E_MODULE);
    cr_assert_not_null(strstr(err.message, "ABI 2"));
    build("other", GOOD);
    cr_assert_eq(get("other", &err), TW_E_MODULE);
    cr_assert_eq(get("missing", &err), TW_E_MODULE);
    cr_assert_not_null(strstr(err.message, dir));
}

Test(module, what_wants_more_than_there_is_is_refused)
{
    struct tw_error err;

    build("needy", "TW_PROVIDER_V1(.name = \"needy\", .summary = \"s\", "
                   ".needs = 0x80000001u, .advance = advance);");
    cr_assert_eq(get("needy", &err), TW_E_MODULE);
    cr_assert_not_null(strstr(err.message, "needy.so"));
    cr_assert_not_null(strstr(err.message, "0x80000000"));
    build("alone", "TW_PROVIDER_V1(.name = \"alone\", .summary = \"s\", "
                   ".needs = TW_NEEDS_REDIRECT, .advance = advance);");
    cr_assert_eq(get("alone", &err), TW_E_MODULE);
    cr_assert_not_null(strstr(err.message, "alone.so: needs a browser"), "%s",
                       err.message);
}

Test(module, a_table_of_options_that_is_broken_is_refused)
{
    static const char *const TABLES[][2] = {
        {"{\"b\", TW_OPTION_TEXT, 0, \"h\"}, {\"a\", TW_OPTION_TEXT, 0, "
         "\"h\"}",
         "row 2 of its table of options is broken or out of order"},
        {"{\"a\", TW_OPTION_TEXT, 0, \"h\"}, {\"a\", TW_OPTION_TEXT, 0, "
         "\"h\"}",
         "row 2 "},
        {"{\"A\", TW_OPTION_TEXT, 0, \"h\"}, {0}", "row 1 "},
        {"{\"a\", 99, 0, \"h\"}, {0}", "row 1 "},
        {"{\"a\", TW_OPTION_TEXT, 0, 0}, {0}", "row 1 "},
        {"{0}, {0}", "row 1 "},
    };
    struct tw_error err;
    char source[512];

    for (size_t i = 0; i < sizeof TABLES / sizeof *TABLES; i++) {
        (void)snprintf(source, sizeof source,
                       "static const struct tw_option T[] = {%s};"
                       "TW_PROVIDER_V1(.name = \"odd\", .summary = \"s\", "
                       ".options = T, .option_count = 2, "
                       ".advance = advance);",
                       TABLES[i][0]);
        build("odd", source);
        cr_expect_eq(get("odd", &err), TW_E_MODULE, "%s", source);
        cr_expect_not_null(strstr(err.message, TABLES[i][1]), "%s",
                           err.message);
    }
    build("odd", "TW_PROVIDER_V1(.name = \"odd\", .summary = \"s\", "
                 ".option_count = 2, .advance = advance);");
    cr_expect_eq(get("odd", &err), TW_E_MODULE);
    cr_expect_not_null(strstr(err.message, "its table of options is broken"));
}

Test(module, what_cannot_go_on_is_refused)
{
    static const char *const REST[] = {
        "", ".advance = advance, .state_size = 1u << 30"};
    struct tw_error err;
    char source[256];

    for (size_t i = 0; i < sizeof REST / sizeof *REST; i++) {
        (void)snprintf(source, sizeof source,
                       "TW_PROVIDER_V1(.name = \"idle\", .summary = \"s\", "
                       "%s);",
                       REST[i]);
        build("idle", source);
        cr_expect_eq(get("idle", &err), TW_E_MODULE);
        cr_expect_not_null(
            strstr(err.message, "has no advance() or wants too much state"),
            "%s", err.message);
    }
}

Test(module, only_a_file_is_loaded)
{
    struct tw_error err;

    cr_assert_eq(mkdir(path_of("good"), 0755), 0);
    cr_expect_eq(get("good", &err), TW_E_MODULE);
    cr_expect_not_null(strstr(err.message, "good.so: is not a regular file"),
                       "%s", err.message);
}

Test(module, a_larger_struct_of_the_future_is_taken)
{
    struct tw_error err = {0};

    build("grown",
          "struct grown { struct tw_provider_v1 v; long more[4]; };\n"
          "extern const struct grown tokenward_provider_v1;\n"
          "const struct grown tokenward_provider_v1 = {.v = {"
          ".version = 1, .size = sizeof(struct grown), .name = \"grown\", "
          ".summary = \"s\", .advance = advance}};");
    cr_assert_eq(get("grown", &err), TW_OK, "%s", err.message);
}

/* Whoever maps what is not there dies of SIGBUS, and so would this test. */
Test(module, one_that_was_cut_short_is_told)
{
    struct tw_error err;
    struct stat st;
    unsigned told = 0, words = 0;

    if (under_valgrind())
        cr_skip_test("it does not bear half an ELF file itself");
    build("good", GOOD);
    cr_assert_eq(stat(path_of("good"), &st), 0);
    cr_assert_eq(get("good", &err), TW_OK, "%s", err.message);
    for (off_t size = st.st_size - 1; size >= 0; size -= size > 128 ? 61 : 1) {
        cr_assert_eq(truncate(path_of("good"), size), 0);
        if (get("good", &err) == TW_OK)
            continue; /* what is only for debuggers stands at the end */
        cr_expect_eq(err.status, TW_E_MODULE);
        told++;
        words += strstr(err.message, "good.so: is cut short: ") != NULL;
    }
    cr_expect_gt(told, 150);
    cr_expect_geq(words + 5, told, "%u of %u have words of their own", words,
                  told);
}

Test(module, headers_that_lie_are_told)
{
    static const struct {
        long at;
        unsigned char byte;
        const char *says;
    } LIES[] = {
        {32 + 7, 0xff, "is cut short"}, /* e_phoff, at its top */
        {57, 0xff, "more than 64 segments"},
    };
    struct tw_error err;

    if (sizeof(void *) != 8)
        cr_skip("the places are those of 64-bit files");
    for (size_t i = 0; i < sizeof LIES / sizeof *LIES; i++) {
        FILE *file;

        build("good", GOOD);
        file = fopen(path_of("good"), "r+");
        cr_assert(file && fseek(file, LIES[i].at, SEEK_SET) == 0 &&
                  fputc(LIES[i].byte, file) == LIES[i].byte &&
                  fclose(file) == 0);
        cr_expect_eq(get("good", &err), TW_E_MODULE);
        cr_expect_not_null(strstr(err.message, LIES[i].says), "%s",
                           err.message);
        cr_expect_not(has_run());
    }
}
