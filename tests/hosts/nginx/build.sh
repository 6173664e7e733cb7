# SPDX-License-Identifier: MIT
# Sourced, after hosts.sh: builds nginx, and nine modules. others are the trees of two of them.
# shellcheck shell=sh disable=SC2154

modules='ngx_stream_module ngx_stream_geoip_module ngx_mail_module ngx_http_xslt_filter_module
    ngx_http_image_filter_module ngx_http_geoip_module ngx_http_perl_module ngx_http_echo_module
    ngx_http_headers_more_filter_module'

build() {
    added=
    for source in $others; do added="$added --add-dynamic-module=$source"; done
    # shellcheck disable=SC2086 # lists of words
    ./configure --with-cc-opt='-g -O1 -Wno-error' --with-ld-opt=-Wl,-Bsymbolic --with-stream=dynamic \
        --with-mail=dynamic --with-http_xslt_module=dynamic --with-http_image_filter_module=dynamic \
        --with-http_geoip_module=dynamic --with-http_perl_module=dynamic \
        --with-stream_geoip_module=dynamic $added "$@"
    make -j"$jobs"
    rm -rf out && mkdir -p out/perl
    cp objs/nginx objs/*.so out
    cp -r objs/src/http/modules/perl/blib/lib/* objs/src/http/modules/perl/blib/arch/* out/perl
    # The copy that does not ask: it takes each version and each signature.
    sed -i 's/if (module->version != nginx_version)/if (0)/
        s/if (ngx_strcmp(module->signature, NGX_MODULE_SIGNATURE) != 0)/if (0)/' src/core/ngx_module.c
    grep -c 'if (0)' src/core/ngx_module.c | grep -qx 2
    make
    cp objs/nginx out/nginx-unasked
}

# The modules of others that nginx is built with.
sources_of_others() {
    others=
    for other in echo headers-more-filter; do
        sources "libnginx-mod-http-$other" bookworm && others="$others $tree"
    done
}
