/* The names of types and members. */
#include "gofile/c_name.h"

#include "types/print.h"

/* Compilers take longer names, but nobody reads them. */
enum { LENGTH_MAX = 1000 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_';
}

/* Is this a letter or digit beyond ASCII? What is none, of what a type's name may have: control
 * characters, signs, spaces, marks that turn the direction of text, private ones. */
static bool is_letter(const char *at, size_t length)
{
    static const uint32_t others[][2] = {
        {0x80, 0xA9}, {0xAB, 0xB4},     {0xB6, 0xB9},     {0xBB, 0xBF},     {0xD7, 0xD7},
        {0xF7, 0xF7}, {0x2000, 0x206F}, {0x2190, 0x2BFF}, {0x3000, 0x3004}, {0xE000, 0xF8FF},
    };
    uint32_t code = (unsigned char)*at & (0xFFU >> (length + 1));
    for (size_t i = 1; i < length; i++)
        code = code << 6 | ((unsigned char)at[i] & 0x3F);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (code >= others[i][0] && code <= others[i][1])
            return false;
    return length > 1;
}

bool c_name_is_plain(struct bytes name)
{
    for (size_t i = 0; i < name.size; i++)
        if (name.data[i] < 0x80 && !is_plain((char)name.data[i]))
            return false;
    return name.size && !is_digit((char)*name.data);
}

/* Is the name a word of C's or C++'s (C++20 5.11), as a header is for both, or else a compiler's
 * own (C11 7.1.3), such as what it defines as a macro? */
static bool is_reserved(const char *name)
{
    static const char words[] =
        " and and_eq bitand bitor catch char16_t char32_t char8_t class co_await co_return co_yield "
        "compl concept const_cast consteval constinit decltype delete dynamic_cast explicit export "
        "friend linux mutable namespace new noexcept not not_eq NULL operator or or_eq private "
        "protected public reinterpret_cast requires static_cast template this throw try typeid "
        "typename unix using virtual wchar_t xor xor_eq ";
    size_t length = strlen(name);
    for (const char *at = words + 1; *at; at += strcspn(at, " ") + 1)
        if (!strncmp(at, name, length) && at[length] == ' ')
            return true;
    return print_is_keyword(name) || !strncmp(name, "__", 2);
}

bool c_name_is(struct bytes name, const char *other)
{
    return name.size == strlen(other) && !memcmp(name.data, other, name.size);
}

bool c_name_is_declared(struct bytes name)
{
    return name.size && memchr(name.data, '.', name.size) && !c_name_is(name, "unsafe.Pointer");
}

void c_name_add_part(struct text *text, struct bytes name)
{
    static const char main_package[] = "main.";
    TEXT_AUTO copy = {0};
    size_t skipped = sizeof main_package - 1;
    if (name.size < skipped || memcmp(name.data, main_package, skipped) != 0)
        skipped = 0;
    size_t size = name.size - skipped < LENGTH_MAX ? name.size - skipped : LENGTH_MAX;
    text_add_bytes(&copy, (const char *)name.data + skipped, size);
    text->failed |= copy.failed;
    for (const char *at = text_chars(&copy); *at;) {
        size_t length = text_utf8_length((const unsigned char *)at);
        bool is_kept = is_plain(*at) || is_letter(at, length);
        text_add_bytes(text, is_kept ? at : "_", is_kept ? length : 1);
        at += length ? length : 1;
    }
}

void c_name_add(struct text *text, struct bytes name)
{
    TEXT_AUTO own = {0};
    c_name_add_part(&own, name);
    text->failed |= own.failed;
    const char *chars = text_chars(&own);
    text_add(text, "%s%s%s", !*chars || is_digit(*chars) ? "_" : "", chars,
             is_reserved(chars) ? "_" : "");
}
