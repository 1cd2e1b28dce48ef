"""Accounts: roles, passwords, locking after failures; each change in the trail."""

import datetime as dt

import pytest
from sqlalchemy import Engine

from assistant.accounts import passwords
from assistant.accounts.principal import Principal, Role, acting
from assistant.accounts.sessions import Sessions
from assistant.accounts.tables import tables
from assistant.accounts.trail import Event, Trail
from assistant.accounts.users import Users
from assistant.errors import ForbiddenError, InputError
from assistant.store.engine import reading
from assistant.trust import TrustSettings
from tests.accounts.conftest import PASSWORD, people

NOW = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)


def minutes(count: float) -> dt.datetime:
    return NOW + dt.timedelta(minutes=count)


@pytest.fixture
def users(engine: Engine) -> Users:
    return people(engine)


def test_passwords_are_kept_as_argon2id(users: Users, engine: Engine) -> None:
    with reading(engine) as connection:
        kept = connection.execute(tables().users.select()).mappings().all()
    assert {row["password"].split("$")[1] for row in kept} == {"argon2id"}
    assert PASSWORD not in str(kept)
    assert len({row["password"] for row in kept}) == len(kept)


def test_the_real_hasher_is_as_strong_as_the_rfc_asks() -> None:
    from argon2 import PasswordHasher
    from argon2.profiles import RFC_9106_LOW_MEMORY

    made = PasswordHasher()
    assert (made.memory_cost, made.time_cost) >= (RFC_9106_LOW_MEMORY.memory_cost, RFC_9106_LOW_MEMORY.time_cost)


@pytest.mark.parametrize("password", ["short", "a" * 40, "cora and more words", "x" * 201])
def test_weak_passwords_are_refused(users: Users, password: str) -> None:
    with pytest.raises(InputError, match="assword"):
        users.set_password("cora", password)


@pytest.mark.parametrize("name", ["", "a", "two words", "../etc", "x" * 81, "a\nb"])
def test_names_that_are_none_are_refused(users: Users, name: str) -> None:
    with pytest.raises(InputError, match="account's name"):
        users.add(name, PASSWORD, [Role.CODER])


def test_names_are_one_whatever_their_case(users: Users) -> None:
    with pytest.raises(InputError, match="already"):
        users.add("CORA", PASSWORD, [Role.BILLER])
    assert users.authenticate(" Cora ", PASSWORD) is not None


def test_the_first_account_and_the_last_administrator(engine: Engine, users: Users) -> None:
    for change in (lambda: users.disable("ada"), lambda: users.set_roles("ada", [Role.CODER])):
        with pytest.raises(InputError, match="last administrator"):
            change()
    users.add("abe", PASSWORD, [Role.ADMINISTRATOR])
    users.disable("ada")
    assert users.get("ada").disabled  # type: ignore[union-attr]


def test_a_site_begins_with_an_administrator(engine: Engine) -> None:
    with pytest.raises(InputError, match="first account"):
        Users(engine).add("cora", PASSWORD, [Role.CODER])


def test_failures_lock_for_a_while(engine: Engine, users: Users) -> None:
    users = Users(engine, TrustSettings(login_failures=3, lockout_minutes=15))
    for _ in range(3):
        assert users.authenticate("cora", "wrong password", NOW) is None
    assert users.authenticate("cora", PASSWORD, minutes(14)) is None
    assert users.authenticate("bill", PASSWORD, minutes(14)) is not None
    assert users.authenticate("cora", PASSWORD, minutes(15)) is not None
    said = [line.action for line in Trail(engine).lines() if line.who == "cora"]
    assert said == ["login failed", "login failed", "login failed", "account locked", "login failed"]


def test_a_right_password_ends_the_count(engine: Engine, users: Users) -> None:
    users = Users(engine, TrustSettings(login_failures=2))
    for _ in range(4):
        assert users.authenticate("cora", "wrong password") is None
        assert users.authenticate("cora", PASSWORD) is not None


def test_an_unknown_name_costs_the_same_work(users: Users, monkeypatch: pytest.MonkeyPatch) -> None:
    hasher, done = passwords._hasher(), []

    class Counted:
        def verify(self, kept: str, password: str) -> bool:
            done.append(kept)
            return hasher.verify(kept, password)

        hash = staticmethod(hasher.hash)

    monkeypatch.setattr(passwords, "_hasher", Counted)
    assert users.authenticate("nobody", PASSWORD) is None
    assert len(done) == 1


def test_a_session_expires_idle_and_at_last(engine: Engine, users: Users) -> None:
    sessions = Sessions(engine, TrustSettings(session_idle_minutes=30, session_hours=2))
    token = sessions.login("cora", PASSWORD, NOW)
    assert len(token) >= 43 and token != sessions.login("cora", PASSWORD, NOW)
    for moment in (1, 29, 58, 87, 116):
        assert sessions.principal(token, minutes(moment)) == Principal("cora", frozenset({Role.CODER}))
    assert sessions.principal(token, minutes(121)) is None
    idle = sessions.login("cora", PASSWORD, NOW)
    assert sessions.principal(idle, minutes(31)) is None
    assert sessions.principal(idle, minutes(2)) is None, "what has expired does not come back"


def test_a_clock_set_back_does_not_lengthen_a_session(engine: Engine, users: Users) -> None:
    sessions = Sessions(engine)
    token = sessions.login("cora", PASSWORD, NOW)
    assert sessions.principal(token, minutes(-180)) is None


def test_tokens_are_kept_as_digests(engine: Engine, users: Users) -> None:
    token = Sessions(engine).login("cora", PASSWORD)
    with reading(engine) as connection:
        assert token not in str(connection.execute(tables().sessions.select()).mappings().all())
    assert Sessions(engine).principal(token[:-1] + ("A" if token[-1] != "A" else "B")) is None
    assert Sessions(engine).principal("") is None


@pytest.mark.parametrize("change", ["disable", "password", "role"])
def test_a_change_ends_the_sessions(engine: Engine, users: Users, change: str) -> None:
    sessions = Sessions(engine)
    token = sessions.login("cora", PASSWORD)
    if change == "disable":
        users.disable("cora")
        assert sessions.login("cora", PASSWORD) == ""
    elif change == "password":
        users.set_password("cora", "another long password")
        assert sessions.login("cora", PASSWORD) == "" and sessions.login("cora", "another long password")
    else:
        users.set_roles("cora", [Role.CODER, Role.BILLER])
    assert sessions.principal(token) is None


def test_one_may_change_ones_own_password_and_nothing_else(users: Users) -> None:
    with acting(Principal("cora", frozenset({Role.CODER}))):
        users.set_password("cora", "another long password")
        for refused in (
            lambda: users.set_password("bill", "another long password"),
            lambda: users.add("new", PASSWORD, [Role.CODER]),
            lambda: users.set_roles("cora", [Role.ADMINISTRATOR]),
            lambda: users.disable("bill"),
            lambda: users.enable("bill"),
            users.all,
        ):
            with pytest.raises(ForbiddenError, match="administrator"):
                refused()


def test_the_trail_says_who_did_what_and_finds_tampering(engine: Engine, users: Users) -> None:
    from sqlalchemy import text

    from assistant.store.engine import transaction

    trail = Trail(engine)
    with acting(Principal("ada", frozenset({Role.ADMINISTRATOR}))):
        users.set_roles("cora", [Role.BILLER])
        trail.note(Event.EXPORT, "12 rows\n=SUM(A1)")
    last = trail.lines(2)
    assert [(line.who, line.action, line.about) for line in last] == [
        ("ada", "roles changed", "cora: biller"),
        ("ada", "export", "12 rows =SUM(A1)"),
    ]
    assert list(trail.faults()) == []
    triggers = (
        ["DROP TRIGGER trail_no_update", "DROP TRIGGER trail_no_delete"]
        if engine.dialect.name == "sqlite"
        else ["DROP TRIGGER trail_append_only ON trail"]
    )
    with transaction(engine) as connection:
        for statement in (
            *triggers,
            "DELETE FROM trail WHERE number = 6",
            "UPDATE trail SET who = 'x' WHERE number = 2",
        ):
            connection.execute(text(statement))
    said = " ".join(trail.faults())
    assert "line 2 of the trail was changed" in said and "cut off" in said


def test_a_clock_set_back_leaves_the_trail_in_order(engine: Engine) -> None:
    trail = Trail(engine)
    for moment in (NOW, minutes(-60), minutes(1)):
        trail.note(Event.SERVED, at=moment)
    times = [line.at for line in trail.lines()]
    assert times == sorted(times) and times[0] == times[1] < times[2]
