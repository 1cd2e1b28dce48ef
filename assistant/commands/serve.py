"""`superbill serve`."""

import argparse
import ipaddress
import os
import signal
import sys
import threading

from assistant.errors import InputError
from assistant.settings import Settings, load_settings


def opening(settings: Settings) -> None:
    """What is due whenever the page starts: the store is checked, and what is past its time goes."""
    from assistant.accounts.trail import Event, Trail
    from assistant.custody.retention import apply_retention
    from assistant.store.engine import check_integrity, open_store

    engine = open_store(settings)
    try:
        check_integrity(engine)
        apply_retention(settings, engine)
        Trail(engine).note(Event.SERVED)
    finally:
        engine.dispose()


def serve(args: argparse.Namespace) -> int:
    """Serve the page on this machine until it is interrupted."""
    from assistant.web.server import checked_host, has_accounts

    settings = load_settings()
    accounts = has_accounts(settings)
    host = checked_host(args.host or settings.host, accounts)
    port = args.port if args.port is not None else settings.port
    if not 0 < port < 65536:
        raise InputError(f"{port} is not a port; choose one from 1 to 65535.")
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    print("Opening the code index (a first start builds it, about two minutes) ...", file=sys.stderr)
    from assistant.services import Services
    from assistant.web.server import running, warm

    services = Services.open(settings)
    opening(settings)
    warm(services)
    stop = threading.Event()
    # Set before the page answers: whoever asks it to end, at whatever moment, its upload folder is taken away.
    before = {number: signal.signal(number, lambda *_: stop.set()) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        with running(services, host, port) as url:
            print(f"Superbill is on {url} ; press Ctrl+C to stop.", file=sys.stderr)
            if accounts and not ipaddress.ip_address(host).is_loopback:
                print("Passwords travel as they are: put a proxy with TLS in front of it.", file=sys.stderr)
            stop.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    print("Stopped.", file=sys.stderr)
    return 0
