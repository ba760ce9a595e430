"""What an HTTP API serves, as a file."""
