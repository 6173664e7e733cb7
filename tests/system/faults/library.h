/* A library's package, example.com/value. */
extern int library_value;
