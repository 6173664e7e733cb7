/* What the host of test causes offers. */
#ifndef API_H
#define API_H

enum state { STATE_OPEN, STATE_HALF, STATE_CLOSED };

typedef struct {
    int count;
    int limit;
} totals_t;

struct request {
    int id;
    int method;
    long range;
    totals_t totals;
    int body[4];
    enum state state;
    int last;
};

union value {
    int number;
    double exact;
};

struct operations {
    int (*open)(struct request *r);
    int (*read)(struct request *r, char *to, int length);
    int (*write)(struct request *r, const char *from, int length);
};

struct backend;
typedef struct backend handle_t;
typedef int (*callback_t)(int what, void *context);
typedef long number_t;

int api_close(struct request *r);
int api_handle(struct request *r);
int api_log(int level, struct request *r);
int api_reply(struct request *r);
int api_send(struct request **all, int count);
int api_state(enum state state);
int api_value(union value *value);
int api_register(struct operations *operations);
int api_watch(callback_t callback);
int api_open(handle_t *handle);
int api_sum(int first, int second);
number_t api_number(void);
extern number_t api_level;

#endif
