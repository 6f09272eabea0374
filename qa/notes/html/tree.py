"""A web page's bytes as a light tree of what it shows: no scripts, no controls, no hidden or struck-out text.

The parser builds the tree that a browser builds, also of broken pages, and never fetches or expands anything.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from qa.errors import NoteError

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
BOLD_WEIGHTS = ("bold", "bolder", "600", "700", "800", "900")
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_DECLARED = re.compile(rb"(?:charset|encoding)\s*=\s*[\"']?\s*([\w.:-]{1,30})", re.IGNORECASE)
# Only plain character sets: Python's codecs also know "utf-7", "idna", "unicode_escape" and others that rewrite text.
_CHARSET = re.compile(
    r"(?:x-)?(?:(?:us-)?ascii|latin-?\d|(?:iso-?)?8859-?\d{1,2}|iso-8859-\d{1,2}|windows-125\d|cp-?125\d|mac-?roman"
    r"|macintosh|koi8-[ru]|gb2312|gbk|gb18030|big5|euc-(?:jp|kr)|shift[_-]jis)\Z"
)
_LATIN = re.compile(r"(?:(?:us-)?ascii|latin-?1|(?:iso-?)?8859-?1)\Z")  # browsers read these as Windows-1252
_DECLARED_WITHIN = 4096
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_NESTING = re.compile(
    r"<(/?)(?:address|article|aside|blockquote|button|center|details|dialog|dir|div|dl|fieldset|figure|footer|form"
    r"|header|main|menu|nav|object|ol|pre|section|table|template|ul)\b",
    re.IGNORECASE,
)
_MOST_OPEN = 5000  # the parser's time grows with the square of the depth
_DEEPEST = 200  # what is nested deeper is read as if it stood beside; browsers do so at 512

# Soft hyphens, zero-width spaces and joins, marks of writing direction and tag characters: nobody sees them.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b\u200e\u200f\u2060-\u2064\ufeff"
    "\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]"
)
_LEFT_OUT = frozenset((
    "applet", "area", "audio", "base", "canvas", "datalist", "dialog", "embed", "frame", "frameset", "iframe", "img",
    "input", "link", "meter", "noframes", "noscript", "object", "option", "param", "progress", "rp", "script",
    "select", "source", "style", "svg", "template", "textarea", "track", "video",
))  # fmt: skip
_STRUCK = frozenset(("del", "s", "strike"))
_UNSEEN_CLASSES = frozenset((
    "wb-inv", "wb-invisible", "sr-only", "visually-hidden", "visuallyhidden", "screen-reader-text",
    "element-invisible", "govuk-visually-hidden", "usa-sr-only", "show-for-sr", "a11y-hidden",
))  # fmt: skip
_LENGTH = re.compile(r"(-?\d*\.?\d+)\s*(px|pt|em|rem|%|vw|vh)?\Z")
_ROOT_SIZE = 16.0  # pixels for an em
_CLIPPED = re.compile(r"rect\((?:\s*[01](?:px)?\s*,?){4}\)|inset\((?:50|100)%|circle\(0")
_BOX = ("left", "top", "right", "bottom", "margin-left", "margin-top", "text-indent")


@dataclass(slots=True, eq=False)
class Element:
    """An element and what it shows, in order.

    tag and the names of attributes: lower case; an attribute without a value has "". words: visible characters below
    it, white space not counted; linked: those of them in links. hidden, struck: characters below it that were left
    out because the page hides or strikes them.
    """

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    parent: Element | None = None
    depth: int = 0
    children: list[Element | str] = field(default_factory=list)
    words: int = 0
    linked: int = 0
    hidden: int = 0
    struck: int = 0

    def elements(self) -> Iterator[Element]:
        """This element and all below it, in document order."""
        stack = [self]
        while stack:
            element = stack.pop()
            yield element
            if element.children:
                stack.extend([child for child in reversed(element.children) if isinstance(child, Element)])

    def text(self) -> str:
        """All text below, a space at each border of an element, white space folded."""
        found: list[str] = []
        stack: list[Element | str] = [self]
        while stack:
            item = stack.pop()
            if isinstance(item, str):
                found.append(item)
            else:
                stack.extend(reversed(item.children))
                found.append(" ")
        return " ".join("".join(found).split())

    @property
    def role(self) -> str:
        """The first of its ARIA roles, or ""."""
        return (self.attributes.get("role", "").lower().split() or [""])[0]


def measure(root: Element) -> None:
    """Set `words` and `linked` of all elements, and add up `hidden` and `struck`."""
    order = list(root.elements())
    for element in reversed(order):
        inner = [child for child in element.children if isinstance(child, Element)]
        own = sum(len("".join(child.split())) for child in element.children if isinstance(child, str))
        element.words = own + sum(child.words for child in inner)
        element.linked = sum(child.linked for child in inner)
        if element.tag == "a" and "href" in element.attributes:
            element.linked = element.words


def decode(data: bytes) -> tuple[str, tuple[str, ...]]:
    """The text of a page's bytes, and what was doubtful in decoding them. Raises NoteError where they are no text.

    A byte order mark wins, then UTF-8 where the bytes are valid UTF-8 (a page is often saved in another character set
    than it names), then the character set that the page names, then Windows-1252.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            text = data[len(mark) :].decode(encoding, errors="replace")
            return _checked(text), _damaged(text)
    try:
        return _checked(data.decode("utf-8")), ()
    except UnicodeDecodeError:
        pass
    named = _named_charset(data)
    if named:
        text = data.decode(named, errors="replace")
        return _checked(text), _damaged(text)
    text = data.decode("cp1252", errors="replace")
    return _checked(text), ("It is not UTF-8 and was read as Windows-1252; check its accents, or save it as UTF-8.",)


def _named_charset(data: bytes) -> str:
    match = _DECLARED.search(data[:_DECLARED_WITHIN])
    name = match[1].decode("ascii", errors="ignore").lower() if match else ""
    if _LATIN.match(name):
        return "cp1252"
    if not _CHARSET.match(name):
        return ""
    try:
        return codecs.lookup(name).name
    except LookupError:
        return ""


def _checked(text: str) -> str:
    if len(_CONTROL.findall(text)) > len(text) / 100:
        raise NoteError("The file is binary, not a web page. Save the page again as HTML, or remove the file.")
    return text


def _damaged(text: str) -> tuple[str, ...]:
    return ("Some of its bytes are damaged and were replaced by \ufffd.",) if "\ufffd" in text else ()


def parse(text: str) -> Element:
    """The tree of a page: an "html" element with "head" and "body". Raises NoteError where it is nested too deeply."""
    from selectolax.lexbor import LexborHTMLParser

    still_open = 0
    for match in _NESTING.finditer(text):
        still_open += -1 if match[1] else 1
        if still_open > _MOST_OPEN:
            raise NoteError("The page is nested too deeply to be read. Save its text in another format.")
        still_open = max(still_open, 0)
    root = LexborHTMLParser(text).root
    tree = Element("html")
    if root is not None:
        tree.attributes = _attributes(root)
        _fill(tree, root)
    measure(tree)
    for element in reversed(list(tree.elements())):
        if element.parent is not None:
            element.parent.hidden += element.hidden
            element.parent.struck += element.struck
    return tree


def _attributes(node: LexborNode) -> dict[str, str]:
    return {name.lower(): value or "" for name, value in node.attributes.items()}


def _fill(tree: Element, root: LexborNode) -> None:
    stack: list[tuple[LexborNode | Element | None, Element]] = [(root.child, tree)]
    while stack:
        node, parent = stack.pop()
        if isinstance(node, Element):
            parent.children.append(node)
            continue
        if node is None:
            continue
        stack.append((node.next, parent))
        if node.is_text_node:
            parent.children.append(_INVISIBLE.sub("", node.text_content or ""))
        element = _shown(node, parent) if node.is_element_node else None
        if element is None:
            continue
        parent.children.append(element)
        if element.depth < _DEEPEST:
            stack.append((node.child, element))
        else:  # its words stand between two empty elements, so that a block still begins and ends
            stack += [(Element(element.tag, {}, parent, element.depth), parent), (node.child, parent)]


def _shown(node: LexborNode, parent: Element) -> Element | None:
    """The element of `node` without its children; None where nothing of it is shown."""
    tag = (node.tag or "").lower()
    if tag in _LEFT_OUT or (tag == "title" and parent.tag != "head"):
        return None
    if tag in _STRUCK:
        parent.struck += len("".join((node.text() or "").split()))
        return None
    attributes = _attributes(node)
    if is_hidden(attributes):
        parent.hidden += len("".join((node.text() or "").split()))
        return None
    return Element(tag, attributes, parent, parent.depth + 1)


def is_hidden(attributes: dict[str, str]) -> bool:
    """Whether an element of these attributes is kept from sight by itself, whatever stands in style sheets."""
    if "hidden" in attributes and attributes["hidden"].lower() != "until-found":
        return True
    if attributes.get("aria-hidden", "").lower() == "true":
        return True
    if _UNSEEN_CLASSES.intersection(attributes.get("class", "").lower().split()):
        return True
    return bool(attributes.get("style")) and _style_hides(style_of(attributes))


def style_of(attributes: dict[str, str]) -> dict[str, str]:
    """The declarations of a style attribute, in lower case."""
    pairs = (part.partition(":") for part in re.sub(r"/\*.*?\*/", "", attributes.get("style", "")).lower().split(";"))
    return {name.strip(): value.replace("!important", "").strip() for name, _, value in pairs}


def _style_hides(style: dict[str, str]) -> bool:
    if style.get("display") == "none" or style.get("visibility") in ("hidden", "collapse"):
        return True
    if _pixels(style.get("font-size", ""), 100.0) <= 1 or _pixels(style.get("opacity", ""), 1.0) < 0.05:
        return True
    if style.get("color") == "transparent" or re.match(r"scale[xy]?\(0\)", style.get("transform", "")):
        return True
    if any(_pixels(style.get(side, ""), 0.0) <= -500 for side in _BOX):
        return True
    if _CLIPPED.search(style.get("clip", "") + " " + style.get("clip-path", "")):
        return True
    small = any(_pixels(style.get(side, ""), 100.0) <= 1 for side in ("width", "height", "max-height", "max-width"))
    return small and style.get("overflow") in ("hidden", "clip")


def _pixels(value: str, otherwise: float) -> float:
    match = _LENGTH.match(value)
    if not match:
        return otherwise
    scale = {"em": _ROOT_SIZE, "rem": _ROOT_SIZE, "%": _ROOT_SIZE / 100, "pt": 4 / 3}.get(match[2] or "px", 1.0)
    return float(match[1]) * scale
