"""What the shop sells: categories, when and to whom they sell, and the words of their products."""

from dataclasses import dataclass

# The order of the gender and age columns below.
GENDERS = ("female", "male", "other")
AGE_BANDS = (25, 35, 50, 65)  # the first age of each band but the youngest


@dataclass(frozen=True)
class Category:
    """A category of products.

    Attributes:
        name: as a clean export writes it, which is how staging's `clean_label` writes it.
        share: part of all sales in an average month, in thousandths.
        season: demand in the middle of each month, in percent of the average.
        by_gender: how much more or less each of GENDERS buys of it, in percent.
        by_age: the same for the age bands, youngest first.
        quantities: how often 1, 2, 3, … pieces are bought, in percent.
        nouns: things, each with its lowest and highest price in whole currency units.
        adjectives: what stands before the noun.
        variants: what stands after it.
    """

    name: str
    share: int
    season: tuple[int, ...]
    by_gender: tuple[int, int, int]
    by_age: tuple[int, int, int, int, int]
    quantities: tuple[int, ...]
    nouns: dict[str, tuple[int, int]]
    adjectives: tuple[str, ...]
    variants: tuple[str, ...]


_MOSTLY_ONE = (92, 6, 2)
_A_FEW = (70, 18, 7, 3, 1, 1)
_MANY = (38, 25, 14, 10, 5, 5, 1, 1, 0, 1)

CATEGORIES = (
    Category(
        name="Electronics",
        share=140,
        season=(90, 80, 80, 78, 80, 82, 85, 92, 95, 98, 160, 180),
        by_gender=(75, 130, 110),
        by_age=(125, 125, 105, 75, 55),
        quantities=_MOSTLY_ONE,
        nouns={
            "Headphones": (29, 249),
            "Monitor": (129, 549),
            "Laptop": (549, 2199),
            "Keyboard": (19, 129),
            "Smart Speaker": (39, 179),
            "Action Camera": (149, 429),
            "Charger": (12, 49),
            "Tablet": (159, 1149),
            "Router": (39, 199),
            "E-Reader": (89, 249),
            "Television": (299, 1899),
            "Power Bank": (15, 69),
        },
        adjectives=("Wireless", "Compact", "Pro", "Ultra", "Slim", "Studio", "Travel", "Nova"),
        variants=("black", "silver", '13"', '27"', "128 GB", "USB-C, 2 m", "mark II", "white"),
    ),
    Category(
        name="Clothing",
        share=170,
        season=(88, 80, 98, 108, 106, 96, 84, 92, 118, 112, 108, 110),
        by_gender=(128, 72, 105),
        by_age=(135, 120, 100, 80, 65),
        quantities=_A_FEW,
        nouns={
            "T-Shirt": (9, 29),
            "Jeans": (29, 99),
            "Jacket": (49, 219),
            "Dress": (25, 129),
            "Sweater": (25, 99),
            "Socks": (4, 15),
            "Trainers": (39, 149),
            "Scarf": (9, 49),
            "Raincoat": (39, 139),
            "Shirt": (19, 79),
        },
        adjectives=("Linen", "Merino", "Organic Cotton", "Classic", "Relaxed", "Denim", "Soft"),
        variants=("S", "M", "L", "XL", "navy", "ecru", "olive, long", "rosé", "pack of 3"),
    ),
    Category(
        name="Home & Kitchen",
        share=150,
        season=(104, 92, 94, 92, 90, 86, 84, 90, 100, 106, 122, 140),
        by_gender=(112, 88, 100),
        by_age=(75, 108, 115, 105, 90),
        quantities=_A_FEW,
        nouns={
            "Saucepan": (19, 89),
            "Chef's Knife": (15, 119),
            "Toaster": (25, 99),
            "Desk Lamp": (19, 89),
            "Cushion": (9, 39),
            "Coffee Maker": (39, 399),
            "Storage Box": (6, 29),
            "Bed Linen": (29, 129),
            "Crème Brûlée Torch": (14, 35),
            "Water Carafe": (12, 45),
        },
        adjectives=("Steel", "Enamel", "Oak", "Stackable", "Everyday", "Handmade", "Retro"),
        variants=("small", "large", "24 cm", "1.5 l", "set of 4", "red, with lid", "café au lait"),
    ),
    Category(
        name="Toys",
        share=95,
        season=(62, 66, 78, 84, 76, 78, 80, 76, 76, 104, 190, 330),
        by_gender=(108, 92, 95),
        by_age=(60, 130, 135, 80, 90),
        quantities=_A_FEW,
        nouns={
            "Train Set": (24, 89),
            "Building Blocks": (15, 119),
            "Puzzle": (8, 29),
            "Doll": (14, 59),
            "Board Game": (15, 55),
            "Kite": (9, 35),
            "Plush Bear": (9, 45),
            "Race Track": (29, 99),
            "Play Kitchen": (59, 159),
            "Marble Run": (19, 79),
        },
        adjectives=("Wooden", "My First", "Magnetic", "Giant", "Colourful", "Classic", "Musical"),
        variants=("24 pieces", "100 pieces", "500 pieces, age 8+", '"Forest"', '"Ocean"', "mini"),
    ),
    Category(
        name="Garden",
        share=75,
        season=(28, 46, 130, 220, 235, 170, 118, 84, 72, 56, 30, 28),
        by_gender=(96, 106, 95),
        by_age=(35, 75, 115, 145, 140),
        quantities=_A_FEW,
        nouns={
            "Watering Can": (9, 39),
            "Secateurs": (12, 59),
            "Planter": (8, 79),
            "Garden Hose": (19, 79),
            "Parasol": (49, 249),
            "Robot Mower": (499, 1999),
            "Tomato Seeds": (2, 6),
            "Deck Chair": (29, 119),
            "Barbecue": (79, 899),
            "Bird House": (12, 49),
        },
        adjectives=("Zinc", "Folding", "Weatherproof", "Bamboo", "Heritage", "Balcony", "Pro"),
        variants=("10 l", "20 m", "green", "anthracite", "Ø 40 cm", "round, large", "set of 2"),
    ),
    Category(
        name="Books",
        share=90,
        season=(100, 92, 88, 86, 84, 88, 108, 104, 100, 98, 112, 150),
        by_gender=(114, 86, 115),
        by_age=(95, 90, 95, 110, 130),
        quantities=(82, 12, 4, 1, 1),
        nouns={
            "Cookbook": (15, 39),
            "Atlas": (24, 79),
            "Crime Novel": (8, 24),
            "Travel Guide": (12, 29),
            "Picture Book": (9, 22),
            "Biography": (14, 35),
            "Dictionary": (19, 69),
            "Poetry": (8, 22),
            "Field Guide": (14, 35),
        },
        adjectives=("Illustrated", "Pocket", "Complete", "New", "Little", "Essential", "Nordic"),
        variants=(
            "hardcover",
            "paperback",
            "volume 1",
            "volume 2",
            "2nd edition, revised",
            "señal",
        ),
    ),
    Category(
        name="Beauty",
        share=85,
        season=(90, 100, 98, 98, 108, 98, 92, 90, 94, 96, 112, 134),
        by_gender=(150, 50, 105),
        by_age=(120, 120, 105, 85, 70),
        quantities=_A_FEW,
        nouns={
            "Face Cream": (9, 69),
            "Shampoo": (4, 24),
            "Perfume": (25, 119),
            "Hand Soap": (3, 15),
            "Lipstick": (7, 35),
            "Sun Milk": (8, 29),
            "Hair Dryer": (25, 199),
            "Body Lotion": (5, 29),
        },
        adjectives=("Aloe", "Rosé", "Sensitive", "Almond", "Sea Salt", "Lavender", "Pure"),
        variants=("50 ml", "100 ml", "250 ml", "refill", "set of 2", "unscented, vegan"),
    ),
    Category(
        name="Sports",
        share=80,
        season=(128, 96, 100, 106, 112, 112, 104, 96, 100, 84, 80, 96),
        by_gender=(86, 116, 100),
        by_age=(130, 125, 105, 75, 50),
        quantities=(80, 14, 3, 2, 1),
        nouns={
            "Yoga Mat": (15, 69),
            "Dumbbell": (9, 79),
            "Football": (12, 45),
            "Tent": (69, 449),
            "Cycle Helmet": (25, 129),
            "Running Belt": (12, 35),
            "E-Bike": (999, 2799),
            "Water Bottle": (8, 35),
            "Sleeping Bag": (35, 199),
            "Badminton Set": (15, 59),
        },
        adjectives=("Trail", "Light", "Alpine", "Junior", "Team", "Endurance", "All-Weather"),
        variants=("size M", "size L", "blue", "2 persons", "5 kg", "orange, reflective", "0.7 l"),
    ),
    Category(
        name="Grocery",
        share=75,
        season=(98, 96, 98, 100, 96, 94, 92, 92, 98, 100, 108, 128),
        by_gender=(108, 92, 100),
        by_age=(80, 100, 108, 105, 105),
        quantities=_MANY,
        nouns={
            "Coffee Beans": (7, 29),
            "Olive Oil": (6, 29),
            "Green Tea": (3, 19),
            "Jalapeño Sauce": (3, 9),
            "Dark Chocolate": (2, 9),
            "Honey": (4, 15),
            "Pasta": (1, 6),
            "Almonds": (4, 19),
        },
        adjectives=("Organic", "Fair Trade", "Roasted", "Wild", "Stone-Ground", "Farmhouse"),
        variants=("250 g", "500 g", "1 kg", "750 ml", "gift box, 6 pieces", "extra"),
    ),
    Category(
        name="Pet Supplies",
        share=40,
        season=(100, 98, 100, 100, 100, 98, 98, 98, 98, 100, 104, 106),
        by_gender=(110, 90, 110),
        by_age=(85, 105, 110, 105, 90),
        quantities=_MANY,
        nouns={
            "Dog Bed": (19, 119),
            "Cat Litter": (5, 19),
            "Leash": (7, 39),
            "Scratching Post": (19, 149),
            "Dry Food": (9, 59),
            "Aquarium Pump": (12, 69),
            "Bird Seed": (3, 15),
        },
        adjectives=("Natural", "Comfort", "Sturdy", "Puppy", "Senior", "Outdoor"),
        variants=("small", "medium", "large", "2 kg", "10 kg", "salmon, grain-free"),
    ),
)

SUPPLIER_NAMES = (
    "Nordwind",
    "Hartmann",
    "Kolibri",
    "Oakfield",
    "Bluewater",
    "Meridian",
    "Müller",
    "Almeida",
    "Sunrise",
    "Granit",
    "Pemberton",
    "Österlund",
    "Castor",
    "Lumen",
    "Fjord",
    "Tavares",
)
SUPPLIER_FORMS = (
    "{} Trading",
    "{} & Sons",
    "{}, Ltd.",
    "{} Wholesale",
    '"{}" Import',
    "{} Group",
    "{} Manufacturing, Inc.",
    "{} Direct",
)
