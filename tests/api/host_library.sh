#!/bin/sh
# SPDX-License-Identifier: MIT
# A program such as Python loads the library that opens the plugins: what they lack is explained by that
# library.

# shellcheck source=tests/common/tap.sh
. "$(dirname "$0")/../common/tap.sh"
. "$tests/stamp/setup.sh"
says_alike="s|$work/||g; s|$work|DIR|g"

if is_lacking dlopen || [ -n "$TEST_CFLAGS" ]; then
    skip "a program that loads the host's library" "needs dlopen, and a program without sanitizers"
    finish
    exit
fi

cat >app.c <<'EOF'
#include <plugin.h>
#include <stdio.h>
int app_level(void);
int app_level(void) { return 7; }
plugin *app_open(const char *path);
plugin *app_open(const char *path)
{
    plugin *p = plugin_open(path);
    int (*f)(void) = plugin_as(plugin_lookup(p, "f"), int (*)(void));
    f ? printf("%d\n", f()) : puts(plugin_error());
    fflush(stdout);
    return p;
}
EOF
cat >program.c <<'EOF'
#include <dlfcn.h>
#include <stdio.h>
int main(int count, char **words)
{
    void *app = dlopen("./libapp.so", RTLD_NOW | (words[1][0] == 'g' ? RTLD_GLOBAL : RTLD_LOCAL));
    void *(*open)(const char *) = app ? (void *(*)(const char *))dlsym(app, "app_open") : NULL;
    return !open ? puts(dlerror()) : !open(words[count - 1]);
}
EOF
# A binding of another language calls plugin_open itself.
cat >binding.c <<'EOF'
#include <plugin.h>
#include <stdio.h>
int binding_open(const char *path);
int binding_open(const char *path) { return plugin_open(path) ? 0 : puts(plugin_error()); }
EOF
cat >bound.c <<'EOF'
#include <dlfcn.h>
int binding_open(const char *path);
int main(int count, char **words) { return !dlopen("./libapp.so", RTLD_NOW) || binding_open(words[count - 1]); }
EOF
# shellcheck disable=SC2086 # flags are words
gcc -g -shared -fPIC $includes -Wl,-soname,libapp.so -o libapp.so app.c $libraries -lplugin
check "the library is stamped" stamp libapp.so
cc -o program program.c -ldl
# shellcheck disable=SC2086
cc -shared -fPIC $includes -o libbinding.so binding.c $libraries -lplugin
cc -o bound bound.c -L. -lbinding -Wl,-rpath,"$work" -ldl
echo 'int app_level(void); int f(void); int f(void) { return app_level(); }' >uses.c
echo 'int app_volume(void); int f(void); int f(void) { return app_volume(); }' >lacks.c
"$PLUGIN" build -buildmode=plugin -o uses.so uses.c
"$PLUGIN" build -buildmode=plugin -o lacks.so lacks.c
"$PLUGIN" build -buildmode=plugin -o linked.so uses.c ./libapp.so
check "with RTLD_GLOBAL, the plugin fits" prints 7 ./program global ./uses.so
check "linked with the library, it fits" prints 7 ./program local ./linked.so
says "without RTLD_GLOBAL" ./program local ./uses.so <<'EOF'
./uses.so does not fit ./libapp.so (1 misfit):
  app_level: defined by libapp.so, which is loaded without RTLD_GLOBAL; link the plugin with it, or load it with RTLD_GLOBAL
  0 uses compared, 1 not
EOF
for scope in local global; do
    says "what nobody defines, $scope" ./program $scope ./lacks.so <<'EOF'
./lacks.so does not fit ./libapp.so (1 misfit):
  app_volume: not exported by libapp.so
  0 uses compared, 1 not
EOF
done
says "what nobody defines, by a binding" ./bound ./lacks.so <<'EOF'
./lacks.so does not fit ./libapp.so (1 misfit):
  app_volume: not exported by libapp.so
  0 uses compared, 1 not
EOF
# A stamped program may be the host as well.
"$PLUGIN" build -o stamped program.c -ldl
says "what nobody defines, of a stamped program" ./stamped local ./lacks.so <<'EOF'
./lacks.so does not fit stamped (1 misfit):
  app_volume: not exported by the host, nor by libapp.so
  0 uses compared, 1 not
EOF

finish
