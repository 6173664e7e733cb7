/* SPDX-License-Identifier: MIT */
#include "model/options.h"

#include <stdlib.h>

void stamp_report_free(struct stamp_report *report)
{
    text_free(&report->warnings);
}

void stamp_sections_free(struct stamp_sections *sections)
{
    free((void *)sections->meta.data);
    free((void *)sections->btf.data);
    *sections = (struct stamp_sections){0};
}
