/* Package example.com/count. */
int count_next(void);
