"""The cities of the shop's customers, made up, each with its share of them.

No name is changed by staging's `clean_label`, so that spelling is one rule for all of them.
"""

# Weights: roughly the population in thousands.
CITIES = {
    "Northaven": 2140,
    "Port Aurel": 1390,
    "Königsbrück": 980,
    "Millbridge": 760,
    "Santa Vela": 640,
    "Ostermark": 520,
    "Bellerive": 450,
    "Ravensford": 390,
    "Novi Brod": 340,
    "Århamn": 300,
    "Lakemont": 260,
    "Castelmora": 230,
    "Fairwater": 205,
    "Sainte Odile": 180,
    "Grünfeld": 160,
    "Eastmere": 145,
    "Villa Rosada": 130,
    "Stonegate": 115,
    "Łąkowo": 100,
    "Highcombe": 90,
    "Puerto Niño": 80,
    "Westerholm": 70,
    "Oakhurst": 62,
    "Montclar": 54,
    "Silverbay": 47,
    "Hollandale": 40,
    "Tarnova": 34,
    "Birchwood": 28,
    "Little Marsh": 18,
    "Saltcliff": 11,
}
