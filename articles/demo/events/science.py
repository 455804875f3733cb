"""Events in science, each with several wordings (floor 0)."""

from articles.demo.grammar import Kind

KINDS = (
    Kind("Space", "orbit planets", "craft", {"n": (120, 940), "w": (3, 19), "kg": (180, 960, 10)},
        """
        {craft} [enters orbit|settles into orbit] around {moon} after {n} days
        {agency_short} [probe|spacecraft] reaches {moon}, {n} days after launch
        {moon} has a visitor: {craft} arrives [safely|on time]
        First pictures from {moon} [delight|surprise] researchers as {craft} arrives
        After {n} days in space, {craft} [begins its work|starts mapping] at {moon}
        """,
        """
        The {kg}-kilogram probe {craft} [fired its engine|braked] for {w} minutes on {day} and is now \
        circling {moon}, {agency} said.
        {Agency} has confirmed that {craft} reached {moon} on {day}, ending a journey of {n} days.
        Applause broke out in the control room at {city} when {craft} [signalled|reported] from {moon} that \
        its {w}-minute burn had worked.
        {craft}, launched {n} days ago, is in orbit around {moon} and in good health, \
        [engineers|controllers] say.
        """,
        """
        Mapping of the surface is to begin within {w} weeks.
        "Everything we see is new," said flight director {person}.
        The probe carries a camera and a dust sensor built at {uni}.
        A lander is to follow if [the ice proves thick enough|a level plain can be found].
        The mission is planned to last until the fuel runs out, in about four years.
        """,
        """
        {craft} sends its first full map of {moon}
        A day after its arrival, {craft} has sent a first map of {moon}; [bright lines|smooth plains] near \
        the equator [puzzle|intrigue] the team in {city}.
        """),
    Kind("Space", "planets orbit", "star", {"n": (18, 240), "d": (4, 61)},
        """
        Planet [with thick clouds|with a long year|the size of ours] found at {star}
        [Astronomers|Telescope team] at {city} find a world circling {star}
        {star} has a planet, and it may [hold water|be temperate]
        A quiet star, {star}, turns out to have a [planet|companion]
        New planet {n} light years away [looks mild|is no furnace], study says
        """,
        """
        A planet that circles the star {star} once in {d} days has been found by [a team|astronomers] at \
        {uni}.
        [Researchers|Astronomers] watching the star {star}, {n} light years away, have found a planet whose \
        year lasts {d} days.
        The faint dimming of {star} every {d} days gave it away: the star, {n} light years from here, has a \
        planet.
        At {star}, {n} light years distant, {uni} reports a planet on a {d}-day orbit.
        """,
        """
        {person}, who led the work, called it a good place to look for water vapour.
        The observatory above {city} followed the star for three winters.
        Whether the planet has air is still unknown.
        The same survey has {d} further stars on its list.
        Two other groups have checked the measurement.
        """,
        """
        Second team confirms the planet at {star}
        Observers in {city2} looked at {star} overnight and saw the same signal of {d} days, {uni} said.
        """),
    Kind("Space", "orbit skyline", "agency", {"n": (2, 9), "s": (14, 90), "t": (3, 22)},
        """
        {Agency} [postpones|puts off] launch of {craft} by {n} days
        [Leaking valve|Sensor fault|High wind] keeps {craft} on the ground
        {craft} launch slips to {month} after [late check|fault in tank sensor]
        Countdown for {craft} [stopped|halted] {s} seconds before lift-off
        No lift-off yet: {craft} waits {n} more days at {city}
        """,
        """
        The launch of {craft} was [stopped|called off] {s} seconds before lift-off on {day}; {agency} will \
        try again in {n} days.
        {Agency} has put off the start of {craft} from {city} by {n} days because of a sensor reading.
        Spectators at {city} went home without a launch on {day}: computers halted {craft} {s} seconds \
        before the end of the countdown.
        With {s} seconds to go, the countdown for {craft} was halted, and the next window opens in {n} days.
        """,
        """
        The rocket and its {t}-tonne load are safe, the agency said.
        "A delay is the cheapest part of a mission," said launch director {person}.
        A valve will be exchanged on the pad.
        The mission is meant to carry {t} small satellites for weather services.
        It is the second delay this year.
        """,
        """
        Valve exchanged, {craft} is cleared for a new attempt
        Technicians at {city} have exchanged the part that kept {craft} on the ground and found no other \
        fault.
        """),
    Kind("Climate", "hills deep", "lake", {"p": (1.1, 3.9), "n": (24, 61), "y": (6, 30)},
        """
        {lake} is [warming faster|getting warmer] than [the air above it|expected]
        {lake} [{p} degrees warmer|up {p} degrees] in {n} years, survey finds
        [Warmer water changes|Warmer summers change] what fishers catch at {lake}
        {n} years of readings show how {lake} warms
        Why {lake} no longer freezes [every winter|from shore to shore]
        """,
        """
        The surface of {lake} is {p} degrees warmer than {n} years ago, according to readings collected by \
        {uni}.
        {lake} has warmed by {p} degrees in {n} years, [a survey shows|researchers report], and the ice now \
        goes {y} days earlier.
        [Daily readings|Notebooks] kept by lock keepers for {n} years show a rise of {p} degrees at {lake}.
        Ice leaves {lake} {y} days earlier than it did {n} years ago, [a study|an analysis] by {uni} has \
        found.
        """,
        """
        Trout have moved to deeper water, while perch do well.
        {person} of {uni} calls the series one of the most complete anywhere.
        Towns on the shore want to plant shade trees along the streams.
        Bathing places at {city} opened {y} days earlier this year.
        The readings will be continued by [two buoys|a floating station].
        """,
        """
        Towns around {lake} agree on shared measurements
        After the report on {lake}, {city} and its neighbours will pay for two buoys that measure day and \
        night.
        """),
    Kind("Climate", "hills bridge", "city", {"n": (1200, 9800, 100), "m": (12, 88), "y": (3, 9)},
        """
        {city} [will plant|is to plant|plants] {n} trees [against summer heat|to cool its streets]
        Shade for {street}: {city} [approves|backs] plan for {n} trees
        {n} trees in {y} years: how {city} wants to stay cool
        {city} council votes for a cooler [town centre|{street}]
        [Limes and maples|Maples and rowans] for {city}: {m} streets to get new shade
        """,
        """
        {city} council voted on {day} to plant {n} trees in {m} streets over the next {y} years.
        [Heat in summer|Hot summers] made {city} act: {n} trees are to be planted along {m} streets.
        The first of {n} new trees in {city} will stand [on|at] {street}, the council decided on {day}.
        A {y}-year plan for {m} streets, with {n} trees [at its heart|in it], has passed the council of \
        {city}.
        """,
        """
        Measurements by {uni} found paving up to 11 degrees hotter than lawns nearby.
        Residents may choose the kind of tree for their own street.
        "Shade is a public service," said {person}, who leads the parks office.
        Some parking spaces will go; traders asked for deliveries in the morning.
        Rainwater from roofs will be led to the roots.
        """,
        """
        First trees for {city} go into the ground
        One day after the vote, gardeners in {city} planted the first dozen of {n} trees near {street}.
        """),
    Kind("Climate", "hills planets", "region", {"p": (4, 38), "n": (8, 44), "m": (40, 220, 5)},
        """
        Glacier above {region} [lost|has lost] {m} metres in {n} years
        Old photographs show how ice [above|in] {region} has shrunk
        [Survey|New map] of {region}: {p} per cent less ice than {n} years ago
        What walkers now see where the ice of {region} used to be
        {uni_short} maps the shrinking ice of {region}
        """,
        """
        The largest glacier above {region} is {m} metres shorter than {n} years ago, [a survey|a new map] \
        shows.
        Comparing photographs taken {n} years apart, {uni} has measured a loss of {p} per cent of the ice \
        in {region}.
        {Region} has lost {p} per cent of its glacier area in {n} years, according to {uni}.
        Where hikers crossed ice {n} years ago, there is gravel: the glacier above {region} withdrew by {m} \
        metres.
        """,
        """
        Springs below the ice run earlier, and farmers near {city} have noticed.
        The team walked every tongue of ice with a measuring rod.
        {person} found the old pictures in an attic in {city}.
        A path will be moved because the slope above it has become loose.
        The data are open to everybody.
        """,
        """
        Exhibition of ice photographs planned in {city}
        The pictures behind the survey of {region} will be shown in {city}, {uni} said a day after \
        publishing it.
        """),
    Kind("Oceans", "deep sails", "species", {"n": (140, 4800, 10), "y": (5, 32), "p": (6, 64)},
        """
        {Species} return to {sea}
        More {species} counted in {sea} than in any year since [the count began|records began]
        Count of {species} in {sea} [rises|is up] by {p} per cent
        {n} {species}: [good news|a record] from {sea}
        How {sea} became a [good home|safe place] for {species} again
        """,
        """
        Volunteers counted {n} {species} in {sea} this season, {p} per cent more than last year.
        The number of {species} in {sea} has risen by {p} per cent, [the yearly count shows|observers say].
        After {y} years of [quieter shipping lanes|protected shallows], {species} are back in {sea}: \
        observers counted {n}.
        {n} {species} were [recorded|seen] in {sea}, the most in {y} years, according to {uni}.
        """,
        """
        Clearer water is one reason, said biologist {person}.
        Boats from {city} took part in the count for the first time.
        Nets with wider meshes are now used by most crews.
        The count is made on three calm mornings.
        Researchers warn that one good year is not yet a trend.
        """,
        """
        Boat owners asked to keep their distance from {species}
        After the record count in {sea}, wardens at {city} ask crews to slow down near {species}.
        """),
    Kind("Oceans", "deep planets", "sea", {"n": (12, 74), "m": (1900, 6400, 100), "k": (3, 28)},
        """
        Divers' robot finds [warm springs|unknown slopes|a forest of sponges] under {sea}
        [Expedition|Research ship] brings home {n} species from {sea}
        {m} metres down, {sea} is full of life
        {sea_short} mapped in detail: {k} [mountains|ridges] nobody knew
        What lives at the bottom of {sea}? [Team from {city} has a list|A first list]
        """,
        """
        A research ship from {city} has mapped the floor of {sea} and found {k} unknown underwater hills.
        At a depth of {m} metres, an expedition led by {uni} found [springs of warm water|fields of \
        sponges] in {sea}.
        {n} species that had no name have been brought up from {sea}, {uni} said on {day}.
        The first close look at the floor of {sea}, {m} metres down, shows {k} hills and {n} species new to \
        science.
        """,
        """
        "We ran out of labels," said expedition leader {person}.
        The ship was at sea for {k} days.
        Each sample was photographed before it was touched.
        Cable companies have asked for the map, which is free.
        The next voyage is planned for {month}.
        """,
        """
        School classes may name a sponge from {sea}
        A day after the ship's return, {uni} asked schools in {city} to propose names for one of {n} new \
        species.
        """),
    Kind("Archaeology", "columns hills", "find", {"n": (900, 2900, 100), "m": (2, 7), "k": (60, 740, 10)},
        """
        {Find} found under {street} in {city}
        Builders in {city} come upon {find}
        {n} years old: {find} [discovered|comes to light] at {city}
        [Dig|Excavation] at {city} reveals {find}
        Below {city}, archaeologists [uncover|lay open] {find}
        """,
        """
        Workers laying pipes [at|below] {street} in {city} have come upon {find}, about {n} years old.
        Archaeologists in {city} have uncovered {find} {m} metres below {street}.
        {Find}, thought to be {n} years old, was found on {day} during [road works|repairs] in {city}.
        A dig in {city} has brought to light {find} together with {k} smaller objects.
        """,
        """
        {person} of {uni} spoke of an unusually dry layer that preserved wood and cloth.
        The site can be visited on Sundays from {month}.
        The pipes will take another route.
        Among {k} objects are combs, coins and a child's shoe.
        It suggests that the town is older than its charter says.
        """,
        """
        {city} to keep its find in place under glass
        After the discovery of {find}, the council of {city} wants to leave it where it is and build a roof \
        of glass.
        """),
    Kind("Archaeology", "books columns", "uni", {"n": (31, 380), "y": (3, 14), "c": (1100, 3200, 100)},
        """
        Unread for {c} years: tablets from {city} [deciphered|give up their text]
        {Uni} [reads|deciphers] {n} clay tablets from {city}
        [Recipes|Tax lists|Letters] on clay: what {n} tablets from {city} say
        Old script of {region} can be read [at last|after {y} years of work]
        A [cook|baker|harbour clerk] speaks after {c} years
        """,
        """
        A group at {uni} has read {n} clay tablets from {city} that nobody could read for {c} years.
        The script of {region}, a riddle for {c} years, can be read, [say researchers|says a group] at {uni}.
        [Lists of grain and letters between neighbours|Recipes and complaints] fill {n} tablets from {city} \
        which {uni} has now deciphered.
        It took {y} years: {n} tablets found at {city} have been read and translated.
        """,
        """
        One letter asks for the return of a borrowed boat.
        {person} began with the names of rivers, which hardly change.
        Photographs and readings can be used freely.
        About a third of the signs are still uncertain.
        Other groups have welcomed the reading, some with caution.
        """,
        """
        Doubts and praise for the reading of the {city} tablets
        A day after {uni} presented its reading of {n} tablets, colleagues asked to see the list of signs.
        """),
)  # fmt: skip
