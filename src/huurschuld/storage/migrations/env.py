"""What Alembic runs to migrate: on the connection, and in the transaction, of the caller."""

from alembic import context

from huurschuld.storage.migrating import VERSION_TABLE
from huurschuld.storage.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    version_table=VERSION_TABLE,
    transactional_ddl=False,  # the caller begins and ends the transaction
)
context.run_migrations()
