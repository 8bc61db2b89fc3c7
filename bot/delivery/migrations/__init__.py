"""The ledger's history, one step a file, run by alembic."""
