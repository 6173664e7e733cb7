/* Package example.com/num, which imports nothing. */
int num_next(void);
extern int num_last;
