/* The host's side of test causes. */
#include "api.h"

struct backend {
    int descriptor;
};
number_t api_level;

int api_close(struct request *r)
{
    return r->id;
}
int api_handle(struct request *r)
{
    return r->id;
}
int api_log(int level, struct request *r)
{
    return level + r->id;
}
int api_reply(struct request *r)
{
    return r->id;
}
int api_send(struct request **all, int count)
{
    return all[count - 1]->id;
}
int api_state(enum state state)
{
    return (int)state;
}
int api_value(union value *value)
{
    return value->number;
}
int api_register(struct operations *operations)
{
    return operations->open(0);
}
int api_watch(callback_t callback)
{
    return callback(1, 0);
}
int api_open(handle_t *handle)
{
    return handle->descriptor;
}
int api_sum(int first, int second)
{
    return first + second;
}
number_t api_number(void)
{
    return 1;
}
