/* SPDX-License-Identifier: MIT */
/* A misfit on the page. */
#include "draw/page_p.h"

#include "draw/drawing_p.h"
#include "draw/markup.h"
#include "src/api/types.h"

#include <string.h>

enum { SYMBOLS_SHOWN = 100, NAME_SHOWN = 200, DECLARATION_MAX = 4096 };

/* Adds the text after its first line, without the indentation of all lines. */
static void add_details(struct text *html, const char *text)
{
    const char *line = text + strcspn(text, "\n");
    if (!*line)
        return;
    text_add(html, "<pre class=\"sides\" tabindex=\"0\">");
    while (*line == '\n') {
        line++;
        size_t length = strcspn(line, "\n"), blanks = strspn(line, " ");
        blanks = blanks < 4 ? blanks : 4;
        markup_add_part(html, line + blanks, length - blanks);
        text_add(html, "\n");
        line += length;
    }
    text_add(html, "</pre>\n");
}

/* The text names the first symbols only. */
static void add_symbols(struct text *html, const struct misfit *misfit)
{
    size_t count = misfit->symbol_count;
    size_t shown = count < SYMBOLS_SHOWN ? count : SYMBOLS_SHOWN;
    if (count <= 3)
        return;
    text_add(html, "<details><summary>All %zu that use it</summary><p>", count);
    for (size_t i = 0; i < shown; i++) {
        text_add(html, "%s<code>", i ? ", " : "");
        markup_add(html, misfit->symbols[i], NAME_SHOWN);
        text_add(html, "</code>");
    }
    if (count > shown)
        text_add(html, " and %zu more", count - shown);
    text_add(html, "</p></details>\n");
}

/* ---- what to do ---- */

static void add_declaration(struct text *html, const struct module *module,
                            const struct meta_member *member)
{
    ERROR_AUTO error = {0};
    TEXT_AUTO name = {0};
    char declaration[DECLARATION_MAX];
    const struct btf *types = module_types(module, &error);
    html->failed |= error.code == PLUGIN_NO_MEMORY;
    if (!types)
        return;
    plugin_type type = plugin_type_target(types_handle(types, member->type));
    text_add_escaped(&name, member->name);
    size_t length = plugin_type_declare(type, text_chars(&name), declaration, sizeof declaration);
    html->failed |= name.failed || (!length && plugin_error_code() == PLUGIN_NO_MEMORY);
    if (!length || length >= sizeof declaration)
        return;
    text_add(html, "<pre tabindex=\"0\">");
    markup_add(html, declaration, 0);
    text_add(html, ";</pre>");
}

/* Adds the declaration that the host's interface gives a symbol. */
static void add_demanded(struct text *html, const struct host_process *process, const char *name)
{
    const struct host_interfaces *interfaces = &process->interfaces;
    for (size_t i = 0; i < interfaces->count; i++) {
        const struct host_interface *interface = &interfaces->items[i];
        const struct meta *meta = &interface->module->meta;
        uint32_t members = meta_interface(meta, interface->number).member_count;
        for (uint32_t k = 0; interface->is_judged && k < members; k++) {
            struct meta_member member = meta_member(meta, interface->number, k);
            if (strcmp(member.name, name) == 0) {
                add_declaration(html, interface->module, &member);
                return;
            }
        }
    }
}

static void add_name(struct text *html, const char *name)
{
    text_add(html, "<code>");
    markup_add(html, name, NAME_SHOWN);
    text_add(html, "</code>");
}

static void add_advice_of_types(struct text *html, const struct pairing *pairing, const char *host)
{
    bool is_of_function = pairing->kind == PLUGIN_TYPE_FUNCTION;
    text_add(html, "Compile both sides with the same %s: <code>plugin header ",
             is_of_function ? "declaration" : "definition");
    markup_add(html, host, NAME_SHOWN);
    text_add(html, "</code> prints the host\u2019s.");
    if (pairing->kind == PLUGIN_TYPE_STRUCT || pairing->kind == PLUGIN_TYPE_ENUM)
        text_add(html, " If it is to grow without that, its header can promise how: "
                       "<code>plugin_grows(7)</code>.");
}

static void add_advice(struct text *html, const struct host_process *process,
                       const struct misfit *misfit, const struct pairing *pairing)
{
    if (misfit->kind == MISFIT_OTHER)
        return;
    text_add(html, "<div class=\"advice\"><p><strong>What to do.</strong> ");
    switch (misfit->kind) {
    case MISFIT_OF_TYPES:
        add_advice_of_types(html, pairing, process->host.path);
        break;
    case MISFIT_UNDEFINED:
        text_add(html, "Define ");
        add_name(html, misfit->symbol);
        text_add(html, " in the host and export it (<code>-rdynamic</code>, as <code>plugin "
                       "build</code> links), or link the plugin with the library that defines it. "
                       "If the plugin can do without it, declare it weak.");
        break;
    case MISFIT_OUTDATED:
        text_add(html, "The copy of package ");
        add_name(html, misfit->package);
        text_add(html, " that is live was built from sources without ");
        add_name(html, misfit->symbol);
        text_add(html, ". Build that module with the plugin\u2019s sources of the package, or the "
                       "plugin with that module\u2019s.");
        break;
    default:
        text_add(html, "Define and export it in the plugin:");
        break;
    }
    text_add(html, "</p>");
    if (misfit->kind == MISFIT_NOT_EXPORTED)
        add_demanded(html, process, misfit->symbol);
    text_add(html, "</div>\n");
}

void page_add_misfit(struct text *html, const struct host_process *process,
                     const struct misfit *misfit, const char *id)
{
    const char *text = text_chars(&misfit->text);
    const char *host = misfit->host_label ? misfit->host_label : "host";
    struct pairing pairing;
    bool is_paired = pairing_init(&pairing, misfit->host_type, misfit->plugin_type);
    html->failed |= pairing.failed;
    text_add(html, "<li id=\"%s\"><article>\n<h3>", id);
    markup_add_part(html, text, strcspn(text, "\n"));
    text_add(html, "</h3>\n");
    add_details(html, text);
    add_symbols(html, misfit);
    if (is_paired && html->length < PAGE_DRAWN_MAX)
        drawing_add(html, &pairing, (struct drawing_labels){{host, "plugin"}}, id);
    else if (is_paired)
        text_add(html, "<p class=\"note\">Not drawn: the page is long enough.</p>\n");
    add_advice(html, process, misfit, &pairing);
    text_add(html, "</article></li>\n");
    pairing_deinit(&pairing);
}
