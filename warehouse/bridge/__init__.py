"""A ClickHouse server without a server: an HTTP bridge in front of chdb's embedded engine."""
