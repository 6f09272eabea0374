"""The filters of a question, as the page's form holds them and as a person reads them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from qa.errors import QuestionError
from qa.web.words import Language, say


def filters_of(chosen: object) -> dict[str, Any]:
    """The filters of `Binder.ask` from what the page's form holds. Raises QuestionError for a day that is none."""
    form = chosen if isinstance(chosen, dict) else {}
    filters: dict[str, Any] = {}
    try:
        json.dumps(form, ensure_ascii=False).encode("utf-8")
    except ValueError:  # half of a character
        raise QuestionError("The filters hold what is no text.") from None
    for name in ("as_of", "since", "until"):
        if given := str(form.get(name) or ""):
            try:
                filters[name] = date.fromisoformat(given)
            except ValueError:
                raise QuestionError(f"{given!r} is no date; write it as 2022-02-23.") from None
    if notes := form.get("notes"):
        filters["notes"] = [str(note) for note in notes] if isinstance(notes, list) else [str(notes)]
    if (language := form.get("language")) in ("en", "fr"):
        filters["language"] = language
    return filters


def filters_in_words(filters: Mapping[str, Any], language: Language) -> str:
    """The filters as a person reads them; "" where there are none."""
    said = [f"{say(name, language)} {filters[name]}" for name in ("since", "until", "as_of") if name in filters]
    if "language" in filters:
        said.append(say("english" if filters["language"] == "en" else "french", language))
    return ", ".join(said + list(filters.get("notes", ())))
