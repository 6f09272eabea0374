"""Which part of a web page is its content, and what in it is not: menus, banners, controls, widgets, lists of links."""

from __future__ import annotations

import re

from qa.notes import labels
from qa.notes.html.tables import is_layout
from qa.notes.html.tree import HEADINGS, Element, measure

_ROLES_OUT = frozenset((
    "navigation", "banner", "contentinfo", "complementary", "search", "dialog", "alertdialog", "menu", "menubar",
    "toolbar", "tablist",
))  # fmt: skip
_GROUPS = frozenset((
    "div", "section", "article", "span", "center", "font", "form", "main", "tbody", "td", "th", "tr", "table",
    "header", "footer",
))  # fmt: skip
_NAMED = frozenset(("div", "section", "ul", "ol", "p", "td", "tr", "table", "dl", "form", "footer", "header"))
# Words that tell in class names what is no content, wherever it stands ...
_NEVER = frozenset((
    "breadcrumb", "breadcrumbs", "cookie", "cookies", "consent", "gdpr", "share", "sharing", "addthis", "sharethis",
    "pagination", "pager", "skip", "skiplink", "skiplinks", "noprint",
))  # fmt: skip
# ... what is none outside a page's marked content, where ids tell as well ...
_OUTSIDE = _NEVER | frozenset((
    "nav", "navbar", "navigation", "topnav", "leftnav", "sidenav", "menu", "menus", "header", "footer", "masthead",
    "banner", "sidebar", "topbar", "toolbar", "search", "social", "newsletter",
))  # fmt: skip
# ... and what may stand beside these in a name: "search-and-rescue" and "menu-of-options" name sections.
_BESIDE = frozenset((
    "area", "bar", "block", "bottom", "box", "button", "buttons", "container", "fixed", "form", "global", "icons",
    "inner", "left", "link", "links", "list", "local", "main", "media", "message", "notice", "outer", "overlay",
    "page", "popup", "primary", "region", "right", "secondary", "section", "side", "site", "small", "sub",
    "tools", "top", "trail", "utility", "widget", "wrap", "wrapper",
))  # fmt: skip
_NOTES = frozenset(("footnote", "footnotes", "fnote", "endnote", "endnotes"))
_LONGEST_WIDGET = 600
_LONGEST_PROMPT = 150
_LONGEST_NAME = 40
_SMALL_FORM = 400
_SHORT_CELL = 200
_MAIN_SHARE = 0.8


def content_of(html: Element) -> Element:
    """The element that holds the page's content; it and all below it are cleared of what is none.

    The content is <main>, else <article> where there is one, else what is left of the body. Where it has no <h1> and
    the page has one outside it that the page's title repeats, that heading is put in front.
    """
    body = next((child for child in html.elements() if child.tag in ("body", "frameset")), html)
    titles = [element for element in body.elements() if element.tag == "h1" and element.words]
    marked = _marked(body)
    content = marked or body
    _prune(content, outside=marked is None)
    measure(content)
    if marked is None:
        content = _largest(content)
    if not any(element.tag == "h1" for element in content.elements()):
        _put_title(content, titles, html)
    return content


def names_of(element: Element, *, ids: bool = False) -> set[str]:
    """The words in an element's class names (and its id): "wb-share fooBar" is {"wb", "share", "foo", "bar"}."""
    names = element.attributes.get("class", "").split() + ([element.attributes.get("id", "")] if ids else [])
    return {word for name in names for word in _split(name)}


def _split(name: str) -> list[str]:
    return re.findall(r"[a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name[:100]).lower())


def _is_named(element: Element, telling: frozenset[str], *, ids: bool = False) -> bool:
    """Whether a class name of an element, or its id, is made of `telling` words and such as may stand beside them.

    The first word of a class name may be any: many systems put their own name there ("wb-share").
    """
    names = [_split(name) for name in element.attributes.get("class", "").split()]
    rests = [(name, name[1:]) for name in names]
    if ids:
        own = _split(element.attributes.get("id", ""))
        rests.append((own, own))
    known = telling | _BESIDE
    return any(not telling.isdisjoint(name) and known.issuperset(rest) for name, rest in rests)


def holds_footnotes(element: Element) -> bool:
    """Whether an element says that it is a footnote or a list of them."""
    return element.role in ("doc-endnotes", "doc-footnote", "doc-endnote") or bool(_NOTES & names_of(element, ids=True))


def _marked(body: Element) -> Element | None:
    mains = [e for e in body.elements() if (e.tag == "main" or e.role == "main") and e.words]
    if mains:
        return max(mains, key=lambda element: element.words)
    articles = [e for e in body.elements() if (e.tag == "article" or e.role == "article") and e.words]
    outer = [e for e in articles if not any(above.tag == "article" for above in _above(e))]
    return outer[0] if len(outer) == 1 and 2 * outer[0].words >= body.words else None


def _above(element: Element) -> list[Element]:
    found = []
    while element.parent is not None:
        element = element.parent
        found.append(element)
    return found


def _put_title(content: Element, titles: list[Element], html: Element) -> None:
    title = next((e.text() for e in html.elements() if e.tag == "title"), "").lower()
    named = [heading for heading in titles if title.startswith(heading.text().lower())]
    if len(titles) == len(named) == 1:
        content.children.insert(0, named[0])


# What is left out


def _prune(root: Element, *, outside: bool) -> None:
    """Take out of `root` what is no content. outside: nothing marks the page's content."""
    total = root.words
    anchors = {e.attributes[name] for e in root.elements() for name in ("id", "name") if e.attributes.get(name)}
    stack = [root]
    while stack:
        element = stack.pop()
        kept: list[Element | str] = []
        pressed = False
        for child in element.children:
            if isinstance(child, str):
                kept.append(child)
            elif _is_control(child):
                pressed = True
                if _in_heading(child):
                    kept.append(child)
                    stack.append(child)
            elif _is_contents_list(child, anchors):
                _drop_heading(kept)
            elif not _is_chrome(child, outside, total):
                kept.append(child)
                stack.append(child)
        element.children = kept
        if pressed and element is not root and not _in_heading(element) and _is_prompt(element):
            element.children = []


def _is_control(element: Element) -> bool:
    return element.tag in ("button", "label", "legend") or element.role in ("button", "switch", "tab")


def _in_heading(element: Element) -> bool:
    return any(e.tag in HEADINGS or e.tag in ("summary", "dt") for e in [element, *_above(element)[:4]])


def _is_prompt(element: Element) -> bool:
    """Whether an element holds no more than the words beside a button: "Was this page helpful?"."""
    inner = (e for e in element.elements() if e is not element)
    if any(e.tag in ("p", "div", "ul", "ol", "table", "section", *HEADINGS) for e in inner):
        return False
    text = element.text()
    return not text or (len(text) < _LONGEST_PROMPT and text.endswith("?"))


def _is_chrome(element: Element, outside: bool, total: int) -> bool:
    if not element.words or holds_footnotes(element):
        return False
    if _is_marked_chrome(element, outside):
        return True
    if element.tag not in _NAMED or 2 * element.words > total or _has_heading(element, ("h1",)):
        return False
    if outside and (_is_named(element, _OUTSIDE, ids=True) or _is_menu(element, total)):
        return True
    return element.words <= _LONGEST_WIDGET and _is_named(element, _NEVER)


def _is_marked_chrome(element: Element, outside: bool) -> bool:
    """Whether an element's tag or role says that it is no content."""
    if element.tag in ("nav", "aside") or element.role in _ROLES_OUT:
        return True
    if element.tag == "form":
        return element.words <= _SMALL_FORM and not _has_heading(element)
    of_page = outside and not any(above.tag == "article" for above in _above(element))
    return of_page and element.tag in ("header", "footer")


def _has_heading(element: Element, tags: frozenset[str] | tuple[str, ...] = HEADINGS) -> bool:
    return any(e.tag in tags for e in element.elements())


def _is_menu(element: Element, total: int) -> bool:
    """Whether an element is a run of links and little else, and small beside the page."""
    links = sum(e.tag == "a" and e.linked > 0 for e in element.elements())
    share = 0.8 if element.tag == "p" else 0.6
    return links >= 3 and element.linked >= share * element.words and 4 * element.words <= total


def _is_contents_list(element: Element, anchors: set[str]) -> bool:
    """Whether an element is a list of links to headings of this page."""
    if element.tag not in ("ul", "ol") or not element.words or element.linked < element.words:
        return False
    links = [e for e in element.elements() if e.tag == "a" and e.linked]
    return len(links) > 1 and all(link.attributes.get("href", "").partition("#")[2] in anchors for link in links)


def _drop_heading(kept: list[Element | str]) -> None:
    """Take the heading of a list of contents off the end of `kept`."""
    while kept and isinstance(kept[-1], str) and not kept[-1].strip():
        kept.pop()
    last = kept[-1] if kept else ""
    if not isinstance(last, Element) or last.words > _LONGEST_NAME:
        return
    if last.tag in HEADINGS - {"h1"} or (last.tag == "p" and last.text().endswith(":")):
        kept.pop()


# Where nothing marks the content


def _largest(root: Element) -> Element:
    """The element that holds nearly all that is said, reached by leaving small cells of layout tables behind."""
    while True:
        if any(isinstance(child, str) and child.strip() for child in root.children):
            return root
        inner = [child for child in root.children if isinstance(child, Element) and child.words]
        if not inner:
            return root
        best = max(inner, key=lambda element: element.words - element.linked)
        if best.tag not in _GROUPS or (best.tag == "table" and not is_layout(best)):
            return root
        said = sum(element.words - element.linked for element in inner)
        in_table = best.tag in ("tr", "td", "th")
        others = [element for element in inner if element is not best]
        if others and not (in_table and best.words - best.linked >= _MAIN_SHARE * said and all(map(_is_frame, others))):
            return root
        root = best


def _is_frame(element: Element) -> bool:
    """Whether a row or cell of a layout table is a banner, a menu or a foot."""
    if element.linked > element.words / 2:
        return True
    strong = sum(e.words for e in element.elements() if e.tag in ("b", "strong"))
    text = element.text()
    known = labels.is_known_label(text) or labels.is_bare_metadata(text)
    return element.words < _SHORT_CELL and not _has_heading(element) and 2 * strong < element.words and not known
