/* What the plugin exports. */
#ifndef STREAMS_H
#define STREAMS_H

struct streams {
    int (*copy_line)(void); /* from its input to its output */
};

#endif
