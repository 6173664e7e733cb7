/* xor.c - a codec, in C. */
#include "codec.h"

PLUGIN_IMPLEMENTS(struct codec);

int codec_level = 1;

const char *codec_name(void)
{
    return "xor";
}

void codec_encode(unsigned char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        bytes[i] ^= (unsigned char)codec_level;
}
