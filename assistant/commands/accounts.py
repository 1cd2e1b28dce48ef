"""`superbill user`: the accounts of a site. Passwords are asked for, or read from standard input; never an argument."""

import argparse
import getpass
import sys
from typing import TYPE_CHECKING

from assistant.accounts.principal import Role
from assistant.commands import wiring
from assistant.commands.output import print_json
from assistant.errors import InputError
from assistant.settings import load_settings

if TYPE_CHECKING:
    from assistant.accounts.users import User, Users


def add(args: argparse.Namespace) -> int:
    """Make an account."""
    from assistant.accounts.users import named

    name = named(args.name)
    return _told(args, _users().add(name, _password(args), _roles(args.roles)), "is there now")


def list_users(args: argparse.Namespace) -> int:
    """Every account with its roles."""
    found = _users().all()
    if args.json:
        print_json([_record(user) for user in found])
        return 0
    for user in found:
        state = "disabled" if user.disabled else f"locked until {user.locked_until}" if user.locked_until else ""
        print(f"{user.name:<24} {_listed(user):<40} {state}".rstrip())
    if not found:
        print("There is no account: whoever is at this machine has every role. `superbill user add NAME` makes one.")
    return 0


def disable(args: argparse.Namespace) -> int:
    """Let nobody log in under an account any more."""
    return _told(args, _users().disable(args.name), "is disabled")


def enable(args: argparse.Namespace) -> int:
    """Let an account be used again, unlocked."""
    return _told(args, _users().enable(args.name), "may log in")


def password(args: argparse.Namespace) -> int:
    """Set an account's password; its sessions end."""
    return _told(args, _users().set_password(args.name, _password(args)), "has a new password")


def role(args: argparse.Namespace) -> int:
    """Set an account's roles; its sessions end."""
    return _told(args, _users().set_roles(args.name, _roles(args.roles)), "has other roles now")


def _users() -> "Users":
    from assistant.accounts.users import Users

    return Users(wiring.store(), load_settings().trust)


def _roles(text: str) -> list[Role]:
    try:
        return [Role(part.strip().lower()) for part in text.split(",") if part.strip()]
    except ValueError:
        raise InputError(f"A role is one of {', '.join(Role)}; separate several with commas.") from None


def _password(args: argparse.Namespace) -> str:
    if args.stdin or not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    first = getpass.getpass("Password: ")
    if getpass.getpass("Once more: ") != first:
        raise InputError("The two passwords differ; nothing was changed.")
    return first


def _told(args: argparse.Namespace, user: "User", what: str) -> int:
    if args.json:
        print_json(_record(user))
    else:
        print(f"{user.name} {what} ({_listed(user)}).")
    return 0


def _record(user: "User") -> dict[str, object]:
    return {
        "name": user.name,
        "roles": [role.value for role in Role if role in user.roles],
        "disabled": user.disabled,
        "locked_until": user.locked_until,
        "created": user.created,
        "changed": user.changed,
    }


def _listed(user: "User") -> str:
    return ", ".join(role.value for role in Role if role in user.roles)
