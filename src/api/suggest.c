/* SPDX-License-Identifier: MIT */
/* Suggestions for misspelt names. */
#include "api/suggest_p.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Longer names are not compared, which bounds the work per name. */
enum { NAME_MAX_LENGTH = 64, NEAR_MAX = 3 };

/* Returns the optimal string alignment distance: how many insertions, deletions, replacements and
 * swaps of neighbours turn one name into the other. Ignores case. */
static unsigned suggest_distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    unsigned rows[3][NAME_MAX_LENGTH + 1];
    for (size_t j = 0; j <= b_length; j++)
        rows[0][j] = (unsigned)j;
    for (size_t i = 1; i <= a_length; i++) {
        unsigned *row = rows[i % 3], *above = rows[(i + 2) % 3], *above2 = rows[(i + 1) % 3];
        row[0] = (unsigned)i;
        for (size_t j = 1; j <= b_length; j++) {
            int x = tolower((unsigned char)a[i - 1]), y = tolower((unsigned char)b[j - 1]);
            unsigned changed = above[j - 1] + (x != y);
            row[j] = 1 + (above[j] < row[j - 1] ? above[j] : row[j - 1]);
            row[j] = changed < row[j] ? changed : row[j];
            if (i > 1 && j > 1 && x == tolower((unsigned char)b[j - 2]) &&
                y == tolower((unsigned char)a[i - 2]) && above2[j - 2] + 1 < row[j])
                row[j] = above2[j - 2] + 1;
        }
    }
    return rows[a_length % 3][b_length];
}

struct candidate {
    const char *name;
    unsigned distance;
};

/* Adds the name to the nearest ones, which are sorted by distance and, as symbols come in the order
 * of names, by name. */
static void suggest_add(struct candidate kept[NEAR_MAX], const char *name, unsigned far)
{
    for (size_t i = 0; i < NEAR_MAX; i++) {
        if (kept[i].name && kept[i].distance <= far)
            continue;
        memmove(&kept[i + 1], &kept[i], (NEAR_MAX - 1 - i) * sizeof *kept);
        kept[i] = (struct candidate){name, far};
        return;
    }
}

void near_add(struct text *text, const struct meta *meta, const char *name)
{
    struct candidate kept[NEAR_MAX] = {{0}};
    size_t length = strlen(name);
    if (!length || length > NAME_MAX_LENGTH)
        return;
    /* One keystroke in three may be wrong; in a name of one letter, only its case. */
    unsigned allowed = length < 3 ? length == 2 : (unsigned)(length / 3);
    for (uint32_t i = 0; i < meta->header.symbols.count; i++) {
        const char *other = meta_symbol(meta, i).name;
        size_t other_length = strnlen(other, NAME_MAX_LENGTH + 1);
        size_t apart = length > other_length ? length - other_length : other_length - length;
        if (other_length > NAME_MAX_LENGTH || apart > allowed)
            continue;
        unsigned far = suggest_distance(name, length, other, other_length);
        if (far <= allowed)
            suggest_add(kept, other, far);
    }
    for (size_t i = 0; i < NEAR_MAX && kept[i].name; i++) {
        bool is_last = i + 1 == NEAR_MAX || !kept[i + 1].name;
        text_add(text, i == 0 ? "; did you mean " : is_last ? " or " : ", ");
        text_add_escaped(text, kept[i].name);
        if (is_last)
            text_add(text, "?");
    }
}
