"""Whether a statement says the opposite of its quotes: a "not" lost or put in, "rose" for "fell", a plan as a fact."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from qa.answering.grounds import Ground
from qa.terms import fold, guess_language, stems

# All are tried on folded text: no capitals, no accents; apostrophes stay.
_NOT = re.compile(
    r"\b(?:not|cannot|no|never|none|neither|nor|without|nobody|nothing|nowhere|pas|jamais|aucune?s?|sans|ni|rien|"
    r"nulle?s?|"
    r"personne n)\b|n't\b|\bn(?:e |')(?:\w+ ){1,3}plus\b"
)
# Words that deny without a "not"; a sentence with one may be said with a "not", and the other way round.
_DENIES = re.compile(
    r"\b(?:fail\w*|lack\w*|refus\w*|declin\w*|reject\w*|den(?:y|ies|ied)|prohibit\w*|forbid\w*|forbidden|bann?(?:ed|"
    r"s)?|"
    r"tbd|to be (?:determined|confirmed|decided)|avoid\w*|exclu\w*|except\w*|unless|absen\w*|unable|yet to|"
    r"rather than|instead|hardly|only|interdi\w*|rejet\w*|"
    r"sauf|"
    r"hors|impossible|manqu\w*|defaut|evit\w*|vacant\w*|empty|abst\w*|until|whatever|regardless|jusqu\w*|quel que|"
    r"remains?|pending|outstanding|missing|still|too|few|"
    r"un(?!der|i|til|ion)\w{3,}|in(?:eligible|complete|sufficient|valid|adequate|existent)\w*|non|stop\w*|ceas\w*|"
    r"end(?:ed|s)?|"
    r"cancel\w*|annul\w*|withdr[ae]w\w*|zero|nil|off[- ]limits|wait\w*|attend\w*|outside|against|contre|rule[sd]? out|"
    r"oppos\w*|but|seul\w*|ne)\b"
)
# "Yes" and "No" answer the question; what they deny is in it, and not in a quote.
_ANSWERS = re.compile(r"^\s*(?:yes|no|not (?:yet|at once|quite|really)|oui|non|pas encore)\b(?=\s*[.,:;!—–-])")
_SEGMENT = re.compile(
    r"[.;:!?](?:\s|$)|,|\n|\b(?:and|et|but|mais|while|whereas|however|although|tandis que|cependant|toutefois)\b"
)
_SENTENCES = re.compile(r"[^\n?!.]*(?:[?!.](?!\s|\Z)[^\n?!.]*)*[?!.]?")
# Who says this before a comma denies all of the sentence.
_NOBODY = re.compile(r"\s*(?:nobody|no one|none|neither|nothing|personne|aucune?|rien)\s*")
# Words, and those that say the opposite, English and French.
_OPPOSITES = (
    (
        r"increas\w*|r[io]se[ns]?|rising|grow[ns]?|grew|growing|growth|climb\w*|augment\w*|hauss\w*|progress\w*|"
        r"up(?= from| by)",
        r"decreas\w*|f[ae]ll(?:en|s|ing)?|down(?= from| by)|drop(?:p\w+|s)?|declin\w*|reduc\w*|shr[aiu]nk\w*|"
        r"diminu\w*|baiss\w*|recul\w*",
    ),
    (r"before|prior to|avant|ahead of", r"after|following|apres|since"),
    (
        r"above|(?<!no )(?<!not )more than|over(?= \S?\d)|(?<!not )exceed\w*|plus de|at least|au moins",
        r"below|(?<!no )(?<!not )less than|under(?= \S?\d)|fewer than|moins de|at most|au plus|"
        r"up to(?= \S?\d)",
    ),
    (
        r"approv\w*|accept\w*|adopt\w*|agree[ds]?|grant(?:ed|s)?|approuv\w*",
        r"reject\w*|refus\w*|declin\w*|den(?:y|ied|ies)|rejet\w*|turned down|veto\w*",
    ),
    (r"support\w*|favou?rs?|in favou?r|appui\w*|appuy\w*", r"oppos\w*|against|contre"),
    (r"open(?:ed|s|ing)?|ouvr\w*|ouvert\w*", r"clos(?:ed?|es|ing|ure)|shut\w*|ferm\w*"),
    (r"highest|largest|biggest|most", r"lowest|smallest|least|fewest"),
    (r"plus (?:haut|grand|eleve)\w*", r"plus (?:bas|petit|faible)\w*"),
    (r"first|earliest|premiere?s?", r"last|latest|dernier\w*"),
    (r"allow\w*|permit\w*|autoris\w*|permet\w*", r"prohibit\w*|forbid\w*|bann?ed|interdi\w*|bars?|barred"),
    (r"(?:is|are|be) (?:legal|lawful)", r"offences?|illegal|unlawful|infractions?"),
    (r"mandatory|compulsory|required|obligatoires?", r"voluntary|optional|facultati\w*|volontaires?"),
    (r"win|wins|won|gagn\w*", r"los[et]s?|losing|perd\w*"),
    (
        r"begin\w*|began|begun|start\w*|launch\w*|commenc\w*|debut\w*",
        r"end(?:ed|s|ing)?|finish\w*|stopp?\w*|clos\w*|termin\w*|fini\w*|cess\w*",
    ),
    (r"higher|hausse", r"lower|baisse"),
    (r"tight\w*|resserr\w*|durci\w*", r"eas(?:ed|ing|es)|loosen\w*|relax\w*|assoupli\w*"),
    (r"public\w*", r"privat\w*|prive\w*"),
    (r"north\w*|nord", r"south\w*|sud"),
    (r"east\w*|est", r"west\w*|ouest"),
    (r"imports?|imported|importing", r"exports?|exported|exporting"),
    (r"arriv\w*", r"depart\w*|leav\w*|left"),
    (r"buy|buys|bought|acheter?|achet\w*", r"sell|sells|sold|vend\w*"),
    (r"hire[ds]?|hiring|embauch\w*", r"fired?|laid off|licenci\w*"),
    (r"temporar\w*|temporair\w*|provisoire\w*", r"permanent\w*"),
)
_PAIRS = tuple((re.compile(rf"\b(?:{one})\b"), re.compile(rf"\b(?:{other})\b")) for one, other in _OPPOSITES)
_PLANNED = re.compile(
    r"\b(?:plan(?:s|ned|ning)?|due|set to|propos\w*|intend\w*|expect\w*|will|would|considering|aim(?:s|ed|ing)?|"
    r"seek(?:s|ing)?|hopes?|"
    r"hoping|draft\w*|to be|scheduled|could|may|might|should|recommend\w*|target\w*|under review|if|pending|"
    r"tentativ\w*|"
    r"prevo\w*|prevu\w*|projet\w*|envisag\w*|entend|devrait|devraient|pourrait|pourraient|sera|seront|compte[nt]*|"
    r"vis[ea]\w*|"
    r"souhait\w*|recommand\w*|cible\w*|\w{3,}(?:era|eront|erait|eraient|ira|iront|ra|ront))\b"
)
_DONE = re.compile(
    r"\b(?:has|have|had|was|were|is now|are now|a|ont|avait|est maintenant|a ete|ont ete)\b"
    r"(?: (?:\w+ly|now|since|already|been|deja|ete|desormais))*"
    r" (?:\w+ed|done|made|built|sent|signed|paid|begun|given|taken|set|put|bought|sold|\w+[eiu]e?s?)\b"
)
# What is done, in the quotes: a plan that was made is one.
_FACT = re.compile(r"\b(?:has|have|had|was|were|a ete|ont ete|avait)\b")
_NEAR_ENOUGH, _SAME = 2, 0.6


@dataclass(frozen=True, slots=True)
class _Segment:
    text: str
    stems: frozenset[str]
    denied: bool


def turned_how(text: str, ground: Ground) -> str:
    """What of a statement says the opposite of its quotes: "negation", "opposite" or "plan"; "" where nothing does."""
    said = _ANSWERS.sub("", _folded(text))
    # A lead-in and what it leads in are one.
    given = re.sub(r":(?=\s+\S)", " ", _folded(ground.quotes)) if ground.above else _folded(ground.quotes)
    if _negation_differs(said, given):
        return "negation"
    for one, other in _PAIRS:
        for mine, theirs in ((one, other), (other, one)):
            if mine.search(said) and not mine.search(given) and theirs.search(given) and not theirs.search(said):
                return "opposite"
    return "plan" if _only_planned(said, given) else ""


def _only_planned(said: str, given: str) -> bool:
    """Whether a statement gives as done what the part of the quotes that is nearest to it only plans."""
    if _PLANNED.search(said) or not _DONE.search(said):
        return False
    own = frozenset(stems(said, guess_language(said)))
    nearest = max(_segments(given), key=lambda one: _near(own, one), default=None)
    return nearest is not None and bool(_PLANNED.search(nearest.text)) and not _FACT.search(nearest.text)


def _negation_differs(said: str, given: str) -> bool:
    denies, others_deny = bool(_NOT.search(said)), bool(_NOT.search(given))
    if denies and not others_deny:
        return not _denying(given) - _denying(said)
    if not denies and not others_deny:
        return False
    if not denies and _denying(said) - _denying(given):
        return False
    ours, theirs = _segments(said), _segments(given)
    return any(_is_turned(mine, theirs) for mine in ours)


def _denying(text: str) -> set[str]:
    """The words of a text that deny without a "not"; one that both texts hold says nothing of how they differ."""
    return set(_DENIES.findall(text))


def _is_turned(mine: _Segment, theirs: list[_Segment]) -> bool:
    """Whether the segments that a segment is nearest to are all of the other kind."""

    same = max((_near(mine.stems, one) for one in theirs if one.denied is mine.denied), default=0.0)
    other = max(
        (one for one in theirs if one.denied is not mine.denied), key=lambda one: _near(mine.stems, one), default=None
    )
    if other is None or any(one.denied is mine.denied and one.stems <= mine.stems for one in theirs):
        return False
    shared = len(mine.stems & other.stems)
    if mine.denied:  # much may be denied in other words; this is what the quotes affirm in the same ones
        enough = shared >= _NEAR_ENOUGH and shared >= _SAME * len(mine.stems)
    else:
        enough = shared >= _NEAR_ENOUGH or 0 < shared == min(len(mine.stems), len(other.stems))
    return enough and _near(mine.stems, other) > same


def _near(own: frozenset[str], other: _Segment) -> float:
    """How near a segment is: the stems that it shares, fewer where it has many others."""
    return len(own & other.stems) / math.sqrt(max(1, len(other.stems)))


def _segments(text: str) -> list[_Segment]:
    language = guess_language(text)
    found = []
    for sentence in _SENTENCES.findall(text):
        if sentence.rstrip().endswith("?"):
            continue  # it affirms nothing and denies nothing
        nobody = False
        for part in _SEGMENT.split(sentence):
            if own := frozenset(stems(part, language)):
                found.append(_Segment(part, own, nobody or bool(_NOT.search(part))))
            nobody = nobody or bool(_NOBODY.fullmatch(part))
    return found


def _folded(text: str) -> str:
    return fold(text.replace("’", "'"))
