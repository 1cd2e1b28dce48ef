"""Readability of letters and explanations.

English: Flesch-Kincaid grade = 0.39 * words / sentences + 11.8 * syllables / words - 15.59 (US school grade; Kincaid
et al., 1975). Spanish: Fernández-Huerta = 206.84 - 60 * syllables / words - 1.02 * words / sentences (0 hard to 100
easy; Fernández Huerta, 1959, read with words per sentence as in Law, "Error in the Fernandez Huerta Readability
Formula", 2011).
Edge cases: text without words is undefined (None). Amounts, dates, codes and numbers count as one word of one
syllable, since the formulas were fitted on prose. A period inside a number or an abbreviation such as "Dr." does not
end a sentence. English syllables are estimated by vowel groups (silent e, -ed, -le handled); Spanish by its regular
rules of diphthong and hiatus.
"""

import re

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|\$?\d[\d.,/:%-]*\w*")
_END = re.compile(r"[.!?…]+(?=[\s\"'”»)\]]|$)|\n\s*\n|\n\s*[-*•]\s")
_ABBREVIATIONS = re.compile(
    r"\b(?:Dr|Mr|Mrs|Ms|Sr|Sra|vs|No(?=\.\s*\d)|St|Ave|etc|e\.g|i\.e|a\.m|p\.m)\.", re.IGNORECASE
)
_HIATUS = re.compile(r"(?<![tscgxl])i[ao]|eo(?!u|ple)|(?<![qg])ua|[aeouy]ing|crea(?!m|s)|area|(?:^sc|cl|^d|^qu)ie")
_SILENT_ED = re.compile(r"[^aeiouytd]ed$")
_SILENT_ES = re.compile(r"(?<![cs]h)[^aeiouysxzcgl]es$|[aeiou]les$")
_SILENT_INNER = re.compile(r"[aeiouy][^aeiouyl]+e(?:ly|ment|ments|ful|less)$")
_STRONG, _WEAK, _ACCENTED_WEAK = "aáeéoó", "iuü", "íú"


def flesch_kincaid(text: str) -> float | None:
    """US school grade of an English text."""
    words, sentences = split(text)
    if not words:
        return None
    syllables = sum(english_syllables(word) for word in words)
    return 0.39 * len(words) / sentences + 11.8 * syllables / len(words) - 15.59


def fernandez_huerta(text: str) -> float | None:
    """Ease of a Spanish text, 0 to 100 in practice; 60 to 70 is plain."""
    words, sentences = split(text)
    if not words:
        return None
    syllables = sum(spanish_syllables(word) for word in words)
    return 206.84 - 60 * syllables / len(words) - 1.02 * len(words) / sentences


def split(text: str) -> tuple[list[str], int]:
    """The words, and the number of sentences (at least 1)."""
    plain = _ABBREVIATIONS.sub(lambda match: match.group().replace(".", ""), text)
    pieces = [piece for piece in _END.split(plain) if _WORD.search(piece)]
    return _WORD.findall(plain), max(1, len(pieces))


def english_syllables(word: str) -> int:
    """Estimated syllables of an English word; at least 1."""
    lower = re.sub(r"[’']s?$", "", word.lower())
    if not lower[:1].isalpha():
        return 1
    groups = len(re.findall(r"[aeiouy]+", lower)) + len(_HIATUS.findall(lower))
    silent = (lower.endswith("e") and not re.search(r"[^aeiouy]le$|[aeiouy]e$", lower)) or _SILENT_ED.search(lower)
    if silent or _SILENT_ES.search(lower) or _SILENT_INNER.search(lower):
        groups -= 1
    return max(1, groups)


def spanish_syllables(word: str) -> int:
    """Syllables of a Spanish word: every vowel nucleus; strong + strong and accented weak vowels stand apart."""
    lower = word.lower()
    if not lower[:1].isalpha():
        return 1
    lower = re.sub(r"qu(?=[eéií])|gu(?=[eéií])", "q", lower)
    lower = re.sub(r"y(?![aeiouáéíóú])", "i", lower).replace("h", "")
    count, previous = 0, ""
    for letter in lower:
        if letter in _STRONG:
            count += previous not in _WEAK or previous == ""
        elif letter in _ACCENTED_WEAK:
            count += 1
        elif letter in _WEAK:
            count += previous == "" or previous not in _STRONG + _WEAK
        previous = letter if letter in _STRONG + _WEAK + _ACCENTED_WEAK else ""
    return max(1, count)
