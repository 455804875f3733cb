"""Events in sport, each with several wordings (floor 0)."""

from articles.demo.grammar import Kind

KINDS = (
    Kind("Football", "stadium road", "club", {"k": (9, 61), "m": (2, 89)},
        """
        {club} win {cup} against {club2}
        {club} [beat|defeat] {club2} and [lift|take] {cup}
        [Late goal|Goal in minute {m}] decides final: {cup} goes to {club}
        {club2} [lose|miss out] as {club} win {cup}
        {cup_short} final: {club} [edge|overcome] {club2}
        """,
        """
        {club} have won {cup} against {club2}; {person} scored in minute {m}.
        A goal by {person} after {m} minutes was enough for {club} to beat {club2} in the final of {cup}.
        Before {k},000 spectators, {club} won {cup} on {day}, beating {club2} by a single goal.
        {club2} had more of the ball, but {club} won the final of {cup} with a goal in minute {m}.
        """,
        """
        The goalkeeper saved a penalty shortly before the end.
        It is the first title for the club in {k} years.
        Both sets of fans sang together afterwards.
        "My mother told me to shoot low," said {person_last}.
        {city} was quiet that evening, the town of the winners was not.
        """,
        """
        Open bus and brass bands for winners {club}
        A day after winning {cup} against {club2}, {club} were greeted by {k},000 people.
        """),
    Kind("Football", "stadium skyline", "club", {"n": (3, 17), "y": (2, 4), "k": (39, 58)},
        """
        {club} [part with|let go of] coach after {n} matches without a win
        {person} [is the new coach of|takes over at] {club}
        {club} [turn to|sign] {person} as coach
        New coach at {club}: {person} [stays|signs] for {y} years
        {person} [wants|promises] {club} [more courage|fewer long balls]
        """,
        """
        {person} is the new coach of {club} and has signed for {y} seasons.
        After {n} matches without a win, {club} have changed their coach: {person} takes over.
        {club} presented {person} as coach on {day}; the first match is against {club2}.
        {club} have chosen {person}, aged {k}, to lead the team out of a run of {n} matches without a win.
        """,
        """
        {person_last} last worked with the youth team.
        Training began in the rain, with {k} onlookers.
        The captain welcomed the choice.
        The board spoke of patience.
        A sports hall is to be built as well.
        """,
        """
        {person_last} begins with a long run at {club}
        On the first morning, the new coach of {club} led the team along {river}.
        """),
    Kind("Football", "stadium chart", "city", {"n": (9, 44), "m": (12, 160), "p": (51, 74)},
        """
        {city} [approves|agrees to] stadium for {n},000 spectators
        Stadium of {club}: {p} per cent [vote yes|in favour]
        {club} may [build|rebuild]: [wooden|green] stadium for {city}
        {m} million florins and a roof of timber: {city} [gets|plans] a stadium
        Vote in {city}: {p} per cent want the new stadium
        """,
        """
        Voters in {city} have agreed to a stadium for {n},000 spectators with {p} per cent.
        {club} may build a stadium of timber for {m} million florins; {city} voted on {day}.
        With {p} per cent in favour, {city} said yes to a stadium for {n},000 spectators.
        The plan of {club} for a timber stadium has won a vote in {city}.
        """,
        """
        Neighbours secured a limit on concerts.
        The roof will carry solar panels.
        "We play where the tram ends," said club president {person}.
        Digging starts in {month}.
        The old ground becomes a park.
        """,
        """
        After the vote, {club} show the plans in {city}
        A day after {p} per cent voted yes, the model of the stadium stands in the town hall of {city}.
        """),
    Kind("Athletics", "track skyline", "city", {"n": (4, 38), "m": (5, 9), "s": (10, 59)},
        """
        {person} wins {city} marathon in record time
        {city} marathon: {person} [breaks|beats] course record
        2:0{m}:{s}: {person} [fastest ever|quickest] in {city}
        [Cool air, fast legs|Tailwind and cheers]: record at {city} marathon
        {n},000 runners, one record: marathon day in {city}
        """,
        """
        {person} won the marathon of {city} on {day} in 2:0{m}:{s}, faster than anybody before.
        In 2 hours, {m} minutes and {s} seconds, {person} has set a course record in {city}.
        The marathon of {city} had {n},000 runners and a record: {person} finished in 2:0{m}:{s}.
        With a time of 2:0{m}:{s}, {person} won in {city} ahead of a large field.
        """,
        """
        The decisive move came on the bridge over {river}.
        The last runner was cheered as loudly as the first.
        {person_last} trains on a farm track.
        Bands played at every fifth kilometre.
        Next year's race is already half full.
        """,
        """
        {city} cleans up after its marathon
        By the morning after, {n},000 cups had been collected in {city}; the record of {person} stands.
        """),
    Kind("Athletics", "track stadium", "event", {"n": (9, 23), "k": (2, 9), "y": (7, 29)},
        """
        {person} sets national best in the {event} in {city}
        {city} meeting: {person} [shines|surprises] in the {event}
        [Teenager|Student] {person} wins {event} in {city}
        Mark falls after {y} years: {person} [smiles|cannot believe it] in {city}
        {person} [breaks|improves] national best at {city} meeting
        """,
        """
        {person}, a student of {uni}, set a national best in the {event} in {city} on {day}.
        The national best in the {event}, {y} years old, was broken by {person} in {city}.
        At the meeting in {city}, {person} won the {event} and broke a mark that had stood for {y} years.
        {person} needed {k} attempts this season and then broke the best mark in the {event}.
        """,
        """
        The hall was sold out.
        "I heard my little brother shouting," {person_last} said.
        Officials measured twice.
        Coach and athlete will now rest for {n} days.
        Shoes and surface were checked afterwards.
        """,
        """
        Record of {person} confirmed
        Officials in {city} have confirmed the mark of {person} in the {event} a day after the meeting.
        """),
    Kind("Cycling", "road hills", "tour", {"n": (3, 19), "k": (112, 238), "s": (2, 58)},
        """
        {person} wins stage {n} of {tour}
        {tour_short}: {person} [climbs|rides] to victory in {city}
        [Alone over the pass|A brave ride]: {person} wins in {city}
        Stage {n} of {tour}: {person} [{s} seconds ahead|takes the lead]
        {team} rider {person} [wins|takes] stage {n} in {city}
        """,
        """
        {person} of {team} won stage {n} of {tour}, {k} kilometres from {city2} to {city}.
        After {k} kilometres, {person} arrived in {city} {s} seconds ahead and won stage {n} of {tour}.
        Stage {n} of {tour} went to {person}, who got away in the rain above {city}.
        {team} celebrated in {city} on {day}: {person} won stage {n} of {tour} by {s} seconds.
        """,
        """
        The leader lost time after a puncture.
        Fog hid the descent.
        {person_last} had carried bottles for others all week.
        The next stage is flat.
        Farmers along the road had painted their hay bales.
        """,
        """
        Rest day for {tour}, coffee for {person_last}
        A day after winning stage {n} of {tour}, {person} answered questions in {city}.
        """),
    Kind("Cycling", "road bridge", "region", {"n": (24, 310), "m": (3, 58), "k": (4, 18)},
        """
        {Region} [opens|completes] cycle path of {n} kilometres
        By bicycle [along|beside] {river}: {n} kilometres [open|finished]
        {n} kilometres without a car: new path through {region}
        From {city} to {city2} by bicycle, [at last|now without cars]
        Cycle path through {region} [cost|worth] {m} million florins
        """,
        """
        A cycle path of {n} kilometres along {river} now joins {city} and {city2}.
        {Region} opened {n} kilometres of cycle path on {day}, with {k} bridges.
        Cyclists can ride from {city} to {city2} without meeting a car; the path cost {m} million florins.
        After {k} years of work, the path through {region} is finished: {n} kilometres, mostly flat.
        """,
        """
        Inns along the way lend pumps.
        An old tunnel is lit by lamps that wake when somebody comes.
        {person}, who planned it, rode at the head of the first group.
        Winter service is promised.
        A ferry closes the last gap until {month}.
        """,
        """
        So many bicycles: {region} counts its first day
        A counter near {city} registered {k},000 bicycles on the first day of the new path.
        """),
    Kind("Sailing", "sails harbour", "yacht", {"n": (2, 9), "k": (310, 4200, 10), "h": (2, 47)},
        """
        {yacht} wins leg {n} of {race}
        {race_short}: {yacht} first into {city}
        [Night arrival|Close finish] in {city}: {yacht} takes leg {n}
        Skipper {person} [steers|brings] {yacht} to victory
        {k} miles, {h} minutes apart: {yacht} [leads|ahead] in {race}
        """,
        """
        {yacht}, with skipper {person}, has won leg {n} of {race} and reached {city} on {day}.
        After {k} miles, {yacht} came into {city} {h} minutes ahead of the next boat.
        Leg {n} of {race} went to {yacht}: skipper {person} chose the route along the shore.
        {person} and crew brought {yacht} into {city} first, {h} minutes before their rivals.
        """,
        """
        A torn sail cost the runners-up an hour.
        Dolphins kept the fleet company.
        {person_last} slept four hours in three days.
        The next leg crosses {sea}.
        {city} greeted the crews with soup.
        """,
        """
        Fleet of {race} rests in {city}
        A day after {yacht} won leg {n}, the last boats arrived in {city}.
        """),
    Kind("Sailing", "sails deep", "race", {"n": (2, 11), "h": (3, 31), "k": (22, 61)},
        """
        [Crew|{n} sailors] rescued in {sea} during {race}
        {race_short}: rival turns back to [help|save] crew of {yacht}
        {yacht} [loses mast|takes on water], crew safe
        [Race forgotten|First help, then race]: {n} sailors taken off {yacht}
        All safe after {yacht} gets into trouble in {sea}
        """,
        """
        {n} sailors were taken off {yacht} in {sea} on {day} by a rival crew; all are well.
        {yacht} lost its mast during {race}; a rival turned back and took {n} people on board.
        In wind of {k} knots, a crew gave up its place in {race} to help {yacht}.
        The crew of {yacht}, {n} people, is safe after {h} hours of waiting in {sea}.
        """,
        """
        The coastguard at {city} thanked skipper {person}.
        The helpers get their lost time back.
        The boat was towed in later.
        Waves had been higher than forecast.
        "You would do the same," said {person_last}.
        """,
        """
        {race_short}: helpers get their time back
        A day after taking {n} sailors off {yacht}, the crew of {person} was given back {h} hours.
        """),
)  # fmt: skip
