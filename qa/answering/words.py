"""The words that a person reads in an answer and that no note says, English and French side by side."""

from __future__ import annotations

from qa.terms import ENGLISH

WORDS: dict[str, dict[str, str]] = {
    "abstained": {
        "en": "The notes do not tell.",
        "fr": "Les notes ne le disent pas.",
    },
    "nearest": {
        "en": "What comes nearest: {places}.",
        "fr": "Ce qui s'en approche le plus : {places}.",
    },
    "in_no_note": {
        "en": "Words of the question that no note holds: {words}.",
        "fr": "Mots de la question qui ne figurent dans aucune note : {words}.",
    },
    "searched_one": {
        "en": "One note was searched{newest}.",
        "fr": "Une note a été consultée{newest}.",
    },
    "searched": {
        "en": "{count} notes were searched{newest}.",
        "fr": "{count} notes ont été consultées{newest}.",
    },
    "newest_one": {"en": ", of {day}", "fr": ", du {day}"},
    "newest": {"en": ", the newest of {day}", "fr": ", dont la plus récente est du {day}"},
    "no_date": {"en": "no date", "fr": "sans date"},
    "unread": {
        "en": "Some files of the binder could not be read, so what they tell is not known: {files}.",
        "fr": "Des fichiers du cartable n'ont pas pu être lus ; ce qu'ils disent n'est pas connu : {files}.",
    },
    "undated": {
        "en": "Notes without a date are left out where dates are asked for: {files}.",
        "fr": "Les notes sans date sont écartées lorsqu'on demande des dates : {files}.",
    },
    "nothing_left": {
        "en": "The filters leave no note to search.",
        "fr": "Les filtres ne laissent aucune note où chercher.",
    },
    "near": {
        "en": "This may not be the answer: it is what comes nearest, and the notes may not tell.",
        "fr": "Ce n'est peut-être pas la réponse : c'est ce qui s'en approche le plus, et les notes n'en "
        "disent peut-être rien.",
    },
    "unmatched": {
        "en": "Words of the question that nothing quoted matches: {words}.",
        "fr": "Mots de la question auxquels rien de cité ne correspond : {words}.",
    },
    "acronym": {
        "en": "{short} was read as {long}.",
        "fr": "{short} a été lu comme {long}.",
    },
    "acronym_here": {
        "en": "{short} was read as {long}; elsewhere in these notes it stands for {others}.",
        "fr": "{short} a été lu comme {long} ; ailleurs dans ces notes, ce sigle désigne {others}.",
    },
    "acronym_two": {
        "en": "{short} has more than one meaning in these notes: {longs}.",
        "fr": "{short} a plus d'un sens dans ces notes : {longs}.",
    },
}


def say(key: str, language: str, **values: str) -> str:
    """The words for `key` in "en" or "fr" (any other language: English), with `values` put in."""
    return WORDS[key].get(language, WORDS[key][ENGLISH]).format(**values)
