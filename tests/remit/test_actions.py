"""What may never be said: each row of the table in docs/concepts-remittance.md, held by a case."""

from decimal import Decimal

import pytest

from assistant.remit.actions import Decision
from assistant.remit.explanation import explain_claim
from assistant.remit.rules import load_rules
from assistant.remit.words import load_words
from corpus.lexicon import reasons
from tests.remit.make import actions, claim, claims, decided, line, one_line, read

ZERO = Decimal(0)
ASKS_PATIENT = "bill_patient"


def says(*segments: str, language: str = "en") -> str:
    """All the patient reads about the last claim."""
    file = read(*segments)
    last = claims(file)[-1]
    told = explain_claim(last, file.transactions[0].header, None, "patient", language)
    return " ".join(item.text for item in (told.headline, *told.sentences, *told.actions))


def owes(decision: Decision) -> str:
    return f"{decision.patient_owes_now:.2f}"


@pytest.mark.parametrize(("reason", "word"), [("1", "deductible"), ("2", "coinsurance"), ("3", "copay")])
def test_cost_sharing_is_the_patients_and_is_never_called_denied(reason: str, word: str) -> None:
    decision = one_line(f"CAS*PR*{reason}*100", share="100")
    assert actions(decision) == {"post_payment": "0.00", "bill_patient": "100.00"}
    assert owes(decision) == "100.00"
    text = says(*claim("1", "100", "0", "100", *line("99213", "100", "0", f"CAS*PR*{reason}*100")))
    assert word in text and "$100.00" in text
    assert "denied" not in text and "did not pay" not in text


def test_contract_discount_is_nobodys_to_pay() -> None:
    decision = one_line("CAS*CO*45*40", paid="60")
    assert actions(decision) == {"post_payment": "60.00", "write_off": "40.00"}
    assert owes(decision) == "0.00"
    text = says(*claim("1", "100", "60", "0", *line("99213", "100", "60", "CAS*CO*45*40")))
    assert "You owe nothing" in text and "Nobody has to pay it" in text


@pytest.mark.parametrize("reason", ["29", "45", "109", "16", "18", "97", "197", "B7"])
def test_what_payers_put_on_patients_wrongly_waits_for_a_person(reason: str) -> None:
    decision = one_line(f"CAS*PR*{reason}*100", share="100")
    assert ASKS_PATIENT not in actions(decision)
    assert actions(decision)["review"] == "100.00"
    assert owes(decision) == "0.00"
    text = says(*claim("1", "100", "0", "100", *line("99213", "100", "0", f"CAS*PR*{reason}*100")))
    assert "You owe" not in text and "check" in text


def test_reviewed_and_plain_shares_are_kept_apart() -> None:
    decision = one_line("CAS*PR*45*60*1*3*40", share="100")
    assert owes(decision) == "40.00"
    assert actions(decision)["bill_patient"] == "40.00"
    assert actions(decision)["review"] == "60.00"


@pytest.mark.parametrize("reason", ["96", "204"])
def test_not_covered_is_billed_only_after_the_notice_is_checked(reason: str) -> None:
    decision = one_line(f"CAS*PR*{reason}*100", "100", "0", "100", "1", "LQ*HE*N130")
    assert owes(decision) == "100.00"
    assert "appeal" not in actions(decision)
    (action,) = [item for item in decision.actions if item.action == ASKS_PATIENT]
    assert "notice" in load_words("en").why(action)


def test_the_earlier_payers_part_is_no_debt_and_nothing_to_bill() -> None:
    decision = one_line("CAS*OA*23*80~CAS*PR*3*5", paid="15", share="5", status="2")
    assert actions(decision) == {"post_payment": "15.00", "bill_patient": "5.00"}
    assert owes(decision) == "5.00"


def test_bundled_is_not_the_patients() -> None:
    decision = one_line("CAS*CO*97*100", "100", "0", "0", "1", "LQ*HE*M15")
    assert actions(decision)["review"] == "100.00"
    assert actions(decision)["do_not_bill_patient"] == "100.00"
    assert ASKS_PATIENT not in actions(decision) and "write_off" not in actions(decision)
    assert owes(decision) == "0.00"


@pytest.mark.parametrize("group", ["OA", "CO"])
def test_a_duplicate_is_looked_up_never_appealed(group: str) -> None:
    decision = one_line(f"CAS*{group}*18*100")
    assert "appeal" not in actions(decision) and "correct_and_resubmit" not in actions(decision)
    assert "first claim" in " ".join(load_words("en").why(item) for item in decision.actions)


def test_capitation_is_no_denial_and_no_lost_money() -> None:
    decision = one_line("CAS*CO*24*90~CAS*PR*3*10", share="10")
    assert actions(decision) == {"post_payment": "0.00", "bill_patient": "10.00"}
    assert decision.money.denied == 0 and decision.money.contractual == 90
    text = says(*claim("1", "100", "0", "10", *line("99213", "100", "0", "CAS*CO*24*90", "CAS*PR*3*10")))
    assert "did not pay" not in text and "taken off the price" not in text and "$90.00" in text


def test_sequestration_is_written_off() -> None:
    decision = one_line("CAS*CO*253*2", paid="98")
    assert actions(decision) == {"post_payment": "98.00", "write_off": "2.00"}
    assert owes(decision) == "0.00" and decision.money.allowed == 100


@pytest.mark.parametrize(("reason", "step"), [("29", "appeal"), ("16", "correct_and_resubmit"), ("197", "appeal")])
def test_the_providers_own_problem_is_not_the_patients(reason: str, step: str) -> None:
    decision = one_line(f"CAS*CO*{reason}*100", "100", "0", "0", "1", "LQ*HE*N130")
    assert step in actions(decision) and ASKS_PATIENT not in actions(decision)
    assert "write_off" not in actions(decision)
    assert decision.money.denied == 100 and decision.money.contractual == 0
    text = says(*claim("1", "100", "0", "0", *line("99213", "100", "0", f"CAS*CO*{reason}*100")))
    assert text.startswith("You owe nothing now") and "may not be billed to you" in text


def test_a_payers_own_cut_is_disputed_not_billed() -> None:
    decision = one_line("CAS*PI*45*40", paid="60")
    assert actions(decision)["review"] == "40.00"
    assert ASKS_PATIENT not in actions(decision) and "write_off" not in actions(decision)


def test_oa_209_is_not_collected() -> None:
    decision = one_line("CAS*OA*209*40", paid="60")
    assert actions(decision) == {"review": "40.00", "post_payment": "60.00"}
    assert owes(decision) == "0.00"


@pytest.mark.parametrize("remark", ["N781", "N782", "N783"])
def test_qmb_patients_are_never_billed_though_pr_is_shown(remark: str) -> None:
    decision = decided(*claim("1", "100", "80", "20", f"MOA***{remark}", *line("99213", "100", "80", "CAS*PR*2*20")))
    assert owes(decision) == "0.00" and ASKS_PATIENT not in actions(decision)
    assert actions(decision)["do_not_bill_patient"] == "20.00"
    assert actions(decision)["bill_next_payer"] == "20.00"
    decision = one_line("CAS*PR*1*20", "100", "80", "20", "1", f"LQ*HE*{remark}")
    assert owes(decision) == "0.00"


@pytest.mark.parametrize("remark", ["N842", "M27", "M39", "N172", "N563"])
def test_remarks_that_forbid_billing_the_patient(remark: str) -> None:
    decision = one_line("CAS*PR*50*100", "100", "0", "100", "1", f"LQ*HE*{remark}")
    assert owes(decision) == "0.00" and ASKS_PATIENT not in actions(decision)


def test_a_forbidding_remark_on_one_line_leaves_the_other_line_alone() -> None:
    first = line("99213", "100", "0", "CAS*PR*50*100", "LQ*HE*N563")
    second = line("99214", "100", "90", "CAS*PR*3*10")
    decision = decided(*claim("1", "200", "90", "110", *first, *second))
    assert owes(decision) == "10.00"


def test_ma13_reminds_that_only_pr_may_be_billed_and_forbids_no_pr() -> None:
    decision = decided(*claim("1", "100", "80", "20", "MOA***MA13", *line("99213", "100", "80", "CAS*PR*2*20")))
    assert owes(decision) == "20.00"


@pytest.mark.parametrize("status", ["19", "20", "21", "23"])
def test_forwarded_claims_wait_for_the_next_payer(status: str) -> None:
    decision = one_line("CAS*PR*2*20", paid="80", share="20", status=status)
    assert not decision.final and owes(decision) == "0.00"
    assert "wait" in actions(decision)
    assert ASKS_PATIENT not in actions(decision) and "bill_next_payer" not in actions(decision)


@pytest.mark.parametrize("remark", ["MA18", "MA07", "N89"])
def test_remarks_that_tell_of_a_crossover_make_it_not_final(remark: str) -> None:
    decision = decided(*claim("1", "100", "80", "20", f"MOA***{remark}", *line("99213", "100", "80", "CAS*PR*2*20")))
    assert not decision.final and owes(decision) == "0.00" and ASKS_PATIENT not in actions(decision)


def test_a_known_next_payer_makes_it_not_final() -> None:
    segments = claim("1", "100", "80", "20", "NM1*TT*2*NEXT PLAN*****PI*1", *line("99213", "100", "80", "CAS*PR*2*20"))
    decision = decided(*segments)
    assert not decision.final and owes(decision) == "0.00"
    assert "not final" in says(*segments)


@pytest.mark.parametrize(("role", "step"), [("PR", "bill_next_payer"), ("GB", "bill_next_payer")])
def test_another_payer_in_front_or_beside_comes_before_the_patient(role: str, step: str) -> None:
    other = f"NM1*{role}*2*OTHER PLAN*****PI*1"
    decision = decided(*claim("1", "100", "80", "20", other, *line("99213", "100", "80", "CAS*PR*2*20")))
    assert step in actions(decision) and ASKS_PATIENT not in actions(decision)
    assert not decision.final and owes(decision) == "0.00"


def test_a_reversal_is_posted_and_is_no_denial() -> None:
    decision = one_line("CAS*CO*45*-40~CAS*PR*2*-20", "-100", "-40", "-20", "22")
    assert actions(decision) == {"post_reversal": "-40.00", "refund_patient": "20.00"}
    assert not decision.final and owes(decision) == "0.00"


def test_the_patient_reads_what_a_reversal_took_back_without_a_minus_sign() -> None:
    segments = claim("22", "-100", "-40", "-20", *line("99213", "-100", "-40", "CAS*CO*45*-40", "CAS*PR*2*-20"))
    text = says(*segments)
    assert "took back $40.00 that it had paid" in text and "took back $20.00 that it had marked as yours" in text
    assert "-$" not in text and "You owe" not in text


def test_a_correction_with_the_same_share_calls_for_no_refund() -> None:
    back = claim("22", "-100", "-40", "-20", *line("99213", "-100", "-40", "CAS*CO*45*-40", "CAS*PR*2*-20"))
    again = claim("1", "100", "45", "20", *line("99213", "100", "45", "CAS*CO*45*35", "CAS*PR*2*20"))
    assert "refund_patient" not in actions(decided(*back, *again))
    less = claim("1", "100", "55", "10", *line("99213", "100", "55", "CAS*CO*45*35", "CAS*PR*2*10"))
    decision = decided(*back, *less)
    assert actions(decision)["refund_patient"] == "10.00" and owes(decision) == "10.00"


def test_an_estimate_is_no_bill() -> None:
    decision = one_line("CAS*OA*101*100", status="25")
    assert set(actions(decision)) == {"do_not_bill_patient"}
    assert not decision.final and owes(decision) == "0.00"
    assert "not a bill" in says(*claim("25", "100", "0", "0", *line("99213", "100", "0", "CAS*OA*101*100")))


def test_provider_adjustments_change_no_claim() -> None:
    segments = claim("1", "100", "60", "0", *line("99213", "100", "60", "CAS*CO*45*40"))
    with_plb = claims(read(*segments, payment="50", plb="PLB*1*20261231*WO:OLD*10"))[0]
    assert with_plb.paid == 60


@pytest.mark.parametrize("remark", ["MA130", "N211", "MA44", "N111", "N704"])
def test_no_appeal_where_a_remark_rules_it_out(remark: str) -> None:
    decision = decided(*claim("1", "100", "0", "0", f"MOA***{remark}", *line("99213", "100", "0", "CAS*CO*50*100")))
    assert "appeal" not in actions(decision)
    assert {"review", "correct_and_resubmit"} & set(actions(decision))


def test_unprocessable_means_a_new_claim() -> None:
    decision = decided(*claim("1", "100", "0", "0", "MOA***MA130", *line("99213", "100", "0", "CAS*CO*16*100")))
    assert actions(decision)["correct_and_resubmit"] == "100.00"


def test_an_unbalanced_claim_is_reviewed_and_nothing_else() -> None:
    decision = one_line("CAS*PR*3*30", "100", "60", "30")
    assert list(actions(decision)) == ["review"]
    assert owes(decision) == "0.00"
    text = says(*claim("1", "100", "60", "30", *line("99213", "100", "60", "CAS*PR*3*30")))
    assert "$" not in text and "cannot tell" in text


def test_an_unbalanced_line_in_a_balanced_claim_is_reviewed_too() -> None:
    first, second = line("99213", "100", "70", "CAS*CO*45*20"), line("99214", "100", "80", "CAS*CO*45*30")
    decision = decided(*claim("1", "200", "150", "0", *first, *second))
    assert list(actions(decision)) == ["review"]


def test_an_unknown_reason_is_shown_bare_and_looked_up() -> None:
    decision = one_line("CAS*CO*399*100")
    (action, *_) = decision.actions
    assert action.action == "review" and "CO-399" in load_words("en").why(action)
    assert "not in our code list" in load_words("en").why(action)
    assert decision.money.contractual == 0 and decision.money.denied == 0
    assert decision.money.provider_responsibility == 100
    assert owes(one_line("CAS*PR*399*100", share="100")) == "0.00"


def test_zero_paid_by_deductible_is_no_denial_and_a_paid_claim_may_hide_one() -> None:
    assert one_line("CAS*PR*1*100", share="100").money.denied == 0
    hidden = decided(
        *claim(
            "1",
            "200",
            "90",
            "0",
            *line("99213", "100", "90", "CAS*CO*45*10"),
            *line("99214", "100", "0", "CAS*CO*50*100"),
        )
    )
    assert hidden.money.denied == 100 and "appeal" in actions(hidden)


def test_every_rule_has_words_in_both_languages_and_every_amount_meets_one() -> None:
    rules = load_rules()
    ids = (
        {rule.id for rule in rules.amounts if rule.action != "none"} | {rule.id for rule in rules.claims} | {"unsound"}
    )
    for language in ("en", "es"):
        words = load_words(language)
        assert ids <= set(words.tables["why"])
        assert set(rules.urgency) == set(words.tables["action"])
    last = rules.amounts[-1]
    assert last.fits("??", "999", "", "", frozenset())


def test_both_languages_have_the_same_templates_with_the_same_fields() -> None:
    import string

    english, spanish = load_words("en").tables, load_words("es").tables
    fields = lambda text: {name for _, name, _, _ in string.Formatter().parse(text) if name}  # noqa: E731
    assert {table: set(keys) for table, keys in english.items()} == {
        table: set(keys) for table, keys in spanish.items()
    }
    for table, keys in english.items():
        for key, text in keys.items():
            assert fields(spanish[table][key]) <= fields(text), (table, key)


def test_every_reason_under_every_group_meets_a_rule_that_keeps_the_promises() -> None:
    """The whole list of reasons: no group but PR is ever asked of the patient; nothing is appealed under PR."""
    for code, words in reasons.reasons().items():
        for group in ("CO", "PI", "OA", "PR"):
            decision = one_line(f"CAS*{group}*{code}*100", share="100" if group == "PR" else "0")
            steps = actions(decision)
            assert "refund_payer" not in steps
            if group != "PR":
                assert ASKS_PATIENT not in steps and owes(decision) == "0.00", (group, code)
            else:
                assert "appeal" not in steps and "write_off" not in steps, code
                assert (owes(decision) == "100.00") == (ASKS_PATIENT in steps), code
            if group == "CO" and words.disposition == "denied":
                assert "write_off" not in steps and decision.money.denied == 100, code


def test_a_payment_sent_to_the_patient_is_settled_with_the_patient() -> None:
    assert owes(one_line("CAS*PR*100*60", "100", "40", "60")) == "60.00"
    assert actions(one_line("CAS*OA*100*60", "100", "40"))["review"] == "60.00"


def test_a_reason_that_bars_billing_the_patient_is_obeyed_under_pr() -> None:
    decision = one_line("CAS*PR*116*100", share="100")
    assert owes(decision) == "0.00" and actions(decision)["do_not_bill_patient"] == "100.00"


def test_no_surprises_protection_bars_everything_but_pr() -> None:
    lines_ = line("99285", "900", "400", "CAS*CO*45*300", "CAS*PR*2*100", "CAS*OA*94*100", "LQ*HE*N830")
    decision = decided(*claim("1", "900", "400", "100", *lines_))
    assert actions(decision)["do_not_bill_patient"] == "400.00"
    assert owes(decision) == "100.00"


def test_a_waived_protection_is_for_a_person_to_check() -> None:
    decision = one_line("CAS*PR*45*60*1*3*40", "100", "0", "100", "1", "LQ*HE*N882")
    assert owes(decision) == "40.00" and "review" in actions(decision)
    whys = " ".join(load_words("en").why(item) for item in decision.actions)
    assert "consent" in whys


def test_a_reversal_remark_sends_the_copay_back() -> None:
    decision = decided(*claim("22", "-100", "-70", "-30", "MOA***N857", *line("99213", "-100", "-70", "CAS*PR*3*-30")))
    assert "refund_patient" in actions(decision) and "post_reversal" in actions(decision)


def test_split_claims_are_two_answers_and_each_counts() -> None:
    one = claim("1", "100", "80", "20", "MOA***MA15", *line("99213", "100", "80", "CAS*PR*3*20"))
    two = claim("1", "50", "45", "5", "MOA***MA15", *line("99214", "50", "45", "CAS*PR*3*5"))
    decision = decided(*one, *two)
    assert decision.final and owes(decision) == "5.00" and "refund_patient" not in actions(decision)


@pytest.mark.parametrize("status", ["5", "10", "13", "15", "16", "17"])
def test_pended_claims_of_the_old_format_wait(status: str) -> None:
    decision = one_line("CAS*OA*133*100", status=status)
    assert list(actions(decision)) == ["wait"] and not decision.final


def test_a_status_nobody_knows_is_looked_at() -> None:
    assert actions(decided(*claim("77", "5", "5", "0"))) == {"review": None}


def test_a_code_the_payer_changed_is_compared_with_the_chart() -> None:
    lowered = ["SVC*HC:99213*200*50**1*HC:99214*1", "DTM*472*20260105", "CAS*CO*45*150"]
    found = decided(*claim("1", "200", "50", "0", *lowered))
    (step,) = [action for action in found.actions if action.rule == "recoded"]
    assert step.action == "review" and len(step.segments) == 2
    assert says(*claim("1", "200", "50", "0", *lowered)).startswith("You owe nothing")
    same = ["SVC*HC:99214:25*200*50**1*HC:99214*1", *lowered[1:]]
    assert all(action.rule != "recoded" for action in decided(*claim("1", "200", "50", "0", *same)).actions)
