"""What went wrong with the database, in one plain sentence without any content."""

FAULTS = (
    (("disk is full", "no space left", "diskfull"), "The disk of the store is full; free some space and try again."),
    (("malformed", "not a database"), "The store is damaged; bring a backup back with `superbill restore`."),
    (("disk i/o error",), "The disk of the store fails or is full; nothing was changed. Check it and try again."),
    (
        ("readonly database", "read-only", "unable to open database file"),
        "The store cannot be written (its file or folder is read-only); nothing was changed. Check its permissions.",
    ),
    (
        ("too many clients", "remaining connection slots", "queuepool limit"),
        "Too many programs or people use the database at once; nothing was changed. "
        "Try again, and let PostgreSQL take more (max_connections).",
    ),
    (("database is locked",), "The store is busy with another program; nothing was changed. Try again."),
    (
        (
            "connection refused",
            "connection failed",
            "server closed the connection",
            "terminating connection",
            "is the server running",
            "the connection is closed",
            "shutting down",
            "starting up",
            "connection is lost",
            "connection reset",
            "broken pipe",
            "could not send data",
            "could not receive data",
            "recovery mode",
            "not yet accepting",
        ),
        "The database cannot be reached; nothing was changed. Start it and try again.",
    ),
)
"""Words of a driver's message, and the sentence for them."""


def sentence(error: Exception, otherwise: str) -> str:
    """The sentence for a database error; `otherwise` holds {} for the kind of any error not listed."""
    cause = getattr(error, "orig", None) or error
    said = f"{type(cause).__name__} {cause}".lower()
    for words, told in FAULTS:
        if any(word in said for word in words):
            return told
    return otherwise.format(type(cause).__name__)
