import pytest

from assistant.errors import InputError
from assistant.x12.delimiters import NEWLINE, Delimiters, sniff

ISA = (
    "ISA{e}00{e}          {e}00{e}          {e}ZZ{e}SENDER         {e}ZZ{e}RECEIVER       "
    "{e}260131{e}0800{e}{r}{e}{v}{e}000000001{e}0{e}T{e}{c}{t}"
)


def isa(
    element: str = "*", component: str = ":", terminator: str = "~", repetition: str = "^", version: str = "00501"
) -> str:
    head = ISA.format(e=element, c=component, t=terminator, r=repetition, v=version)
    return head + f"GS{element}HP{element}A{element}B{terminator}ST{element}835{element}0001{terminator}"


@pytest.mark.parametrize("element", ["*", "|", "\x1d", "~", "§"])
@pytest.mark.parametrize("component", [":", ">", "^", "\x1f"])
@pytest.mark.parametrize("terminator", ["'", "\x1c", "!", "¤"])
def test_any_delimiters(element: str, component: str, terminator: str) -> None:
    found = sniff(isa(element, component, terminator, "+"))
    assert found == Delimiters(element, component, terminator, "+")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_as_terminator(end: str) -> None:
    assert sniff(isa(terminator=end)).terminator == NEWLINE


@pytest.mark.parametrize("end", ["~\n", "~\r\n", "\n~", " ~ \n"])
def test_line_ends_beside_the_terminator(end: str) -> None:
    assert sniff(isa(terminator=end)).terminator == "~"


def test_version_4010_has_no_repetition_separator() -> None:
    assert sniff(isa(repetition="U", version="00401")).repetition == ""


@pytest.mark.parametrize(
    ("old", "new"), [("SENDER         ", "SENDER"), ("SENDER         ", "A MUCH LONGER SENDER NAME")]
)
def test_isa_of_the_wrong_length(old: str, new: str) -> None:
    assert sniff(isa(component=">").replace(old, new)) == Delimiters("*", ">", "~", "^")


def test_isa_with_too_few_elements() -> None:
    found = sniff("ISA*00*X*00*X*ZZ*S*ZZ*R*260131~GS*HP*A~ST*835*1~CLP*1~SVC*HC>99213*1*1~")
    assert (found.element, found.component, found.terminator) == ("*", ">", "~")


def test_a_byte_order_mark_and_blanks_before_isa() -> None:
    assert sniff("\ufeff \n" + isa()).terminator == "~"


@pytest.mark.parametrize(
    "start", ["GS|HP|A|B!ST|835|1!BPR|I|0!", "ST|835|1!BPR|I|0!TRN|1|2!", "CLP|A|1|5|5!CAS|CO|45|1!"]
)
def test_fragments_without_isa(start: str) -> None:
    assert (sniff(start).element, sniff(start).terminator) == ("|", "!")


def test_a_fragment_with_line_ends_as_terminators() -> None:
    assert sniff("ST*835*1\nBPR*I*0\nTRN*1*2\n").terminator == NEWLINE


@pytest.mark.parametrize("text", ["", "hello", "%PDF-1.7", "ISABELLA went home", "{}", "STOP*835"])
def test_what_is_no_x12_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="does not look like X12"):
        sniff(text)


def test_lower_case_is_noticed() -> None:
    assert sniff(isa().lower()).lowercase
