"""The embedded engines: PostgreSQL and ClickHouse, started and stopped from the command line."""
