/* host.c - upgrade DIRECTORY: worker threads answer requests with the plugins of a directory, which
 * are replaced meanwhile.
 *
 *     $ plugin build -o upgrade host.c -pthread
 *     $ mkdir -p taxes/new
 *     $ plugin build -buildmode=plugin -o taxes/vat.so vat_1.c
 *     $ ./upgrade taxes
 *     vat.so 100
 *     19
 *
 * A request is a line: a plugin's file name, and an amount. In another shell, while it runs:
 *
 *     $ plugin build -buildmode=plugin -o taxes/new/.vat.so vat_2.c
 *     $ mv taxes/new/.vat.so taxes/new/vat.so
 *
 * The host examines the file in new/. If it does not fit, the host refuses it, and the old version
 * goes on, also after a restart. (In its place it would be refused in any case: see step 3.) If it
 * fits, the host swaps the plugins, in this order:
 *
 *     1. nobody enters the old plugin any more, and the last thread has left it;
 *     2. rename(2) puts the new file in the place of the old one;
 *     3. plugin_retire: until then, an open of that path is refused, as its file was replaced;
 *     4. plugin_open_as_with, with options.content: the bytes that were examined, or none.
 *
 * After step 3 there is no way back, for the file of the old version is gone. That is why the new
 * one is examined first. An init that fails is found in step 4 only: there is no plugin then, and
 * requests for it fail until another version comes.
 *
 * Files are moved, within a file system, and never written in place: to write into a file that is
 * mapped changes the code that runs, or takes it away (SIGBUS). IN_CLOSE_WRITE would tell of that
 * when it is too late. After a rename the path has another file, and the old one lives as long as
 * it is mapped: so the host waits for IN_MOVED_TO alone. */
#include "tax.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

enum { PLUGINS = 16, WORKERS = 4 };

/* A plugin of the directory. `open` and `tax` change only while is_changing, with no users. */
static struct slot {
    char name[NAME_MAX + 1];
    plugin *open;   /* NULL: there is none that works */
    struct tax tax; /* of that plugin */
    unsigned users; /* the threads in it */
    bool is_changing;
} slots[PLUGINS];

/* They guard the slots. A pthread_rwlock_t might let new readers pass a waiting writer for ever. */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;

/* ---- the workers ---- */

/* Returns the slot of this name, or else an empty one; NULL if there is none. */
static struct slot *slot_find(const char *name)
{
    for (struct slot *slot = slots; slot < slots + PLUGINS; slot++)
        if (!*slot->name || !strcmp(slot->name, name))
            return slot;
    return NULL;
}

/* Enters the plugin of this name; NULL if there is none. */
static struct slot *slot_enter(const char *name)
{
    pthread_mutex_lock(&mutex);
    struct slot *slot = slot_find(name);
    while (slot && slot->is_changing)
        pthread_cond_wait(&changed, &mutex);
    if (slot && slot->open)
        slot->users++;
    else
        slot = NULL;
    pthread_mutex_unlock(&mutex);
    return slot;
}

static void slot_leave(struct slot *slot)
{
    pthread_mutex_lock(&mutex);
    if (!--slot->users)
        pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&mutex);
}

/* The last worker ends the watch of new/, and thereby the program. */
static int events, watch;

static void *work(void *unused)
{
    static int working = WORKERS; /* atomic */
    char request[NAME_MAX + 32], name[NAME_MAX + 1];
    while (fgets(request, sizeof request, stdin)) {
        long cents = 0;
        bool is_read = sscanf(request, "%255s %ld", name, &cents) == 2;
        struct slot *slot = is_read ? slot_enter(name) : NULL;
        if (slot) {
            printf("%ld\n", slot->tax.tax_of(cents));
            slot_leave(slot);
        } else {
            printf("no plugin: %s\n", is_read ? name : "not a request");
        }
        fflush(stdout);
    }
    if (!__atomic_sub_fetch(&working, 1, __ATOMIC_ACQ_REL))
        inotify_rm_watch(events, watch);
    return unused;
}

/* ---- the upgrades: by one thread ---- */

/* Waits until nobody is in the plugin, and lets nobody enter it. */
static struct slot *slot_begin_change(const char *name)
{
    pthread_mutex_lock(&mutex);
    struct slot *slot = slot_find(name);
    if (slot) {
        strcpy(slot->name, name);
        slot->is_changing = true;
        while (slot->users)
            pthread_cond_wait(&changed, &mutex);
    }
    pthread_mutex_unlock(&mutex);
    return slot;
}

static void slot_end_change(struct slot *slot)
{
    pthread_mutex_lock(&mutex);
    slot->is_changing = false;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&mutex);
}

/* Puts the file, of which the content was examined, in the place of the plugin of this name. */
static void swap(const char *file, const char *name, const char *content)
{
    struct plugin_options options = {.size = sizeof options, .content = content};
    struct slot *slot = slot_begin_change(name);
    if (!slot) {
        fprintf(stderr, "upgrade: %s: there are too many plugins\n", name);
        return;
    }
    if (rename(file, name) != 0) {
        fprintf(stderr, "upgrade: cannot rename %s: %s\n", file, strerror(errno));
    } else if (slot->open && !plugin_retire(slot->open)) {
        fprintf(stderr, "upgrade: %s\n", plugin_error());
    } else {
        slot->open = plugin_open_as_with(name, &options, &slot->tax);
        const char *version = plugin_info(slot->open, "version");
        if (slot->open)
            fprintf(stderr, "upgrade: %s: version %s\n", name, version ? version : "unknown");
        else
            fprintf(stderr, "upgrade: %s\n", plugin_error());
    }
    slot_end_change(slot);
}

/* Takes a file, if it is a plugin that fits. One that is gone was taken already. */
static bool take(void *unused, const char *path, const plugin_file *file)
{
    const char *name = strrchr(path, '/') + 1;
    const char *content = plugin_file_meets(file, struct tax) ? plugin_file_content(file) : "";
    if (*content)
        swap(path, name, content);
    else if (strcmp(path, "./new") != 0 && plugin_error_code() != PLUGIN_NOT_FOUND)
        fprintf(stderr, "upgrade: refused: %s\n", plugin_error());
    return !unused;
}

/* Takes the files that were moved to new/. Returns false once new/ is watched no more. */
static bool take_moved(void)
{
    union {
        struct inotify_event event;
        char bytes[4096];
    } moved;
    const struct inotify_event *event;
    ssize_t size = read(events, moved.bytes, sizeof moved);
    for (ssize_t at = 0; at < size; at += (ssize_t)(sizeof *event + event->len)) {
        event = (const struct inotify_event *)(moved.bytes + at);
        if (event->mask & IN_IGNORED)
            return false;
        if (event->mask & IN_Q_OVERFLOW) {
            plugin_scan("new", NULL, take, NULL); /* the kernel has dropped events */
        } else if (event->len && *event->name != '.') {
            char path[sizeof "new/" + NAME_MAX];
            snprintf(path, sizeof path, "new/%s", event->name);
            plugin_file *file = plugin_examine(path, NULL);
            take(NULL, path, file);
            plugin_file_free(file);
        }
    }
    return size >= 0 || errno == EINTR;
}

int main(int argc, char **argv)
{
    pthread_t workers[WORKERS];
    if (argc != 2 || chdir(argv[1]) != 0) {
        fputs("usage: upgrade DIRECTORY\n", stderr);
        return 2;
    }
    /* Watched before it is scanned, so that no file is missed. */
    events = inotify_init1(IN_CLOEXEC);
    watch = inotify_add_watch(events, "new", IN_MOVED_TO | IN_ONLYDIR);
    if (watch < 0) {
        fprintf(stderr, "upgrade: cannot watch %s/new: %s\n", argv[1], strerror(errno));
        return 1;
    }
    if (!plugin_scan(".", NULL, take, NULL) || !plugin_scan("new", NULL, take, NULL)) {
        fprintf(stderr, "upgrade: %s\n", plugin_error());
        return 1;
    }
    for (int i = 0; i < WORKERS; i++)
        if (pthread_create(&workers[i], NULL, work, NULL) != 0)
            return 1;
    while (take_moved())
        ;
    for (int i = 0; i < WORKERS; i++)
        pthread_join(workers[i], NULL);
    return 0;
}
