"""Small remittances for tests, written segment by segment, so that each test shows what its file says."""

from assistant.remit.actions import Decision, decide
from assistant.remit.chains import Chains
from assistant.remit.file import read_bytes
from assistant.remit.values import RemitClaim, RemitFile

NPI = "1000000012"


def claim(
    status: str, billed: str, paid: str, share: str, *segments: str, number: str = "C1", name: str = "*DOE*PAT"
) -> list[str]:
    """CLP, patient name, then `segments` as given."""
    return [f"CLP*{number}*{status}*{billed}*{paid}*{share}*12*P{number}*11*1", f"NM1*QC*1{name}****MI*M1", *segments]


def line(code: str, billed: str, paid: str, *segments: str) -> list[str]:
    """SVC, its date, then `segments`."""
    return [f"SVC*HC:{code}*{billed}*{paid}**1", "DTM*472*20260105", *segments]


def remittance(payment: str, *segments: str, plb: str = "", version: str = "005010X221A1") -> bytes:
    """A whole file around the claims' segments; counts are right."""
    body = [
        "ST*835*0001",
        f"BPR*I*{payment}*C*CHK************20260131",
        "TRN*1*T1*1555666777",
        "DTM*405*20260130",
        "N1*PR*SAMPLE PLAN",
        "N3*1 SAMPLE WAY",
        "N4*DAYTON*OH*45402",
        "PER*BL*HELP*TE*8005550100",
        f"N1*PE*SAMPLE CLINIC*XX*{NPI}",
        "LX*1",
        *segments,
        *([plb] if plb else []),
    ]
    body.append(f"SE*{len(body) + 1}*0001")
    whole = [
        "ISA*00*          *00*          *ZZ*SAMPLEPAYER    *ZZ*SAMPLECLINIC   *260131*0800*^*00501*000000001*0*T*:",
        f"GS*HP*SAMPLEPAYER*SAMPLECLINIC*20260131*0800*1*X*{version}",
        *body,
        "GE*1*1",
        "IEA*1*000000001",
    ]
    return ("~\n".join(whole) + "~\n").encode()


def read(*segments: str, payment: str = "0", plb: str = "") -> RemitFile:
    """The file read."""
    return read_bytes(remittance(payment, *segments, plb=plb))


def claims(file: RemitFile) -> list[RemitClaim]:
    """All its claims."""
    return [claim for transaction in file.transactions for claim in transaction.claims]


def decided(*segments: str) -> Decision:
    """The decision on the last claim of a file with these segments."""
    file = read(*segments)
    last = claims(file)[-1]
    return decide(last, Chains.of(file).get(last, file.transactions[0].header, file.name))


def one_line(
    cas: str, billed: str = "100", paid: str = "0", share: str = "0", status: str = "1", *more: str
) -> Decision:
    """A claim of one line with these CAS (and further line segments)."""
    return decided(*claim(status, billed, paid, share, *line("99213", billed, paid, *cas.split("~"), *more)))


def actions(decision: Decision) -> dict[str, str | None]:
    """Action -> amount as text."""
    return {item.action: None if item.amount is None else f"{item.amount:.2f}" for item in decision.actions}
