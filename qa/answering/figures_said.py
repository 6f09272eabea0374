"""Whether the figures of a statement stand in its quotes, or follow from them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from qa.answering.grounds import Ground
from qa.answering.quantities import in_plain_digits, missing_quantities
from qa.answering.spelled import as_shares, in_digits, parts_of_a_whole, with_single_units
from qa.figures import MONTHS, SCALES, Figure, Measure, find_dates, find_figures
from qa.schema import Span
from qa.terms import STOP_WORDS, fold

# A figure that is said to be rounded may be one.
_ROUNDS = re.compile(
    r"(?:about|around|some|nearly|almost|roughly|approximately|over|more than|less than|under|close to|up to|at least|"
    r"environ|pres de|quelque|presque|plus de|moins de|au moins|jusqu'a)\s*(?:the |les? )?[$€£]?\s*$"
)
# The date of a note is one that may be said of what the note says.
_AS_OF = re.compile(
    r"(?:^\s*(?:in|on|at|by|en|au)|as of|as at|dated?|note of|briefing of|en date du|note du|datee? du|au)\s*$"
)
_END = re.compile(r"\b(?:end of|fin (?:de |du |d'))")
_CURRENCIES = {"$": "dollar", "€": "euro", "£": "pound livre"}
# Names of currencies, each with what else may stand for it in the quotes; tried on folded text.
_NAMED_CURRENCIES = (
    (re.compile(r"\b(?:us |canadian |australian )?dollars?\b"), r"dollar|\$|\b(?:cad|usd|aud)\b"),
    (re.compile(r"\beuros?\b"), r"euro|€|\beur\b"),
    (re.compile(r"\bpounds? sterling\b|\d (?:[mb]illion )?pounds\b"), r"pound|£|\blb|livre|\bgbp\b"),
    (re.compile(r"\b(?:yen|yuan|roubles?|rubles?|rupees?|pesos?|francs?|kron[aeo]r?)\b"), r""),
)
_FROM_SECOND = """
second deuxieme seconde|third troisieme|fourth quatrieme|fifth cinquieme|sixth sixieme|seventh septieme|
eighth huitieme|ninth neuvieme|tenth dixieme
"""
_ORDINALS = {w: str(value) for value, names in enumerate(_FROM_SECOND.split("|"), start=2) for w in names.split()}
_ORDINAL = re.compile(rf"\b(?:(\d{{1,3}})(?:st|nd|rd|th|e|er|re|ere|eme)|({'|'.join(_ORDINALS)}))\b")
# "A third of them" is a part, as are "two thirds".
_PART_BEFORE = re.compile(r"\b(?:an?|one|un|\d+)[ -]$")
_MONTH = "|".join(name for name in MONTHS if len(name) > 2)
# A day without its year, English and French; tried on folded text.
_DAY = re.compile(
    rf"\b(?:({_MONTH})\.? (\d{{1,2}})(?:st|nd|rd|th)?"
    rf"|(\d{{1,2}})(?:er|st|nd|rd|th)? (?:of )?({_MONTH}))\b(?!,? \d{{4}})"
)
_MONTH_ALONE = re.compile(rf"\b({_MONTH})\b(?!\.? \d{{4}}|,? \d{{1,2}},? \d{{4}})")
_MOST_COUNTS, _NEAR_A_PART = 6, 2.5
# Units of time in days; figures of different units agree where they are as long, to a fiftieth.
_DAYS = {"day": 1.0, "week": 7.0, "month": 30.44, "quarter": 91.3, "year": 365.25, "hour": 1 / 24, "minute": 1 / 1440}
_WITH_DIGIT = re.compile(r"[\w$€£]*\d[\w./:,-]*(?:\(\w{1,3}\))*")
# Of one group are ways to name one unit; a figure of one unit does not bear out a figure of another.
_SAME_UNITS = """
day days jour jours|week weeks semaine semaines|month months mois|hour hours heure heures|minute minutes|
year years an ans annee annees|quarter quarters trimestre trimestres|
km kilometre kilometres kilometer kilometers|cm centimetre centimetres centimeter centimeters|
mm millimetre millimetres millimeter millimeters|foot feet pied pieds|inch inches|yard yards|
kg kilogram kilograms kilogramme kilogrammes|gram grams gramme grammes|mw megawatt megawatts|kw kilowatt kilowatts|
second seconds seconde secondes|decade decades decennie decennies|century centuries siecle siecles|
mile miles mille milles|
tonne tonnes ton tons|hectare hectares|metre metres meter meters|litre litres liter liters
"""
_UNITS = {name: group.strip() for group in _SAME_UNITS.split("|") for name in group.split()}


def missing_figures(text: str, ground: Ground) -> list[str]:
    """The figures, dates and numbered names in `text` that do not follow from what it rests on, as they are written."""
    said, given = in_digits(in_plain_digits(text)), with_single_units(in_digits(in_plain_digits(ground.quotes)))
    theirs = [*_amounts(find_figures(given), given), *_shares(given), *_years_beside(given, ground.days)]
    theirs += [one for one in find_figures(in_digits(ground.around)) if one.measure is Measure.TIME]
    scales = _scales_above(_heads(ground))
    missing, taken = [], list[Span]()
    for match in parts_of_a_whole(said):
        taken.append(Span(*match.span()))
        shares = _shares(match[0])
        if not any(
            _follows(share, one, scales, ground, rounded=True) for share in shares for one in theirs
        ) and not any(_is_part(share, theirs) for share in shares):
            missing.append(match[0])
    for span, month, day in _days(said):
        taken.append(span)
        if not _has_day(month, day, f"{given}\n{ground.around}"):
            missing.append(said[span.start : span.end])
    for figure in _amounts(find_figures(said), said):
        if any(figure.span.overlaps(span) for span in taken):
            continue
        taken.append(figure.span)
        before = fold(said[: figure.span.start])
        rounded = bool(_ROUNDS.search(before))
        dated = figure.measure is Measure.TIME and (
            (_AS_OF.search(before) and _is_day(figure, ground.days)) or _of_the_notes_year(figure, given, ground.days)
        )
        if not dated and not any(_follows(figure, one, scales, ground, rounded=rounded) for one in theirs):
            missing.append(said[figure.span.start : figure.span.end])
    missing += [
        said[s.start : s.end] for s in _other_tokens(said, taken) if not _stands(said[s.start : s.end], given, ground)
    ]
    missing += sorted(_ordinals(said) - _ordinals(given) - _ordinals(ground.around))
    missing += missing_quantities(text, given, ground.around, ground.days)
    return missing + _missing_units(text, ground) + _missing_currencies(text, ground)


_BESIDE_A_YEAR = (
    (
        re.compile(
            r"\b(?:year before|previous year|prior year|last year|year earlier|an(?:nee)? (?:precedente?|dernier))"
        ),
        -1,
    ),
    (re.compile(r"\b(?:this year|current year|cette annee)"), 0),
    (re.compile(r"\b(?:next year|following year|year after|an(?:nee)? (?:prochaine?|suivante?))"), 1),
)
# Units of which a statement may not hold one that its quotes lack.
_MEASURED = re.compile(
    r"\b(?:km|kilomet(?:re|er)s?|(?:nautical )?miles?|tonnes?|hectares?|acres?|barrels?|barils?|lit(?:re|er)s?|"
    r"gallons?|square|cubic|cubes?|carres?|knots?|noeuds?|kilograms?|kilogrammes?|kg|megawatts?|mw|kilowatts?|kw|"
    r"degrees?|degres?)\b"
)
# "Cr 412,000", "CAD 5": a short word in capitals makes an amount of the number after it.
_CURRENCY_BEFORE = re.compile(r"(?:^|\W)([A-Z][A-Za-z]{1,2})\s?$")
_MOST_BEFORE = 5  # characters that it takes


def _missing_units(text: str, ground: Ground) -> list[str]:
    place = fold(f"{ground.quotes} {ground.around}")
    return [unit for unit in _MEASURED.findall(fold(text)) if not re.search(rf"\b{unit[:4]}", place)]


def _amounts(figures: Sequence[Figure], text: str) -> Iterator[Figure]:
    for figure in figures:
        start, before = figure.span.start, None
        if figure.measure is Measure.NUMBER:
            before = _CURRENCY_BEFORE.search(text[max(0, start - _MOST_BEFORE) : start])
        is_amount = before is not None and not any(fold(before[1]) in words for words in STOP_WORDS.values())
        yield replace(figure, measure=Measure.MONEY) if is_amount else figure


def _shares(text: str) -> list[Figure]:
    """The parts of a whole that a text in digits names, in per cent."""
    return [one for one in find_figures(as_shares(text)) if one.measure is Measure.SHARE]


def _years_beside(text: str, days: Sequence[date]) -> list[Figure]:
    """The years that a text means by "the year before": of the years in it, or else of its note."""
    named = {date.fromordinal(int(one.value)).year for one in find_figures(text) if one.measure is Measure.TIME}
    years, found = named or {day.year for day in days}, list[Figure]()
    for pattern, step in _BESIDE_A_YEAR:
        if pattern.search(fold(text)):
            found += [one for year in years for one in find_figures(f"in {year + step}")]
    return found


def _follows(claim: Figure, given: Figure, scales: Sequence[float], ground: Ground, *, rounded: bool) -> bool:
    if claim.measure is Measure.TIME or given.measure is Measure.TIME:
        within = claim.value <= given.value and given.value + given.step <= claim.value + claim.step
        last_day = claim.step == 1 and claim.value == given.value + given.step - 1 and _END.search(fold(ground.quotes))
        return claim.measure is given.measure and bool(within or last_day)
    if not _measures_agree(claim.measure, given.measure, _heads(ground)):
        return False
    ours, others = _UNITS.get(claim.unit, ""), _UNITS.get(given.unit, "")
    if ours and others and ours != others:
        mine, theirs = (_DAYS.get(names.split()[0], 0.0) for names in (ours, others))
        return bool(mine and theirs) and abs(claim.value * mine - given.value * theirs) <= claim.value * mine / 50
    if rounded and replace(claim, step=_step(claim)).agrees(replace(given, measure=claim.measure)):
        return True
    return any(claim.value == round(given.value * scale, 6) for scale in (1.0, *scales))


def _step(figure: Figure) -> float:
    """How finely a round figure is said: 60 to ten, 1,500 to a hundred."""
    step = max(figure.step, 1.0) if figure.value.is_integer() else figure.step
    while figure.value and figure.value % (step * 10) == 0:
        step *= 10
    return step


def _measures_agree(claim: Measure, given: Measure, above: str) -> bool:
    """A number in a table is what the head of its column makes of it."""
    if claim is given or claim is Measure.NUMBER:
        return True
    if given is not Measure.NUMBER:
        return False
    signs = (
        r"[$€£]|dollar|euro|pound|livre|crown|couronne|franc|cost|price|cout|prix"
        if claim is Measure.MONEY
        else r"%|per ?cent|pour ?cent|p\. 100|share|rate|taux|part"
    )
    return bool(re.search(signs, above.lower()))


def _heads(ground: Ground) -> str:
    """What says in which unit figures are: heads and lead-ins, and what stands in brackets: "Salaries ($ million)"."""
    return "\n".join([ground.above, *re.findall(r"\(([^()]{1,40})\)", ground.quotes)])


def _scales_above(above: str) -> list[float]:
    """The scales that the head of a table or a lead-in gives to its figures: "$ millions" makes 5 to 5,000,000."""
    found = (SCALES.get(word) or SCALES.get(word.rstrip("s")) for word in re.findall(r"[a-z]{4,}", fold(above)))
    signs = {"$k": 1e3, "$m": 1e6, "m$": 1e6, "k$": 1e3}
    return [scale for scale in found if scale] + [scale for sign, scale in signs.items() if sign in fold(above)]


def _days(text: str) -> list[tuple[Span, int, int]]:
    """The days without a year in a text, each with its month and day."""
    lowered = text.lower()
    full = [span for span, _ in find_dates(text)]
    found = []
    for match in _DAY.finditer(lowered.replace("é", "e").replace("û", "u")):
        span = Span(*match.span())
        if not any(span.overlaps(one) for one in full):
            found.append((span, MONTHS[match[1] or match[4]], int(match[2] or match[3])))
    return found


def _has_day(month: int, day: int, text: str) -> bool:
    return any((one.month, one.day) == (month, day) for _, one in find_dates(text)) or any(
        (m, d) == (month, day) for _, m, d in _days(text)
    )


def _is_day(figure: Figure, days: Sequence[date]) -> bool:
    return any(figure.value <= day.toordinal() < figure.value + figure.step for day in days)


def _is_part(share: Figure, given: Sequence[Figure]) -> bool:
    """Whether two numbers of the quotes make a part of a whole: 21 of 28 are three quarters."""
    counts = [one.value for one in given if one.measure is Measure.NUMBER and one.value]
    parts = [100 * one / other for one in counts for other in counts if one < other]
    return len(counts) <= _MOST_COUNTS and any(abs(share.value - part) <= _NEAR_A_PART for part in parts)


def _of_the_notes_year(figure: Figure, given: str, days: Sequence[date]) -> bool:
    """Whether a day or month is in the quotes without its year, and the year is theirs, that of the note or the one
    beside it."""
    first, last = date.fromordinal(int(figure.value)), date.fromordinal(int(figure.value + figure.step) - 1)
    years = {date.fromordinal(int(one.value)).year for one in find_figures(given) if one.measure is Measure.TIME}
    if first.year not in years and not any(abs(first.year - day.year) <= 1 for day in days):
        return False
    named = {MONTHS[name] for name in _MONTH_ALONE.findall(fold(given))}
    if first != last:
        return first.month == last.month and first.month in named
    ends = (last + timedelta(days=1)).day == 1 and last.month in named and bool(_END.search(fold(given)))
    return ends or _has_day(first.month, first.day, given)


def _ordinals(text: str) -> set[str]:
    folded = fold(text)
    found = [match for match in _ORDINAL.finditer(folded) if not _PART_BEFORE.search(folded[: match.start()])]
    return {f"{match[1] or _ORDINALS[match[2]]}." for match in found}


def _other_tokens(text: str, taken: Sequence[Span]) -> Iterator[Span]:
    """What holds a digit and is no figure: "G7", "C-61", "12(b)"."""
    for match in _WITH_DIGIT.finditer(text):
        span = Span(*match.span())
        inside = any(one.overlaps(span) for one in taken)
        if ("(" in match[0] or not inside) and not _ORDINAL.fullmatch(fold(match[0])):
            yield span


def _stands(token: str, given: str, ground: Ground) -> bool:
    written = fold(token).strip(".,:;/-")
    place = fold(f"{given}\n{ground.around}\n{ground.forms}")
    return bool(re.search(rf"(?<![\w.]){re.escape(written)}(?!\w)", place))


def _missing_currencies(text: str, ground: Ground) -> list[str]:
    place = fold(f"{ground.quotes}\n{ground.around}\n{ground.above}")
    signs = [
        sign
        for sign, names in _CURRENCIES.items()
        if sign in text and sign not in place and not any(name in place for name in names.split())
    ]
    said = ((pattern.search(fold(text)), others) for pattern, others in _NAMED_CURRENCIES)
    return signs + [found[0] for found, others in said if found and not re.search(others or found[0][:4], place)]
