/* SPDX-License-Identifier: MIT */
/* Go names as C identifiers, and Go types as Go writes them. */
#include "gofile/names_p.h"

#include "types/print.h"

/* Compilers accept longer names, but nobody reads them. */
enum { LENGTH_MAX = 1000 };

static bool name_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool name_is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || name_is_digit(c) || c == '_';
}

/* Returns whether a UTF-8 sequence is a letter or digit beyond ASCII. A type's name may also have
 * control characters, symbols, spaces, bidirectional marks and private characters. */
static bool name_is_letter(const char *at, size_t length)
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
        if (name.data[i] < 0x80 && !name_is_plain((char)name.data[i]))
            return false;
    return name.size && !name_is_digit((char)*name.data);
}

/* Returns whether the name is a keyword of C or C++ (C++20 5.11), for headers serve both, or
 * reserved for the compiler (C11 7.1.3), such as its predefined macros. */
static bool name_is_reserved(const char *name)
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
        bool is_kept = name_is_plain(*at) || name_is_letter(at, length);
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
    text_add(text, "%s%s%s", !*chars || name_is_digit(*chars) ? "_" : "", chars,
             name_is_reserved(chars) ? "_" : "");
}

bool go_type_write(struct text *text, const struct go_types *types, uint64_t type,
                   struct error *error)
{
    struct go_type own;
    TEXT_AUTO name = {0};
    if (!go_type_read(types, type, &own, error))
        return false;
    text_add_bytes(&name, (const char *)own.name.data, own.name.size);
    text->failed |= name.failed;
    text_add_escaped(text, text_chars(&name));
    return true;
}
