"""The words of an export that no note and no answer says, English and French side by side."""

from __future__ import annotations

from qa.terms import ENGLISH

WORDS: dict[str, dict[str, str]] = {
    "conversation": {"en": "Conversation of {day}", "fr": "Conversation du {day}"},
    "questions_one": {"en": "1 question", "fr": "1 question"},
    "questions": {"en": "{count} questions", "fr": "{count} questions"},
    "question": {"en": "Question {number}", "fr": "Question {number}"},
    "asked": {"en": "Asked: {day}, {time} UTC", "fr": "Posée : {day}, {time} UTC"},
    "as_of": {"en": "as of {value}", "fr": "en date du {value}"},
    "since": {"en": "notes from {value} on", "fr": "notes à partir du {value}"},
    "until": {"en": "notes up to {value}", "fr": "notes jusqu'au {value}"},
    "notes": {"en": "only these notes: {value}", "fr": "seulement ces notes : {value}"},
    "language": {"en": "notes in {value}", "fr": "notes en {value}"},
    "in_en": {"en": "English", "fr": "anglais"},
    "in_fr": {"en": "French", "fr": "français"},
    "answer": {"en": "Answer", "fr": "Réponse"},
    "abstained": {"en": "No answer: the notes do not tell", "fr": "Pas de réponse : les notes ne le disent pas"},
    "quoted": {"en": "quoted word for word", "fr": "cité mot pour mot"},
    "checked": {"en": "checked against its quotes", "fr": "vérifié d'après ses citations"},
    "withheld": {"en": "withheld", "fr": "retenu"},
    "notices": {"en": "To know beside it", "fr": "À savoir"},
    "note": {"en": "Note: {text}", "fr": "À savoir : {text}"},
    "changed": {
        "en": "This note has changed since it was quoted: the quote no longer stands here.",
        "fr": "Cette note a changé depuis qu'elle a été citée : la citation n'y figure plus.",
    },
    "held_back": {
        "en": "Withheld: not borne out by its quotes",
        "fr": "Retenu : les citations ne l'étayent pas",
    },
    "sources": {"en": "Sources", "fr": "Sources"},
    "page": {"en": "page {page}", "fr": "page {page}"},
    "classification": {"en": "classification: {value}", "fr": "classification : {value}"},
    "prepared_for": {"en": "prepared for: {value}", "fr": "préparé pour : {value}"},
    "superseded": {"en": "superseded by {note}", "fr": "remplacé par {note}"},
    "place": {"en": "{note}, characters {start}–{end}", "fr": "{note}, caractères {start} à {end}"},
}


def say(key: str, language: str, **values: object) -> str:
    """The words for `key` in "en" or "fr" (any other language: English), with `values` put in."""
    return WORDS[key].get(language, WORDS[key][ENGLISH]).format(**values)
