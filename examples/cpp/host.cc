// host.cc - codec TEXT [--isolated]: encodes a text by each codec in the directory `codecs`.
#include "codec.h"

#include <plugin.hpp>

#include <iostream>
#include <string>

// Encodes the text by the codec at this path, in this process or in one of its own.
static void encode(const char *path, std::string text, bool is_isolated)
{
    plugins::options how;
    how.placement = is_isolated ? PLUGIN_ISOLATED : PLUGIN_ANY;
    auto codec = plugins::open_as<struct codec>(path, how);
    if (codec->codec_level)
        *codec->codec_level = 2;
    auto *bytes = reinterpret_cast<unsigned char *>(text.data());
    plugins::call(codec->codec_encode, bytes, text.size());
    std::cout << plugins::call(codec->codec_name) << ": " << text << '\n';
}

int main(int argc, char **argv)
try {
    bool is_isolated = argc > 2 && argv[2] == std::string("--isolated");
    plugins::scan("codecs", [&](const char *path, const plugins::file &file) {
        if (file && file.meets<codec>())
            encode(path, argc > 1 ? argv[1] : "", is_isolated);
        else
            std::cout << plugins::error::last().line() << '\n';
    });
} catch (const plugins::error &error) {
    std::cerr << "codec: " << error.what() << '\n';
    return 1;
}
