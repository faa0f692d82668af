"How Alembic runs the ledger's migrations: on the connection, and in the transaction, that `viralforge.ledger` hands it."

from alembic import context

context.configure(connection=context.config.attributes["connection"])
with context.begin_transaction():
    context.run_migrations()
