"""`warehouse roles`: who may do what on each engine, by the variable `roles`. docs/roles.md."""
