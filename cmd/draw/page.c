/* SPDX-License-Identifier: MIT */
/* The page of `plugin check --html`. */
#include "draw/page.h"

#include "draw/markup.h"
#include "draw/output_p.h"
#include "draw/page_p.h"

#include <string.h>

static const char *verdict_word(const struct verdict *verdict)
{
    if (!verdict_is_given(verdict))
        return "not judged";
    return verdict_fits(verdict) ? "fits" : "does not fit";
}

static const char *verdict_class(const struct verdict *verdict)
{
    if (!verdict_is_given(verdict))
        return "unknown";
    return verdict_fits(verdict) ? "fits" : "misfit";
}

static void add_path(struct text *html, const char *path)
{
    text_add(html, "<code>");
    markup_add(html, path, 0);
    text_add(html, "</code>");
}

/* ---- a plugin ---- */

static void add_row(struct text *html, const struct page *page, const struct verdict *verdict)
{
    const struct misfits *misfits = &verdict->misfits;
    text_add(html, "<tr class=\"%s\"><th scope=\"row\"><a href=\"#p%zu\">", verdict_class(verdict),
             page->count);
    add_path(html, verdict->path);
    text_add(html, "</a></th><td><span class=\"badge\">%s</span></td>", verdict_word(verdict));
    if (misfits->uses.is_counted)
        text_add(html, "<td>%zu</td><td>%zu</td><td>%zu</td></tr>\n", misfits->count,
                 misfits->uses.compared, misfits->uses.unchecked);
    else
        text_add(html, "<td>\u2013</td><td>\u2013</td><td>\u2013</td></tr>\n");
}

static void add_misfits(struct text *html, const struct page *page,
                        const struct host_process *process, const struct verdict *verdict)
{
    const struct misfits *misfits = &verdict->misfits;
    size_t shown = misfits->kept < PAGE_MISFITS_MAX ? misfits->kept : PAGE_MISFITS_MAX;
    if (html->length >= PAGE_TOLD_MAX)
        shown = 0;
    text_add(html, "<ol class=\"misfits\">\n");
    for (size_t i = 0; i < shown; i++) {
        TEXT_AUTO id = {0};
        text_add(&id, "p%zu-m%zu", page->count, i + 1);
        page_add_misfit(html, process, &misfits->items[i], text_chars(&id));
        html->failed |= id.failed;
    }
    text_add(html, "</ol>\n");
    if (misfits->count > shown)
        text_add(html,
                 "<p class=\"note\">and %s%zu more; <code>plugin check</code> without "
                 "<code>--html</code> tells more of them</p>\n",
                 misfits_are_too_many(misfits) ? "at least " : "", misfits->count - shown);
}

/* Adds lines of --verbose as a list. */
static void add_list(struct text *html, const char *heading, const struct text *lines)
{
    const char *line = text_chars(lines);
    if (!*line)
        return;
    text_add(html, "<h3>%s</h3>\n<ul>\n", heading);
    for (size_t length; *line; line += length + (line[length] == '\n')) {
        length = strcspn(line, "\n");
        text_add(html, "<li><code>");
        markup_add_part(html, line, length);
        text_add(html, "</code></li>\n");
    }
    text_add(html, "</ul>\n");
}

static void add_verdict_text(struct text *html, const struct host_process *process,
                             const struct verdict *verdict)
{
    TEXT_AUTO text = {0};
    const struct misfits *misfits = &verdict->misfits;
    if (verdict_fits(verdict)) {
        verdict_add_fit(&text, verdict, process);
    } else if (!misfits->count) {
        text_add(&text, "%s", error_text(&verdict->error));
    } else {
        text_add(&text, "%s", text_chars(&misfits->remark));
        text_add(&text, "%s", text.length ? "; " : "");
        uses_add_count(&text, &misfits->uses);
    }
    text_add(html, "<p>");
    markup_add_cut(html, text_chars(&text), 0);
    text_add(html, "</p>\n");
    html->failed |= text.failed;
}

void page_add_plugin(struct page *page, const struct host_process *process,
                     const struct verdict *verdict)
{
    struct text *html = &page->sections;
    const struct misfits *misfits = &verdict->misfits;
    page->count++;
    page->fits += verdict_fits(verdict);
    add_row(&page->rows, page, verdict);
    text_add(html, "<section id=\"p%zu\" class=\"%s\">\n<h2>", page->count, verdict_class(verdict));
    add_path(html, verdict->path);
    text_add(html, " <span class=\"badge\">%s</span></h2>\n", verdict_word(verdict));
    add_verdict_text(html, process, verdict);
    if (misfits->count)
        add_misfits(html, page, process, verdict);
    if (process->is_verbose) {
        add_list(html, "Grown as promised", &misfits->growth);
        add_list(html, "Waived by the host", &misfits->waived);
        add_list(html, "To waive", &misfits->waivable);
    }
    text_add(html, "</section>\n");
}

/* ---- the whole ---- */

/* How the drawings fill padding. */
static const char page_hatching[] =
    "<svg class=\"definitions\" width=\"0\" height=\"0\" aria-hidden=\"true\"><defs>"
    "<pattern id=\"hatched\" width=\"8\" height=\"8\" patternUnits=\"userSpaceOnUse\" "
    "patternTransform=\"rotate(45)\"><path d=\"M0 0V8\"/></pattern></defs></svg>\n";

void page_add_html(struct text *html, const struct page *page, const struct host_process *process)
{
    /* The policy keeps a browser from whatever a mistake in escaping could let in. */
    text_add(html,
             "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
             "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
             "style-src 'unsafe-inline'\">\n"
             "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
             "<meta name=\"color-scheme\" content=\"light dark\">\n"
             "<meta name=\"generator\" content=\"plugin " PLUGIN_VERSION "\">\n<title>Plugins of ");
    markup_add(html, process->host.path, 0);
    text_add(html,
             "</title>\n<style>\n%s</style>\n</head>\n<body>\n%s<main>\n<h1>%zu of %zu plugin%s "
             "fit%s ",
             page_style, page_hatching, page->fits, page->count, page->count == 1 ? "" : "s",
             page->fits == 1 || page->count == 1 ? "s" : "");
    add_path(html, process->host.path);
    text_add(html, "</h1>\n<div class=\"scroll\" tabindex=\"0\"><table>\n<thead><tr>"
                   "<th scope=\"col\">Plugin</th><th scope=\"col\">Verdict</th>"
                   "<th scope=\"col\">Misfits</th><th scope=\"col\">Uses compared</th>"
                   "<th scope=\"col\">Not compared</th></tr></thead>\n<tbody>\n");
    text_add_bytes(html, text_chars(&page->rows), page->rows.length);
    text_add(html, "</tbody>\n</table></div>\n");
    text_add_bytes(html, text_chars(&page->sections), page->sections.length);
    text_add(html,
             "</main>\n<footer><p>Made by <code>plugin check --html</code>, version " PLUGIN_VERSION
             ", from the files alone. Offsets and sizes are in bytes.</p></footer>\n"
             "</body>\n</html>\n");
    html->failed |= page->rows.failed || page->sections.failed;
}

bool page_write(const struct page *page, const struct host_process *process, const char *path,
                struct error *error)
{
    TEXT_AUTO html = {0};
    page_add_html(&html, page, process);
    return output_write(path, &html, error);
}

void page_deinit(struct page *page)
{
    text_free(&page->rows);
    text_free(&page->sections);
}
