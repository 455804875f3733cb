"""Names of an invented world (floor 0): places, people, institutions and things, all of them made up."""

from collections.abc import Iterable

from articles.demo.places import CITIES, REGIONS

_STEMS = (
    "Lumivar", "Kestrane", "Norlight", "Ardwen", "Bluefirth", "Caldrin", "Dovetarn", "Embrell", "Fennaway",
    "Greyfinch", "Haldorne", "Isenby", "Junivar", "Kittibay", "Larchholm", "Meridew", "Nimbarra", "Orrelay",
    "Pellandry", "Quillaran", "Rowanby", "Saltmarrow", "Tolvec", "Umberlane", "Vesperell", "Wendelow",
    "Yarrowind", "Zephanor", "Brightmoss", "Copperlund", "Tansyworth", "Marlowend", "Skerrivane", "Ostrelane",
)  # fmt: skip
_GIVEN = (
    "Ilsa", "Maren", "Anselm", "Corin", "Delphine", "Edda", "Faris", "Greta", "Hanno", "Imre", "Jorun",
    "Kalle", "Mattis", "Nadira", "Oskar", "Petra", "Quentin", "Rosalind", "Sunniva", "Tamsin", "Ulla",
    "Viggo", "Tobin", "Wilma", "Leonie", "Yusra", "Zoltan", "Amina", "Bastien", "Chiara", "Davor", "Elowen",
    "Farah", "Goran", "Henrike", "Isandro", "Jasmeen", "Kenji", "Lucan", "Mirela",
)  # fmt: skip
_SURNAMES = (
    "Velmark", "Ostrander-Vey", "Tarrowby", "Brindlow", "Quillmere", "Haverskog", "Marrowell", "Isendahl",
    "Pellingrove", "Saltonby", "Wrenholt", "Kestrelund", "Dunmarsh", "Fallowick", "Greywell", "Thornavik",
    "Ashmereux", "Copperwyn", "Lindqvale", "Orrinsson", "Rookhurst", "Tamarov", "Ulmarides", "Valbrunette",
    "Yarrowan", "Zelmiray", "Estranyi", "Corvaldo", "Farrowgate", "Glimstad", "Juniperov", "Lowenfeld-Aas",
    "Mossgrave", "Otterberg", "Penhallyn", "Skarravik", "Tidemanov", "Vesperini", "Wexelby", "Karsvold",
)  # fmt: skip

_SHIPS = "Wayfarer", "Lodestar", "Petrel", "Sandpiper", "Fieldfare", "Curlew"
_STARS = "Corva", "Lyndra", "Ostel", "Vanta", "Norope", "Thulemar"
_MODELS = "Linnet", "Sextant", "Harrow", "Parley", "Almanac", "Tinderbox", "Sequel", "Plainsong", "Wayside"
_PRESSES = "Lanternfold", "Foxlight", "Nightheron", "Plumstone", "Harbour Wall"
_HOUSES = "the Alcove", "the Rotunda", "the Lyric Quay", "the Old Exchange", "the Candlemaker", "the Tramshed"
_FESTIVE = "Midsummer", "Harbour", "Lantern", "Open Air", "Autumn Light", "Riverside"

# One table a line, its slot before the colon.
_LISTS = """
agency: the Meridew Space Agency, the Northern Orbit Office, the Selvane Space Council, the Ostermark \
    Rocket Programme, the Joint Planetary Service
band: Parcel Lanterns, The Slow Ferries, Night Allotment, Copper Weather, Glass Otter, Motorway Birds, \
    Velvet Semaphore, The Understairs, Polar Picnic, Low Tide Radio
crop: apples, strawberries, barley, asparagus, potatoes, plums, hops, lettuces, pears, sugar beets
cup: the Meridew Cup, the Coastal Shield, the Ostermark Cup, the Lanternfold Trophy
drug: velmorin, ostrapril, tarnaxib, quessidone, lunarovir, brindazole, isenumab, fallotide, karsvamide, \
    pelloprene, tamaristat, orrinol
event: 800 metres, 1500 metres, 5000 metres, 400-metre hurdles, long jump, javelin, high jump
film: Lantern Street, Thaw Sunday, Two Tickets to Valbrume, Paper Harbour, The Listener Upstairs, \
    Kite Season, A Slow Train North, The Mapmender, Nineteen Blue Hours, Half a Mile of Rain
find: a painted burial chamber, a merchant's boathouse, a row of bronze kilns, a timber road, a walled herb \
    garden, a harbour tavern, a bell foundry, a market hall, a glassmaker's workshop, a tiled bath house
food: oats, lentils, walnuts, white beans, herrings, chickpeas, sunflower seeds, mushrooms, pumpkins, plums
illness: asthma, chronic migraine, type 2 diabetes, osteoarthritis, hay fever, heart failure, psoriasis, \
    high blood pressure, insomnia, kidney disease
lake: Lake Ambry, Lake Velmor, Lake Tarnaway, Lake Orrin, Lake Isen, Lake Fallow, Lake Sunderaa, \
    Lake Quessel, Lake Dovremoss, Lake Wendel
moon: Ferrin, Ossuna, Talmire, Brea-4, Cindral, Yelva, Morrowen, Sithe, Pallory, Nimue-2, Ardune
novel: The Brine Ledger, A Ladder in Winter, Nine Rooms Facing North, The Ferryman's Arithmetic, \
    Small Weather, Inland by Lantern, The Beekeeper of Quessel, What the Tide Kept, A Map of Quiet Places, \
    The Orchard at Night, Letters to an Unbuilt House, The Third Lighthouse
object: an illuminated atlas, a bronze otter, a ceremonial drum, a silver astrolabe, a painted sea chest, \
    a carved river goddess, a woven star map, a set of walnut chessmen
play: The Weathervane, A House with Five Doors, The Glass Orchard, The Understudy's Winter, \
    Midsummer at Low Tide, The Clockmaker's Niece, Seven Chairs
prize: the Meridew Prize, the Lanternfold Prize, the Quillmark Award, the Ambry Prize, the Open Shelf Award
race: the Selvane Ocean Race, the Four Capes Passage, the Skarrow Circuit, the Orrin Passage
river: the Brindle, the Tolve, the Marrow, the Isen, the Quill, the Wend, the Orrin, the Lind, the Pellan, \
    the Greywater, the Fenn, the Ostra
robot: Mule, Gannet, Porter, Heron, Badger-S, Stilt, Tortoise, Bramble, Ferryman, Sprig, Dray, Mole-5
sea: the Selvane Sea, the Ostern Gulf, the Bay of Karsvik, the Vesper Strait, the Miravane Shelf, \
    the Skarrow Channel, the Orrin Sound, the Long Firth, the Tamarisk Deep
species: grey seals, sea otters, spoonbills, porpoises, sturgeons, pelicans, cold-water corals, puffins, \
    blue mussels, basking sharks, leatherback turtles
street: Chandler Street, the Old Quay, Lantern Square, Foundry Lane, the Rope Walk, Station Parade, \
    Millrace Park, the Cornmarket
tour: the Tour of Selvane, the Five Valleys, the Ostermark Classic, the Vesper Stage Race
trick: names its sources, drafts minutes of meetings, reads hand-drawn maps, admits what it does not know, \
    explains each step, translates dialects, checks sums in reports, reads old handwriting, runs on a phone, \
    answers in plain words, spots gaps in contracts, turns sketches into plans
yacht: Blue Petrel, Kittiwake II, North Wind, Saltire Rose, Long Reach, Sea Thrift, Halyard, Moonraker 9
"""


def _lists(text: str) -> dict[str, tuple[str, ...]]:
    pairs = (line.partition(": ") for line in text.strip().splitlines())
    return {slot: tuple(" ".join(name.split()) for name in names.split(",")) for slot, _, names in pairs}


def _joined(firsts: Iterable[str], seconds: str) -> tuple[str, ...]:
    return tuple(f"{first} {second}" for first in firsts for second in seconds.split(", "))


# Each branch of business takes its own share of the stems, so that few names sound like the same firm.
_A, _B, _C, _D = _STEMS[::2], _STEMS[1::2], _STEMS[2::3], _STEMS[1::3]

TABLES: dict[str, tuple[str, ...]] = _lists(_LISTS) | {
    "city": CITIES,
    "region": REGIONS,
    "person": _joined(_GIVEN, ", ".join(_SURNAMES)),
    "uni": _joined(["the University of"], ", ".join(CITIES[::2]))
    + _joined([f"the {stem}" for stem in _A], "Institute"),
    "craft": _joined(_SHIPS, "2, 3, 4, 6, 7, 9"),
    "star": tuple(f"{name}-{number}" for name in _STARS for number in (12, 19, 27, 41, 88, 106, 233)),
    "tech": _joined(_B, "Systems, Computing, Labs, Works, Digital"),
    "model": _joined(_MODELS, "2, 3, 4, 5"),
    "robotics": _joined(_A, "Robotics, Motion, Mechanics, Automata"),
    "security": _joined(_C, "Security, Shield, Watch, Assurance"),
    "software": _joined(_D, "Mail, Ledger, Desk, Sync, Gateway, Vault, Rooms"),
    "chip": _joined(("Tern", "Flint", "Sable", "Quartz", "Moss", "Onyx"), "C1, C2, R4, R8, X3, X5"),
    "energy": _joined(_B, "Energy, Power, Renewables, Grid"),
    "shipping": _joined(_A, "Shipping, Lines, Maritime"),
    "rail": _joined(_C, "Rail, Transit, Railways"),
    "bank": _joined(_D, "Bank, Savings, Mutual"),
    "retailer": _joined(_C, "Stores, & Daughters, Market, Provisions"),
    "maker": _joined(_A, "Ceramics, Bicycles, Instruments, Textiles, Furniture, Foods"),
    "pharma": _joined(_D, "Biologics, Medicines, Therapeutics"),
    "hospital": _joined(CITIES[1::2], "General Hospital, Infirmary"),
    "publisher": _joined(_PRESSES, "Press, Books"),
    "theatre": _joined(_HOUSES, "Theatre, Playhouse"),
    "museum": _joined([f"the {city}" for city in CITIES[::3]], "Museum, Gallery, Maritime Museum"),
    "orchestra": _joined([f"the {city}" for city in CITIES[2::3]], "Philharmonic, Chamber Orchestra"),
    "festival": _joined(_FESTIVE, "Festival"),
    "club": _joined(CITIES[::3], "United, Wanderers")
    + _joined(CITIES[1::3], "Rovers, Harriers")
    + _joined(CITIES[2::3], "Athletic, Town"),
    "team": _joined(_D, "Cycling, Velo"),
}
