#!/bin/sh
# SPDX-License-Identifier: MIT
# make html: every document and manual page has a page, and every link leads somewhere within the site.
. "$(dirname "$0")/../common/tap.sh"

check "the site is made" "$tree/tools/make-site" "$work/site"
cat >"$work/look.py" <<'E2'
import os, re, sys
from html.parser import HTMLParser

site, tree = sys.argv[1:]
VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta"}


class Page(HTMLParser):
    def __init__(self, path):
        super().__init__()
        self.open, self.links, self.ids, self.wrong = [], [], set(), []
        self.feed(open(path, encoding="utf-8").read())
        if self.open:
            self.wrong.append("not closed: %s" % self.open)

    def handle_starttag(self, tag, attributes):
        for name, value in attributes:
            if name in ("href", "src"):
                self.links.append((tag, value))
            if name == "id":
                self.ids.add(value)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        while tag not in VOID and self.open and self.open[-1] != tag and self.open[-1] in ("p", "li", "dt", "dd"):
            self.open.pop()
        if tag not in VOID and (not self.open or self.open.pop() != tag):
            self.wrong.append("closed out of order: %s" % tag)


pages = {}
for folder, _, names in os.walk(site):
    for name in names:
        if name.endswith(".html"):
            path = os.path.join(folder, name)
            pages[path] = Page(path)
for path, page in pages.items():
    for problem in page.wrong:
        print("%s: %s" % (path, problem))
    for tag, link in page.links:
        if re.match(r"(https?|mailto):", link):
            if tag != "a":
                print("%s: needs the network: %s" % (path, link))
            continue
        target, _, anchor = link.partition("#")
        target = os.path.normpath(os.path.join(os.path.dirname(path), target)) if target else path
        if not os.path.exists(target):
            print("%s: leads nowhere: %s" % (path, link))
        elif anchor and target in pages and anchor not in pages[target].ids:
            print("%s: no such place: %s" % (path, link))
for folder in "docs", "man":
    for name in os.listdir(os.path.join(tree, folder)):
        source = os.path.join(tree, folder, name)
        if name.endswith(".md"):
            wanted = name[:-3] + ".html"
        elif re.search(r"\.[0-9]$", name) and not open(source).read().startswith(".so "):
            wanted = name + ".html"
        else:
            continue
        if os.path.join(site, folder, wanted) not in pages:
            print("no page of %s/%s" % (folder, name))
        elif not any(os.path.normpath(os.path.join(site, link)) == os.path.join(site, folder, wanted) for _, link in pages[site + "/index.html"].links):
            print("not in the index: %s/%s" % (folder, name))
print("looked at %d pages" % len(pages) if len(pages) > 20 else "too few pages")
E2
python3 "$work/look.py" "$work/site" "$tree" >"$work/seen" 2>&1
grep -v '^looked at' "$work/seen" >"$work/wrong"
: >"$work/nothing"
check "pages were looked at" grep -q '^looked at' "$work/seen"
check_same "all is there, closed, and every link leads somewhere" "$work/nothing" "$work/wrong"
first() { grep -o 'href="docs/[^"]*"' "$work/site/index.html" | head -1 | grep -qx 'href="docs/tutorial.html"'; }
check "the tutorial comes first" first
linked() { has "$work/site/README.html" '<a href="man/plugin_isolated.7.html">plugin_isolated(7)</a>'; }
check "names of manual pages are links" linked
finish
