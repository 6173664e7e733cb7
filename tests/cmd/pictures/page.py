#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A page of `plugin check --html` is well-formed, refers to nothing elsewhere, and tells what the text tells.

usage: page.py PAGE TEXT   (TEXT: what `plugin check` prints of the same files)
"""
import html.parser
import re
import sys

VOID = {"meta", "br", "link", "img", "input", "hr"}
ALLOWED = set("""html head meta title style body main footer section article svg defs pattern path g rect text tspan
    h1 h2 h3 p code pre table thead tbody tr th td ol ul li a span strong div figure details summary""".split())


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.stack, self.faults, self.text, self.ids, self.links = [], [], [], [], []
        self.tables = []

    def handle_starttag(self, tag, attributes):
        names = dict(attributes)
        if tag not in ALLOWED:
            self.faults.append(f"element {tag}")
        for name, value in attributes:
            if name.startswith("on") or name in ("src", "style", "xlink:href", "srcset", "action"):
                self.faults.append(f"attribute {name}={value}")
        if "href" in names:
            self.links.append(names["href"])
        if "id" in names:
            self.ids.append(names["id"])
        if tag == "table":
            self.tables.append(0)
        if tag == "th":
            self.tables[-1] += 1
            if "scope" not in names:
                self.faults.append("th without scope")
        if tag not in VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag):
        if not self.stack or self.stack.pop() != tag:
            self.faults.append(f"</{tag}> is not balanced")

    def handle_data(self, data):
        if not {"style", "title"} & set(self.stack):
            self.text.append(data)

    def handle_comment(self, data):
        self.faults.append(f"comment {data}")


source = open(sys.argv[1], encoding="utf-8").read()
page = Page()
page.feed(source)
page.close()
faults = page.faults + [f"<{tag}> is not closed" for tag in page.stack]
faults += [f"id {name} twice" for name in set(page.ids) if page.ids.count(name) > 1]
faults += [f"link to {link}" for link in page.links if link[:1] != "#" or link[1:] not in page.ids]
faults += ["table without headings" for headings in page.tables if not headings]
faults += [f"character {c!r}" for c in set(source) if c != "\n" and (ord(c) < 32 or 0x7F <= ord(c) < 0xA0
           or ord(c) in (0x61C, 0x200E, 0x200F) or 0x2028 <= ord(c) <= 0x202E or 0x2066 <= ord(c) <= 0x2069)]
style = re.search(r"<style>(.*?)</style>", source, re.S).group(1)
faults += [f"style has {word}" for word in ("@import", "http", "//") if word in style]
faults += ["style has url() of elsewhere"] * bool(re.search(r"url\((?!#)", style))
faults += [f"{word} is missing" for word in ('<meta name="generator" content="plugin ', "default-src 'none'",
           "prefers-color-scheme: dark", "@media print", '<html lang="en">', "viewport") if word not in source]


def words(text):
    return re.sub(r"\s+", " ", text).strip()


told = words("".join(page.text))
for line in open(sys.argv[2], encoding="utf-8"):
    line = words(line).removeprefix("to waive: ")
    if not re.search(r" does not fit .* \(\d+ misfits?\):$|^\.\.\. and ", line) and line not in told:
        faults.append(f"not on the page: {line}")
print(*faults, sep="\n")
sys.exit(bool(faults))
