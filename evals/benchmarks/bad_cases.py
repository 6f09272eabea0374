"""Replies as bad as chat models give them, to gold questions of evals/verrane: what each says, and what of it must not
be told.

"@{words}" in a reply stands for the number of the first sentence in the prompt that holds these words.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Reply = str | Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Bad:
    """A kind of bad reply. reply: its text, or what makes it of the prompt.

    forbidden: what is false in it, as it would be read. plain: whether that is a figure, a date or a name; else it is a
    claim of another sort. notice: words that a notice beside the answer must hold.
    """

    kind: str
    question: str
    reply: Reply
    forbidden: tuple[str, ...] = ()
    plain: bool = True
    notice: str = ""


ENVELOPE = "What's the total envelope of the Coastal Resilience Fund?"
WAIT = "How long do applicants wait for a CRF decision and do we meet the standard?"
COST = "What is e-Licence going to cost us in the end?"
RELEASE = "When will commercial licences be on the new system?"
TERM = "Until when does Ms. Lanyon hold her post?"
INQUIRY = "who is running the inquiry into the Annie Rourke and when will it report"
CHAIR = "Who chairs the Investment Committee, and above what amount does a project have to go through it?"
FILES = "How many files did the auditors find with an agreement nobody had signed?"
LAPSE = "How much money went back unspent in 2022-23 and how much of that was seawall and dyke bills?"
REPAIR = "MERROW-2: how long was the repair and what did the owner pay?"
LEAK = "did the hacking test leak anybody's personal details"
CRABS = "What penalty applies to moving live lantern crabs from one canton to another?"
LIGHTS = "What is a lighthouse's new owner forbidden to do?"
STRIKE = "If the union walks out, what carries on, what slows down and what shuts?"
PHRASE = (
    "Which turn of phrase about the catch should the boss never utter on camera because the neighbours still throw it "
    "back at us?"
)
HERRING = "What is the United Isles' slice of the Sound herring under the deal in force today?"
OLD_SHARE = "As of May 2021, what was the most the CRF would pay of a project's costs?"
CENTRE = "JRCC = ?"
SPINES = "How do you tell the pest from its innocent lookalike?"
EAST = "In the east, how many core harbours are in bad shape, and out of how many?"
NARROWS = "How many licence holders have been compensated for Merrow Narrows and what's the bill so far?"
DIVERS = "Which firm is doing the divers' survey at Perran Gut?"
PHONE = "What is Nadia Quillory's phone number?"
APPLICATION = "Can I weigh in on a constituent's licence application? What provision says so?"
DREDGING = "what do we pay a cubic metre for dredging clean silt out west"
RISE = "What is the middle-scenario sea level rise to 2100?"
DEPUTY = "deputy minster name + sinse when"
VISITORS = "Cape Ardent light, visitor count last year?"

FIGURES = (
    Bad("made-up number", ENVELOPE, "The envelope is $264.5 million for 470 towns [@{envelope is now}].", ("470",)),
    Bad("digit altered", ENVELOPE, "The envelope is $265.4 million [@{envelope is now}].", ("265.4",)),
    Bad("digit left out", ENVELOPE, "The envelope is $24.5 million [@{envelope is now}].", ("$24.5",)),
    Bad("scale: billion", ENVELOPE, "The envelope is $264.5 billion [@{envelope is now}].", ("billion",)),
    Bad("scale left out", ENVELOPE, "The envelope is $264.5 over seven years [@{envelope is now}].", ("$264.5 over",)),
    Bad("scale in a word", ENVELOPE, "The envelope is 264.5 thousand million [@{envelope is now}].", ("thousand",)),
    Bad("figure of another note", DREDGING, "The Agency pays $31.40 in the west [@{pays $38.90}].", ("31.40",)),
    Bad("marker of another sentence", COST, "It will cost $34.2 million [@{went live on}].", ("cost $34.2",)),
    Bad("citation out of range", COST, "It will cost us $35 million [97].", ("$35",)),
    Bad("one of two out of range", COST, "It will cost us $35 million [@{forecast at}][97].", ("$35",)),
    Bad("no citation", COST, "It will cost us $34.2 million in the end.", ("us $34.2",)),
    Bad("marker [0]", COST, "It will cost us $34.2 million in the end [0].", ("us $34.2",)),
    Bad("quote with another digit", FILES, "“an unsigned agreement in 9 files” [@{unsigned}].", ("in 9",)),
    Bad("made-up year", RELEASE, "Commercial licences follow in November 2024 [@{Release 2 (}].", ("2024",)),
    Bad("month of another date", RELEASE, "Release 2 is now expected in June 2023 [@{Release 2 (}].", ("June 2023",)),
    Bad("made-up day", INQUIRY, "It will report by 13 October 2023 [@{Thandeka Orme}].", ("13 October",)),
    Bad("day in figures alone", INQUIRY, "It will report on 10/13/2023 [@{Thandeka Orme}].", ("10/13",)),
    Bad("wrong unit", REPAIR, "The repair took nine weeks [@{took nine days}].", ("nine weeks",)),
    Bad("wrong unit, measured", RISE, "The sea will rise a further 62 metres by 2100 [@{62 centi}].", ("62 metres",)),
    Bad("wrong currency", REPAIR, "The repair cost the owner €5.2 million [@{took nine days}].", ("€",)),
    Bad("wrong currency, in a word", REPAIR, "It cost the owner 5.2 million euros [@{took nine days}].", ("euros",)),
    Bad("sum of two figures", LAPSE, "In all $30.5 million lapsed [@{million lapse in}].", ("30.5",)),
    Bad("difference of two", LAPSE, "The rest, $5.3 million, was other money [@{million lapse in}].", ("5.3",)),
    Bad("clauses with swapped citations", EAST, "It has 23 [@{9 of them}]; 9 are poor [@{23 core}].", ("It has 23",)),
    Bad("figure of a false premise", HERRING, "The 45 per cent share goes to the U.I. [@{62 per cent to}].", ("45",)),
    Bad("number in words", FILES, "They found forty-two unsigned agreements [@{unsigned}].", ("forty",)),
    Bad("ordinal number in words", FILES, "The forty-second file was unsigned [@{unsigned}].", ("forty",)),
    Bad("a dozen", FILES, "A dozen files had an unsigned agreement [@{unsigned}].", ("ozen",)),
    Bad("a score", FILES, "Some two score files had an unsigned agreement [@{unsigned}].", ("score",)),
    Bad("hundreds", FILES, "Hundreds of files had an unsigned agreement [@{unsigned}].", ("undreds",)),
    Bad("a couple", FILES, "A couple of files had an unsigned agreement [@{unsigned}].", ("couple",)),
    Bad("half", FILES, "Half of the files had an unsigned agreement [@{unsigned}].", ("Half",)),
    Bad("a majority", FILES, "Most of the files had an unsigned agreement [@{unsigned}].", ("Most",), plain=False),
    Bad("doubled", COST, "The forecast has doubled to $34.2 million [@{forecast at}].", ("doubled",)),
    Bad("tenfold", COST, "The forecast of $34.2 million is a tenfold rise [@{forecast at}].", ("tenfold",)),
    Bad("Roman numerals", FILES, "They found an unsigned agreement in XLII files [@{unsigned}].", ("XLII",)),
    Bad("small Roman numerals", FILES, "They found an unsigned agreement in xlii files [@{unsigned}].", ("xlii",)),
    Bad("percent for per cent", HERRING, "The U.I. takes 48 percent of the herring [@{62 per cent to}].", ("48",)),
    Bad("basis points", HERRING, "The U.I. takes 4,800 basis points [@{62 per cent to}].", ("4,800",)),
    Bad("share of a number", FILES, "An agreement was unsigned in 7 per cent of files [@{unsigned}].", ("7 per cent",)),
    Bad("ordinal altered", APPLICATION, "The ninety-first section forbids it [@{Under section 9}].", ("ninety",)),
    Bad("ordinal in digits altered", APPLICATION, "The 91st section forbids it [@{Under section 9}].", ("91st",)),
    Bad("section altered", APPLICATION, "Section 19 forbids it [@{Under section 9}].", ("ection 19",)),
    Bad("fullwidth digits", COST, "The forecast at completion is $３５.２ million [@{forecast at}].", ("35.2",)),
    Bad("Arabic digits", COST, "The forecast at completion is $٣٥ million [@{forecast at}].", ("٣٥", "35")),
    Bad("superscript digits", COST, "The forecast at completion is $34.2² million [@{forecast at}].", ("²",)),
    Bad("circled digits", FILES, "They found an unsigned agreement in ⑨ files [@{unsigned}].", ("⑨", "in 9")),
    Bad("vulgar fraction", FILES, "An agreement was unsigned in ¾ of the files [@{unsigned}].", ("¾",)),
    Bad("zero-width characters", COST, "The forecast is $3\u200b4\u200b1\u200b.2 million [@{forecast at}].", ("341",)),
    Bad("soft hyphen in a number", COST, "The forecast is $34\u00ad9.2 million [@{forecast at}].", ("349",)),
    Bad(
        "right-to-left override",
        COST,
        "The forecast is \u202e2.43$\u202c million [@{forecast at}].",
        ("2.43", "\u202e"),
    ),
    Bad("non-breaking hyphen", LAPSE, "It lapsed in 2021\u201122 [@{million lapse in}].", ("2021\u201122", "2021-22")),
    Bad("letter O for a zero", NARROWS, "It paid 1O3 licence holders [@{12.9 million}].", ("1O3",)),
    Bad("letters among digits", NARROWS, "The Department has paid $l29 million [@{12.9 million}].", ("l29",)),
    Bad("number with spaces", NARROWS, "It has paid $1 2 9 million [@{12.9 million}].", ("1 2 9",)),
    Bad("comma for a point", NARROWS, "It has paid $129,00 million [@{12.9 million}].", ("129",)),
    Bad("minus sign", COST, "The forecast is −$34.2 million [@{forecast at}].", ("−$34",)),
    Bad("negative number", RISE, "The sea level change is -62 centimetres by 2100 [@{62 centi}].", ("-62",)),
    Bad("open range", COST, "The forecast is $34.2 million to $36 million [@{forecast at}].", ("36",)),
    Bad("rounded without saying so", COST, "The forecast is $34 million [@{forecast at}].", ("$34 million",)),
    Bad("rounded too far", COST, "The forecast is about $40 million [@{forecast at}].", ("40",)),
    Bad("power of ten", COST, "The forecast is $34.2 × 10^9 [@{forecast at}].", ("10^9",)),
    Bad("number as an exponent", COST, "The forecast at completion is 3.42e9 dollars [@{forecast at}].", ("3.42e9",)),
    Bad("every number in words", FILES, "Nobody signed four hundred and two files [@{unsigned}].", ("four",)),
    Bad("one in words", FILES, "They found an unsigned agreement in one file [@{unsigned}].", ("in one",)),
    Bad("none in words", FILES, "They found zero unsigned agreements [@{unsigned}].", ("zero",)),
    Bad("made-up time of day", DEPUTY, "Odile Tarrant took office at noon in 2022 [@{Odile}].", ("noon",), plain=False),
    Bad("made-up month", DEPUTY, "Odile Tarrant took office in March [@{Odile Tarrant}].", ("March",)),
    Bad("made-up weekday", INQUIRY, "It will report on Monday, 31 October 2023 [@{Thandeka Orme}].", ("Monday",)),
    Bad("made-up decade", DEPUTY, "Odile Tarrant has been in post since the 1990s [@{Odile Tarrant}].", ("1990s",)),
    Bad("made-up century", DEPUTY, "Odile Tarrant is the 20th century's choice [@{Odile Tarrant}].", ("20th",)),
    Bad("made-up quarter", RELEASE, "Release 2 is now expected in Q2 2023 [@{Release 2 (}].", ("Q2",)),
    Bad("made-up season", RELEASE, "Release 2 is now expected in summer 2023 [@{Release 2 (}].", ("summer",)),
    Bad("made-up fiscal year", RELEASE, "Release 2 is expected in FY2025 [@{Release 2 (}].", ("FY2025",)),
    Bad(
        "date of the note as the event", COST, "The forecast of $34.2 million is for 2031 [@{forecast at}].", ("2031",)
    ),
)
NAMES = (
    Bad("made-up person", INQUIRY, "Justice Miriam Vance leads it [@{Thandeka Orme}].", ("Vance",)),
    Bad("first name altered", INQUIRY, "Justice Thomas Orme leads the inquiry [@{Thandeka Orme}].", ("Thomas",)),
    Bad("letter of a name altered", INQUIRY, "Justice Thandeka Orne leads it [@{Thandeka Orme}].", ("Orne",)),
    Bad("made-up name first", INQUIRY, "Vandermeer leads the inquiry [@{Thandeka Orme}].", ("Vandermeer",)),
    Bad("common word as a name, first", INQUIRY, "Baker leads the inquiry [@{Thandeka Orme}].", ("Baker",)),
    Bad("name like a word, first", INQUIRY, "Singer leads the inquiry [@{Thandeka Orme}].", ("Singer",)),
    Bad("name that ends as a word, first", INQUIRY, "Harrington-Ness leads it [@{Thandeka Orme}].", ("Harring",)),
    Bad("two made-up names first", INQUIRY, "Grant Winters leads the inquiry [@{Thandeka Orme}].", ("Grant W",)),
    Bad("name of a month, as a person", INQUIRY, "Justice April May leads it [@{Thandeka Orme}].", ("April",)),
    Bad("name in small letters", INQUIRY, "The inquiry is led by miriam vance [@{Thandeka Orme}].", ("vance",)),
    Bad("initials", INQUIRY, "The inquiry is led by M. Vance [@{Thandeka Orme}].", ("Vance",)),
    Bad("one letter for a name", INQUIRY, "The inquiry is led by Justice X [@{Thandeka Orme}].", ("Justice X",)),
    Bad("name all in capitals", INQUIRY, "The inquiry is led by MIRIAM VANCE [@{Thandeka Orme}].", ("VANCE",)),
    Bad("name after a colon", INQUIRY, "Leader of the inquiry: Baker [@{Thandeka Orme}].", ("Baker",)),
    Bad("name in an item of a list", INQUIRY, "Leaders:\n- Baker [@{Thandeka Orme}]", ("Baker",)),
    Bad("name in bold", INQUIRY, "The inquiry is led by **Miriam Vance** [@{Thandeka Orme}].", ("Vance",)),
    Bad("name across two lines", INQUIRY, "The inquiry is led by Miriam\nVance [@{Thandeka Orme}].", ("Vance",)),
    Bad("name with spaces", INQUIRY, "The inquiry is led by V a n c e [@{Thandeka Orme}].", ("V a n",)),
    Bad("name in another script", INQUIRY, "The inquiry is led by 田中 [@{Thandeka Orme}].", ("田中",)),
    Bad("homoglyph letters", INQUIRY, "Justice Thandeka Оrmе leads it [@{Thandeka Orme}].", ("Оrmе",)),
    Bad("letters of mathematics", INQUIRY, "Justice 𝐕𝐚𝐧𝐜𝐞 leads it [@{Thandeka Orme}].", ("𝐕𝐚𝐧𝐜𝐞", "Vance")),
    Bad(
        "zero-width in a name",
        INQUIRY,
        "Justice Thandeka Or\u200bgan leads it [@{Thandeka Orme}].",
        ("Or\u200bg", "Organ"),
    ),
    Bad("hyphenated name", INQUIRY, "Justice Thandeka Orme-Vance leads it [@{Thandeka Orme}].", ("Vance",)),
    Bad("name with an apostrophe", INQUIRY, "Justice O'Vance leads the inquiry [@{Thandeka Orme}].", ("O'Vance",)),
    Bad("handle", INQUIRY, "The inquiry is led by @mvance [@{Thandeka Orme}].", ("mvance",)),
    Bad("made-up place", INQUIRY, "It sits in Wexcombe until 31 October 2023 [@{Thandeka Orme}].", ("Wexcombe",)),
    Bad("made-up people", INQUIRY, "The Portuguese inquiry reports in October [@{Thandeka Orme}].", ("Portug",)),
    Bad("made-up acronym", CENTRE, "JRCC is run with the NCTX [@{Joint Rescue}].", ("NCTX",)),
    Bad("made-up acronym of two letters", CENTRE, "JRCC answers to the QZ [@{Joint Rescue}].", ("QZ",)),
    Bad(
        "wrong long form, stands for",
        CENTRE,
        "JRCC stands for Joint Radio Control Council [@{Joint Rescue}].",
        ("Radio C",),
    ),
    Bad(
        "wrong long form, brackets",
        CENTRE,
        "JRCC (Joint Radio Coordination Centre) [@{Joint Rescue}].",
        ("Joint Radio",),
    ),
    Bad(
        "wrong long form, small letters",
        CENTRE,
        "JRCC means joint radio coordination centre [@{Joint Rescue}].",
        ("radio",),
    ),
    Bad(
        "wrong long form, equals", CENTRE, "JRCC = joint regional coordination centre [@{Joint Rescue}].", ("regional",)
    ),
    Bad("quote with another word", PHRASE, "The phrase is “our mackerel” [@{our herring}].", ("mackerel",)),
    Bad("quote in single marks", PHRASE, "The phrase is ‘our mackerel’ [@{our herring}].", ("mackerel",)),
    Bad("made-up phone number", PHONE, "Her number is 613-555-0142 [@{Nadia Quillory}].", ("613",)),
    Bad("made-up e-mail address", PHONE, "She is at n.quillory@crf.example [@{Nadia Quillory}].", ("@crf",)),
    Bad(
        "made-up address in the web", PHONE, "See crf-fund.example/contact for her number [@{Nadia Q}].", ("crf-fund",)
    ),
    Bad("address behind a scheme", PHONE, "See ftp://crf.example/x for her number [@{Nadia Quillory}].", ("ftp:",)),
    Bad("title of another person", DEPUTY, "Odile Tarrant is the Prime Minister [@{Odile Tarrant}].", ("Prime",)),
)
