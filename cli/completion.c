/* SPDX-License-Identifier: Apache-2.0 */
#include "completion.h"

#include <string.h>

#include "metric/registry.h"

/* What completes the argument of an option. */
enum argument {
    ARGUMENT_NONE,      /* there is none, or only an attached one */
    ARGUMENT_FREE,      /* nobody can know */
    ARGUMENT_CHOICE,    /* the words of the table */
    ARGUMENT_FILE,      /* a path */
    ARGUMENT_INTERFACE, /* of the network */
    ARGUMENT_FIELDS,    /* names with commas between */
};

static enum argument argument_of(const struct cli_option *option)
{
    if (option->argument == NULL || option->kind == CLI_KIND_ATTACHED)
        return ARGUMENT_NONE;
    if (option->kind == CLI_KIND_CHOICE)
        return ARGUMENT_CHOICE;
    if (strcmp(option->argument, "FILE") == 0)
        return ARGUMENT_FILE;
    if (option == &cli_options[CLI_OPT_INTERFACE])
        return ARGUMENT_INTERFACE;
    return option == &cli_options[CLI_OPT_FIELDS] ? ARGUMENT_FIELDS : ARGUMENT_FREE;
}

/* A character, or a blank instead of one that is not wanted. */
static void add_instead(struct app_text *text, char c, char unwanted)
{
    if (c == unwanted)
        c = ' ';
    app_text_char(text, c);
}

/* "auto|always" with blanks between. */
static void add_choices(struct app_text *text, const struct cli_option *option)
{
    for (const char *c = option->argument; *c != '\0'; c++)
        add_instead(text, *c, '|');
}

static void add_fields(struct app_text *text)
{
    for (size_t i = 0; i < app_field_count; i++) {
        app_text_add(text, i ? " " : "");
        app_text_add(text, app_fields[i].name);
    }
}

/* The help on one line; each of the characters in `special` is put behind `before`. */
static void add_help(struct app_text *text, const struct cli_option *option, const char *special,
                     const char *before)
{
    for (const char *c = option->help; *c != '\0'; c++) {
        if (strchr(special, *c) != NULL)
            app_text_add(text, before);
        add_instead(text, *c, '\n');
    }
}

/* bash */

/* "-o|--output" */
static void add_pattern(struct app_text *text, const struct cli_option *option)
{
    if (option->short_name != 0) {
        app_text_char(text, '-');
        app_text_char(text, option->short_name);
        app_text_char(text, '|');
    }
    app_text_add(text, "--");
    app_text_add(text, option->long_name);
}

static void bash_argument(struct app_text *text, const struct cli_option *option)
{
    enum argument argument = argument_of(option);

    if (argument == ARGUMENT_NONE)
        return;
    app_text_add(text, "    ");
    add_pattern(text, option);
    app_text_char(text, ')');
    if (argument == ARGUMENT_CHOICE) {
        app_text_add(text, " mapfile -t COMPREPLY < <(compgen -W '");
        add_choices(text, option);
        app_text_add(text, "' -- \"$cur\")");
    } else if (argument == ARGUMENT_FILE) {
        app_text_add(text,
                     " compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")");
    } else if (argument == ARGUMENT_INTERFACE) {
        app_text_add(text,
                     " mapfile -t COMPREPLY < <(compgen -W \"$(ls /sys/class/net)\" -- \"$cur\")");
    } else if (argument == ARGUMENT_FIELDS) {
        app_text_add(text, " compopt -o nospace\n        mapfile -t COMPREPLY < <(compgen -P "
                           "\"${cur%\"${cur##*,}\"}\" -W '");
        add_fields(text);
        app_text_add(text, "' -- \"${cur##*,}\")");
    }
    app_text_add(text, argument == ARGUMENT_FREE ? " return ;;\n" : "; return ;;\n");
}

static const char bash_head[] =
    "# SPDX-License-Identifier: Apache-2.0\n"
    "# Completion of multiping for bash, made by `multiping --completion bash`.\n"
    "_multiping()\n"
    "{\n"
    "    local IFS=$' \\t\\n' cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
    "    COMPREPLY=()\n"
    "    # --option=word comes as three words.\n"
    "    if [[ $cur == = ]]; then\n"
    "        cur=\n"
    "    elif [[ $prev == = ]] && ((COMP_CWORD > 1)); then\n"
    "        prev=${COMP_WORDS[COMP_CWORD-2]}\n"
    "    fi\n"
    "    case $prev in\n";

static const char bash_middle[] = "    esac\n"
                                  "    case $cur in\n"
                                  "    -*) mapfile -t COMPREPLY < <(compgen -W '";

static const char bash_tail[] =
    "' -- \"$cur\") ;;\n"
    "    @*) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -P @ -f -- \"${cur#@}\") ;;\n"
    "    *) mapfile -t COMPREPLY < <(compgen -A hostname -- \"$cur\") ;;\n"
    "    esac\n"
    "}\n"
    "complete -F _multiping multiping\n";

static void bash(struct app_text *text)
{
    app_text_add(text, bash_head);
    for (size_t i = 0; i < CLI_OPT_ID_COUNT; i++)
        bash_argument(text, &cli_options[i]);
    app_text_add(text, bash_middle);
    for (size_t i = 0; i < CLI_OPT_ID_COUNT; i++) {
        app_text_add(text, i ? " --" : "--");
        app_text_add(text, cli_options[i].long_name);
    }
    app_text_add(text, bash_tail);
}

/* zsh */

/* What stands between single quotation marks, for _arguments. */
static void zsh_help(struct app_text *text, const struct cli_option *option)
{
    app_text_char(text, '[');
    for (const char *c = option->help; *c != '\0'; c++) {
        if (*c == '\'')
            app_text_add(text, "'\\'");
        else if (strchr("[]:\\", *c) != NULL)
            app_text_char(text, '\\');
        add_instead(text, *c, '\n');
    }
    app_text_char(text, ']');
}

static void zsh_argument(struct app_text *text, const struct cli_option *option)
{
    static const char *const actions[] = {
        [ARGUMENT_FREE] = " ",
        [ARGUMENT_FILE] = "_files",
        [ARGUMENT_INTERFACE] = "_net_interfaces",
    };
    enum argument argument = argument_of(option);

    if (argument == ARGUMENT_NONE)
        return;
    app_text_char(text, ':');
    app_text_add(text, option->long_name);
    app_text_char(text, ':');
    if (argument == ARGUMENT_CHOICE) {
        app_text_char(text, '(');
        add_choices(text, option);
        app_text_char(text, ')');
    } else if (argument == ARGUMENT_FIELDS) {
        app_text_add(text, "{_values -s , field ");
        add_fields(text);
        app_text_char(text, '}');
    } else {
        app_text_add(text, actions[argument]);
    }
}

/* "'(-c --count)'{-c+,--count=}'[help]:count: '": + and = take an argument attached or behind. */
static void zsh_option(struct app_text *text, const struct cli_option *option)
{
    bool takes = argument_of(option) != ARGUMENT_NONE;
    bool repeated = option->kind == CLI_KIND_TEXTS;

    app_text_add(text, "    ");
    if (repeated)
        app_text_add(text, "'*'");
    if (option->short_name != 0) {
        if (!repeated) {
            app_text_add(text, "'(-");
            app_text_char(text, option->short_name);
            app_text_add(text, " --");
            app_text_add(text, option->long_name);
            app_text_add(text, ")'");
        }
        app_text_add(text, "{-");
        app_text_char(text, option->short_name);
        app_text_add(text, takes ? "+,--" : ",--");
        app_text_add(text, option->long_name);
        app_text_add(text, takes ? "=}'" : "}'");
    } else {
        app_text_add(text, "'--");
        app_text_add(text, option->long_name);
        app_text_add(text, takes ? "=" : "");
    }
    zsh_help(text, option);
    zsh_argument(text, option);
    app_text_add(text, "' \\\n");
}

static const char zsh_head[] =
    "#compdef multiping\n"
    "# SPDX-License-Identifier: Apache-2.0\n"
    "# Completion of multiping for zsh, made by `multiping --completion zsh`.\n"
    "_multiping_targets()\n"
    "{\n"
    "    if compset -P @; then\n"
    "        _files\n"
    "    else\n"
    "        _hosts\n"
    "    fi\n"
    "}\n"
    "\n"
    "_arguments -s -S \\\n";

static void zsh(struct app_text *text)
{
    app_text_add(text, zsh_head);
    for (size_t i = 0; i < CLI_OPT_ID_COUNT; i++)
        zsh_option(text, &cli_options[i]);
    app_text_add(text, "    '*:target:_multiping_targets'\n");
}

/* fish */

static void fish_option(struct app_text *text, const struct cli_option *option)
{
    enum argument argument = argument_of(option);

    app_text_add(text, "complete -c multiping");
    if (option->short_name != 0) {
        app_text_add(text, " -s ");
        app_text_char(text, option->short_name);
    }
    app_text_add(text, " -l ");
    app_text_add(text, option->long_name);
    if (argument == ARGUMENT_FILE)
        app_text_add(text, " -r -F");
    else if (argument != ARGUMENT_NONE)
        app_text_add(text, " -x");
    if (argument == ARGUMENT_CHOICE || argument == ARGUMENT_FIELDS) {
        app_text_add(text, " -a '");
        if (argument == ARGUMENT_CHOICE)
            add_choices(text, option);
        else
            add_fields(text);
        app_text_char(text, '\'');
    } else if (argument == ARGUMENT_INTERFACE) {
        app_text_add(text, " -a '(__fish_print_interfaces)'");
    }
    app_text_add(text, " -d '");
    add_help(text, option, "'\\", "\\");
    app_text_add(text, "'\n");
}

static void fish(struct app_text *text)
{
    app_text_add(text, "# SPDX-License-Identifier: Apache-2.0\n"
                       "# Completion of multiping for fish, made by `multiping --completion "
                       "fish`.\n"
                       "complete -c multiping -f -a '(__fish_print_hostnames)'\n");
    for (size_t i = 0; i < CLI_OPT_ID_COUNT; i++)
        fish_option(text, &cli_options[i]);
}

void cli_completion(struct app_text *text, enum cli_shell shell)
{
    switch (shell) {
    case CLI_SHELL_BASH:
        bash(text);
        break;
    case CLI_SHELL_ZSH:
        zsh(text);
        break;
    default:
        fish(text);
        break;
    }
}
