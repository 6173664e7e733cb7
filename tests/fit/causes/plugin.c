/* The plugin's side of test causes: it uses everything, by its own api.h. */
#include "api.h"

void *const uses[] = {(void *)api_close, (void *)api_handle,   (void *)api_log,
                      (void *)api_reply, (void *)api_send,     (void *)api_state,
                      (void *)api_value, (void *)api_register, (void *)api_watch,
                      (void *)api_open,  (void *)api_sum,      (void *)api_number,
                      &api_level};
