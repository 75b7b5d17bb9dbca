"""What Alembic runs to migrate a case store: on the connection, and in the transaction, of the store."""

from alembic import context

from huurschuld.cases.migrating import VERSION_TABLE
from huurschuld.cases.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    version_table=VERSION_TABLE,
    transactional_ddl=False,  # the store begins and ends the transaction
)
context.run_migrations()
