"""The local store: engine, migrations, encryption at rest, backup, retention. Stations declare their tables on it."""
