// rot13.cc - a codec, in C++. Its symbols have C's names.
#include "codec.h"

#include <algorithm>
#include <cctype>

PLUGIN_IMPLEMENTS(codec);

extern "C" {

const char *codec_name(void)
{
    return "rot13";
}

void codec_encode(unsigned char *bytes, size_t size)
{
    std::transform(bytes, bytes + size, bytes, [](unsigned char byte) -> unsigned char {
        if (!std::isalpha(byte))
            return byte;
        return static_cast<unsigned char>(std::tolower(byte) > 'm' ? byte - 13 : byte + 13);
    });
}
}
