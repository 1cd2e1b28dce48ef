"""Reading level of a text: Flesch-Kincaid grade for English, Fernández Huerta ease for Spanish. Our own count."""

import re

_WORD = re.compile(r"[A-Za-zÁÉÍÓÚÜÑáéíóúüñ']+")


def sentences(text: str) -> list[str]:
    plain = re.sub(r"\$[\d,.]+\d", "amount", text)
    return [part for part in re.split(r"[.!?]+(?:\s|$)", plain) if _WORD.search(part)]


def words(text: str) -> list[str]:
    return _WORD.findall(re.sub(r"\$[\d,.]+\d", "amount", text))


def english_syllables(word: str) -> int:
    word = re.sub(r"[^a-z]", "", word.lower())
    word = re.sub(r"(?:[^laeiouy]es|ed|[^laeiouy]e)$", "", word)
    return max(1, len(re.findall(r"[aeiouy]{1,2}", word)))


def spanish_syllables(word: str) -> int:
    word = word.lower()
    groups = re.findall(r"[aeiouáéíóúü]+", re.sub(r"qu", "q", re.sub(r"gu(?=[eiéí])", "g", word)))
    extra = sum(len(re.findall(r"[aeoáéíóú](?=[aeoáéíóú])", group)) for group in groups)
    return max(1, len(groups) + extra)


def grade(text: str) -> float:
    """US school grade of an English text (Kincaid 1975)."""
    found = words(text)
    syllables = sum(english_syllables(word) for word in found)
    return 0.39 * len(found) / max(1, len(sentences(text))) + 11.8 * syllables / len(found) - 15.59


def ease(text: str) -> float:
    """Ease of a Spanish text, 0 to 100 (Fernández Huerta 1959); 70 and above is "fairly easy" or easier."""
    found = words(text)
    syllables = sum(spanish_syllables(word) for word in found)
    return 206.84 - 60 * syllables / len(found) - 1.02 * len(found) / max(1, len(sentences(text)))
