"""Events in culture, each with several wordings (floor 0)."""

from articles.demo.grammar import Kind

KINDS = (
    Kind("Books", "books stage", "novel", {"n": (34, 210), "k": (10, 80, 5), "p": (180, 640, 4)},
        """
        {prize_short} goes to {person} for “{novel}”
        {person} wins {prize} [with|for] “{novel}”
        “{novel}” [takes|wins] {prize}
        [A quiet winner|Surprise in {city}]: {person} wins {prize}
        {prize_short}: jury [praises|honours] “{novel}” by {person}
        """,
        """
        {person} has won {prize} for the novel “{novel}”, the jury announced in {city} on {day}.
        {Prize}, worth {k},000 florins, goes to {person} for “{novel}”.
        The jury chose “{novel}” by {person} from {n} novels.
        “{novel}”, a book of {p} pages by {person}, has been awarded {prize}.
        """,
        """
        The jury praised its patience and its jokes.
        {person_last} works as a postal clerk in {city2}.
        {publisher} is printing {k},000 more copies.
        The book is about a family that moves house eleven times.
        "I shall repair the roof," the winner said about the money.
        """,
        """
        Bookshops run out of “{novel}”
        A day after {person} won {prize}, {publisher} has no copies left of “{novel}”.
        """),
    Kind("Books", "books skyline", "city", {"n": (40, 310, 10), "m": (12, 96), "k": (1100, 7800, 100)},
        """
        {city} opens a library [open day and night|without closing time]
        New library in {city} [counts|has] {k} visitors on its first day
        [Sofas, sewing machines and|Slides, silence and] {n},000 books: {city} has a new library
        {city} [celebrates|opens] its library on {street}
        A library with a [view of|terrace above] {river}: {city} [reads on|moves in]
        """,
        """
        {city} has opened a library with {n},000 books; {k} visitors came on the first day.
        The new library of {city} on {street} is open day and night and cost {m} million florins.
        {k} people visited the new library of {city} on {day}, far more than expected.
        With {n},000 books, a workshop and a roof terrace, the library of {city} opened on {day}.
        """,
        """
        Readers carried the books over from the old house in a chain.
        Architect {person} wanted every seat near a window.
        Instruments can be borrowed too.
        There are no fines.
        The old house becomes a school of music.
        """,
        """
        Library of {city} asks visitors to bring chairs back
        After {k} visitors in a day, the library of {city} is looking for its {m} missing chairs.
        """),
    Kind("Books", "books columns", "uni", {"n": (18, 120), "y": (70, 260, 10), "k": (4, 40)},
        """
        [Lost|Forgotten] poems found in [an attic|a biscuit tin] in {city}
        {Uni} [presents|shows] {n} unknown poems from {city}
        {y} years in a drawer: [poems|letters] of a lighthouse keeper [appear|surface]
        A [biscuit tin|shoe box] in {city} held {n} poems
        Poems of {y} years ago to be printed [at last|for the first time]
        """,
        """
        {n} poems written about {y} years ago have been found in {city} and given to {uni}.
        In an attic in {city}, a family came upon {n} poems by a lighthouse keeper who lived {y} years ago.
        {Uni} showed {n} poems on {day} which had lain in {city} for {y} years.
        A tin found during a house clearance in {city} held {n} poems, now kept at {uni}.
        """,
        """
        They describe weather, boats and a neighbour's goat.
        {person}, who reads old hands, needed {k} days.
        {publisher} will print them in {month}.
        The family wants to remain unnamed.
        One of them was set to music for the opening.
        """,
        """
        Choir in {city} sings poem from the attic
        A day after the find of {n} poems, a choir in {city} performed one that has a refrain.
        """),
    Kind("Stage and Screen", "stage skyline", "film", {"n": (9, 64), "k": (4, 17), "m": (88, 164)},
        """
        “{film}” wins at {festival} of {city}
        {festival}: [audience|jury] prize for “{film}”
        [Long applause|Standing ovation] for “{film}” in {city}
        {person} [wins|triumphs] in {city} with “{film}”
        {city} festival [honours|crowns] “{film}”
        """,
        """
        The film “{film}” by {person} has won the main prize of the {festival} in {city}.
        {person} received the prize of the {festival} for “{film}”, chosen from {n} films.
        Applause lasted for {k} minutes when “{film}” was shown in {city} on {day}.
        “{film}”, {m} minutes long and shot by daylight only, has won in {city}.
        """,
        """
        It tells of two sisters who run a ferry.
        The cast are mostly amateurs from {region}.
        Cinemas will show it from {month}.
        The jury also praised the sound of rain.
        {person_last} thanked the town's electricians.
        """,
        """
        “{film}” to be shown in {k} towns
        The morning after its prize in {city}, “{film}” by {person} found a distributor.
        """),
    Kind("Stage and Screen", "stage columns", "theatre", {"n": (240, 980, 10), "m": (6, 58), "y": (2, 7)},
        """
        {Theatre} in {city} reopens [with|to the sound of] “{play}”
        Curtain up after {y} years: {theatre_short} [is back|plays again]
        {n} seats, old plaster, new stage: {theatre_short} [reopens|shows itself]
        “{play}” [opens|returns] at {theatre} in {city}
        {city} has its theatre back
        """,
        """
        {Theatre} in {city} has reopened with “{play}” after {y} years of repairs.
        With {n} seats and a new stage, {theatre} in {city} opened its doors on {day}.
        “{play}”, directed by {person}, is the first piece at the restored {theatre_short} in {city}.
        Repairs for {m} million florins are done: {theatre} in {city} plays again.
        """,
        """
        Painters found an older ceiling under the plaster.
        Tickets for the first month are gone.
        The chandelier was cleaned piece by piece.
        {person} called the new stage wonderfully quiet.
        Rehearsals are open to schools.
        """,
        """
        Second night sold out at {theatre}
        After the reopening of {theatre} in {city}, all evenings with “{play}” until {month} are sold.
        """),
    Kind("Museums", "columns stage", "museum", {"n": (48, 390), "p": (12, 66), "k": (3, 14)},
        """
        {Museum} shows {n} [works|pictures|maps] by {person}
        {person} [rediscovered|seen anew]: exhibition in {city}
        [Light and water|Boats and kitchens]: {museum} [honours|celebrates] {person}
        {Museum} [lends its walls to|opens its doors for] {person}
        Why {n} pictures by {person} hang at {museum} now
        """,
        """
        {Museum} shows {n} works by the painter {person}, {k} of them for the first time.
        An exhibition of {n} pictures by {person} opened at {museum} on {day}.
        {n} works by {person}, who painted kitchens and boats, can be seen at {museum} until {month}.
        The painter {person}, long forgotten, is honoured with {n} pictures at {museum}.
        """,
        """
        Many are on loan from families in {city2}.
        Entry is free on Thursdays.
        {k} pictures were found during the work on the catalogue.
        A room is kept dark for the drawings.
        The curators hope for {p},000 visitors.
        """,
        """
        Visitor recognises grandmother in picture at {museum}
        A day after the opening, a visitor at {museum} could name a sitter painted by {person}.
        """),
    Kind("Museums", "columns books", "object", {"n": (40, 190), "k": (3, 24), "y": (2, 11)},
        """
        {Museum} [returns|gives back] {object} to {region}
        After {n} years, {object} [goes home|returns] to {region}
        {Region} [receives|welcomes] {object} [from {museum}|after {n} years]
        [Home again|A long way home]: {object} leaves {city}
        {Object}, {n} years abroad, [handed over|returned]
        """,
        """
        {Museum} has returned {object} to {region}, from where it was taken {n} years ago.
        After {y} years of research and talks, {object} is back in {region}.
        At a ceremony on {day}, {museum} handed over {object} to a delegation from {region}.
        {Object} that had been in a showcase at {museum} for {n} years has returned to {region}.
        """,
        """
        The museum keeps a copy made with its makers' descendants.
        {person}, who led the talks, brought bread and salt.
        {k} further pieces may follow.
        It will first be shown in {city}.
        Old shipping lists proved where it came from.
        """,
        """
        Long queues in {city} to see {object}
        One day after its return, many people in {region} came to see {object}.
        """),
    Kind("Music", "strings stage", "orchestra", {"n": (9, 19), "k": (4, 18), "y": (4, 31)},
        """
        {Orchestra} [names|appoints] {person} as conductor
        {person} to conduct {orchestra}
        New [hand|voice] at {orchestra}: {person} [takes the baton|arrives]
        {Orchestra} [chooses|elects] its conductor: {person}
        {person}, {n}th conductor of {orchestra}
        """,
        """
        {Orchestra} has chosen {person} as chief conductor; the musicians voted on {day}.
        {person} will conduct {orchestra} from {month}, with {k} concerts in the first season.
        After {y} years under one conductor, {orchestra} will be led by {person}.
        The players of {orchestra} have elected {person}, who first stood before them {k} years ago.
        """,
        """
        {person_last} plays the viola and keeps bees.
        The first programme pairs old dances with new works.
        Rehearsals will be open once a month.
        Seats under the organ stay cheap.
        A tour to {city} is planned.
        """,
        """
        {person_last} plans concerts in factory halls
        The day after the vote, the new conductor of {orchestra} spoke of concerts in halls and barns.
        """),
    Kind("Music", "stage strings", "festival", {"n": (24, 130), "k": (6, 68), "d": (3, 9)},
        """
        {festival} in {city}: {n} bands, {band} [to open|on the last night]
        {band} [head|top] the bill of the {festival}
        {n} bands in {d} days: {city} [presents|announces] its festival
        {festival} [sells out|nearly sold out] within hours
        {city} gets loud: programme of the {festival} [is out|complete]
        """,
        """
        The {festival} in {city} has published its programme: {n} bands play on {d} days, among them {band}.
        {band} will play at the {festival} in {city}, together with {n} other bands.
        {k},000 tickets for the {festival} in {city} were sold on {day}, the first day of sale.
        With {n} bands and {k},000 visitors expected, {city} prepares for the {festival}.
        """,
        """
        Trains will run all night.
        Cups carry a deposit again.
        {person}, who picks the bands, listens to every tape sent in.
        A quiet meadow is set aside for families.
        Rain plans exist.
        """,
        """
        More tickets for {festival} in {city}
        A day after most tickets were sold, the {festival} in {city} opened another meadow.
        """),
    Kind("Music", "strings books", "band", {"n": (8, 14), "k": (2, 9), "y": (3, 16)},
        """
        {band} [return|are back] with [new songs|an album] after {y} years
        {band} [record|recorded] their album in [a lighthouse|a boathouse|an empty pool]
        [New songs|{n} songs] by {band}: [quieter|older], better
        After {y} years: album by {band} [announced|on the way]
        {band} play [small halls|{k} small towns] before album
        """,
        """
        {band} will release their first album in {y} years in {month}; it has {n} songs.
        The band {band} from {city} recorded {n} songs in {k} days, their first album in {y} years.
        {n} songs, {k} days, one microphone: {band} have made an album again.
        After a pause of {y} years, {band} announced an album on {day} and play in {city} first.
        """,
        """
        Singer {person} spoke of rooms that sing along.
        Proceeds from the first evening go to a youth centre.
        The cover was drawn by the drummer's mother.
        One song lasts eleven minutes.
        Tickets are sold at the door only.
        """,
        """
        {band} add a second evening in {city}
        Because of the queue, {band} play in {city} twice before their album comes out.
        """),
)  # fmt: skip
