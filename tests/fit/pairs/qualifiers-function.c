/* Who takes a const char * does not write to it. A parameter of the host's function may be more
 * qualified than the plugin knows, and what it returns may be less qualified. The plugin provides
 * the callback that it passes: the sides change places, twice for a function that the callback
 * gets. They do not for a function that is returned.
 *
 * host 2, plugin 1: fits, runs
 * host 1, plugin 2 -DPARAMETER: refused, crashes
 * host 1, plugin 2 -DRESULT: refused, crashes
 * host 1, plugin 2 -DCALLBACK: refused, crashes
 * host 1, plugin 2 -DCALLBACK_OF_CALLBACK: refused, crashes
 * host 1, plugin 2 -DCALLBACK_RETURNED: refused, crashes
 * host 1, plugin 2 -DTO_VOID: refused, crashes
 * host 1, plugin 2 -DVOLATILE: refused, misreads
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stddef.h>
#include <sys/time.h>

/* How a side's function takes and gives text, and the other side's. */
#if V >= 2
#define TAKEN  const char
#define GIVEN  char
#define FLAG   volatile int
#define OBJECT const void
#else
#define TAKEN  char
#define GIVEN  const char
#define FLAG   int
#define OBJECT char
#endif
int host_length(TAKEN *line);
GIVEN *host_name(void);
void host_each(void (*visit)(GIVEN *line));
int host_ask(void (*answer)(int (*put)(TAKEN *line)));
int (*host_writer(void))(TAKEN *line);
int host_letter(OBJECT *line);
int host_wait(FLAG *is_done);

#ifdef HOST
static GIVEN name[] = "host";
int host_length(TAKEN *line)
{
#if V < 2
    line[0] = 'H';
#endif
    return line[1] == 'i' ? 2 : 0;
}
GIVEN *host_name(void)
{
    return name;
}
void host_each(void (*visit)(GIVEN *line))
{
    visit(name);
}
static int length;
static int put(TAKEN *line)
{
    return length = host_length(line);
}
int host_ask(void (*answer)(int (*put)(TAKEN *line)))
{
    answer(put);
    return length;
}
int (*host_writer(void))(TAKEN *line)
{
    return put;
}
int host_letter(OBJECT *line)
{
    TAKEN *letters = line;
#if V < 2
    letters[0] = 'H';
#endif
    return letters[1];
}
int host_wait(FLAG *is_done)
{
    for (long i = 0; i < 1L << 28; i++)
        if (*is_done)
            return 1;
    return 0;
}
#else
#define USES_ALL (V < 2)
#if V >= 2
#define HI ((const char *)"hi")
#else
static char hi[] = "hi";
#define HI hi
#endif
#if USES_ALL || defined PARAMETER
static int parameter(void)
{
    return host_length(HI) == 2;
}
#else
#define parameter() 1
#endif
#if USES_ALL || defined RESULT
static int result(void)
{
    GIVEN *text = host_name();
#if V >= 2
    text[0] = 'H';
#endif
    return text[1] == 'o';
}
#else
#define result() 1
#endif
#if USES_ALL || defined CALLBACK
static int is_visited;
static void visit(GIVEN *line)
{
#if V >= 2
    line[0] = 'H';
#endif
    is_visited = line[1] == 'o';
}
static int callback(void)
{
    host_each(visit);
    return is_visited;
}
#else
#define callback() 1
#endif
#if USES_ALL || defined CALLBACK_OF_CALLBACK
static void answer(int (*put)(TAKEN *line))
{
    put(HI);
}
static int callback_of_callback(void)
{
    return host_ask(answer) == 2;
}
#else
#define callback_of_callback() 1
#endif
#if USES_ALL || defined CALLBACK_RETURNED
static int callback_returned(void)
{
    return host_writer()(HI) == 2;
}
#else
#define callback_returned() 1
#endif
#if USES_ALL || defined TO_VOID
static int to_void(void)
{
    return host_letter(HI) == 'i';
}
#else
#define to_void() 1
#endif
#if USES_ALL || defined VOLATILE
static FLAG is_done;
__attribute__((unused)) static void finish(int signal)
{
    is_done = signal;
}
static int wait_for(void)
{
#if V >= 2
    struct itimerval soon = {.it_value.tv_usec = 1000};
    signal(SIGVTALRM, finish);
    setitimer(ITIMER_VIRTUAL, &soon, NULL);
#else
    is_done = 1;
#endif
    return host_wait(&is_done);
}
#else
#define wait_for() 1
#endif
int run(void)
{
    return !(parameter() && result() && callback() && callback_of_callback() &&
             callback_returned() && to_void() && wait_for());
}
#endif
