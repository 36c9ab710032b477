/* SPDX-License-Identifier: MIT */
/*
 * load_bench.c - what it costs to have very many profiles: their loading
 * against libyaml's own event pass over the same texts, in turn in one
 * process, and the memory that each keeps; then the same of a template's
 * instances.  Judges nothing.
 *
 * usage: load_bench DIR MODULE-DIR [COUNT]
 *   DIR: empty, the caller's; its files are written here and left.
 */
#include <limits.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <yaml.h>

#include "helper/profile/profiles.h"

#define ROUNDS 5
#define COUNT_DEFAULT 100000
#define IN_FILE 2500 /* profiles; a system's file has 1 MiB at most */
#define EACH_MAX 1024

struct bench {
    const char *dir;
    struct modules modules;
    int count, files;
    char **texts;
    size_t *lengths;
};

/* Of this process's own work, the kernel's for it included: a host that is
 * busy with something else is in neither of the two. */
static double
now_s(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int
compare(const void *a, const void *b)
{
    const double *left = a, *right = b;

    return (*left > *right) - (*left < *right);
}

static double
median(double *values)
{
    qsort(values, ROUNDS, sizeof *values, compare);
    return values[ROUNDS / 2];
}

static FILE *
create(const char *dir, const char *name)
{
    char path[PATH_MAX];
    FILE *file;

    (void)snprintf(path, sizeof path, "%s/%s", dir, name);
    file = fopen(path, "we");
    if (!file || fchmod(fileno(file), 0644) < 0) {
        perror(path);
        exit(1);
    }
    return file;
}

/* As an administrator would write them: each a client, a secret's file and
 * two scopes. */
static void
put_profile(FILE *file, int number)
{
    (void)fprintf(file,
                  "  service-%06d:\n"
                  "    provider: client_credentials\n"
                  "    token_endpoint: https://127.0.0.1:9443/token\n"
                  "    client_id: client-%06d\n"
                  "    token_endpoint_auth_method: client_secret_basic\n"
                  "    client_secret: {file: /etc/tokenward/secrets/"
                  "service-%06d}\n"
                  "    scope: [api:read, api:write]\n"
                  "    timeout: 10\n",
                  number, number, number);
}

static void
put_file(struct bench *bench, int number)
{
    FILE *memory =
        open_memstream(&bench->texts[number], &bench->lengths[number]);
    char name[64];
    FILE *file;

    if (!memory)
        exit(1);
    (void)fputs("profiles:\n", memory);
    for (int i = number * IN_FILE;
         i < (number + 1) * IN_FILE && i < bench->count; i++)
        put_profile(memory, i);
    (void)fclose(memory);
    (void)snprintf(name, sizeof name, "profiles.d/%04d.yaml", number);
    file = create(bench->dir, name);
    if (fwrite(bench->texts[number], 1, bench->lengths[number], file) !=
            bench->lengths[number] ||
        fclose(file))
        exit(1);
}

static double
time_events(const struct bench *bench)
{
    double start = now_s();

    for (int i = 0; i < bench->files; i++) {
        yaml_parser_t parser;
        int ended = 0;

        if (!yaml_parser_initialize(&parser))
            exit(1);
        yaml_parser_set_input_string(&parser,
                                     (const unsigned char *)bench->texts[i],
                                     bench->lengths[i]);
        while (!ended) {
            yaml_event_t event;

            if (!yaml_parser_parse(&parser, &event))
                exit(1);
            ended = event.type == YAML_STREAM_END_EVENT;
            yaml_event_delete(&event);
        }
        yaml_parser_delete(&parser);
    }
    return now_s() - start;
}

static size_t
in_use(void)
{
    struct mallinfo2 info = mallinfo2();

    return info.uordblks + info.hblkhd;
}

static void
tell(void *arg, const struct tw_error *err)
{
    (void)arg;
    (void)fprintf(stderr, "load_bench: %s\n", err->message);
}

/* @kept: bytes of the whole set. */
static double
time_load(struct bench *bench, size_t *count, size_t *kept)
{
    const struct profile_scope scope = {.system = true, .dir = bench->dir};
    struct profile_set set = {0};
    struct tw_error err;
    size_t before = in_use();
    double start = now_s(), end;

    if (profiles_load(&scope, &bench->modules, tell, NULL, &set, &err)) {
        tell(NULL, &err);
        exit(1);
    }
    end = now_s();
    *kept = in_use() - before;
    *count = set.count + set.instance_count;
    if (set.broken_count)
        exit(1);
    profile_set_clear(&set);
    return end - start;
}

static void
compare_profiles(struct bench *bench)
{
    double events[ROUNDS], load[ROUNDS], floor_s, load_s;
    size_t count = 0, kept = 0, bytes = 0;

    for (int i = 0; i < bench->files; i++)
        put_file(bench, i);
    for (int i = 0; i < bench->files; i++)
        bytes += bench->lengths[i];
    (void)time_load(bench, &count, &kept); /* modules, and the cache */
    for (int i = 0; i < ROUNDS; i++) {
        events[i] = time_events(bench);
        load[i] = time_load(bench, &count, &kept);
    }
    floor_s = median(events);
    load_s = median(load);
    (void)printf("%-44s %8.3f s  (%.1f MB in %d files)\n",
                 "libyaml's events of the same texts", floor_s,
                 (double)bytes / 1e6, bench->files);
    (void)printf("%-36s %7zu %8.3f s  %.2f  (goal: 1.50) %s\n",
                 "profiles loaded and checked", count, load_s,
                 load_s / floor_s,
                 load_s <= 1.5 * floor_s ? "met" : "NOT MET");
    (void)printf("%-44s %8zu B  (goal: %d) %s\n", "kept of each", kept / count,
                 EACH_MAX, kept / count <= EACH_MAX ? "met" : "NOT MET");
}

static void
put_template(const struct bench *bench)
{
    FILE *names = create(bench->dir, "names");
    FILE *file = create(bench->dir, "profiles.d/template@.yaml");

    for (int i = 0; i < bench->count; i++)
        (void)fprintf(names, "tenant-%06d\n", i);
    (void)fputs("profiles:\n"
                "  tenant@:\n"
                "    instances: {list: ../names}\n"
                "    token_endpoint: https://127.0.0.1:9443/%i/token\n"
                "    client_id: client-%i\n"
                "    client_secret: {file: /etc/tokenward/secrets/%i}\n"
                "    scope: [api:read, api:write]\n",
                file);
    if (fclose(names) || fclose(file))
        exit(1);
}

static void
time_instances(struct bench *bench)
{
    double load[ROUNDS];
    size_t count = 0, kept = 0;
    char path[PATH_MAX];

    for (int i = 0; i < bench->files; i++) {
        (void)snprintf(path, sizeof path, "%s/profiles.d/%04d.yaml",
                       bench->dir, i);
        (void)remove(path);
    }
    put_template(bench);
    for (int i = 0; i < ROUNDS; i++)
        load[i] = time_load(bench, &count, &kept);
    (void)printf("%-36s %7zu %8.3f s\n", "instances of one template", count,
                 median(load));
    (void)printf("%-44s %8zu B\n", "kept of each", kept / count);
}

int
main(int argc, char **argv)
{
    struct bench bench = {.count = argc > 3 ? atoi(argv[3]) : COUNT_DEFAULT};
    char path[PATH_MAX];

    if (argc < 3 || bench.count < 1)
        return 2;
    bench.dir = argv[1];
    bench.modules.dir = argv[2];
    bench.files = (bench.count + IN_FILE - 1) / IN_FILE;
    bench.texts = calloc((size_t)bench.files, sizeof *bench.texts);
    bench.lengths = calloc((size_t)bench.files, sizeof *bench.lengths);
    (void)snprintf(path, sizeof path, "%s/profiles.d", bench.dir);
    if (!bench.texts || !bench.lengths || mkdir(path, 0755) < 0) {
        perror(path);
        return 1;
    }
    compare_profiles(&bench);
    time_instances(&bench);
    for (int i = 0; i < bench.files; i++)
        free(bench.texts[i]);
    free(bench.texts);
    free(bench.lengths);
    modules_clear(&bench.modules);
    return 0;
}
