/* codec.h - what host and plugins share: the interface of a codec. */
#ifndef CODEC_H
#define CODEC_H

#include <plugin.h>

struct codec {
    const char *(*codec_name)(void);
    /* Encodes the bytes in place. */
    void (*codec_encode)(unsigned char *bytes, size_t size);
    int *codec_level;
};
PLUGIN_COUNTED(codec_encode, bytes, size);
PLUGIN_OPTIONAL(struct codec, codec_level);

#endif
