#include "typeset/escape.h"

#include <string.h>

#define REPLACEMENT "\xEF\xBF\xBD" /* U+FFFD */

size_t sp_utf8_length(const char *at)
{
    const unsigned char *s = (const unsigned char *)at;
    if (*s < 0x80)
        return 1;
    size_t length = *s >= 0xF0 ? 4 : *s >= 0xE0 ? 3 : 2;
    if (*s < 0xC2 || *s > 0xF4)
        return 0;
    if ((*s == 0xE0 && s[1] < 0xA0) || (*s == 0xED && s[1] > 0x9F) ||
        (*s == 0xF0 && s[1] < 0x90) || (*s == 0xF4 && s[1] > 0x8F))
        return 0;
    for (size_t i = 1; i < length; i++)
        if ((s[i] & 0xC0) != 0x80)
            return 0;
    return length;
}

/* What stands for a character of one byte; NULL if it stands for itself. */
typedef const char *substitute(char c);

static void escape(sp_text *out, const char *text, substitute *of)
{
    while (*text) {
        size_t length = sp_utf8_length(text);
        const char *instead = length == 0 ? REPLACEMENT : length == 1 ? of(*text) : NULL;
        if (instead)
            sp_text_add(out, instead);
        else
            sp_text_add_bytes(out, text, length);
        text += length ? length : 1;
    }
}

static bool is_control(char c)
{
    return (unsigned char)c < 0x20 || c == 0x7F;
}

static const char *in_xml(char c)
{
    switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\n': return "&#10;";
    case '\t': return "&#9;";
    case '\r': return "&#13;";
    default: return is_control(c) ? REPLACEMENT : NULL;
    }
}

/* U+FFFE and U+FFFF, the other two that production 2 leaves out */
static bool is_no_character(const char *at)
{
    return memcmp(at, "\xEF\xBF", 2) == 0 && (at[2] == '\xBE' || at[2] == '\xBF');
}

void sp_escape_xml(sp_text *out, const char *text)
{
    const char *from = text;
    for (; *text; text++) {
        if (*text != '\xEF' || !is_no_character(text))
            continue;
        escape(out, sp_pool_copy(out->pool, from, (size_t)(text - from)), in_xml);
        sp_text_add(out, REPLACEMENT);
        text += 2;
        from = text + 1;
    }
    escape(out, from, in_xml);
}

static const char *in_html(char c)
{
    switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    default: return NULL;
    }
}

void sp_escape_html(sp_text *out, const char *text)
{
    escape(out, text, in_html);
}

static const char *in_latex(char c)
{
    switch (c) {
    case '\\': return "\\textbackslash{}";
    case '{': return "\\{";
    case '}': return "\\}";
    case '$': return "\\$";
    case '&': return "\\&";
    case '#': return "\\#";
    case '%': return "\\%";
    case '_': return "\\_";
    case '^': return "\\textasciicircum{}";
    case '~': return "\\textasciitilde{}";
    case '<': return "\\textless{}";
    case '>': return "\\textgreater{}";
    case '"': return "\\textquotedbl{}";
    case '|': return "\\textbar{}";
    case '\'': return "\\textquotesingle{}";
    case '`': return "\\textasciigrave{}";
    default: return NULL;
    }
}

void sp_escape_latex(sp_text *out, const char *text)
{
    for (const char *dashes; (dashes = strstr(text, "--")); text = dashes + 1) { /* no ligature */
        escape(out, sp_pool_copy(out->pool, text, (size_t)(dashes - text)), in_latex);
        sp_text_add(out, "-{}");
    }
    escape(out, text, in_latex);
}

static const char *in_lines(char c)
{
    return c != '\n' && is_control(c) ? REPLACEMENT : NULL;
}

void sp_escape_lines(sp_text *out, const char *text)
{
    escape(out, text, in_lines);
}

/* CommonMark allows a backslash before any punctuation; GitHub's tables need it before '|'. */
static const char *in_markdown(char c)
{
    switch (c) {
    case '\\': return "\\\\";
    case '`': return "\\`";
    case '*': return "\\*";
    case '_': return "\\_";
    case '[': return "\\[";
    case ']': return "\\]";
    case '|': return "\\|";
    case '~': return "\\~";
    case '#': return "\\#";
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    default: return is_control(c) ? " " : NULL;
    }
}

void sp_escape_markdown(sp_text *out, const char *text)
{
    escape(out, text, in_markdown);
}

/* The same with '$', which begins a formula: section 2.4 of CommonMark 0.31 lets any ASCII punctuation be escaped. */
static const char *in_document(char c)
{
    switch (c) {
    case '$': return "\\$";
    case '&': return "\\&";
    case '<': return "\\<";
    case '>': return "\\>";
    default: return in_markdown(c);
    }
}

void sp_escape_document(sp_text *out, const char *text)
{
    escape(out, text, in_document);
}

void sp_escape_code(sp_text *out, const char *text)
{
    size_t longest = 0, run = 0;
    for (const char *c = text; *c; c++) {
        run = *c == '`' ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    const char *space = longest > 0 ? " " : "";
    sp_text_add_repeated(out, "`", longest + 1);
    sp_text_format(out, "%s%s%s", space, text, space);
    sp_text_add_repeated(out, "`", longest + 1);
}

static const char *in_command(char c)
{
    switch (c) {
    case '%': return "%25";
    case '\r': return "%0D";
    case '\n': return "%0A";
    case '\t': return NULL;
    default: return is_control(c) ? REPLACEMENT : NULL;
    }
}

static const char *in_command_property(char c)
{
    return c == ':' ? "%3A" : c == ',' ? "%2C" : in_command(c);
}

void sp_escape_command(sp_text *out, const char *text, bool is_property)
{
    escape(out, text, is_property ? in_command_property : in_command);
}

static const char *in_tap(char c)
{
    return c == '#' ? "\\#" : c == '\\' ? "\\\\" : is_control(c) ? " " : NULL;
}

void sp_escape_tap(sp_text *out, const char *text)
{
    escape(out, text, in_tap);
}

void sp_escape_uri(sp_text *out, const char *path)
{
    /* unreserved, the separator, and the sub-delimiters that no reader takes for its own */
    static const char plain[] = "-._~/+=@$!'()";
    for (; *path; path++) {
        bool stands = (*path >= 'a' && *path <= 'z') || (*path >= 'A' && *path <= 'Z') ||
                      (*path >= '0' && *path <= '9') || strchr(plain, *path);
        if (stands)
            sp_text_add_bytes(out, path, 1);
        else
            sp_text_format(out, "%%%02X", (unsigned)(unsigned char)*path);
    }
}

void sp_escape_shell(sp_text *out, const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "_-./+:=@%,";
    if (*word && word[strspn(word, plain)] == '\0') {
        sp_text_add(out, word);
        return;
    }
    sp_text_add(out, "'");
    for (; *word; word++) {
        if (*word == '\'')
            sp_text_add(out, "'\\''");
        else
            sp_text_add_bytes(out, word, 1);
    }
    sp_text_add(out, "'");
}
