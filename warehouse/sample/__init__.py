"""Made-up files of an online shop, with the dirt of real exports and a manifest of the truth."""
