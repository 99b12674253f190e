#include "docs.h"

#include <string.h>

/* The placeholders of help say what is meant: FILE, DIR, SCHEME (the name of one, or a file). */
static completion from_placeholder(const char *placeholder, const words *one_of)
{
    bool files = strstr(placeholder, "FILE") || strstr(placeholder, "SCHEME");
    return (completion){.words = one_of, .files = files, .directories = strstr(placeholder, "DIR"),
                        .after_words = one_of && strstr(placeholder, "[=FILE]")};
}

completion completion_of_option(const command *of, const option *o)
{
    return o->argument ? from_placeholder(o->argument, words_of(of->name, o->name)) : (completion){0};
}

completion completion_of_operands(const command *of)
{
    return from_placeholder(of->operands, words_of(of->name, NULL));
}

static void put_words(FILE *to, const words *of)
{
    for (size_t i = 0; of && of->name(i); i++)
        fprintf(to, "%s%s", i ? " " : "", of->name(i));
}

/* ---- bash ---- */

/* One branch of the case on "COMMAND --OPTION", or on "COMMAND " for its operands. */
static void bash_branch(FILE *to, const char *name, const char *flag, completion of)
{
    fprintf(to, "    '%s %s%s')", name, flag ? "--" : "", flag ? flag : "");
    if (of.words) {
        fprintf(to, " words='");
        put_words(to, of.words);
        fprintf(to, "'");
    }
    if (of.after_words)
        fprintf(to, " after=1");
    else if (of.files)
        fprintf(to, " files=-f");
    else if (of.directories)
        fprintf(to, " files=-d");
    fprintf(to, " ;;\n");
}

void write_bash_completion(FILE *to)
{
    fprintf(to, "# bash completion for shardproof %s\n", sp_version());
    fputs("_shardproof() {\n"
          "    local line=() glue='' word i command cur last key options='' words='' files='' after='' before=''\n"
          "    # bash takes = for a word of its own: put --option=value together again\n"
          "    for ((i = 1; i <= COMP_CWORD; i++)); do\n"
          "        word=${COMP_WORDS[i]}\n"
          "        if [[ ${#line[@]} -gt 1 && ( $word = '=' || -n $glue ) ]]; then\n"
          "            line[${#line[@]} - 1]+=$word\n"
          "        else\n"
          "            line+=(\"$word\")\n"
          "        fi\n"
          "        glue=''\n"
          "        [[ $word != '=' ]] || glue=1\n"
          "    done\n"
          "    command=${line[0]} cur=${line[${#line[@]} - 1]} last=''\n"
          "    COMPREPLY=()\n"
          "    if [[ ${#line[@]} -le 1 ]]; then\n"
          "        mapfile -t COMPREPLY < <(compgen -W '", to);
    for (const command *c = command_table; c->name; c++)
        fprintf(to, "%s ", c->name);
    fputs("--help --version' -- \"$cur\")\n"
          "        return\n"
          "    fi\n"
          "    [[ ${#line[@]} -le 2 ]] || last=${line[${#line[@]} - 2]}\n"
          "    key=\"$command \"\n"
          "    case $command in\n", to);
    for (const command *c = command_table; c->name; c++) {
        fprintf(to, "    %s) options='", c->name);
        for (const option *o = c->options; o->name; o++)
            fprintf(to, "--%s%s ", o->name, o->argument ? "=" : "");
        fprintf(to, "--help' ;;\n");
    }
    fputs("    *) return ;;\n"
          "    esac\n"
          "    if [[ $last = --* && $last != *=* && \" $options \" = *\" $last= \"* ]]; then\n"
          "        key+=$last\n"
          "    elif [[ $cur = --*=* ]]; then\n"
          "        key+=${cur%%=*} before=${cur%%=*}= cur=${cur#*=}\n"
          "    elif [[ $cur = -* ]]; then\n"
          "        mapfile -t COMPREPLY < <(compgen -W \"$options\" -- \"$cur\")\n"
          "        [[ ${COMPREPLY[0]} != *= ]] || compopt -o nospace 2>/dev/null\n"
          "        return\n"
          "    fi\n"
          "    case $key in\n", to);
    for (const command *c = command_table; c->name; c++) {
        for (const option *o = c->options; o->name; o++)
            if (o->argument)
                bash_branch(to, c->name, o->name, completion_of_option(c, o));
        bash_branch(to, c->name, NULL, completion_of_operands(c));
    }
    fputs("    esac\n"
          "    if [[ -n $after && $cur = *=* ]]; then\n"
          "        before+=${cur%%=*}= cur=${cur#*=} words='' files=-f\n"
          "    fi\n"
          "    [[ $COMP_WORDBREAKS != *=* ]] || before=''\n"
          "    if [[ -n $files ]]; then\n"
          "        compopt -o filenames 2>/dev/null\n"
          "        mapfile -t COMPREPLY < <(compgen \"$files\" -P \"$before\" -- \"$cur\")\n"
          "    fi\n"
          "    [[ -z $words ]] || mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(\n"
          "        compgen -W \"$words\" -P \"$before\" -- \"$cur\")\n"
          "}\n"
          "complete -F _shardproof shardproof\n", to);
}

/* ---- zsh ---- */

/* Text inside of '...', with a backslash before each character of `special`. */
static void quoted(FILE *to, const char *text, const char *special)
{
    for (; *text; text++) {
        if (*text == '\'')
            fputs("'\\''", to);
        else
            fprintf(to, "%s%c", strchr(special, *text) ? "\\" : "", *text);
    }
}

/* ":MESSAGE:ACTION" of _arguments */
static void zsh_action(FILE *to, const char *placeholder, completion of)
{
    fputc(':', to);
    quoted(to, placeholder, ":\\");
    fputc(':', to);
    if (of.after_words) {
        fprintf(to, "{ if compset -P \"*=\"; then _files; else compadd -- ");
        put_words(to, of.words);
        fprintf(to, "; fi }");
    } else if (of.words && of.files) {
        fprintf(to, "{ compadd -- ");
        put_words(to, of.words);
        fprintf(to, "; _files }");
    } else if (of.words) {
        fprintf(to, "(");
        put_words(to, of.words);
        fprintf(to, ")");
    } else if (of.files) {
        fprintf(to, "_files");
    } else {
        fprintf(to, of.directories ? "_files -/" : " ");
    }
}

void write_zsh_completion(FILE *to)
{
    fprintf(to, "#compdef shardproof\n# zsh completion for shardproof %s\n", sp_version());
    fputs("_shardproof() {\n"
          "  local command=$words[2]\n"
          "  local -a commands=(\n", to);
    for (const command *c = command_table; c->name; c++) {
        fprintf(to, "    '%s:", c->name);
        quoted(to, c->summary, ":\\");
        fputs("'\n", to);
    }
    fputs("  )\n"
          "  if (( CURRENT == 2 )); then\n"
          "    _describe command commands\n"
          "    _arguments '--help[names the commands]' '--version[of shardproof and its libraries]'\n"
          "    return\n"
          "  fi\n"
          "  shift words\n"
          "  (( CURRENT-- ))\n"
          "  case $command in\n", to);
    for (const command *c = command_table; c->name; c++) {
        fprintf(to, "  %s) _arguments", c->name);
        for (const option *o = c->options; o->name; o++) {
            fprintf(to, " \\\n    '%s--%s%s[", o->argument ? "*" : "", o->name, o->argument ? "=" : "");
            quoted(to, o->help, "[]:\\");
            fputc(']', to);
            if (o->argument)
                zsh_action(to, o->argument, completion_of_option(c, o));
            fputc('\'', to);
        }
        fprintf(to, " \\\n    '--help[this command]' \\\n    '%s", strstr(c->operands, "...") ? "*" : "1");
        zsh_action(to, c->operands, completion_of_operands(c));
        fprintf(to, "' ;;\n");
    }
    fputs("  esac\n}\n_shardproof \"$@\"\n", to);
}

/* ---- fish ---- */

/* -d 'TEXT': fish takes \\ and \' inside of single quotes */
static void fish_description(FILE *to, const char *text)
{
    fprintf(to, " -d '");
    for (; *text; text++)
        fprintf(to, "%s%c", strchr("\\'", *text) ? "\\" : "", *text);
    fprintf(to, "'\n");
}

static void fish_words(FILE *to, completion of)
{
    if (of.words) {
        fprintf(to, " -a '");
        put_words(to, of.words);
        fprintf(to, "'");
    } else if (of.directories && !of.files) {
        fprintf(to, " -a '(__fish_complete_directories)'");
    }
}

void write_fish_completion(FILE *to)
{
    fprintf(to, "# fish completion for shardproof %s\ncomplete -c shardproof -f\n", sp_version());
    for (const command *c = command_table; c->name; c++) {
        fprintf(to, "complete -c shardproof -n __fish_use_subcommand -a %s", c->name);
        fish_description(to, c->summary);
    }
    fprintf(to, "complete -c shardproof -l help");
    fish_description(to, "names the commands; after a command, its options");
    fprintf(to, "complete -c shardproof -n __fish_use_subcommand -l version");
    fish_description(to, "of shardproof and of the libraries in use");
    for (const command *c = command_table; c->name; c++) {
        completion operands = completion_of_operands(c);
        fprintf(to, "complete -c shardproof -n '__fish_seen_subcommand_from %s'%s", c->name,
                operands.files ? " -F" : "");
        fish_words(to, operands);
        fprintf(to, "\n");
        for (const option *o = c->options; o->name; o++) {
            completion of = completion_of_option(c, o);
            fprintf(to, "complete -c shardproof -n '__fish_seen_subcommand_from %s' -l %s", c->name,
                    o->name);
            if (o->argument)
                fprintf(to, of.files || of.after_words ? " -r -F" : " -x");
            fish_words(to, of);
            fish_description(to, o->help);
        }
    }
}
