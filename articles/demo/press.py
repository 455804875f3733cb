"""Who publishes in the invented world and the subjects they write about (floor 0)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Topic:
    """A subject: `about` is its description, `motif` the picture on its page."""

    name: str
    parent: str
    about: str
    keywords: tuple[str, ...]
    motif: str

    @property
    def slug(self) -> str:
        """The name as it stands in file names."""
        return "-".join(word for word in self.name.lower().split() if word.isalnum())


@dataclass(frozen=True, slots=True)
class Provider:
    """A newspaper, agency or magazine: `beat` is the top topic it keeps to, "" for all of them."""

    name: str
    domain: str
    beat: str = ""
    is_agency: bool = False
    has_amp: bool = False
    section: str = "news"


def _topic(name: str, parent: str, motif: str, keywords: str, about: str) -> Topic:
    return Topic(name, parent, about, tuple(keywords.split(", ")), motif)


# In the order of the site's menu: a parent stands before its children.
TOPICS = (
    _topic("Science", "", "orbit", "science, research, discovery",
           "What researchers find out, from the sea floor to distant stars."),
    _topic("Space", "Science", "planets", "space, orbit, telescope, launch, moon",
           "Missions, telescopes and the worlds they look at."),
    _topic("Climate", "Science", "hills", "climate, glacier, weather, rainfall",
           "Measurements of a changing climate and what towns do about it."),
    _topic("Oceans", "Science", "deep", "ocean, marine, sea, reef",
           "Life under water, and the people who count it."),
    _topic("Archaeology", "Science", "columns", "archaeology, excavation, dig",
           "Finds that change what we thought we knew about the past."),
    _topic("Technology", "", "circuit", "technology, software, engineering",
           "Machines, programs and the firms that make them."),
    _topic("Artificial Intelligence", "Technology", "network",
           "artificial intelligence, machine learning, AI",
           "Models, the work they take over, and the rules they get."),
    _topic("Robotics", "Technology", "robot", "robot, robotics, automation",
           "Machines that move, carry, pick and sort."),
    _topic("Security", "Technology", "lock", "security, vulnerability, privacy, breach",
           "Flaws, repairs, and how to stay out of trouble."),
    _topic("Computing", "Technology", "circuit", "chip, computing, devices, data centre",
           "Chips, devices and the halls that house them."),
    _topic("Health", "", "glass", "health, medicine, hospital",
           "Trials, hospitals and everyday well-being."),
    _topic("Medicine", "Health", "glass", "medicine, trial, treatment, drug",
           "New treatments, and how well they work."),
    _topic("Public Health", "Health", "leaves", "public health, vaccine, prevention",
           "Keeping whole towns well."),
    _topic("Nutrition", "Health", "leaves", "nutrition, food, diet",
           "What we eat, and what it does."),
    _topic("Business", "", "chart", "business, economy, company",
           "Companies, prices and the things that are traded."),
    _topic("Energy", "Business", "turbines", "energy, wind, solar, grid, battery",
           "Where power comes from and what it costs."),
    _topic("Trade", "Business", "harbour", "trade, port, export, customs",
           "Ports, tariffs and agreements."),
    _topic("Transport", "Business", "rails", "transport, rail, tram, ferry",
           "Trains, ferries, trams and the roads between."),
    _topic("Companies", "Business", "skyline", "company, merger, results, jobs",
           "Results, mergers and new people at the top."),
    _topic("Culture", "", "stage", "culture, arts",
           "Books, stages, museums and music."),
    _topic("Books", "Culture", "books", "book, novel, author, library",
           "Novels, prizes and the libraries that lend them."),
    _topic("Stage and Screen", "Culture", "stage", "film, theatre, cinema, play",
           "Films, plays and the houses that show them."),
    _topic("Museums", "Culture", "columns", "museum, gallery, exhibition",
           "Exhibitions, collections and returned treasures."),
    _topic("Music", "Culture", "strings", "music, concert, orchestra, festival",
           "Concerts, records and festivals."),
    _topic("Sport", "", "stadium", "sport, match, race",
           "Results and stories from pitch, road and water."),
    _topic("Football", "Sport", "stadium", "football, match, cup, coach",
           "Matches, clubs and coaches."),
    _topic("Athletics", "Sport", "track", "athletics, marathon, record",
           "Running, jumping and throwing."),
    _topic("Cycling", "Sport", "road", "cycling, stage, tour",
           "Stage races, classics and the track."),
    _topic("Sailing", "Sport", "sails", "sailing, yacht, regatta",
           "Ocean races and regattas."),
)  # fmt: skip

PROVIDERS = (
    Provider("Harbour Gazette", "harbour-gazette.example", has_amp=True),
    Provider("Tidewater Wire", "tidewater-wire.example", is_agency=True, section="wire"),
    Provider("Meridew Post", "meridew-post.example", has_amp=True, section="articles"),
    Provider("Norvale Courier", "norvale-courier.example"),
    Provider("The Evening Lantern", "evening-lantern.example", has_amp=True),
    Provider("Caldmere Chronicle", "caldmere-chronicle.example", section="stories"),
    Provider("Open Casement", "open-casement.example"),
    Provider("The Brass Compass", "brass-compass.example", has_amp=True),
    Provider("Ostmoor Herald", "ostmoor-herald.example"),
    Provider("Fernhollow Observer", "fernhollow-observer.example", section="a"),
    Provider("Longshore Press Service", "longshore-press.example", is_agency=True, section="dispatches"),
    Provider("The Tolvane Reader", "tolvane-reader.example"),
    Provider("Ferry & Field", "ferry-and-field.example", section="reports"),
    Provider("Orbit & Meadow", "orbit-meadow.example", "Science", section="articles"),
    Provider("The Tidal Naturalist", "tidal-naturalist.example", "Science"),
    Provider("Field Notebook Weekly", "field-notebook.example", "Science", has_amp=True),
    Provider("Small Discoveries", "small-discoveries.example", "Science"),
    Provider("Stethoscope Lane", "stethoscope-lane.example", "Health", section="reports"),
    Provider("The Ward Letter", "ward-letter.example", "Health"),
    Provider("Wellspring Almanac", "wellspring-almanac.example", "Health", has_amp=True),
    Provider("Signal & Solder", "signal-solder.example", "Technology", has_amp=True),
    Provider("Byteferry", "byteferry.example", "Technology", section="posts"),
    Provider("The Patch Ledger", "patch-ledger.example", "Technology"),
    Provider("Copperline Dispatch", "copperline-dispatch.example", "Technology", section="stories"),
    Provider("Machine Yard", "machine-yard.example", "Technology"),
    Provider("Ledger Lane", "ledger-lane.example", "Business", has_amp=True),
    Provider("Quayside Markets", "quayside-markets.example", "Business"),
    Provider("Pylon & Pier", "pylon-pier.example", "Business", section="articles"),
    Provider("The Ninth Storey", "ninth-storey.example", "Business"),
    Provider("Footlight Review", "footlight-review.example", "Culture", section="reviews"),
    Provider("Margin Scribbles", "margin-scribbles.example", "Culture"),
    Provider("The Long Vitrine", "long-vitrine.example", "Culture", has_amp=True),
    Provider("Sleeve & Stylus", "sleeve-stylus.example", "Culture"),
    Provider("Touchline Morning", "touchline-morning.example", "Sport", has_amp=True),
    Provider("The Bell Lap", "bell-lap.example", "Sport"),
    Provider("Spinnaker & Spoke", "spinnaker-spoke.example", "Sport", section="races"),
    Provider("Terrace Notes", "terrace-notes.example", "Sport"),
)

# Papers in other languages, each with its headline and excerpt for any story.
ABROAD = (
    (
        Provider("Le Carillon de Valbrume", "carillon-valbrume.example", section="actualites"),
        "À {place}, ce que l’on sait déjà sur « {main} »",
        "L’annonce concernant « {main} » a été accueillie avec intérêt à {place} ; d’autres précisions sont "
        "attendues dans les prochains jours.",
    ),
    (
        Provider("Der Morgensteg", "morgensteg.example", section="artikel"),
        "{place}: Was über „{main}“ bisher bekannt ist – und was nicht",
        "Die Nachricht über „{main}“ hat in {place} für Gesprächsstoff gesorgt; nähere Einzelheiten werden "
        "in den nächsten Tagen erwartet.",
    ),
    (
        Provider("مرآة الميناء", "mirat-almina.example", section="akhbar"),
        "{place}: ما نعرفه حتى الآن عن {main}",
        "نشرت السلطات في {place} بياناً قصيراً حول {main}، ومن المتوقع صدور تفاصيل أخرى خلال الأيام المقبلة.",
    ),
)
