"""The words that a person reads of notes that are added and removed, English and French side by side."""

from __future__ import annotations

from qa.terms import ENGLISH

WORDS: dict[str, dict[str, str]] = {
    "limits": {
        "en": "Up to {most} files at once: {types}.",
        "fr": "Jusqu'à {most} fichiers à la fois : {types}.",
    },
    "limit": {"en": "{suffixes} up to {megabytes} MB", "fr": "{suffixes} jusqu'à {megabytes} Mo"},
    "read": {"en": "Read. Passages: {passages}.", "fr": "Lue. Passages : {passages}."},
    "read_pages": {
        "en": "Read. Passages: {passages}, pages with words: {pages}.",
        "fr": "Lue. Passages : {passages}, pages avec du texte : {pages}.",
    },
    "doubt": {"en": "With a doubt: {reason}", "fr": "Avec un doute (en anglais) : {reason}"},
    "renamed": {
        "en": "Another file has the name {name}; this one is kept as {note}.",
        "fr": "Un autre fichier porte le nom {name} ; celui-ci est gardé sous le nom {note}.",
    },
    "held": {
        "en": "The binder holds this very file already, as {note}. Nothing was added.",
        "fr": "Le cartable contient déjà exactement ce fichier, sous le nom {note}. Rien n'a été ajouté.",
    },
    "not_read": {
        "en": "It cannot be read as a note and was not kept. {reason}",
        "fr": "Il ne peut pas être lu comme note et n'a pas été gardé. En anglais : {reason}",
    },
    "held_unread": {
        "en": "The folder of the notes holds this file already, as {note}, and it cannot be read. {reason}",
        "fr": "Le dossier des notes contient déjà ce fichier, sous le nom {note} ; il ne peut pas être lu. "
        "En anglais : {reason}",
    },
    "vanished": {
        "en": "It is no longer in the folder of the notes.",
        "fr": "Il n'est plus dans le dossier des notes.",
    },
    "too_many": {
        "en": "More than {most} files at once are too many. Add this one by itself.",
        "fr": "Plus de {most} fichiers à la fois, c'est trop. Ajoutez celui-ci séparément.",
    },
    "wrong_type": {
        "en": "This type of file is not read; these are: {types}. Save it as one of them, such as .pdf, and add that.",
        "fr": "Ce type de fichier n'est pas lu ; ceux-ci le sont : {types}. Enregistrez-le dans l'un d'eux, par "
        "exemple .pdf, et ajoutez-le.",
    },
    "no_type": {
        "en": "Its name has no ending that tells its type, such as .pdf. Rename it, and add it again.",
        "fr": "Son nom n'a pas de terminaison qui en dise le type, comme .pdf. Renommez-le et ajoutez-le de nouveau.",
    },
    "no_file": {
        "en": "There is no such file. A folder cannot be added; add its files.",
        "fr": "Ce fichier n'existe pas. Un dossier ne peut pas être ajouté ; ajoutez ses fichiers.",
    },
    "unreadable": {
        "en": "The file cannot be opened ({reason}). Check its rights.",
        "fr": "Le fichier ne peut pas être ouvert ({reason}). Vérifiez ses droits.",
    },
    "empty": {
        "en": "The file is empty.",
        "fr": "Le fichier est vide.",
    },
    "too_large": {
        "en": "The file is larger than {megabytes} MB. Split it into several notes.",
        "fr": "Le fichier dépasse {megabytes} Mo. Divisez-le en plusieurs notes.",
    },
    "wrong_content": {
        "en": "What is in the file is not what its name says. {reason}",
        "fr": "Le contenu du fichier n'est pas ce qu'annonce son nom. En anglais : {reason}",
    },
    "no_corpus": {
        "en": "The folder of the notes, {corpus}, does not exist. Create it, or name another.",
        "fr": "Le dossier des notes, {corpus}, n'existe pas. Créez-le, ou indiquez-en un autre.",
    },
    "no_room": {
        "en": "The disk of {corpus} is nearly full: {megabytes} MB are free. Nothing was added. Make room, and add the "
        "files again.",
        "fr": "Le disque de {corpus} est presque plein : {megabytes} Mo sont libres. Rien n'a été ajouté. Faites de la "
        "place, puis ajoutez de nouveau les fichiers.",
    },
    "cannot_add": {
        "en": "Notes cannot be added to {corpus} ({reason}). Nothing was added. Check the rights of that folder and "
        "the room on its disk.",
        "fr": "Des notes ne peuvent pas être ajoutées à {corpus} ({reason}). Rien n'a été ajouté. Vérifiez les droits "
        "de ce dossier et la place sur son disque.",
    },
    "unknown": {
        "en": "The binder holds no note {note}. Give its path below the folder of the notes.",
        "fr": "Le cartable ne contient pas de note {note}. Indiquez son chemin dans le dossier des notes.",
    },
    "gone": {
        "en": "The file of {note} is no longer in the folder of the notes; somebody has removed it already.",
        "fr": "Le fichier de {note} n'est plus dans le dossier des notes ; quelqu'un l'a déjà retiré.",
    },
    "outside": {
        "en": "{note} lies behind a link that leads out of the folder of the notes, and is not touched.",
        "fr": "{note} se trouve derrière un lien qui mène hors du dossier des notes ; on n'y touche pas.",
    },
    "cannot_remove": {
        "en": "{note} cannot be removed ({reason}). Check the rights of the folder of the notes.",
        "fr": "{note} ne peut pas être retirée ({reason}). Vérifiez les droits du dossier des notes.",
    },
    "last": {
        "en": "Without {note} the binder would hold no note that can be read. Add another one first.",
        "fr": "Sans {note}, le cartable n'aurait plus de note qui puisse être lue. Ajoutez-en d'abord une autre.",
    },
}


def say(key: str, language: str, **values: object) -> str:
    """The words for `key` in "en" or "fr" (any other language: English), with `values` put in."""
    return WORDS[key].get(language, WORDS[key][ENGLISH]).format(**values)
