"""Whether the names and short forms of a statement stand in its quotes, or follow from them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files

from qa.answering.grounds import Ground
from qa.figures import MONTHS
from qa.terms import ENGLISH, FRENCH, STOP_WORDS, fold

_WORD = re.compile(r"[^\W\d_](?:[^\W_]|\.(?=[^\W\d_]\b))*\.?(?=\W|$)|[^\W_]+")
# Of the web, of e-mail, an account, and a host without a scheme ("coast.example/licences", not "p.m.").
_ADDRESS = re.compile(
    r"\b[a-z][a-z+]+://\S*[\w/]|\bwww\.\S*[\w/]|[\w.+-]+@\w[\w-]*(?:\.\w[\w-]*)+|(?<![\w@])@\w{2,}|"
    r"\b(?:[a-z0-9-]{2,}\.)+[a-z]{2,}\b(?:/\S*[\w/])?",
    re.IGNORECASE,
)
_QUOTED = re.compile(
    r"[“\"«]\s*([^”\"»]{2,}?)\s*[”\"»]|‘([^‘’\n]{2,}?(?:’\w[^‘’\n]*)*)’(?!\w)|(?<![\w'])'([^'\n]{2,}?)'(?!\w)"
)
_MEANS = re.compile(
    r"\b[A-Z][\w.&-]{1,9}(?:\s*=|\s+means|\b[^.;:,]{0,20}?\b(?:stands for|is short for|veut dire|signifie|désigne))"
    r"\s+(?!that\b|que\b|qu')"
    r"(?:(?:the|an?|le|la|les|un|une)\s+|l')?"
    r"([^.,;:()]{4,})"
)
_AMOUNT_AFTER = re.compile(r"\s?\d")
_SENTENCE = re.compile(r"(?:^|[.!?:;…]\s+|\n\s*|[“\"«(]\s*)\Z")
# What a title says of nobody in particular; with a name beside it, the name is what is looked for.
_TITLES = """
minister ministre ministers ministres government gouvernement department ministère parliament parlement act loi bill
committee comité secretary secrétaire state état note notes mr mrs ms dr mme mlle french english français anglais
"""
_GENERIC = frozenset(map(fold, _TITLES.split()))
# How common words end that may begin a sentence, and names seldom do.
_ENDINGS = re.compile(
    r"(?:ing|ly|tions?|sions?|ments?|ity|ities|ances?|ences?|ness|ships?|ings|ists?|ives?|ures?|ages?|ees|ors|ers|"
    r"ables?|"
    r"ees?|ites?|iens?)\Z"
)
_LEAST_OF_AN_ENDING = 6
_LEAST_OF_INITIALS = 3
_MICRO = "\u03bc"  # of units, not of names
# What makes part of an amount or of a word of a capital before it.
_BESIDE = ("$", "€", "£", "'", "’", "&")
_FRENCH = """
oui non selon dès après avant malgré parmi pendant depuis outre faute seuls seul seule seules chaque certains certaines
plusieurs quelques deux trois quatre cinq six sept huit neuf dix aucun aucune toute tout tous toutes aujourd hier demain
ensuite enfin ainsi alors actuellement désormais environ près moins plus celui celle ceux cela ceci voici voilà lorsque
quand comme comment pourquoi puisque parce jusqu quant afin grâce lors au aux évitez dites gardez demandez insistez
rappelez remerciez confirmez proposez soulignez attendez laissez prenez passez mieux bref certes cependant toutefois
pourtant également notamment ensemble pas jamais rien ni sans sous sur vers chez contre entre hors
"""
_MORE = """
according although among another any anyone around aside because besides beyond both but certain currently despite due
during each either even every everyone everything except extra few final finally five following former four further
however if instead its late later latest less like little low near nearly neither new next nobody none nothing now old
older once one other others our out over overall own part past people public quite rather second seven several similar
six small some somebody someone something soon staff still ten their there third those three today together twice two
under unless until using usually whatever when whenever where whereas whether while without women yet
"""
# What a common word may end in, and what stands there where it is looked up.
_ENDS_OF_WORDS = (("ies", "y"), ("es", ""), ("s", ""), ("ed", ""), ("ed", "e"), ("ing", ""), ("ing", "e"))


@lru_cache(maxsize=1)
def _openers() -> frozenset[str]:
    """Words that are no names and may open a sentence, folded."""
    ordinary = files("qa.answering").joinpath("ordinary.txt").read_text(encoding="utf-8")
    return frozenset(map(fold, (*ordinary.split(), *_FRENCH.split(), *_MORE.split())))


_ENDS_OF_PEOPLES = "an ans ian ians ese ish n ns s ien iens ienne iennes ais aise aises ois oise oises"
# Peoples whose name is not that of their country with an ending, and what the country is called, English and French.
_NAMED_APART = """
american|us usa unis united states; americain|us unis united states; british|uk britain kingdom uni;
britannique|uk britain kingdom uni; briton|uk britain kingdom uni; french|france; francais|france; german|germany
allemagne; allemand|germany allemagne; dutch|netherlands holland bas; swiss|switzerland suisse; spanish|spain;
danish|denmark; swedish|sweden; irish|ireland; welsh|wales; scottish|scotland; greek|greece; turkish|turkey turkiye;
polish|poland; finnish|finland; chinese|china; portuguese|portugal; philippine|philippines; filipino|philippines
"""
_COUNTRIES = {
    people.strip(): frozenset(countries.split())
    for people, _, countries in (one.partition("|") for one in _NAMED_APART.split(";"))
}


def missing_names(text: str, ground: Ground) -> list[str]:
    """The names, short forms and addresses in `text` that stand nowhere in what it rests on, as they are written."""
    known = _vocabulary(ground)
    missing = [match[0] for match in _ADDRESS.finditer(text) if fold(match[0]) not in fold(ground.quotes)]
    rest = _ADDRESS.sub(" ", text)
    return missing + [name for name in _names(rest, ground) if not _stands(name, known)]


def missing_quotations(text: str, ground: Ground) -> list[str]:
    """What `text` puts in quotation marks, or gives as the long form of a short one, and its quotes do not hold word
    for word."""
    place = _letters(f"{ground.quotes}\n{ground.around}\n{ground.forms}")
    said = [match[match.lastindex or 0] for pattern in (_QUOTED, _MEANS) for match in pattern.finditer(text)]
    return [words for words in (*said, *_spelled_out(text)) if _letters(words) not in place]


def _spelled_out(text: str) -> Iterator[str]:
    """The words of a text whose first letters are a short form in it, in capitals or not: what it gives it for."""
    words = [match[0].strip(".") for match in _WORD.finditer(text)]
    for short in {word for word in words if len(word) >= _LEAST_OF_INITIALS and word.isalpha() and word.isupper()}:
        for begin in range(len(words) - len(short) + 1):
            run = words[begin : begin + len(short)]
            if "".join(word[0] for word in run).upper() == short:
                yield " ".join(run)


def _names(text: str, ground: Ground) -> Iterator[str]:
    for match in _WORD.finditer(text.replace("’", "'")):
        word = match[0].rstrip(".")
        if _is_foreign(word):
            yield word
            continue
        if not word[:1].isupper() or (len(word) < 2 and not _is_letter_for_a_name(match, text)):
            continue
        folded = fold(word)
        if folded in _GENERIC or folded in MONTHS:
            continue
        if _AMOUNT_AFTER.match(text, match.end()) and len(word) <= 3 and re.search(rf"\b{folded}", fold(ground.quotes)):
            continue  # "Cr 108,000" for "108,000 crowns"
        opens = _SENTENCE.search(text[: match.start()])
        if opens and not _is_name(word, folded, ground):
            continue
        yield word


def _is_foreign(word: str) -> bool:
    """Whether a word holds letters that are not Latin ones: a name in another script, or one made to look alike."""
    letters = [char for char in unicodedata.normalize("NFKD", word) if unicodedata.category(char) in ("Lu", "Ll", "Lo")]
    return any(not unicodedata.name(char, "").startswith("LATIN") for char in letters if char != _MICRO)


def _is_letter_for_a_name(match: re.Match[str], text: str) -> bool:
    """Whether a capital by itself is one: "Justice X", "Annex B"; not an initial, "I", "5 M$" or what opens a
    sentence."""
    written = match[0]
    follows = text[match.end() :]
    is_initial = written.endswith(".") and bool(follows.strip())
    if written in ("A", "I", "À", "Y", "O") or is_initial or follows.startswith(_BESIDE):
        return False
    return not re.search(r"\d\s?$", text[: match.start()]) and not _SENTENCE.search(text[: match.start()])


def _is_name(word: str, folded: str, ground: Ground) -> bool:
    """Whether a word that opens a sentence, where each has a capital, is taken for a name."""
    if word[1:] != word[1:].lower():
        return True
    forms = {folded} | {folded.removesuffix(end) + root for end, root in _ENDS_OF_WORDS if folded.endswith(end)}
    if any(forms & words for words in (ground.common, _openers(), STOP_WORDS[ENGLISH], STOP_WORDS[FRENCH])):
        return False
    return len(folded) < _LEAST_OF_AN_ENDING or not _ENDINGS.search(folded)


def _vocabulary(ground: Ground) -> frozenset[str]:
    place = f"{ground.quotes}\n{ground.around}\n{ground.forms}"
    found = {fold(match[0].rstrip(".")).replace(".", "") for match in _WORD.finditer(place.replace("’", "'"))}
    return frozenset(found) | _initials(place)


def _initials(place: str) -> frozenset[str]:
    """The short forms that runs of capitalised words would have: "Ferry Safety Board" has "fsb"."""
    small = r"(?:\s+(?:of|the|and|for|on|in|de|du|des|la|le|les|et|à|pour)\b|\s+(?:d|l)')*\s*"
    runs = re.findall(rf"[A-ZÀ-Ý][\w-]+(?:{small}[A-ZÀ-Ý][\w-]+)+", place.replace("’", "'"))
    found = set()
    for run in runs:
        letters = "".join(fold(word[0]) for word in re.findall(r"[A-ZÀ-Ý][\w]*", run))
        found |= {letters[begin:end] for begin in range(len(letters)) for end in range(begin + 2, len(letters) + 1)}
    return frozenset(found)


def _stands(name: str, known: frozenset[str]) -> bool:
    folded = fold(name).replace(".", "")
    forms = {folded, folded.removesuffix("s"), f"{folded}s", folded.removesuffix("'s")}
    if forms & known:
        return True
    if any(_COUNTRIES.get(form, frozenset()) & known for form in (folded, folded.removesuffix("s"))):
        return True
    roots = [folded.removesuffix(end) for end in _ENDS_OF_PEOPLES.split() if folded.endswith(end)]
    return any(one.startswith(root) and len(one) <= len(root) + 2 for root in roots if len(root) >= 4 for one in known)


def _letters(text: str) -> str:
    """A text to be compared word for word: without capitals, marks and line ends."""
    words = re.findall(r"[^\W_]+", fold(text))
    return f" {' '.join(words)} "
