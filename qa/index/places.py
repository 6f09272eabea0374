"""Where Chroma keeps an index's vectors: a folder inside the index folder, or a collection of a Chroma server.

Nothing here imports chromadb: what can be told without it is told at once. Which collection of which server an index
has, and what it was last sealed with, stands in a small file of the index folder; so two indexes never share one by
accident, not even copies of one index.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import uuid
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

RECORD = ".chroma-server"
CONNECT_SECONDS = 3.0
_GRAPH_METADATA = "index_metadata.pickle"


class VectorIndexError(Exception):
    """The vectors are missing, damaged or of another state than the store, or Chroma failed; caught in qa.index."""


class VectorServerError(VectorIndexError):
    """The server cannot be used now; what it holds may be sound."""


@dataclass(frozen=True, slots=True)
class Server:
    """A Chroma server. url: such as http://host:8000. api_key, tenant, database: "" where it asks for none."""

    url: str
    api_key: str = field(default="", repr=False)
    tenant: str = ""
    database: str = ""


@dataclass(frozen=True, slots=True)
class Abandoned:
    """A collection that is no longer ours to use, and what it was sealed with."""

    collection: str
    seal: str


class Place(ABC):
    """collection: the collection's name. tenant, database: "" for Chroma's own.

    lasting: whether what was found sound stays so while the store does not change.
    """

    tenant = ""
    database = ""
    lasting: bool

    def __init__(self, folder: Path) -> None:
        """folder: Chroma's own, inside the index folder; a server's place keeps it empty."""
        self.folder = folder
        self.record = folder.with_name(RECORD)

    @property
    @abstractmethod
    def collection(self) -> str: ...

    @abstractmethod
    def exists(self) -> bool:
        """Whether there is a place at all; what it holds is checked when it is used."""

    @abstractmethod
    def reach(self) -> None:
        """Raises VectorServerError where nothing can be had from it now."""

    @abstractmethod
    def renew(self) -> Abandoned | None:
        """Makes room for a new collection; gives the former one where Chroma has to be told to delete it."""

    @abstractmethod
    def seal(self) -> str:
        """What the collection must have been sealed with to be what was written last."""

    @abstractmethod
    def reseal(self) -> str:
        """A seal for what has been written just now."""

    @abstractmethod
    def client_settings(self) -> dict[str, Any]:
        """Chroma's settings for a client."""

    @abstractmethod
    def failure(self, error: BaseException) -> VectorIndexError:
        """What an error of Chroma's means for the vectors."""


class FolderPlace(Place):
    """A folder of this machine, which only this program's processes write."""

    collection = "passages"
    lasting = True

    def exists(self) -> bool:
        return (self.folder / "chroma.sqlite3").is_file()

    def reach(self) -> None:
        pass

    def renew(self) -> None:
        self.record.unlink(missing_ok=True)
        if self.folder.exists():
            shutil.rmtree(self.folder)

    def seal(self) -> str:
        """A digest of the graph's files, 0.1 s for 100 MB.

        Chroma takes the files into memory unchecked, and damaged ones end the process with a segmentation fault, or
        find other neighbours. Only a writer changes them. A folder without metadata is scratch, made at each start.
        """
        digest = hashlib.sha256()
        for path in sorted(self.folder.glob("*/*")):
            if path.with_name(_GRAPH_METADATA).exists():
                with path.open("rb") as file:
                    digest.update(path.name.encode() + hashlib.file_digest(file, "sha256").digest())
        return digest.hexdigest()

    def reseal(self) -> str:
        return self.seal()

    def client_settings(self) -> dict[str, Any]:
        return {
            "chroma_api_impl": "chromadb.api.rust.RustBindingsAPI",
            "is_persistent": True,
            "persist_directory": str(self.folder),
        }

    def failure(self, error: BaseException) -> VectorIndexError:
        return VectorIndexError(f"{type(error).__name__}: {error}")


class ServerPlace(Place):
    """A collection of a server that others write to as well, so it is looked at anew for each search."""

    lasting = False

    def __init__(self, folder: Path, server: Server) -> None:
        super().__init__(folder)
        self.server = server
        self.tenant, self.database = server.tenant, server.database

    @property
    def collection(self) -> str:
        return self._recorded().get("collection", "")

    def exists(self) -> bool:
        return bool(self.collection)

    def reach(self) -> None:
        url = f"{self.server.url.rstrip('/')}/api/v2/heartbeat"
        try:
            with urlopen(Request(url, headers=self._headers()), timeout=CONNECT_SECONDS) as reply:
                beats = "nanosecond heartbeat" in json.load(reply)
        except HTTPError as error:
            raise self._error(f"answers with status {error.code}") from error
        except URLError as error:
            raise self._error(f"does not answer: {error.reason}") from error
        except (OSError, ValueError) as error:
            raise self._error(f"does not answer as a Chroma server: {error}") from error
        if not beats:
            raise self._error("does not answer as a Chroma server")

    def renew(self) -> Abandoned | None:
        was = self._recorded()
        self._write_record(f"qa-{uuid.uuid4().hex}", "")
        if self.folder.exists():
            shutil.rmtree(self.folder)
        return Abandoned(was["collection"], was["seal"]) if was else None

    def seal(self) -> str:
        return self._recorded().get("seal", "")

    def reseal(self) -> str:
        seal = uuid.uuid4().hex
        self._write_record(self.collection, seal)
        return seal

    def client_settings(self) -> dict[str, Any]:
        return {
            "chroma_api_impl": "chromadb.api.fastapi.FastAPI",
            "chroma_server_host": self.server.url,
            "chroma_server_http_port": 8000,  # asked for, and not used beside a whole URL
            "chroma_server_ssl_enabled": False,  # https where the URL says so
            "chroma_server_headers": self._headers(),
            "chroma_client_auth_provider": None,
        }

    def failure(self, error: BaseException) -> VectorIndexError:
        if type(error).__name__ == "NotFoundError":
            return VectorIndexError(f"The Chroma server at {self.server.url} has no such collection: {error}")
        return self._error(f"cannot be used: {error or type(error).__name__}")

    def _error(self, what: str) -> VectorServerError:
        return VectorServerError(f"The Chroma server at {self.server.url} {what}")

    def _headers(self) -> dict[str, str]:
        return {"X-Chroma-Token": self.server.api_key} if self.server.api_key else {}

    def _at(self) -> list[str]:
        return [self.server.url, self.server.tenant, self.server.database]

    def _recorded(self) -> dict[str, str]:
        """The collection and its seal; empty where the index has none on this server."""
        try:
            record = json.loads(self.record.read_text("utf-8"))
            return {key: str(record[key]) for key in ("collection", "seal")} if record["at"] == self._at() else {}
        except (OSError, ValueError, TypeError, LookupError):
            return {}

    def _write_record(self, collection: str, seal: str) -> None:
        new = self.record.with_name(f"{RECORD}.new")
        new.write_text(json.dumps({"at": self._at(), "collection": collection, "seal": seal}), "utf-8")
        os.replace(new, self.record)
