"""The words of the page that no note and no answer says, English and French side by side."""

from __future__ import annotations

from typing import Literal

Language = Literal["en", "fr"]

WORDS: dict[str, dict[str, str]] = {
    # The page and its status line.
    "title": {"en": "Ask the briefing notes", "fr": "Interroger les notes d'information"},
    "fresh": {"en": "index up to date", "fr": "index à jour"},
    "stale": {"en": "index not brought up to date: {reason}", "fr": "index non mis à jour : {reason}"},
    "embedded": {"en": "answers are exact quotes, no model", "fr": "réponses en citations exactes, sans modèle"},
    "model": {
        "en": "{model} words the answers, checked against their quotes",
        "fr": "{model} rédige les réponses, vérifiées d'après leurs citations",
    },
    "offline": {"en": "nothing leaves this machine", "fr": "rien ne quitte cette machine"},
    "online": {"en": "questions and passages go to {where}", "fr": "questions et passages sont envoyés à {where}"},
    "other_language": {"en": "Français", "fr": "English"},
    "menu": {"en": "Conversations and search", "fr": "Conversations et recherche"},
    # The side: conversations and notes.
    "conversations": {"en": "Conversations", "fr": "Conversations"},
    "new": {"en": "New conversation", "fr": "Nouvelle conversation"},
    "none_kept": {
        "en": "None yet. They are kept in this browser only.",
        "fr": "Aucune pour l'instant. Elles ne sont conservées que dans ce navigateur.",
    },
    "delete": {"en": "Delete", "fr": "Supprimer"},
    "delete_sure": {"en": "Delete the conversation “{title}”?", "fr": "Supprimer la conversation « {title} » ?"},
    "markdown": {"en": "Export as Markdown", "fr": "Exporter en Markdown"},
    "receipt": {"en": "Export a receipt", "fr": "Exporter un reçu"},
    "sign_out": {"en": "Sign out {user}", "fr": "Déconnecter {user}"},
    "storage_full": {
        "en": "This browser's storage is full, so this answer is not kept. Export or delete conversations.",
        "fr": "Le stockage du navigateur est plein : cette réponse n'est pas conservée. "
        "Exportez ou supprimez des conversations.",
    },
    "search": {"en": "Search the notes", "fr": "Chercher dans les notes"},
    "search_button": {"en": "Search", "fr": "Chercher"},
    "found": {"en": "Found for “{words}”", "fr": "Trouvé pour « {words} »"},
    "found_notes": {"en": "Notes", "fr": "Notes"},
    "found_passages": {"en": "Passages", "fr": "Passages"},
    "found_none": {"en": "No note holds these words.", "fr": "Aucune note ne contient ces mots."},
    "found_near": {"en": "Passages that come nearest", "fr": "Passages qui s'en approchent le plus"},
    "go_back": {"en": "To the chat", "fr": "Vers la conversation"},
    "all_notes": {"en": "All notes", "fr": "Toutes les notes"},
    "no_date": {"en": "no date", "fr": "sans date"},
    # The filters.
    "filters": {"en": "Filters", "fr": "Filtres"},
    "filters_on": {"en": "Filters ({count} set)", "fr": "Filtres (actifs : {count})"},
    "filter_notes": {"en": "Only these notes", "fr": "Seulement ces notes"},
    "since": {"en": "Notes from", "fr": "Notes à partir du"},
    "until": {"en": "Notes up to", "fr": "Notes jusqu'au"},
    "as_of": {"en": "As of", "fr": "En date du"},
    "language": {"en": "Language of the notes", "fr": "Langue des notes"},
    "any": {"en": "any", "fr": "toutes"},
    "english": {"en": "English", "fr": "anglais"},
    "french": {"en": "French", "fr": "français"},
    "clear": {"en": "Clear the filters", "fr": "Effacer les filtres"},
    # The first screen.
    "holds": {"en": "{notes}, {newest}, in {languages}.", "fr": "{notes}, {newest}, en {languages}."},
    "notes_one": {"en": "1 note", "fr": "1 note"},
    "notes_many": {"en": "{count} notes", "fr": "{count} notes"},
    "newest": {"en": "the newest of {day}", "fr": "la plus récente du {day}"},
    "undated": {"en": "without dates", "fr": "sans dates"},
    "and": {"en": " and ", "fr": " et "},
    "superseded_one": {"en": "1 has been superseded.", "fr": "1 a été remplacée."},
    "superseded_many": {"en": "{count} have been superseded.", "fr": "{count} ont été remplacées."},
    "unread_one": {
        "en": "1 file could not be read, so what it tells is not known: {files}.",
        "fr": "1 fichier n'a pas pu être lu ; ce qu'il dit n'est pas connu : {files}.",
    },
    "unread_many": {
        "en": "{count} files could not be read, so what they tell is not known: {files}.",
        "fr": "{count} fichiers n'ont pas pu être lus ; ce qu'ils disent n'est pas connu : {files}.",
    },
    "promise": {
        "en": "Every answer stands in exact quotes of the notes, or says that the notes do not tell.",
        "fr": "Chaque réponse repose sur des citations exactes des notes, ou dit que les notes ne le disent pas.",
    },
    "try": {"en": "You could ask", "fr": "Vous pourriez demander"},
    "empty": {
        "en": "There are no notes yet. Put files into the folder {folder}{add}.",
        "fr": "Il n'y a pas encore de notes. Déposez des fichiers dans le dossier {folder}{add}.",
    },
    "or_add": {"en": ", or add them at the side", "fr": ", ou ajoutez-les sur le côté"},
    # Asking.
    "question": {"en": "Question", "fr": "Question"},
    "placeholder": {"en": "Ask about the notes", "fr": "Posez une question sur les notes"},
    "keys": {
        "en": "Enter asks · Shift+Enter starts a line · / comes here",
        "fr": "Entrée envoie · Maj+Entrée va à la ligne · / ramène ici",
    },
    "asked_next": {"en": "Asked once this answer is here", "fr": "Posée dès que cette réponse est là"},
    "ask": {"en": "Ask", "fr": "Demander"},
    "stop": {"en": "Stop", "fr": "Arrêter"},
    "stopped": {"en": "Stopped.", "fr": "Arrêté."},
    "searching": {"en": "Searching the notes …", "fr": "Recherche dans les notes …"},
    "reads": {"en": "{model} reads the notes …", "fr": "{model} lit les notes …"},
    "too_fast": {
        "en": "That was the last question for now: {count} a minute may be asked. The next in {seconds} s.",
        "fr": "C'était la dernière question pour l'instant : {count} par minute. La prochaine dans {seconds} s.",
    },
    "full": {
        "en": "Many people are asking just now. The question stands in its box: ask again in a few seconds.",
        "fr": "Beaucoup de questions en ce moment. La vôtre est restée dans sa case : réessayez dans un instant.",
    },
    "conversation_full": {
        "en": "This conversation is full; the answer stands in a new one.",
        "fr": "Cette conversation est pleine ; la réponse figure dans une nouvelle.",
    },
    "lost": {
        "en": "The program did not answer. It may be starting again: ask once more in a moment.",
        "fr": "Le programme n'a pas répondu. Il redémarre peut-être : redemandez dans un instant.",
    },
    # Answers.
    "you": {"en": "You asked", "fr": "Vous avez demandé"},
    "quoted": {"en": "exact quote", "fr": "citation exacte"},
    "row": {"en": "exact words of a table's row", "fr": "mots exacts d'une ligne de tableau"},
    "checked": {"en": "checked against its quotes", "fr": "vérifié d'après ses citations"},
    "abstained": {"en": "Not in the notes", "fr": "Pas dans les notes"},
    "error": {"en": "This could not be answered", "fr": "Réponse impossible"},
    "open_nearest": {"en": "What comes nearest", "fr": "Ce qui s'en approche le plus"},
    "search_instead": {"en": "Search the notes instead", "fr": "Chercher plutôt dans les notes"},
    "asked_with": {"en": "Asked with: {filters}", "fr": "Demandé avec : {filters}"},
    # The source pane.
    "sources": {"en": "Sources", "fr": "Sources"},
    "no_sources": {
        "en": "The exact quotes of the last answer stand here. A marker such as [1] opens the note at its quote.",
        "fr": "Les citations exactes de la dernière réponse figurent ici. Un repère tel que [1] ouvre la note à sa "
        "citation.",
    },
    "source": {"en": "Source {marker}: {title}", "fr": "Source {marker} : {title}"},
    "back": {"en": "All quotes", "fr": "Toutes les citations"},
    "previous": {"en": "Previous quote", "fr": "Citation précédente"},
    "next": {"en": "Next quote", "fr": "Citation suivante"},
    "nth": {"en": "{n} of {count}", "fr": "{n} sur {count}"},
    "copy": {"en": "Copy quote", "fr": "Copier la citation"},
    "copied": {"en": "Copied", "fr": "Copié"},
    "close": {"en": "Close", "fr": "Fermer"},
    "page": {"en": "page {page}", "fr": "page {page}"},
    "prepared_for": {"en": "for {whom}", "fr": "pour {whom}"},
    "language_en": {"en": "in English", "fr": "en anglais"},
    "language_fr": {"en": "in French", "fr": "en français"},
    "table": {"en": "Table", "fr": "Tableau"},
    "superseded_since": {"en": "superseded by {title} ({day})", "fr": "remplacée par {title} ({day})"},
    "superseded_by": {"en": "superseded by {note}", "fr": "remplacée par {note}"},
    "changed": {
        "en": "This note has changed since the answer: the quote no longer stands where it stood. It was:",
        "fr": "Cette note a changé depuis la réponse : la citation n'est plus à sa place. Elle disait :",
    },
    "gone": {
        "en": "This note is no longer in the binder. The quote was:",
        "fr": "Cette note n'est plus dans le cartable. La citation était :",
    },
    "no_note": {"en": "There is no such note in the binder.", "fr": "Cette note n'est pas dans le cartable."},
    # What a reader says of an answer.
    "why": {
        "en": "Was this answer right? A word of why (optional)",
        "fr": "Cette réponse est-elle juste ? Dites pourquoi (facultatif)",
    },
    "right": {"en": "Right", "fr": "Juste"},
    "wrong": {"en": "Wrong", "fr": "Fausse"},
    "not_told": {"en": "The notes do not tell this", "fr": "Les notes ne le disent pas"},
    "thanks": {"en": "Thank you; this is kept for checking.", "fr": "Merci ; c'est conservé pour vérification."},
    # Notes that are added and removed.
    "add": {"en": "Add notes", "fr": "Ajouter des notes"},
    "drop": {"en": "Drop files here", "fr": "Déposez des fichiers ici"},
    "reading": {"en": "Reading {name} …", "fr": "Lecture de {name} …"},
    "remove": {"en": "Remove this note", "fr": "Retirer cette note"},
    "remove_sure": {
        "en": "Remove “{title}” from the notes? Its file is kept in the folder .removed beside them.",
        "fr": "Retirer « {title} » des notes ? Son fichier est conservé à côté d'elles, dans le dossier .removed.",
    },
    "removed": {"en": "Removed from the binder.", "fr": "Retirée du cartable."},
    "cancel": {"en": "Cancel", "fr": "Annuler"},
}


def say(what: str, language: Language, **parts: object) -> str:
    """The words for `what` in a language, with its parts filled in."""
    return WORDS[what][language].format(**parts)


def language_of(value: object) -> Language:
    """The page's language: "fr" where a browser asks for French ("fr", "fr-CA"), else "en"."""
    return "fr" if str(value).lower().startswith("fr") else "en"
