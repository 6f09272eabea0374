"""The words that a person reads in an answer and that no note says, English and French side by side."""

from __future__ import annotations

from datetime import date

from qa.terms import ENGLISH, FRENCH

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
    "nothing_told": {
        "en": "The notes that were searched hold nothing but headings.",
        "fr": "Les notes parcourues ne contiennent que des titres.",
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
    "superseded": {
        "en": "A newer note is on the same subject: {new}. This is from {old}.",
        "fr": "Une note plus récente porte sur le même sujet : {new}. Ceci vient de {old}.",
    },
    "superseded_value": {
        "en": "The newer note says otherwise: “{now}” ({new}), and no longer “{was}” ({old}).",
        "fr": "La note plus récente dit autre chose : « {now} » ({new}), et non plus « {was} » ({old}).",
    },
    "conflict_older": {
        "en": "An older note says otherwise: “{theirs}” ({other}); the newer says “{mine}” ({this}).",
        "fr": "Une note antérieure dit autre chose : « {theirs} » ({other}) ; la plus récente, « {mine} » ({this}).",
    },
    "conflict": {
        "en": "Another note says otherwise: “{theirs}” ({other}); this one says “{mine}” ({this}).",
        "fr": "Une autre note dit autre chose : « {theirs} » ({other}) ; celle-ci dit « {mine} » ({this}).",
    },
    "age": {
        "en": "As of {day}, the date of the newest note quoted.",
        "fr": "En date du {day}, celle de la plus récente des notes citées.",
    },
    "fallback": {
        "en": "This is answered without a model, in quotes. {reason}",
        "fr": "La réponse est donnée sans modèle, en citations. {reason}",
    },
    "broke_off": {
        "en": "The model broke off; what it said before that stands here. {reason}",
        "fr": "Le modèle s'est interrompu ; ce qu'il a dit avant figure ici. {reason}",
    },
    "notes_changed": {
        "en": "The notes changed while {model} answered.",
        "fr": "Les notes ont changé pendant que {model} répondait.",
    },
    "asked_as": {
        "en": "Asked as: {question}",
        "fr": "Question posée : {question}",
    },
    "model_refuses": {
        "en": "{model} finds that the notes do not tell; these are the passages that the program finds.",
        "fr": "{model} juge que les notes ne le disent pas ; voici les passages que le programme trouve.",
    },
    "model_refuses_quotes": {
        "en": "{model} finds that the notes do not tell; the program finds passages that may.",
        "fr": "{model} juge que les notes ne le disent pas ; le programme trouve des passages qui le disent peut-être.",
    },
    "program_refuses": {
        "en": "The program itself finds that the notes do not tell.",
        "fr": "Le programme lui-même juge que les notes ne le disent pas.",
    },
    "would_answer": {
        "en": "The program finds that the notes do not tell; {model} would answer: {text}",
        "fr": "Le programme juge que les notes ne le disent pas ; {model} répondrait : {text}",
    },
    "nothing_borne_out": {
        "en": "{model} said nothing that the notes bear out; these are their own words.",
        "fr": "{model} n'a rien dit que les notes étayent ; voici leurs propres mots.",
    },
    "withheld_one": {
        "en": "1 statement withheld: not borne out by its quotes.",
        "fr": "1 énoncé retenu : ses citations ne l'étayent pas.",
    },
    "withheld": {
        "en": "{count} statements withheld: not borne out by their quotes.",
        "fr": "{count} énoncés retenus : leurs citations ne les étayent pas.",
    },
    "fault_uncited": {"en": "it cites no sentence", "fr": "il ne cite aucune phrase"},
    "fault_unresolved": {"en": "there is no sentence {words}", "fr": "il n'y a pas de phrase {words}"},
    "fault_order": {
        "en": "it rests on a sentence that gives orders to the program",
        "fr": "il repose sur une phrase qui donne des ordres au programme",
    },
    "fault_figure": {
        "en": "“{words}” does not stand in the sentences cited",
        "fr": "« {words} » ne figure pas dans les phrases citées",
    },
    "fault_name": {
        "en": "“{words}” does not stand in the sentences cited",
        "fr": "« {words} » ne figure pas dans les phrases citées",
    },
    "fault_quotation": {
        "en": "the sentences cited do not say “{words}” word for word",
        "fr": "les phrases citées ne disent pas « {words} » mot pour mot",
    },
    "fault_negation": {
        "en": "it denies what they affirm, or affirms what they deny",
        "fr": "il nie ce qu'elles affirment, ou affirme ce qu'elles nient",
    },
    "fault_opposite": {"en": "it says the opposite of them", "fr": "il dit le contraire de ce qu'elles disent"},
    "fault_plan": {
        "en": "it gives as done what they only plan",
        "fr": "il donne pour fait ce qu'elles ne font que prévoir",
    },
    "fault_words": {
        "en": "too few of its words stand in the sentences cited",
        "fr": "trop peu de ses mots figurent dans les phrases citées",
    },
    "left_out": {
        "en": "Not all of a list is quoted. Items left out: {count}, in {place}.",
        "fr": "Une liste n'est pas citée en entier. Éléments laissés de côté : {count}, dans {place}.",
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


_MONTHS_ENGLISH = "January February March April May June July August September October November December"
_MONTHS_FRENCH = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"
MONTHS = {ENGLISH: _MONTHS_ENGLISH.split(), FRENCH: _MONTHS_FRENCH.split()}


def day_in_words(day: date, language: str) -> str:
    """ "20 April 2021", "1er avril 2021"; any other language than French as English."""
    number = "1er" if language == FRENCH and day.day == 1 else str(day.day)
    return f"{number} {MONTHS.get(language, MONTHS[ENGLISH])[day.month - 1]} {day.year}"


def say(key: str, language: str, **values: str) -> str:
    """The words for `key` in "en" or "fr" (any other language: English), with `values` put in."""
    return WORDS[key].get(language, WORDS[key][ENGLISH]).format(**values)
