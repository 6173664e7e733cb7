/* SPDX-License-Identifier: MIT */
/* A judgement as the user asks for it. */
#include "judge/judging.h"

#include "common/cmd.h"

/* With an interface file, the host may be left out: is the first file one? */
static bool is_program(const char *path)
{
    ARENA_AUTO arena = {0};
    ERROR_AUTO ignored = {0};
    struct module module;
    FILE_AUTO file = FILE_NONE;
    if (!file_open(&file, path, &ignored) || !module_read_headers(&module, &file, &arena, &ignored))
        return true;
    bool is_program = module.is_executable;
    module_deinit(&module);
    return is_program;
}

/* Chooses the interface of --as, unless it is NULL. */
static int choose_interface(struct judging *judging)
{
    struct host_process *process = &judging->process;
    struct host_interfaces *interfaces = &process->interfaces;
    TEXT_AUTO names = {0};
    if (!judging->as || host_interfaces_choose(interfaces, judging->as))
        return EXIT_DONE;
    for (size_t i = 0; i < interfaces->count; i++) {
        text_add(&names, "%s", i ? ", " : "; it has: ");
        host_interface_add_name(&names, &interfaces->items[i]);
    }
    if (!process->host.module.is_stamped && !interfaces->count)
        return cmd_usage_error(judging->verb, "%s is not stamped, so its interfaces are unknown",
                               process->host.path);
    return cmd_usage_error(judging->verb, "%s has no interface \"%s\"%s", process->host.path,
                           judging->as, interfaces->count ? text_chars(&names) : ", nor any other");
}

int judging_start(struct judging *judging, char **arguments)
{
    ERROR_AUTO error = {0};
    struct host_process *process = &judging->process;
    char **files = arguments + 1;
    size_t count = 0;
    judging->verb = arguments[0];
    while (files[count])
        count++;
    if (!count && !judging->interfaces.count)
        return cmd_usage_error(judging->verb, "no host given");
    if (process->is_isolated &&
        (process->allows_unstamped || process->allows_executable_stack || judging->globals.count))
        return cmd_usage_error(judging->verb,
                               "--isolated does not go with --global, --allow-unstamped "
                               "and --allow-executable-stack");
    if (judging->globals.failed || judging->interfaces.failed)
        return cmd_failed_no_memory();
    process->interface_files = &judging->interfaces;
    bool has_host = !judging->interfaces.count || (count && is_program(files[0]));
    if (count + judging->globals.count < (has_host ? 2 : 1))
        return cmd_usage_error(judging->verb, "no plugin given");
    judging->plugins = files + has_host;
    if (!host_process_init(process, has_host ? files[0] : NULL, count + judging->globals.count,
                           &error))
        return cmd_failed(&error);
    return choose_interface(judging);
}

int judging_each(struct judging *judging, bool is_verbose,
                 bool (*tell)(void *context, struct verdict *verdict), void *context)
{
    int status = EXIT_DONE;
    char *none = NULL, **globals = judging->globals.count ? judging->globals.items : &none;
    char **lists[] = {globals, judging->plugins};
    for (int i = 0; i < 2; i++)
        for (char **path = lists[i]; *path; path++) {
            VERDICT_AUTO verdict;
            verdict_judge(&verdict, &judging->process, *path, is_verbose);
            if (!tell(context, &verdict) || !verdict_fits(&verdict))
                status = EXIT_FAILED;
            else if (lists[i] == globals)
                host_process_make_global(&judging->process);
        }
    return status;
}

void judging_deinit(struct judging *judging)
{
    host_process_deinit(&judging->process);
    words_deinit(&judging->globals);
    words_deinit(&judging->interfaces);
}
