"""How many planted identifiers the mask finds, by kind: `python -m evals.masking` prints the table.

The texts are made by templates of our own, with names of many sorts: frequent and rare ones, names that are words, hyphens,
Spanish surnames, names of no list at all. In the first set something announces a name, as it does in charts, questions and
messages of payers (a heading, a title, a relative, a cue). In the second, `bare`, nothing does. Whoever wrote the templates
knew the mask; read the figures of the first set as a check that it does what it says, not as a measure of other charts.
"""

import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

SEED = 20260202
TEXTS = 200

_FIRST = """
Rose May Mark Hope Will Grant Faith Chase Summer Maria José Juan Carlos María-José Anne-Marie Jean-Luc Xochitl
Ngozi Siobhan Nguyen Li Ed Wei Fatima Aarav Priya Dmitri Oksana Tavrik Belendra Quorimo Sanvaya Guadalupe
Refugio Jesús Ángel Concepción Linda Robert Patricia Michael Destiny Precious Lakeisha DeShawn Björn Zoë Renée
Michelle
"""
_LAST = """
Hill Sanders Young Banks Power Stone Rivers Park Long White O'Neil McAllister de_la_Cruz Nuñez-Ibarra García
López_Ortega Okonkwo-Adeyemi Wu Ng Patel Kowalczyk Vantongeren Helmundo Tarquisto Szczepański Ybarra Müller
van_der_Berg Smith Johnson Washington Rodriguez Castellanos Abdulrahman Fairweather Nightingale Brzęczyk
Dela_Rosa Saint-Clair Bell Crohn
"""
FIRST, LAST = _FIRST.split(), _LAST.split()
STREETS = ("Oak Tree Lane", "Main St", "Martin Luther King Blvd", "W 42nd Street", "Rose Hill Road", "Via Verde Drive")
CITIES = ("Springfield, IL 62704", "El Paso, TX 79901-1234", "St. Cloud, MN 56301", "Winston-Salem, NC 27101")
MONTHS = ("January", "Feb", "March", "April", "May", "June", "Jul", "August", "September", "Oct", "November", "Dec")
MESES = ("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre")

ANNOUNCED = (
    "Patient: {name}\nDOB: {dob}  MRN: {mrn}\nAddress: {street}, {city}\nPhone: {phone}\n\nCKD stage 3b.\n{last} returns.",
    "Mrs. {last} was seen on {date} for knee pain. Her daughter {name2} drove her. Call {phone} with results.",
    "What does {name} owe on claim {account}? Member ID {member}.",
    "Dear {name},\nyour check {check} for $60.00 came on {date}. Questions: {email} or fax {phone2}.\nSincerely, Dr. {name2}",
    "NAME: {upper}   SSN: {ssn}\nINSURED ID: {member}\nCHEST PAIN SINCE {date}. SIGNED BY: {name2}, MD",
    "Paciente: {name}\nFecha de nacimiento: {fecha}\nTeléfono: {phone}\nVive en {street}, {city}. Diabetes tipo 2.",
    "The patient, {name}, is a {age} with asthma. Portal: {url} . Device serial number {serial}.",
    "pt {name} (acct # {account}, dob {dob}) called about the bill for {date}",
    "Spoke with {name} at {phone}. Lives at {street}, {city}. Policy number {member}.",
    "SUBSCRIBER: {upper}\nGROUP {group}\nAUTHORIZATION NUMBER {account}\nPLEASE REMIT TO PO BOX {box}",
    "Electronically signed by: {name}, NP on {date}. NPI {npi}. IP {ip}.",
    "Su esposa {name} la trajo el {fecha}. Seguro social {ssn}. Hipertensión esencial.",
    "Seen with her mother, {name}, on {date}. Pacemaker lot {serial}. VIN {vin}. License number {license}.",
    "{name}, {age}, from {cityname}. Medical record number {mrn}. Emergency contact: {name2}, {phone2}.",
    "Is the denial for {name} on {date} still open? Trace number {check}, email {email}.",
    "Guarantor: {name}\nStatement {account}\nZIP: {zip}\nCredit card {card}\nBalance $125.00, CO-45, remark N130.",
)
BARE = (
    "Well known to us. {name} has done well on lisinopril; {last} will return in May.",
    "Knee pain for three weeks. {first} walks with a cane. Plan: x-ray.",
    "Results were discussed. {name} agrees with the plan.",
    "{first} {last} and {name2} both came today.",
    "Gave {last} the sheet. Follow-up with {last2} next month.",
)


@dataclass(frozen=True, slots=True)
class Planted:
    """A text and the identifiers in it, as (kind, words)."""

    text: str
    identifiers: tuple[tuple[str, str], ...]


def planted(count: int = TEXTS, seed: int = SEED, bare: bool = False) -> Iterator[Planted]:
    """Texts with identifiers in them, always the same for a seed."""
    draw = random.Random(seed)
    templates = BARE if bare else ANNOUNCED
    for number in range(count):
        values = _values(draw)
        template = templates[number % len(templates)]
        used = re.findall(r"\{(\w+)\}", template)
        text = template.format(**values)
        yield Planted(text, tuple(dict.fromkeys((_KINDS[slot], values[slot]) for slot in used)))


_KINDS = {
    "name": "name",
    "name2": "name",
    "upper": "name",
    "last": "name",
    "last2": "name",
    "first": "name",
    "dob": "date of birth",
    "fecha": "date",
    "date": "date of service",
    "mrn": "record number",
    "street": "address",
    "city": "place",
    "cityname": "place",
    "zip": "ZIP",
    "phone": "phone",
    "phone2": "fax",
    "email": "email",
    "url": "URL",
    "ip": "IP address",
    "ssn": "SSN",
    "account": "account or claim number",
    "check": "account or claim number",
    "card": "account or claim number",
    "member": "member number",
    "group": "member number",
    "serial": "device",
    "vin": "vehicle",
    "license": "license",
    "npi": "license",
    "age": "age over 89",
    "box": "address",
}


def _values(draw: random.Random) -> dict[str, str]:
    def digits(count: int) -> str:
        return "".join(draw.choice("0123456789") for _ in range(count - 1)).rjust(count, draw.choice("123456789"))

    def name() -> tuple[str, str]:
        return draw.choice(FIRST), draw.choice(LAST).replace("_", " ")

    def phone() -> str:
        area, middle, last = draw.randint(201, 989), draw.randint(200, 999), digits(4)
        form = draw.choice(("({}) {}-{}", "{}-{}-{}", "{}.{}.{}", "+1 {} {} {}", "1-{}-{}-{}"))
        return form.format(area, middle, last)

    def day() -> str:
        year, month, number = draw.randint(1930, 2026), draw.randint(1, 12), draw.randint(1, 28)
        return draw.choice(
            (
                f"{month:02}/{number:02}/{year}",
                f"{month}/{number}/{year % 100:02}",
                f"{year}-{month:02}-{number:02}",
                f"{MONTHS[month - 1]} {number}, {year}",
                f"{number} {MONTHS[month - 1]} {year}",
                f"{year}{month:02}{number:02}",
            )
        )

    first, last = name()
    second = " ".join(name())
    street = f"{draw.randint(1, 9999)} {draw.choice(STREETS)}"
    city = draw.choice(CITIES)
    box = first.lower().encode("ascii", "ignore").decode() or "x"
    return {
        "name": f"{first} {last}",
        "first": first,
        "last": last,
        "last2": draw.choice(LAST).replace("_", " "),
        "name2": second,
        "upper": draw.choice((f"{last}, {first}", f"{first} {last}")).upper(),
        "dob": day(),
        "date": day(),
        "fecha": f"{draw.randint(1, 28)} de {draw.choice(MESES)} de {draw.randint(1930, 2026)}",
        "mrn": draw.choice((digits(8), f"MR{digits(6)}", f"{digits(3)}-{digits(5)}", f"A{digits(5)}")),
        "street": street,
        "city": city,
        "cityname": draw.choice(("Springfield", "El Paso", "New Haven")),
        "zip": digits(5),
        "phone": phone(),
        "phone2": phone(),
        "email": f"{box}.{digits(3)}@{draw.choice(('mail.example.com', 'clinic.org'))}",
        "url": draw.choice(("https://portal.example.org/p/" + digits(6), "www.mychart.example.com/u/" + digits(4))),
        "ip": f"10.{draw.randint(0, 255)}.{draw.randint(0, 255)}.{draw.randint(1, 254)}",
        "ssn": draw.choice((f"{digits(3)}-{digits(2)}-{digits(4)}", f"{digits(3)} {digits(2)} {digits(4)}", digits(9))),
        "account": draw.choice((f"2026-{digits(5)}", f"PCN{digits(7)}", digits(10), f"{digits(4)}A{digits(3)}")),
        "check": draw.choice((digits(7), f"EFT{digits(8)}")),
        "card": f"{digits(4)} {digits(4)} {digits(4)} {digits(4)}",
        "member": draw.choice((f"XYZ{digits(9)}", f"W{digits(8)}", digits(11), "1EG4-TE5-MK73")),
        "group": digits(6),
        "serial": draw.choice((f"SN{digits(6)}", f"{digits(4)}-{digits(4)}", f"PM{digits(5)}X")),
        "vin": "1HGCM82633A" + digits(6),
        "license": f"{draw.choice('ABCD')}{digits(7)}",
        "npi": "1" + digits(9),
        "age": draw.choice(("93-year-old woman", "101 year old man", "97 y/o")).split(" wo")[0].split(" man")[0],
        "box": digits(4),
    }


def leaked(text: Planted, sent: str) -> list[tuple[str, str]]:
    """The identifiers that still stand in what was sent: whole, or of a name any part."""
    out = []
    for kind, words in text.identifiers:
        parts = [words]
        if kind == "name":
            parts += [
                part for part in re.split(r"[ ,]+", words) if len(part) > 1 and part not in ("de", "la", "van", "der")
            ]
        if any(part in sent and re.search(rf"(?<!\w){re.escape(part)}(?!\w)", sent) for part in parts):
            out.append((kind, words))
    return out


def recall(texts: list[Planted], sent: list[str]) -> dict[str, tuple[int, int]]:
    """Kind -> (masked, planted)."""
    planted_count: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    for text, words in zip(texts, sent, strict=True):
        planted_count.update(kind for kind, _ in text.identifiers)
        missed.update(kind for kind, _ in leaked(text, words))
    return {kind: (count - missed[kind], count) for kind, count in sorted(planted_count.items())}


def main() -> None:
    """Print recall by kind for both sets."""
    from assistant.chat.masking import Mask

    for title, bare in (("names and numbers that something announces", False), ("names that nothing announces", True)):
        texts = list(planted(bare=bare))
        print(f"{title}: {len(texts)} texts")
        for kind, (found, count) in recall(texts, [Mask().mask(text.text) for text in texts]).items():
            print(f"  {kind:<26} {found:>4} of {count:>4}  {found / count:7.1%}")


if __name__ == "__main__":
    main()
