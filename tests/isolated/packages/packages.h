/* An isolated plugin with packages and inits. */
#ifndef PACKAGES_H
#define PACKAGES_H

#include <plugin.h>

struct packages {
    const char *(*order)(void);              /* the inits that have run in this process */
    int (*area)(int a, int b);               /* of a package */
    int (*twice)(int number);                /* by a library's function */
    const char *(*nested)(const char *path); /* opens a plugin itself */
};

/* Of the packages. */
extern char init_log[];
void init_ran(const char *name);
int geom_area(int a, int b);
int shapes_twice(int number);
int util_thrice(int number);

#endif
