"""`superbill serve`."""

import argparse
import contextlib
import os
import signal
import sys
import threading

from assistant.errors import InputError
from assistant.settings import load_settings


def serve(args: argparse.Namespace) -> int:
    """Serve the page on this machine until it is interrupted."""
    from assistant.web.server import checked_host

    settings = load_settings()
    host = checked_host(args.host or settings.host)
    port = args.port if args.port is not None else settings.port
    if not 0 < port < 65536:
        raise InputError(f"{port} is not a port; choose one from 1 to 65535.")
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    print("Opening the code index (a first start builds it, about two minutes) ...", file=sys.stderr)
    from assistant.services import Services
    from assistant.web.server import running, warm

    services = Services.open(settings)
    warm(services)
    with running(services, host, port) as url:
        print(f"Superbill is on {url} ; press Ctrl+C to stop.", file=sys.stderr)
        stop = threading.Event()
        # Asked to end by the system, the page still takes its upload folder away.
        signal.signal(signal.SIGTERM, lambda *_: stop.set())
        with contextlib.suppress(KeyboardInterrupt):
            stop.wait()
    print("Stopped.", file=sys.stderr)
    return 0
