/* SPDX-License-Identifier: MIT */
/* plugin graph: a picture of a host and its plugins, drawn by Graphviz. */
#include "common/cmd.h"
#include "draw/output_p.h"
#include "draw/picture_p.h"
#include "judge/judging.h"

#include <string.h>

static const char graph_help[] =
    "usage: plugin graph [OPTION]... HOST PLUGIN...\n"
    "       plugin graph [OPTION]... --interface=FILE PLUGIN...\n"
    "\n"
    "Draw HOST and each PLUGIN, as `plugin check` judges them: the modules, their\n"
    "packages and which copy of each is live, who uses what of whom, and in red every\n"
    "reason why a PLUGIN does not fit. Only files are read.\n"
    "\n"
    "  -o FILE           write FILE.svg, .png or .pdf by dot(1), or FILE.dot; else\n"
    "                    the graph goes to standard output, in Graphviz's language\n"
    "  --all             name everything that is used, tell all reasons in full, and\n"
    "                    show all libraries of the plugins, also the C library\n"
    "\n"
    "These change the verdicts as they do for `plugin check`: --as, --interface,\n"
    "--isolated, --global, --strict, --allow-unstamped, --allow-executable-stack,\n"
    "--go-bridge.\n"
    "\n"
    "exit status: 0 all fit, 1 a PLUGIN does not fit or cannot be read, or the\n"
    "picture cannot be drawn; 2 usage error\n"
    "example: plugin graph ./host plugins/*.so | dot -Tsvg >plugins.svg\n";

/* Has the name of the output one of these ends? Sets *is_drawn: dot(1) makes it. */
static bool graph_format(const char *output, const char **format, bool *is_drawn)
{
    static const char *const formats[] = {"svg", "png", "pdf", "dot", "gv"};
    const char *end = strrchr(output, '.');
    for (size_t i = 0; end && i < sizeof formats / sizeof *formats; i++)
        if (!strcmp(end + 1, formats[i])) {
            *format = formats[i];
            *is_drawn = i < 3;
            return true;
        }
    return false;
}

/* What is drawn while plugins are judged. */
struct graphing {
    struct judging judging;
    struct picture picture;
};

static bool graph_tell(void *context, struct verdict *verdict)
{
    struct graphing *graphing = context;
    picture_add_plugin(&graphing->picture, &graphing->judging.process, verdict);
    if (!verdict_is_given(verdict))
        cmd_failed(&verdict->error);
    return true;
}

static int graph_draw(struct graphing *graphing, const char *output, const char *format,
                      bool is_drawn)
{
    ERROR_AUTO error = {0};
    TEXT_AUTO dot = {0};
    picture_add_host(&graphing->picture, &graphing->judging.process);
    int status = judging_each(&graphing->judging, false, graph_tell, graphing);
    picture_add_dot(&dot, &graphing->picture);
    if (dot.failed)
        return cmd_failed_no_memory();
    if (!output)
        fwrite(text_chars(&dot), 1, dot.length, stdout);
    else if (!(is_drawn ? output_draw(output, &dot, format, &error)
                        : output_write(output, &dot, &error)))
        status = cmd_failed(&error);
    return status;
}

int cmd_graph(char **arguments)
{
    struct graphing graphing = {0};
    const char *output = NULL, *format = NULL;
    bool is_drawn = false;
    const struct option options[] = {{"-o", .value = &output, .needs = "a file"},
                                     {"--all", .flag = &graphing.picture.is_full},
                                     JUDGING_OPTIONS(graphing.judging),
                                     {0}};
    int status = EXIT_DONE;
    if (!options_parse(graph_help, options, arguments, &status))
        return status;
    if (output && !graph_format(output, &format, &is_drawn))
        return cmd_usage_error(
            "graph", "the output %s ends in none of .svg, .png, .pdf, .dot and .gv", output);
    status = judging_start(&graphing.judging, arguments);
    if (status == EXIT_DONE)
        status = graph_draw(&graphing, output, format, is_drawn);
    picture_deinit(&graphing.picture);
    judging_deinit(&graphing.judging);
    return cmd_finish_output(status);
}
