"""What the OpenAPI description cannot say of a request, for Schemathesis, which makes requests of it."""

from __future__ import annotations

from typing import Any

import schemathesis

from qa.errors import QuestionError
from qa.retrieval.query import checked


def _is_question(text: Any) -> bool:
    try:
        return bool(checked(text))
    except QuestionError:
        return False


def _may_be(body: Any) -> bool:
    """Whether a request keeps the rules that no schema states: a question has words, a time does not end before it
    begins, a conversation has a message of the user, and no form of answers is demanded."""
    if not isinstance(body, dict):
        return True
    if isinstance(body.get("question"), str) and not _is_question(body["question"]):
        return False
    since, ends = body.get("since"), [body.get("until"), body.get("as_of")]
    if isinstance(since, str) and any(isinstance(end, str) and end < since for end in ends):
        return False
    if not isinstance(body.get("messages"), list):
        return True
    said = [one.get("content") for one in body["messages"] if isinstance(one, dict) and one.get("role") == "user"]
    texts = [
        "\n".join(str(part.get("text")) for part in content if isinstance(part, dict))
        if isinstance(content, list)
        else content
        for content in said
    ]
    return bool(texts) and _is_question(texts[-1]) and not {"response_format", "tool_choice"} & body.keys()


@schemathesis.hook
def filter_case(context: Any, case: Any) -> bool:
    return _may_be(case.body) and _may_be(case.query)
