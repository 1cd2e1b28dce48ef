"""The history of the store's tables, told in steps. `env.py` is what Alembic runs."""
