"""The parts of a Word file: its zip, opened within limits, and its XML, parsed with nothing fetched or expanded."""

from __future__ import annotations

import io
import lzma
import posixpath
import struct
import zipfile
import zlib
from functools import lru_cache
from typing import Any

from qa.errors import NoteError

MAX_UNPACKED = 200 * 1024 * 1024
MAX_PART = 64 * 1024 * 1024
MAX_MEMBERS = 5000
MAX_RATIO = 250
_RATIO_MATTERS = 4 * 1024 * 1024
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError, ValueError, IndexError,
    RuntimeError, OverflowError,
)  # fmt: skip
_PREFIXES = {
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main": "w",
    "http://purl.oclc.org/ooxml/wordprocessingml/main": "w",
    "http://schemas.openxmlformats.org/markup-compatibility/2006": "mc",
    "http://schemas.openxmlformats.org/officeDocument/2006/math": "m",
    "http://purl.oclc.org/ooxml/officeDocument/math": "m",
}

Element = Any  # an lxml element


@lru_cache(maxsize=4096)
def _named(tag: str) -> str:
    namespace, _, local = tag.rpartition("}")
    prefix = _PREFIXES.get(namespace.lstrip("{"))
    return f"{prefix}:{local}" if prefix else ""


def name_of(element: Element) -> str:
    """An element's name as "w:p", whichever of the standard's two namespaces it has; "" where it is no text's."""
    return _named(element.tag) if isinstance(element.tag, str) else ""


def child(element: Element | None, *names: str) -> Element | None:
    """The first child, or child's child for several names, with these local names; None where there is none."""
    for name in names:
        if element is None:
            return None
        element = next(element.iterchildren(f"{{*}}{name}"), None)
    return element


def attribute(element: Element | None, name: str = "val") -> str:
    """An attribute by its local name; "" where the element or the attribute is missing."""
    if element is not None:
        for key, value in element.attrib.items():
            if key.rpartition("}")[2] == name:
                return str(value)
    return ""


def number(text: str, default: int = 0) -> int:
    """`text` as a whole number; `default` where it is none."""
    try:
        return int(float(text))
    except (ValueError, OverflowError):
        return default


def is_on(element: Element | None) -> bool:
    """Whether an element that switches something is there and does not switch it off."""
    return element is not None and attribute(element) not in ("0", "false", "off")


class Package:
    """A Word file. document: the root of its main part.

    Raises NoteError where the bytes are no Word document, are encrypted or damaged, or would unpack to too much.
    """

    def __init__(self, data: bytes) -> None:
        self._zip = _open(data)
        self._members = {_key(info.filename): info for info in self._zip.infolist()}
        self._main = self._target("", "officeDocument") or "word/document.xml"
        document = self._part(self._main)
        if document is None or name_of(document) != "w:document":
            raise NoteError("It is not a Word document. Save it as .docx.")
        self.document = document

    def related(self, kind: str) -> Element | None:
        """The root of what the main part relates to as its "styles", "numbering", "footnotes", ...; or None."""
        return self._part(self._target(self._main, kind) or f"{posixpath.dirname(self._main)}/{kind}.xml")

    def properties(self) -> Element | None:
        """The root of the file's properties, or None."""
        return self._part(self._target("", "core-properties") or "docProps/core.xml")

    def _target(self, source: str, kind: str) -> str:
        folder, name = posixpath.split(source)
        relations = self._part(posixpath.join(folder, "_rels", f"{name}.rels"))
        for relation in relations if relations is not None else ():
            if attribute(relation, "Type").endswith(f"/{kind}") and attribute(relation, "TargetMode") != "External":
                return posixpath.normpath(posixpath.join("/", folder, attribute(relation, "Target"))).lstrip("/")
        return ""

    def _part(self, path: str) -> Element | None:
        info = self._members.get(_key(path))
        if info is None:
            return None
        if info.file_size > MAX_PART:
            raise NoteError(f"Its {path} unpacks to over {MAX_PART // 2**20} MB. Split the note into smaller files.")
        try:
            with self._zip.open(info) as member:  # not `read`, which unpacks all that there is, whatever it declares
                data = member.read(info.file_size + 1)
        except _DAMAGE as error:
            raise NoteError("The Word file is damaged. Open it in Word and save it anew.") from error
        return _parse(data)


def _key(path: str) -> str:
    return path.replace("\\", "/").lstrip("/").lower()


def _open(data: bytes) -> zipfile.ZipFile:
    if data.startswith(_OLE):
        if _ENCRYPTED_STREAM in data:
            raise NoteError("It is encrypted. Save it without a password.")
        raise NoteError("It is in Word's old format. Save it as .docx.")
    try:
        opened = zipfile.ZipFile(io.BytesIO(data))
    except _DAMAGE as error:
        raise NoteError("It is not a Word document, or it is damaged. Save it as .docx.") from error
    members = opened.infolist()
    if any(info.flag_bits & 1 for info in members):
        raise NoteError("It is encrypted. Save it without a password.")
    if len(members) > MAX_MEMBERS:
        raise NoteError(f"It holds over {MAX_MEMBERS} files, as no Word document does. Save it anew in Word.")
    swollen = any(
        info.file_size > max(_RATIO_MATTERS, MAX_RATIO * info.compress_size) for info in members
    )  # the sizes are those that it declares; no more than these are read
    if swollen or sum(info.file_size for info in members) > MAX_UNPACKED:
        raise NoteError(
            f"It unpacks to far more than its size, or to over {MAX_UNPACKED // 2**20} MB. It was not read."
        )
    return opened


def _parse(data: bytes) -> Element:
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise NoteError("The Word file is damaged. Open it in Word and save it anew.") from error
    if root.getroottree().docinfo.doctype:
        raise NoteError("It declares a document type, as no Word document does. It was not read.")
    return root
