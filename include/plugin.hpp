/* SPDX-License-Identifier: MIT */
/* plugin.hpp - <plugin.h> for C++17 and later: types are asked for as template arguments.
 *
 *     plugins::opened p = plugins::open("plugin_name.so");
 *     int &v = p.get<int>("V");
 *     auto f = p.get<void()>("F");
 *
 * The namespace is `plugins`, because `plugin` is a type of plugin.h. These objects convert to the
 * pointers of plugin.h, so that its functions and macros take them; what it promises holds here. A
 * module that uses these templates is stamped, and compiled with -g as for the macros (clang++
 * needs -fstandalone-debug, too).
 *
 * Errors: a function throws plugins::error. One whose name starts with try_ returns what is false
 * instead: a null pointer, an empty object or std::optional; plugins::error::last() has the reason.
 * Without exceptions (-fno-exceptions), what would throw calls std::terminate.
 */
#ifndef PLUGIN_HPP
#define PLUGIN_HPP

#include <plugin.h>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <iterator>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

/* The casts are those of the macros of plugin.h. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wold-style-cast"

namespace plugins
{

/* ---- errors ---- */

/* A failure of this library. what() is the whole text, with every misfit. */
class PLUGIN_API error : public std::runtime_error
{
  public:
    /* This thread's last failure; with the code PLUGIN_OK if there was none. */
    static error last()
    {
        return error(plugin_error(), plugin_error_line(), plugin_error_code());
    }

    plugin_code code() const noexcept
    {
        return code_;
    }

    /* The failure in one line that stands alone. */
    const char *line() const noexcept
    {
        return line_.what();
    }

  private:
    error(const char *text, const char *line, plugin_code code)
        : std::runtime_error(text), line_(line), code_(code)
    {
    }

    std::runtime_error line_; /* a string that is copied without an exception */
    plugin_code code_;
};

namespace detail
{

/* Returns what was found; throws this thread's last failure if that is false. */
template <class Found> Found required(Found found)
{
    if (!found)
#ifdef __cpp_exceptions
        throw error::last();
#else
        std::terminate();
#endif
    return found;
}

/* The type itself, of an argument: the function alone says what the types of a call are. */
template <class T> struct as_it_is {
    using type = T;
};
template <class T> using same = typename as_it_is<T>::type;

/* A type of its own in each source file. A template that leaves a probe has it as an argument, so
 * that each file's use is judged by the types that this file knows. Without it, the linker would
 * keep the probe of one file for all. */
namespace
{
struct this_file;
}

} // namespace detail

/* ---- options ---- */

/* A struct of plugin.h whose first member is its size: that is set, the others are zero. */
template <class Struct> struct sized : Struct {
    sized() : Struct()
    {
        this->size = sizeof(Struct);
    }
};
using options = sized<plugin_options>;
using trust = sized<plugin_trust>;
using isolation = sized<plugin_isolation>;

/* ---- ranges ---- */

namespace detail
{

/* What a function of plugin.h iterates over: next(owner, null) is the first item, and null follows
 * the last. */
template <class Item, class Owner, class Raw, Raw (*next)(Owner, Raw)> class range
{
  public:
    class iterator
    {
      public:
        using iterator_category = std::input_iterator_tag;
        using value_type = Item;
        using difference_type = std::ptrdiff_t;
        using pointer = const Item *;
        using reference = Item;

        iterator(Owner owner, Raw raw) : owner_(owner), raw_(raw)
        {
        }

        Item operator*() const
        {
            return Item(raw_);
        }

        iterator &operator++()
        {
            raw_ = next(owner_, raw_);
            return *this;
        }

        iterator operator++(int)
        {
            iterator before = *this;
            ++*this;
            return before;
        }

        bool operator==(const iterator &other) const
        {
            return raw_ == other.raw_;
        }

        bool operator!=(const iterator &other) const
        {
            return raw_ != other.raw_;
        }

      private:
        Owner owner_;
        Raw raw_;
    };

    explicit range(Owner owner) : owner_(owner)
    {
    }

    iterator begin() const
    {
        return iterator(owner_, next(owner_, nullptr));
    }

    iterator end() const
    {
        return iterator(owner_, nullptr);
    }

  private:
    Owner owner_;
};

template <const char *(*next)(const plugin_file *, const char *)>
using names = range<const char *, const plugin_file *, const char *, next>;

} // namespace detail

/* ---- opened plugins ---- */

/* What get<T> returns: a pointer to the function, or a reference to the variable. */
template <class T> using got = std::conditional_t<std::is_function_v<T>, T *, T &>;

/* An exported function or variable of a plugin. */
class symbol
{
  public:
    explicit symbol(const plugin_symbol *raw = nullptr) noexcept : raw_(raw)
    {
    }

    operator const plugin_symbol *() const noexcept
    {
        return raw_;
    }

    const char *name() const noexcept
    {
        return plugin_symbol_name(raw_);
    }

    /* The declaration in C, without the semicolon. */
    const char *decl() const
    {
        return detail::required(plugin_symbol_decl(raw_));
    }

    /* The symbol as what its type is: get<int>() of a variable, get<double(const shape *)>() of a
     * function. The rules are those of plugin_as. A name that is repeated costs a comparison if no
     * other symbol was asked for by this type, in this file, in between. */
    template <class T, class File = detail::this_file> got<T> get() const
    {
        return static_cast<got<T>>(*detail::required(try_get<T, File>()));
    }

    /* The same as a pointer. */
    template <class T, class File = detail::this_file> T *try_get() const
    {
        static_assert(!std::is_reference_v<T>, "ask for the type of the symbol itself");
        return plugin_as(raw_, T *);
    }

  private:
    const plugin_symbol *raw_;
};

/* Memory that host and plugin share, an array of objects, which frees itself. */
struct freeing {
    ::plugin *of;

    void operator()(void *memory) const noexcept
    {
        plugin_free(of, memory);
    }
};
template <class T> using memory = std::unique_ptr<T[], freeing>;

/* An opened plugin. Copies are the same plugin, and nothing closes it. */
class opened
{
    using symbols = detail::range<symbol, ::plugin *, const plugin_symbol *, plugin_next>;

  public:
    explicit opened(::plugin *raw = nullptr) noexcept : raw_(raw)
    {
    }

    operator ::plugin *() const noexcept
    {
        return raw_;
    }

    const char *path() const noexcept
    {
        return plugin_path(raw_);
    }

    /* The value of its first PLUGIN_INFO with this key; null if it has none. */
    const char *info(const char *key) const noexcept
    {
        return plugin_info(raw_, key);
    }

    /* All its symbols, in the order of their names. */
    symbols::iterator begin() const
    {
        return symbols(raw_).begin();
    }

    symbols::iterator end() const
    {
        return symbols(raw_).end();
    }

    symbol lookup(const char *name) const
    {
        return detail::required(try_lookup(name));
    }

    symbol try_lookup(const char *name) const
    {
        return symbol(plugin_lookup(raw_, name));
    }

    /* As of a symbol: get<int>("V"), get<double(const shape *)>("area"). */
    template <class T, class File = detail::this_file> got<T> get(const char *name) const
    {
        return lookup(name).get<T, File>();
    }

    template <class T, class File = detail::this_file> T *try_get(const char *name) const
    {
        return try_lookup(name).template try_get<T, File>();
    }

    /* The plugin as this interface, a struct of pointers. */
    template <class Interface, class File = detail::this_file> Interface bind() const
    {
        return *detail::required(try_bind<Interface, File>());
    }

    template <class Interface, class File = detail::this_file>
    std::optional<Interface> try_bind() const
    {
        Interface filled;
        if (plugin_bind(raw_, &filled))
            return filled;
        return std::nullopt;
    }

    /* Is the file at its path still the one that is open? If not, error::last() says more. */
    bool is_current() const
    {
        return plugin_is_current(raw_);
    }

    void retire() const
    {
        detail::required(plugin_retire(raw_));
    }

    /* Of an isolated plugin: ends its process, starts another one, and shares memory with it. */
    void stop() const
    {
        detail::required(plugin_stop(raw_));
    }

    void restart() const
    {
        detail::required(plugin_restart(raw_));
    }

    template <class T> memory<T> alloc(std::size_t count) const
    {
        return detail::required(try_alloc<T>(count));
    }

    template <class T> memory<T> try_alloc(std::size_t count) const
    {
        static_assert(std::is_trivially_default_constructible_v<T> &&
                          std::is_trivially_destructible_v<T> && alignof(T) <= 16,
                      "the memory is zeroed, and aligned to 16 bytes, and nothing else");
        bool fits = count <= SIZE_MAX / sizeof(T);
        void *made = plugin_alloc(raw_, fits ? count * sizeof(T) : SIZE_MAX);
        return memory<T>(static_cast<T *>(made), freeing{raw_});
    }

  private:
    ::plugin *raw_;
};

/* An opened plugin and its functions: decoder->decode(bytes, size). */
template <class Interface> class opened_as : public opened
{
  public:
    opened_as() = default;

    opened_as(opened p, const Interface &filled) : opened(p), filled_(filled)
    {
    }

    const Interface *operator->() const noexcept
    {
        return &filled_;
    }

    const Interface &operator*() const noexcept
    {
        return filled_;
    }

  private:
    Interface filled_{};
};

inline opened try_open(const std::string &path, const plugin_options &how = options())
{
    return opened(plugin_open_with(path.c_str(), &how));
}

inline opened open(const std::string &path, const plugin_options &how = options())
{
    return detail::required(try_open(path, how));
}

/* Open a plugin that meets the interface. */
template <class Interface, class File = detail::this_file>
opened_as<Interface> try_open_as(const std::string &path, const plugin_options &how = options())
{
    Interface filled;
    opened p(plugin_open_as_with(path.c_str(), &how, &filled));
    return opened_as<Interface>(p, filled);
}

template <class Interface, class File = detail::this_file>
opened_as<Interface> open_as(const std::string &path, const plugin_options &how = options())
{
    return detail::required(try_open_as<Interface, File>(path, how));
}

/* The program itself, to look up what it exports. */
inline opened program()
{
    return detail::required(opened(plugin_program()));
}

/* Calls a function of an isolated plugin, or of a Go plugin, which returns zeroes if the call
 * fails. Throws then; try_call returns an empty std::optional, or false instead of nothing. */
template <class Result, class... Parameters>
auto try_call(Result (*function)(Parameters...), detail::same<Parameters>... arguments)
{
    plugin_error_clear();
    if constexpr (std::is_void_v<Result>) {
        function(arguments...);
        return plugin_error_code() == PLUGIN_OK;
    } else {
        std::optional<Result> result = function(arguments...);
        if (plugin_error_code() != PLUGIN_OK)
            result.reset();
        return result;
    }
}

template <class Result, class... Parameters>
Result call(Result (*function)(Parameters...), detail::same<Parameters>... arguments)
{
    auto result = detail::required(try_call(function, arguments...));
    if constexpr (!std::is_void_v<Result>)
        return *result;
}

/* ---- before an open ---- */

/* A file that was examined, and not loaded. Copies share it; the last one frees it. What it returns
 * is valid until then. */
class file
{
  public:
    explicit file(std::shared_ptr<const plugin_file> raw = nullptr) noexcept : raw_(std::move(raw))
    {
    }

    /* False for what is no plugin. */
    explicit operator bool() const noexcept
    {
        return static_cast<bool>(raw_);
    }

    operator const plugin_file *() const noexcept
    {
        return raw_.get();
    }

    /* Would an open succeed? If not, error::last() has every reason. */
    bool fits() const
    {
        return plugin_file_fits(raw_.get());
    }

    /* And as this interface? */
    template <class Interface, class File = detail::this_file> bool meets() const
    {
        return plugin_file_meets(raw_.get(), Interface);
    }

    const char *path() const
    {
        return plugin_file_path(raw_.get());
    }

    /* The SHA-256 of its bytes, for options.content. */
    const char *content() const
    {
        const char *hash = plugin_file_content(raw_.get());
        detail::required(*hash != 0);
        return hash;
    }

    const char *info(const char *key) const
    {
        return plugin_file_info(raw_.get(), key);
    }

    /* The declaration of a symbol or import; null if there is none. */
    const char *decl(const char *name) const
    {
        return plugin_file_decl(raw_.get(), name);
    }

    /* Names, in their order: for (const char *name : file.symbols()). */
    auto symbols() const &
    {
        return detail::names<plugin_file_next>(raw_.get());
    }

    auto packages() const &
    {
        return detail::names<plugin_file_next_package>(raw_.get());
    }

    auto imports() const &
    {
        return detail::names<plugin_file_next_import>(raw_.get());
    }

    /* The names would outlive the file. */
    void symbols() const && = delete;
    void packages() const && = delete;
    void imports() const && = delete;

  private:
    std::shared_ptr<const plugin_file> raw_;
};

inline file try_examine(const std::string &path, const plugin_options &how = options())
{
    plugin_file *raw = plugin_examine(path.c_str(), &how);
    return file(std::shared_ptr<const plugin_file>(
        raw, [raw](const plugin_file *) { plugin_file_free(raw); }));
}

inline file examine(const std::string &path, const plugin_options &how = options())
{
    return detail::required(try_examine(path, how));
}

/* Examines every file of a directory, and calls each(path, file) with a const char * and a const
 * file &, which is valid until it returns, and empty for what is not a plugin. The scan ends when
 * `each` returns false or throws; it may also return nothing. */
template <class Each>
bool try_scan(const std::string &directory, Each &&each, const plugin_options &how = options())
{
    struct state {
        std::remove_reference_t<Each> *each;
        std::exception_ptr thrown;

        bool call(const char *path, const file &examined)
        {
            if constexpr (std::is_void_v<decltype((*each)(path, examined))>) {
                (*each)(path, examined);
                return true;
            } else {
                return (*each)(path, examined);
            }
        }
    } state{std::addressof(each), nullptr};
    auto one = [](void *context, const char *path, const plugin_file *raw) {
        auto *of = static_cast<struct state *>(context);
        file examined(std::shared_ptr<const plugin_file>(std::shared_ptr<void>(), raw));
#ifdef __cpp_exceptions
        try {
            return of->call(path, examined);
        } catch (...) { /* which cannot pass the library's own frames */
            of->thrown = std::current_exception();
            return false;
        }
#else
        return of->call(path, examined);
#endif
    };
    bool is_read = plugin_scan(directory.c_str(), &how, one, &state);
    if (state.thrown)
        std::rethrow_exception(state.thrown);
    return is_read;
}

template <class Each>
void scan(const std::string &directory, Each &&each, const plugin_options &how = options())
{
    detail::required(try_scan(directory, std::forward<Each>(each), how));
}

} // namespace plugins

#pragma GCC diagnostic pop

#endif
