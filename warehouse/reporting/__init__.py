"""What people are shown: reports, the account of the loads, the catalogue."""
