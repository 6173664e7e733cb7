// An object of C++, whose destructor runs at the end of the process.
#include <cstdio>

extern "C" __attribute__((visibility("hidden"))) int life_end;

namespace
{
struct said {
    ~said()
    {
        if (life_end >= 0)
            std::puts("static");
    }
};
said one;
} // namespace
