"""The database: tables, one file of SQL per subject, migrations."""
