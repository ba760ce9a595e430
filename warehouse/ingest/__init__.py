"""Source files into PostgreSQL: a Singer tap, a Singer target and what they share."""
