"""The built-in plugins, and what every plugin needs.

| module | holds |
|---|---|
| `portfolio` | the folder of tables, CSV and Parquet |
| `vera` | the standard API of Dutch housing corporations |
| `database` | any SQLAlchemy database |
| `register` | contact details from a CSV file |
| `meldpunt` | a referral to the GGD or the municipality, by HTTPS or as a file |
| `feedback` | feedback to a landlord, as a file or by HTTPS; and back into the next screening |
| `bip` | helpers and budget advice, from one table |
| `ddas` | what a municipality reports to CBS |
| `exchanges` | exchanges over HTTP, bounded in time as a whole and not logged |
| `time_stamping` | asking a time-stamping authority for a stamp of the heads of a log |
| `csv_tables` | a CSV table of a plugin's own: columns and kinds, read strictly |
| `configuration` | the one TOML file of external systems, and secrets from the environment |
| `host` | finding plugins and isolating broken ones, optionally each in its own process |
| `scaffold` | a new plugin as a project, from templates |
"""
