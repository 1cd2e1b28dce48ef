"""Files that someone built to do harm, or that came damaged: made here from nothing, small enough to make in a moment."""

import base64
import io
import json
import random
import zipfile
import zlib
from collections.abc import Callable, Iterable
from functools import cache

MB = 1 << 20
ISA = "ISA*00*          *00*          *ZZ*P              *ZZ*S              *261110*0930*^*00501*000000005*0*P*:~"
GS = "GS*HP*P*S*20261110*0930*1*X*005010X221A1~ST*835*0001~BPR*I*1*C*ACH~TRN*1*T1*1~"
CLAIMS = "GS*HC*P*S*20261110*0930*1*X*005010X222A1~ST*837*0001*005010X222A1~BHT*0019*00*1*20261110*0930*CH~"
_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
_RELS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="word/document.xml"/></Relationships>'
)
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def packed(members: Iterable[tuple[str, bytes]]) -> bytes:
    """A zip archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return out.getvalue()


def word(document: str | bytes, *more: tuple[str, bytes]) -> bytes:
    """A Word file with this main part."""
    body = document.encode() if isinstance(document, str) else document
    return packed(
        [("[Content_Types].xml", _TYPES.encode()), ("_rels/.rels", _RELS.encode()), ("word/document.xml", body), *more]
    )


def _entities(root: str, levels: int = 9) -> str:
    made = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, levels + 1))
    return (
        f'<?xml version="1.0"?><!DOCTYPE {root} [<!ENTITY e0 "gout">{made}]><{root}><title>&e{levels};</title></{root}>'
    )


def _outside(root: str) -> str:
    return f'<?xml version="1.0"?><!DOCTYPE {root} [<!ENTITY x SYSTEM "file:///etc/passwd">]><{root}>&x;</{root}>'


def _parameter(root: str) -> str:
    return f'<?xml version="1.0"?><!DOCTYPE {root} SYSTEM "http://127.0.0.1:9/a.dtd"><{root}><title>x</title></{root}>'


def _swollen(root: str) -> str:
    return (
        f'<?xml version="1.0"?><!DOCTYPE {root} [<!ENTITY a "{"x" * 50_000}">]><{root}><t>{"&a;" * 20_000}</t></{root}>'
    )


def _deep(root: str) -> str:
    deep = 60_000
    return f"<{root}><section><text>{'<a>' * deep}gout{'</a>' * deep}</text></section></{root}>"


def _chapters() -> str:
    deep = 3000
    return (
        f"<ICD10CM.tabular><version>2031</version>{'<diag><name>A00</name>' * deep}{'</diag>' * deep}</ICD10CM.tabular>"
    )


def _terms() -> str:
    deep = 3000
    opened = '<term level="1"><title>a</title>' * deep
    return (
        "<ICD10CM.index><version>2031</version><letter><title>A</title><mainTerm><title>A</title>"
        f"{opened}{'</term>' * deep}</mainTerm></letter></ICD10CM.index>"
    )


def _composition() -> str:
    deep = 30_000
    return '{"resourceType":"Composition","section":[' + '{"section":[' * deep + "]}" * deep + "]}"


def _bundles() -> str:
    inner: dict[str, object] = {"resourceType": "Composition"}
    for _ in range(300):
        inner = {"resourceType": "Bundle", "entry": [{"resource": inner}]}
    return json.dumps(inner)


def _attachment(data: bytes) -> bytes:
    encoded = base64.b64encode(data).decode()
    return json.dumps({"resourceType": "DocumentReference", "content": [{"attachment": {"data": encoded}}]}).encode()


def _boxes() -> bytes:
    """Attachments within attachments."""
    inner = b"gout"
    for _ in range(12):
        inner = _attachment(inner)
    return inner


def _lying() -> bytes:
    """An archive whose directory says that its one member is small."""
    data = bytearray(packed([("order.txt", b"0" * (40 * MB))]))
    at = data.rfind(b"PK\x01\x02")
    data[at + 24 : at + 28] = (100).to_bytes(4, "little")
    data[22:26] = (100).to_bytes(4, "little")
    return bytes(data)


def _climbing() -> bytes:
    return packed(
        [("../../../../tmp/climbed.txt", b"00001 A00     1 One"), ("/etc/climbed", b"x"), ("C:\\a\\..\\b", b"x")]
    )


def _linked() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        link = zipfile.ZipInfo("order.txt")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    return out.getvalue()


def _nested() -> bytes:
    inner = packed([("a.txt", b"0" * (8 * MB))])
    for level in range(4):
        inner = packed([(f"{level}-{copy}.zip", inner) for copy in range(8)])
    return inner


def _sheet() -> bytes:
    xml = b'<?xml version="1.0"?><worksheet>' + b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>' * 40_000
    return packed(
        [("[Content_Types].xml", b"<Types/>"), ("xl/workbook.xml", b"<workbook/>"), ("xl/worksheets/sheet1.xml", xml)]
    )


@cache
def _workbook(rows: int, last: int) -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for number in range(rows):
        sheet.append([f"code{number}", "charge"])
    sheet.cell(last, 200).value = "far away"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _pdf(objects: Iterable[bytes]) -> bytes:
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return bytes(out + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(places) + 1, start))


def _pdf_bomb() -> bytes:
    stream = zlib.compress(b"(gout) Tj " * (6 * MB), 9)
    return _pdf(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>",
            b"<</Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (len(stream), stream),
        ]
    )


def _pdf_loop() -> bytes:
    return _pdf([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2000000000>>"])


def _pdf_form_loop() -> bytes:
    return _pdf(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<</XObject<</F 5 0 R>>>>>>",
            b"<</Length 4>>stream\n/F Do\nendstream",
            b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</F 5 0 R>>>>/Length 4>>stream\n/F Do\nendstream",
        ]
    )


def _noise(size: int) -> bytes:
    return random.Random(20260202).randbytes(size)


ATTACKS: dict[str, Callable[[], bytes]] = {
    # damage
    "nothing": lambda: b"",
    "blanks": lambda: b" " * MB,
    "line ends": lambda: b"\n" * MB,
    "NUL bytes": lambda: b"\0" * MB,
    "noise": lambda: _noise(200_000),
    "one long line": lambda: b"a" * (2 * MB),
    "half a letter": lambda: "Assessment: caf\u00e9".encode()[:-1] + b"\xff\xfe\xed\xa0\x80",
    "odd marks": lambda: "Assessment: gout \u202e\u2066\ufeff\u0000\u001b[2J\u200b".encode(),
    "digits": lambda: b"9" * MB,
    # JSON
    "deep lists": lambda: b"[" * 200_000,
    "deep whole lists": lambda: b"[" * 100_000 + b"]" * 100_000,
    "deep objects": lambda: b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "deep sections": lambda: _composition().encode(),
    "bundles in bundles": lambda: _bundles().encode(),
    "attachments in attachments": _boxes,
    "an attachment of odd letters": lambda: (
        '{"resourceType":"DocumentReference","content":[{"attachment":{"data":"caf\u00e9"}}]}'
    ).encode(),
    "a number of a million digits": lambda: b'{"id":"a","text":"gout","age":' + b"9" * MB + b"}",
    "numbers that are none": lambda: b'{"id": NaN, "text": "gout", "age": Infinity, "suggestions": [1e999]}',
    "half a character": lambda: b'{"id":"\\ud800","text":"Assessment: gout \\udfff","resourceType":"Composition"}',
    "a million keys": lambda: b"{" + b",".join(b'"%d":1' % n for n in range(200_000)) + b"}",
    "wrong types": lambda: (
        b'{"id":{},"text":[],"suggestions":{},"resourceType":[],"services":7,"patient":[],"date_of_service":{}}'
    ),
    # XML
    "a billion laughs, C-CDA": lambda: _entities("ClinicalDocument").encode(),
    "a billion laughs, tabular list": lambda: _entities("ICD10CM.tabular").encode(),
    "a billion laughs, UTF-16": lambda: _entities("ICD10CM.index").encode("utf-16"),
    "one large entity": lambda: _swollen("ClinicalDocument").encode(),
    "one large entity, index": lambda: _swollen("ICD10CM.index").encode(),
    "a file by entity, C-CDA": lambda: _outside("ClinicalDocument").encode(),
    "a file by entity, tables": lambda: _outside("ICD10PCS.tabular").encode(),
    "a DTD from elsewhere": lambda: _parameter("ClinicalDocument").encode(),
    "a DTD from elsewhere, tabular list": lambda: _parameter("ICD10CM.tabular").encode(),
    "deep XML": lambda: _deep("ClinicalDocument").encode(),
    "deep tabular list": lambda: _chapters().encode(),
    "deep index": lambda: _terms().encode(),
    "a narrative with entities": lambda: json.dumps(
        {"resourceType": "Composition", "section": [{"text": {"div": _entities("div")}}]}
    ).encode(),
    # archives
    "zip bomb": lambda: packed([("order.txt", b"0" * (60 * MB))]),
    "zip bomb in Word": lambda: word(b"<w:document>" + b" " * (60 * MB)),
    "zip bomb beside Word": lambda: word(f"<w:document {_W}/>", ("word/media/a.png", b"\0" * (220 * MB))),
    "zips in zips": _nested,
    "zip that lies": _lying,
    "zip of 5,000 files": lambda: packed([(f"{n}.txt", b"x") for n in range(5000)]),
    "names that climb": _climbing,
    "a link in a zip": _linked,
    "half a zip": lambda: packed([("order.txt", _noise(5000))])[:3000],
    "entities in Word": lambda: word(_entities("w:document")),
    "a file by entity in Word": lambda: word(_outside("w:document")),
    "deep Word": lambda: word(f"<w:document {_W}><w:body>{'<w:p>' * 3000}{'</w:p>' * 3000}</w:body></w:document>"),
    "Word from elsewhere": lambda: word(
        f"<w:document {_W}><w:body><w:p><w:r><w:t>gout</w:t></w:r></w:p></w:body></w:document>",
        (
            "word/_rels/document.xml.rels",
            b'<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            b'<Relationship Id="r9" TargetMode="External" Target="http://127.0.0.1:9/x" '
            b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"/></Relationships>',
        ),
    ),
    "a sheet of huge places": _sheet,
    "a cell far away": lambda: _workbook(3, 1_000_000),
    # PDF
    "half a PDF": lambda: _pdf([b"<</Type/Catalog/Pages 2 0 R>>"])[:60],
    "pages in a circle": _pdf_loop,
    "a form in itself": _pdf_form_loop,
    "PDF bomb": _pdf_bomb,
    "PDF of noise": lambda: b"%PDF-1.7\n" + _noise(100_000),
    # X12
    "heads without end": lambda: b"ISA*00*" * 40_000,
    "heads of every kind": lambda: b"".join(b"ISA%c00%c" % (mark, mark) for mark in b"!#$%&'()+,-./:;<=>?@") * 3000,
    "interchanges": lambda: (ISA + "IEA*0*000000005~").encode() * 8000,
    "no end of a segment": lambda: (ISA + GS + "CLP*" + "A" * (5 * MB)).encode(),
    "line ends in a segment": lambda: (ISA + GS + "CLP*A1" + "\n" * MB + "*1~").encode(),
    "line ends before a head": lambda: ("\n" * 8000 + " " * 30_000 + "ST*835*0001").encode(),
    "blanks in a head": lambda: ("ST*835" + " " * 32_000 + "~SE*1*1~").encode(),
    "one separator for all": lambda: ISA.replace(":", "*").replace("~", "*").encode() + GS.replace("~", "*").encode(),
    "a segment of a million elements": lambda: (ISA + GS + "CLP" + "*1" * MB + "~").encode(),
    "a claim of 100,000 adjustments": lambda: (
        ISA + GS + "CLP*A1*1*1*1~" + "CAS*CO*45*1~" * 100_000 + "SE*1*0001~"
    ).encode(),
    "100,000 claims of nothing": lambda: (ISA + GS + "CLP~" * 100_000 + "SE*1*0001~").encode(),
    "a tower of levels": lambda: (
        ISA + CLAIMS + "".join(f"HL*{n}*{n - 1}*{20 + n % 4}*1~" for n in range(1, 20_000)) + "SE*1*0001~"
    ).encode(),
    "a claim of 20,000 parties": lambda: (
        ISA + CLAIMS + "HL*1**20*1~NM1*85*2*X~HL*2*1*22*0~SBR*P~CLM*A*1~" + "NM1*DN*1*X~" * 20_000 + "SE*1*0001~"
    ).encode(),
    "an answer of 100,000 errors": lambda: (
        ISA + "ST*999*0001~AK1*HC*8~AK2*837*1~" + "IK3*CLM*\u00b2**8~IK4*2*782*1~" * 50_000 + "IK5*R~SE*1*1~"
    ).encode(),
    "numbers that are no amounts": lambda: (
        ISA + GS + "CLP*A1*1*1e999*NaN*Infinity*-0*9" + "9" * 5000 + "~SE*" + "9" * 5000 + "*1~"
    ).encode(),
    # tables
    "a row of a million cells": lambda: b"code,charge\n" + b"," * MB,
    "an open quotation": lambda: b'code,charge\n"' + b"x,\n" * 500_000,
    "100,000 short rows": lambda: b"code,charge\n" + b"x\n" * 100_000,
    "formulas": lambda: b"npi,last_name,organization\n1234567893,\"=cmd|' /C calc'!A0\",@SUM(1)\n",
    "other digits": lambda: "id\tname\tfiling_days\nP1\tPlan\t\u00b2\nP2\tPlan\t\u0663\n".encode(),
    "quotes": lambda: b'"' * 500_000,
}
"""Name -> bytes. Every one is tried at every door."""
