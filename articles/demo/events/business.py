"""Events in business, each with several wordings (floor 0)."""

from articles.demo.grammar import Kind

KINDS = (
    Kind("Energy", "turbines sails", "energy", {"n": (14, 96), "m": (140, 980, 10), "k": (42, 690)},
        """
        {city} [approves|says yes to] wind farm with {n} turbines
        {n} turbines off {city}: {energy} gets its permit
        {energy} [may build|to build] {n} turbines in {sea}
        Wind from {sea} for {k},000 homes
        Wind farm in {sea} [cleared|approved] after [long talks|two years of talks]
        """,
        """
        {energy} may build {n} wind turbines in {sea}; they are to supply {k},000 homes.
        The energy office has approved a wind farm of {n} turbines off {city}.
        After long talks with fishers, {energy} has permission for {n} turbines in {sea}, worth {m} million \
        florins.
        {k},000 homes could run on wind from {sea} once {energy} has put up {n} turbines near {city}.
        """,
        """
        Work begins when the nesting season is over.
        A lane for fishing boats stays open.
        "We measured wind for three years," said project head {person}.
        The port of {city} will be deepened for the parts.
        Residents may buy shares from {month}.
        """,
        """
        Residents of {city} queue for shares in wind farm
        One day after its permit for {sea}, {energy} opened a list for residents who want shares.
        """),
    Kind("Energy", "turbines skyline", "city", {"n": (12, 240), "h": (3, 11), "m": (9, 140)},
        """
        Battery hall [keeps the lights on|takes up work] in {city}
        {city} [stores|saves] its [sunshine|noon sun] for the evening
        {n} megawatts of batteries [go live|start up] at {city}
        {energy} [switches on|connects] its largest battery near {city}
        Old coal yard at {city} [becomes|is now] a battery hall
        """,
        """
        {energy} has connected a battery of {n} megawatts near {city}; it can supply the town for {h} hours.
        Batteries in an old coal yard have fed the grid of {city} since {day}, {h} hours a night if need be.
        {city} has a store for solar power: {n} megawatts, built by {energy} for {m} million florins.
        For {m} million florins, {energy} has turned a coal yard at {city} into a battery of {n} megawatts.
        """,
        """
        Sunny hours often brought more power than anybody needed.
        {person} of {energy} expects steadier prices.
        The cells come from old buses.
        The fire brigade helped to plan the hall.
        A second hall may follow across {river}.
        """,
        """
        First evening on batteries in {city}
        The new battery of {energy} carried {city} through its first evening without trouble.
        """),
    Kind("Energy", "chart turbines", "region", {"p": (2.1, 12.8), "n": (120, 860, 10), "m": (8, 74)},
        """
        Power prices in {region} [fall|to fall] by {p} per cent
        {energy} [lowers|cuts] its tariff in {region} by {p} per cent
        Cheaper power for {n},000 [homes|customers] in {region}
        {m} florins less a year: {energy} [announces new tariff|passes on lower prices]
        {Region}: power bills [shrink|get smaller] from {month}
        """,
        """
        {energy} will lower its power tariff in {region} by {p} per cent from {month}.
        {n},000 customers in {region} will pay {p} per cent less for power, {energy} said on {day}.
        A household in {region} saves about {m} florins a year when {energy} lowers its tariff in {month}.
        Full reservoirs and steady wind allow {energy} to cut prices in {region} by {p} per cent.
        """,
        """
        Consumer advisers say that more would be possible.
        "We pass on what we save," said tariff head {person}.
        Industry in {city} gets no discount.
        Gas remains unchanged.
        A rival has not yet answered.
        """,
        """
        Rival follows with lower tariff in {region}
        A day after {energy} announced its cut of {p} per cent, a second supplier in {region} did the same.
        """),
    Kind("Trade", "harbour chart", "city", {"n": (210, 980, 10), "p": (3, 24), "k": (4, 31)},
        """
        Port of {city} [handles|moves] {p} per cent more [containers|goods]
        {n},000 containers: port of {city} [has a good year|reports record]
        [Quays|Cranes] of {city} busier than [ever|last year]
        Port of {city} grows while {city2} [stands still|waits]
        {shipping} brings {k} more [ships|calls] a month to {city}
        """,
        """
        The port of {city} handled {n},000 containers in six months, {p} per cent more than a year ago.
        With {n},000 containers, the port of {city} had its best half-year [so far|on record].
        Trade through {city} rose by {p} per cent, [port director|harbour master] {person} said on {day}.
        Because {shipping} calls {k} times a month more often, the port of {city} handled {n},000 containers.
        """,
        """
        Grain and furniture led the list.
        Trains took a third of the boxes inland.
        Night work is limited after complaints.
        A new quay is to be ready in {month}.
        The port of {city2} reported no change.
        """,
        """
        {city} wants more trains for its port
        After the figures for its port, {city} asks for a second track along {river}.
        """),
    Kind("Trade", "harbour bridge", "region", {"n": (120, 1400, 10), "p": (3, 18), "y": (2, 9)},
        """
        {Region} and {region2_short} [sign|agree on] trade accord
        No more duty on [cheese|cloth|timber] between {region} and {region2}
        {y} years of talks end: {region} [signs|seals] accord with {region2}
        Trade accord [opens|eases] the road between {region} and {region2}
        What the accord of {city} [changes for|means to] {region}
        """,
        """
        {Region} and {region2} signed an accord in {city} on {day} which ends duties on {n} kinds of goods.
        After {y} years of talks, duties between {region} and {region2} fall away for {n} kinds of goods.
        An accord signed in {city} does away with duties of {p} per cent between {region} and {region2}.
        Makers of cloth, cheese and tools in {region} may sell to {region2} without duty from {month}.
        """,
        """
        Both parliaments still have to agree.
        Chief negotiator {person} thanked the interpreters.
        Customs officers will check weights only.
        Small farms keep a protected quota.
        {bank} expects prices to fall slightly.
        """,
        """
        Cheesemakers cautious after accord of {city}
        A day after {region} and {region2} signed, cheesemakers ask how their quota is counted.
        """),
    Kind("Trade", "sails harbour", "shipping", {"n": (7, 62), "p": (12, 58), "d": (2, 9)},
        """
        {shipping} [sends|puts] a cargo ship with sails on the {city} route
        Cargo under sail: {shipping} [saves|cuts] {p} per cent of fuel
        Freighter with {n}-metre sails [calls at|docks in] {city}
        {city} sees [its first|a] sailing freighter in a hundred years
        Wind pays the freight: {shipping} [tries|tests] sails on {sea}
        """,
        """
        A freighter of {shipping} with sails {n} metres high has reached {city}, saving {p} per cent of its \
        fuel.
        {shipping} has fitted a cargo ship with {n}-metre sails; it crossed {sea} in {d} days.
        With wind alone for most of the way, a freighter of {shipping} came to {city} on {day}.
        Sails of {n} metres cut the fuel bill of {shipping} by {p} per cent on a voyage across {sea}.
        """,
        """
        The masts fold down under bridges.
        Captain {person} called it the quietest voyage in years.
        Two more ships will be fitted by {month}.
        The cargo was coffee and roof tiles.
        Insurers watched closely.
        """,
        """
        {shipping} to fit sails to two more freighters
        The day after its arrival in {city}, {shipping} ordered sails for two further ships.
        """),
    Kind("Transport", "rails hills", "rail", {"n": (18, 140), "y": (9, 48), "m": (21, 87)},
        """
        Trains return to [the line|the old line] between {city} and {city2}
        {city} to {city2} in {m} minutes: line [reopens|is back]
        After {y} years, a train stops in {city} again
        {rail} [reopens|brings back] {n} kilometres of railway
        [Crowds|Brass band and cake] greet first train from {city} to {city2}
        """,
        """
        The railway between {city} and {city2}, closed for {y} years, reopened on {day}.
        {rail} runs trains between {city} and {city2} again; the journey takes {m} minutes.
        After {y} years without trains, {city} has a railway: {n} kilometres were rebuilt.
        On {n} kilometres of restored track, {rail} now connects {city} and {city2} every hour.
        """,
        """
        A brass band played at each of the stops.
        The viaduct over {river} needed the most work.
        "My grandmother took this train to school," said driver {person}.
        Bicycles travel free until {month}.
        Buses will meet the trains.
        """,
        """
        Full trains on second day between {city} and {city2}
        {rail} adds carriages after the first day of its line between {city} and {city2}.
        """),
    Kind("Transport", "harbour sails", "sea", {"n": (140, 620, 10), "m": (18, 95), "p": (31, 88)},
        """
        Electric ferry [starts|enters service] between {city} and {city2}
        [Quiet|Silent] crossing: electric ferry on {sea}
        {shipping} [swaps|replaces] diesel ferry to {city2} with battery ship
        From {city} to {city2} without [smoke|a drop of diesel]
        {n} passengers, no engine noise: new ferry [crosses|sails] {sea}
        """,
        """
        An electric ferry for {n} passengers has taken up service between {city} and {city2}.
        {shipping} has put a battery ferry on the {m}-minute crossing from {city} to {city2}.
        Since {day}, the ferry across {sea} runs on batteries and charges in {m} minutes.
        The new ferry between {city} and {city2} carries {n} passengers and makes hardly any noise.
        """,
        """
        It charges at the quay from solar roofs.
        Captain {person} has to sound the horn more often, because nobody hears the ship.
        Fares stay the same until {month}.
        The old ferry goes to a museum.
        Running costs fall by {p} per cent.
        """,
        """
        Electric ferry to {city2} copes with first gale
        A day after its maiden voyage, the ferry between {city} and {city2} ran on time in heavy weather.
        """),
    Kind("Transport", "skyline bridge", "city", {"n": (3, 19), "m": (42, 480, 2), "k": (8, 66)},
        """
        {city} [extends|to extend] its tram by {n} kilometres
        Tram to {street}: {city} [decides|starts digging]
        {n} kilometres, {k} stops: {city} plans a tram to [the hospital|the harbour|the suburbs]
        {city} [backs|votes for] tram over {river}
        {m} million florins for the tram: {city} [makes up its mind|says yes]
        """,
        """
        The tram in {city} will be extended by {n} kilometres for {m} million florins, the council decided \
        on {day}.
        {city} has voted for a tram line of {n} kilometres that crosses {river} and ends near {street}.
        {k},000 people in {city} will live within a short walk of the tram once {n} kilometres are added.
        After a debate of nine hours, {city} agreed to spend {m} million florins on its tram.
        """,
        """
        Work is to begin in {month}.
        Traders fear two dusty summers.
        "We build from both ends," said city engineer {person}.
        Grass will grow between the rails.
        The vote was close.
        """,
        """
        Traders in {city} ask for help while tram is built
        The morning after the vote, traders near {street} asked {city} for lower rents during the works.
        """),
    Kind("Companies", "skyline chart", "maker", {"n": (110, 2400, 10), "m": (24, 910), "p": (51, 83)},
        """
        {maker} and {maker2} [to merge|plan merger]
        {maker} [buys|takes over] {maker2} for {m} million florins
        Merger in {city}: {maker} [joins|goes together with] {maker2}
        {maker2} gets a new owner from {city}
        What the merger of {maker} and {maker2} means for {n} [jobs|workers]
        """,
        """
        {maker} of {city} will take over {maker2} for {m} million florins, both firms said on {day}.
        Two neighbours become one: {maker} and {maker2} will merge and keep {n} jobs.
        {maker} has agreed to pay {m} million florins for {maker2}, which employs {n} people.
        Shareholders holding {p} per cent of {maker2} have accepted the offer of {maker}.
        """,
        """
        Both names are to stay on the products.
        The works in {city2} will make parts for both.
        "We have shared a car park for years," said {person}, who will lead the firm.
        The competition office has {p} days to look at it.
        {bank} arranged the loan.
        """,
        """
        Workers at {maker2} ask for guarantees
        A day after the merger was announced, workers of {maker2} want the promise of {n} jobs in writing.
        """),
    Kind("Companies", "chart skyline", "retailer", {"p": (2.1, 14.6), "m": (18, 640), "n": (6, 48)},
        """
        {retailer} [grows|expands] by {p} per cent
        {retailer} [raises|lifts] forecast after [strong|good] quarter
        Quarter at {retailer}: {m} million florins, {n} new shops
        [Slow but steady|Steady]: {retailer} reports sales up {p} per cent
        {retailer} [opens|plans] {n} shops as sales rise
        """,
        """
        Sales of {retailer} rose by {p} per cent to {m} million florins in the past quarter.
        {retailer} sold goods for {m} million florins in three months and will open {n} shops.
        A good quarter for {retailer}: sales grew by {p} per cent, the firm said in {city} on {day}.
        {retailer} expects a better year than planned, with sales up by {p} per cent.
        """,
        """
        Bread and garden tools did best.
        Chief executive {person} named a mild season as one reason.
        Staff share in the profit.
        {bank} had expected a little more.
        Online orders were flat.
        """,
        """
        {retailer} names the towns for its {n} new shops
        After its quarterly figures, {retailer} said that {city} and {city2} are among the first towns.
        """),
    Kind("Companies", "skyline books", "bank", {"n": (9, 28), "y": (3, 17), "k": (700, 6200, 100)},
        """
        {person} to lead {bank}
        {bank} [names|appoints] {person} [as chief executive|to the top post]
        {bank} [chooses|picks] an insider: {person}
        Change at the top of {bank}: {person} [takes over|steps up]
        From the counter to the top: {person} [leads|will lead] {bank}
        """,
        """
        {person} will become chief executive of {bank}, which employs {k} people.
        The board of {bank} in {city} has chosen {person} as chief executive.
        {bank} will be led by {person}, who has worked there for {n} years, from {month}.
        After {y} years at the top of {bank}, the chief executive makes way for {person}.
        """,
        """
        {person_last} began at a branch in {city2}.
        The works council was heard before the vote.
        Smaller branches are to stay open.
        Analysts had expected somebody from outside.
        "I will listen first," {person_last} told staff.
        """,
        """
        {person_last} promises to keep branches of {bank} open
        One day after being named to lead {bank}, {person} spoke to staff in {city}.
        """),
)  # fmt: skip
