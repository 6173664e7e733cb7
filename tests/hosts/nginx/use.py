#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Starts nginx with one of its modules, asks it something, and prints the answers.

usage: tests/hosts/nginx/use.py NGINX DIRECTORY MODULE
  DIRECTORY  has the modules, and perl/ with nginx.pm
Exits with status 99 if nginx refuses the module, 1 if it fails otherwise, or by the signal that
killed nginx.
"""

import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time

GIF = bytes.fromhex("47494638396103000200800000ffffff00000021f90400000000002c000000000300020000020284"
                    "5d003b")
NEEDS = {"ngx_stream_geoip_module": ["ngx_stream_module"]}
# What a module's configuration is, and what is sent to it: in http, or in a block of its own.
HTTP = {
    "ngx_http_xslt_filter_module": ("location / { xslt_stylesheet style.xslt; }",
                                    "/page.xml"),
    "ngx_http_image_filter_module": ("location / { image_filter size; }", "/image.gif"),
    "ngx_http_geoip_module": ('location / { return 200 "$geoip_country_code $geoip_country_name\\n"; }', "/"),
    "ngx_http_perl_module": ("""location / { perl 'sub { my $r = shift; $r->send_http_header("text/plain");
        $r->print(join(" ", $r->uri, $r->request_method, $r->header_in("X-Forwarded-For")), "\\n");
        return OK; }'; }""", "/some/where"),
    "ngx_http_echo_module": ("location / { echo_duplicate 2 $request_uri; echo; echo $echo_client_request_headers; }",
                             "/echo?x=1"),
    "ngx_http_headers_more_filter_module": (
        'location / { more_set_headers "X-Plugin: $uri"; more_clear_headers Server; return 200 "more\\n"; }',
        "/headers"),
}
GLOBAL = {
    "ngx_http_geoip_module": "geoip_country /usr/share/GeoIP/GeoIP.dat; geoip_proxy 0.0.0.0/0; geoip_proxy ::/0;",
    "ngx_http_perl_module": "perl_modules perl;",
}
OTHER = {
    "ngx_stream_module": "stream { server { listen unix:SOCKET; return \"stream $protocol $bytes_sent\\n\"; } }",
    "ngx_stream_geoip_module": "stream { geoip_country /usr/share/GeoIP/GeoIP.dat; server { listen 127.0.0.1:PORT; "
                               "return \"[$geoip_country_code]\\n\"; } }",
    "ngx_mail_module": "mail { auth_http 127.0.0.1:9; imap_capabilities IMAP4rev1 UIDPLUS; "
                       "server { listen unix:SOCKET; protocol imap; } }",
}
# IMAP's server speaks first; stream's answers at once.
SENT = {"ngx_mail_module": b"a CAPABILITY\r\nb LOGOUT\r\n"}


def ask(address: str | tuple[str, int], sent: bytes) -> bytes:
    family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
    answer = b""
    with socket.socket(family) as connection:
        connection.settimeout(20)
        connection.connect(address)
        connection.sendall(sent)
        while part := connection.recv(65536):
            answer += part
    return answer


def main() -> int:
    nginx, directory, module = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3]
    root = pathlib.Path(tempfile.mkdtemp())
    (root / "html").mkdir()
    (root / "logs").mkdir()
    (root / "perl").symlink_to(directory / "perl")
    (root / "html/page.xml").write_text("<page><word>plugin</word></page>")
    (root / "html/image.gif").write_bytes(GIF)
    (root / "style.xslt").write_text(
        '<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">'
        '<xsl:template match="/">styled <xsl:value-of select="page/word"/></xsl:template></xsl:stylesheet>')
    address: str | tuple[str, int] = str(root / "socket")
    lines = ["daemon off; master_process off; pid pid; error_log stderr notice; user root;"]
    lines += [f"load_module {directory}/{name}.so;" for name in [*NEEDS.get(module, []), module]]
    lines.append("events { }")
    if module in HTTP:
        location, path = HTTP[module]
        lines.append(f"http {{ types {{ text/xml xml; image/gif gif; }} access_log off; {GLOBAL.get(module, '')} "
                     f"server {{ listen unix:{address}; root {root}/html; {location} }} }}")
        sent = (f"GET {path} HTTP/1.1\r\nHost: plugin\r\nX-Forwarded-For: 8.8.8.8\r\n"
                "Connection: close\r\n\r\n").encode()
    else:
        other = OTHER[module]
        if "PORT" in other:
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                address = ("127.0.0.1", probe.getsockname()[1])
            other = other.replace("PORT", str(address[1]))
        lines.append(other.replace("SOCKET", str(address)))
        sent = SENT.get(module, b"")
    (root / "nginx.conf").write_text("\n".join(lines) + "\n")
    with (root / "said").open("wb") as said:
        server = subprocess.Popen([nginx, "-p", root, "-c", root / "nginx.conf"], stderr=said)
    answer = None
    while answer is None and server.poll() is None:
        try:
            answer = ask(address, sent)
        except (ConnectionRefusedError, FileNotFoundError):
            time.sleep(0.02)
        except OSError:
            answer = b""
    time.sleep(0.02)
    if server.poll() is None:
        server.terminate()
    status = server.wait()
    text = (root / "said").read_text(errors="replace")
    sys.stderr.write(text)
    if status < 0:
        os.kill(os.getpid(), -status)
    refusals = ("is not binary compatible", " instead of ", "dlopen() ", "dlsym() ")
    if any(refusal in text for refusal in refusals):
        return 99
    if status or answer is None:
        return 1
    kept = [line for line in answer.decode(errors="replace").splitlines()
            if not line.startswith(("Server:", "Date:", "Last-Modified:", "ETag:", "Content-Length:"))]
    print("\n".join(kept).replace(str(root), "ROOT"))
    return 0


sys.exit(main())
