/* SPDX-License-Identifier: MIT */
/* Misfits of a symbol whose types differ on the two sides. */
#include "fit/type_misfit_p.h"

/* Do both declarations read the same, because their types have the same name? */
static bool declarations_read_the_same(const struct type_misfit *of)
{
    const char *host = text_chars(&of->host_declaration);
    const char *own = text_chars(&of->plugin_declaration);
    size_t length = strcspn(host, ";");
    return length == strcspn(own, ";") && !strncmp(host, own, length);
}

/* If the types differ at the top level, shows the declarations, which say more. Otherwise shows
 * where they differ. */
static void choose_sides(struct misfit *misfit, struct type_misfit *of,
                         struct type_difference *difference)
{
    bool is_inside = difference->path.length || declarations_read_the_same(of);
    text_move(&misfit->host, is_inside ? &difference->first : &of->host_declaration);
    text_move(&misfit->plugin, is_inside ? &difference->second : &of->plugin_declaration);
    text_move(&misfit->path, &difference->path);
}

static void add_sides(struct misfits *misfits, struct misfit *misfit, const struct type_misfit *of,
                      const struct type_difference *difference)
{
    /* Does the cause say how the types differ, not only what moved? */
    char start = *text_chars(&difference->cause);
    misfit_add_sides(misfit, of->host, of->plugin, start && start != ';');
    misfits->cost += MISFITS_COST_OF_USE;
}

void misfits_add_difference(struct misfits *misfits, struct type_misfit *of,
                            struct type_difference *difference)
{
    struct misfit *misfit = misfits_start(misfits, of->symbol, of->package);
    size_t start = difference->type_start;
    bool is_of_type = start < difference->path.length && !*of->end;
    const char *cause = text_chars(&difference->cause);
    TEXT_AUTO where = {0};
    misfit->kind = MISFIT_OF_TYPES;
    misfit->host_label = of->host.label;
    misfit->host_type = (struct type_side){of->host_types, difference->first_type};
    misfit->plugin_type = (struct type_side){of->plugin_types, difference->second_type};
    choose_sides(misfit, of, difference);
    misfits->failed |= misfit->path.failed || difference->cause.failed;
    if (is_of_type) {
        if (start)
            text_add_bytes(&where, text_chars(&misfit->path), start - strlen(": "));
        misfits->failed |= where.failed;
        misfit_add(misfit, "%s%s", text_chars(&misfit->path) + start, cause);
        add_sides(misfits, misfit, of, difference);
        misfits_end_use(misfits, text_chars(&where));
        return;
    }
    misfit_add(misfit, "%s%s%s%s%s", of->start, of->symbol, misfit->path.length ? ": " : "",
               text_chars(&misfit->path), cause);
    if (!misfit->path.length && !*cause)
        misfit_add(misfit, ": different type");
    misfit_add(misfit, "%s", of->end);
    add_sides(misfits, misfit, of, difference);
    misfits_end(misfits);
}

bool misfits_waive(struct misfits *misfits, const struct btf *host, const struct waivable *waivable)
{
    const char *reason = waiver_find(host, waivable);
    bool has_hashes = waivable->host_hash && waivable->plugin_hash;
    TEXT_AUTO line = {0};
    if (!misfits->is_verbose || !has_hashes)
        return reason;
    if (reason)
        text_add_between(&line, "", waivable->symbol, ": waived: ");
    else
        waiver_add(&line, waivable);
    text_add_escaped(&line, reason ? reason : "REASON");
    text_add(&line, "\n");
    misfits_add_lines(misfits, reason ? &misfits->waived : &misfits->waivable, &line);
    return reason;
}
