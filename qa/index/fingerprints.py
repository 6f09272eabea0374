"""What tells the state of an index from another's, so that figures can say what they were measured on."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from qa.index.store import Store
from qa.schema import to_json


def fingerprints(store: Store) -> dict[str, str]:
    """ "corpus": of the notes as read; "index": of how they are cut; "embedding": of the model."""
    meta = store.meta()
    return {
        "corpus": _hash([to_json(note) | {"text": store.text(note.note)} for note in store.notes()]),
        "index": _hash([meta["rules"], store.passage_ids()]),
        "embedding": meta["fingerprint"],
    }


def _hash(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()[:16]
