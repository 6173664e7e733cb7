#include "marked.h"

/* A second file that has all marks. */
extern struct api *other;
struct api *other = 0;
