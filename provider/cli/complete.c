/* SPDX-License-Identifier: MIT */
/*
 * complete.c - tokenward complete: what the last of these words may become,
 * one a line, with a tab and a word of help; for the shells' completions,
 * which know nothing themselves.
 *
 * Nothing is printed where a file or a command is wanted: shells do that.
 */
#include <stdio.h>
#include <string.h>

#include "provider/base/index.h"
#include "provider/cli/help.h"
#include "provider/cli/names.h"
#include "provider/cli/terminal.h"

#define OUT_MAX (2 * INDEX_MAX) /* every name of two of them */

struct completion {
    struct secret out;
    const char *word; /* that is to be completed */
    bool good;
};

static void
offer(struct completion *this, const char *text, const char *help)
{
    if (strncmp(text, this->word, strlen(this->word)) != 0)
        return;
    this->good = this->good && secret_append_text(&this->out, text) &&
                 secret_append(&this->out, "\t", 1) &&
                 secret_append_text(&this->out, help) &&
                 secret_append(&this->out, "\n", 1);
}

static void
offer_commands(struct completion *this)
{
    size_t count;
    const struct command *commands = commands_all(&count);

    for (size_t i = 0; i < count; i++) {
        if (commands[i].help[0])
            offer(this, commands[i].name, commands[i].help);
    }
}

/* What is no command, and so has no help of its own. */
static void
offer_first(struct completion *this)
{
    offer_commands(this);
    offer(this, "help", "more about a command");
    if (this->word[0] == '-') {
        offer(this, "--help", "");
        offer(this, "--version", "");
    }
}

static void
offer_options(struct completion *this, unsigned allowed)
{
    const char *name;
    bool valued;

    for (size_t i = 0; (name = options_name(i, allowed, &valued)); i++) {
        if (name[0])
            offer(this, name, valued ? "and a value" : "");
    }
}

/* Of whom: the system's, the user's, or both. */
static void
offer_names(struct completion *this, bool system, bool own)
{
    AUTO_NAMES names = {.names = NULL};
    struct runtime runtime;
    enum tw_status status;

    runtime_find(&runtime, NULL);
    status = system ? names_gather_system(&runtime, &names, NULL)
             : own  ? names_gather_own(&runtime, &names, NULL)
                    : names_gather(&runtime, true, &names, NULL, NULL);
    if (status)
        this->good = false;
    for (size_t i = 0; i < names.count; i++)
        offer(this, names.names[i], "profile");
}

/* The options of a command whose words another program reads: those that its
 * help tells of. */
static void
offer_told(struct completion *this, const char *help)
{
    char name[32];

    while ((help = strstr(help, "--"))) {
        size_t n = 2 + strspn(help + 2, "abcdefghijklmnopqrstuvwxyz-");

        if (n < sizeof name) {
            memcpy(name, help, n);
            name[n] = '\0';
            offer(this, name, "");
        }
        help += n;
    }
    offer(this, "--help", "");
}

/* Of @option, each with @before in front of it. */
static void
offer_value(struct completion *this, const char *option, const char *before)
{
    static const char *const FORMS[] = {"raw", "curl", "env", "header",
                                        "json"};
    char text[32];

    for (size_t i = 0; i < sizeof FORMS / sizeof *FORMS; i++) {
        if (strcmp(option, "--format") != 0)
            break;
        (void)snprintf(text, sizeof text, "%s%s", before, FORMS[i]);
        offer(this, text, "");
    }
}

/* The last word that belongs to the option at @words[@i], whose value follows.
 * bash has the three parts of --option=value as words. */
static int
end_of_option(char **words, int count, int i)
{
    return i < count - 2 && strcmp(words[i + 1], "=") == 0 ? i + 2 : i + 1;
}

/* Perhaps a file as well, in which one stands. */
static bool
takes_profiles(const struct command *command)
{
    return (command->allowed & OPTION_OWN) ||
           !(command->allowed & (OPTION_PATHS | OPTION_WORDS));
}

/* @words: the command's own, the last of @count to be completed. */
static void
offer_words(struct completion *this, const struct command *command,
            char **words, int count)
{
    bool system = false;
    int names = 0;

    for (int i = 0; i < count - 1; i++) {
        if (strcmp(words[i], "--") == 0)
            return; /* a command, or what begins with a dash */
        if (words[i][0] != '-')
            names++;
        else if (strcmp(words[i], "--system") == 0)
            system = command->allowed & OPTION_SYSTEM;
        else if (options_is_valued(words[i], command->allowed)) {
            const char *option = words[i];

            i = end_of_option(words, count, i);
            if (i < count - 1)
                continue;
            if (strcmp(this->word, "=") == 0)
                this->word = "";
            offer_value(this, option, "");
            return;
        }
    }
    if (strncmp(this->word, "--format=", strlen("--format=")) == 0 &&
        options_is_valued("--format", command->allowed))
        offer_value(this, "--format", "--format=");
    else if (this->word[0] == '-' && (command->allowed & OPTION_WORDS))
        offer_told(this, command->details);
    else if (this->word[0] == '-')
        offer_options(this, command->allowed);
    else if (takes_profiles(command) && names < command->names_max)
        offer_names(this, system, command->allowed & OPTION_OWN);
}

enum tw_status
command_complete(const struct options *options, int *exit_code,
                 struct tw_error *err)
{
    struct completion this = {.out = SECRET_INIT(OUT_MAX), .good = true};
    int count = options->name_count;
    const struct command *command;
    enum tw_status status = TW_OK;

    (void)exit_code;
    if (count && strcmp(options->words[0], "--") == 0) {
        count--;
        command = count > 1 ? commands_find(options->words[1]) : NULL;
        this.word = count ? options->words[count] : "";
        if (count <= 1)
            offer_first(&this);
        else if (count == 2 && strcmp(options->words[1], "help") == 0)
            offer_commands(&this);
        else if (command)
            offer_words(&this, command, options->words + 2, count - 1);
    } else {
        status =
            tw_fail(err, TW_E_USAGE, "complete: the words stand after --");
    }
    if (!status)
        status = !this.good     ? tw_no_memory(err)
                 : this.out.len ? terminal_answer(&this.out, err)
                                : TW_OK;
    secret_clear(&this.out);
    return status;
}
