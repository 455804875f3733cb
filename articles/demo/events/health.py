"""Events in health, each with several wordings (floor 0)."""

from articles.demo.grammar import Kind

KINDS = (
    Kind("Medicine", "glass chart", "drug", {"n": (210, 4200, 10), "p": (18, 57), "m": (6, 36)},
        """
        {Drug} [eases|helps with] {illness}, large trial finds
        {pharma} says {drug} cut attacks of {illness} by {p} per cent
        New [tablet|treatment] for {illness} [does well|shows benefit] in trial with {n} people
        {Illness}: trial of {drug} [meets its goal|ends early because of good results]
        Fewer side effects: what the trial of {drug} [found|shows]
        """,
        """
        The medicine {drug} reduced symptoms of {illness} by {p} per cent in a trial with {n} people.
        In a {m}-month study of {n} patients with {illness}, those who took {drug} [fared better|had fewer \
        bad days].
        {pharma} reported on {day} that its drug {drug} [met the goal of|succeeded in] a trial against \
        {illness}.
        {n} people with {illness} took part in a trial of {drug}; complaints fell by {p} per cent.
        """,
        """
        Doctors at {hospital} led the study.
        "It is a step, not a cure," said {person}, who was not involved.
        The most common side effect was a dry mouth.
        Regulators are expected to decide in {month}.
        The full data will be published within weeks.
        """,
        """
        Patients' groups ask for a fair price for {drug}
        One day after the trial results, groups for people with {illness} called on {pharma} to keep {drug} \
        affordable.
        """),
    Kind("Medicine", "skyline leaves", "hospital", {"n": (48, 420, 4), "m": (22, 310), "y": (2, 6)},
        """
        {hospital} opens [new wing|children's ward] with {n} beds
        [Light and quiet|Gardens on the roof]: {hospital} shows its new wing
        {n} beds, {m} million florins: {hospital} [moves in|is ready]
        {hospital} [welcomes|admits] first patients in its new building
        After {y} years of building, {hospital} has [room again|a new home]
        """,
        """
        {hospital} opened a wing with {n} beds on {day}; it cost {m} million florins.
        The first patients have moved into the new building of {hospital}, finished after {y} years.
        Single rooms, short corridors and a roof garden: {hospital} has opened its {n}-bed extension.
        With {n} more beds, {hospital} hopes to shorten waiting times in {region}.
        """,
        """
        Nurses had a say in the plan of the corridors.
        Head physician {person} expects shorter waits by {month}.
        The old block will become flats for staff.
        A tram stop at the entrance opens later.
        Heat comes from wells below the car park.
        """,
        """
        Quiet first night in the new wing of {hospital}
        All {n} beds work and the lifts run, {hospital} said a day after opening its new wing.
        """),
    Kind("Medicine", "glass network", "uni", {"n": (340, 7600, 20), "p": (81, 97), "m": (8, 40)},
        """
        Blood test [spots|finds] {illness} [early|years earlier], study suggests
        {Uni} [develops|presents] {m}-minute test for {illness}
        One drop, {m} minutes: [simple|new] test for {illness} [tried|on trial]
        Test for {illness} right in {p} of 100 cases
        Family doctors may soon test for {illness} [on the spot|in {m} minutes]
        """,
        """
        A test from one drop of blood recognises {illness} within {m} minutes, [a team|researchers] at \
        {uni} reported.
        In a study with {n} people, a new blood test for {illness} was right in {p} per cent of cases.
        {Uni} has presented a test for {illness} that a family doctor can do in {m} minutes.
        {Illness} could be noticed earlier: a test tried on {n} volunteers gave the right answer {p} times \
        in 100.
        """,
        """
        {hospital} will try it in daily work from {month}.
        The device is the size of a pocket calculator.
        "A good test still needs a good talk," said {person}.
        Insurers have not said whether they will pay.
        An earlier version missed mild cases.
        """,
        """
        Doctors in {city} volunteer for trial of {illness} test
        Within a day of the report from {uni}, {m} practices in {city} offered to try the test for {illness}.
        """),
    Kind("Public Health", "leaves skyline", "city", {"n": (4, 38), "p": (52, 84), "k": (1100, 9900, 100)},
        """
        {city} sends vaccine [buses|vans] to {n} [districts|villages]
        Vaccination week: {city} [reaches|reports] {p} per cent
        Winter vaccine now [at the market|in libraries]: {city} tries new places
        {k} vaccinated in one [weekend|week] in {city}
        How {city} got {p} per cent of its older residents vaccinated
        """,
        """
        {city} vaccinated {k} people within a week by [sending buses to|opening stations in] {n} districts.
        {p} per cent of residents over sixty in {city} have had their winter vaccine, the health office \
        said on {day}.
        A bus, a nurse and a pot of tea: {city} has brought winter vaccines to {n} districts.
        With stations in libraries and on {street}, {city} reached {k} people in its vaccination week.
        """,
        """
        The health office under {person} wants to repeat it in {month}.
        Neighbouring {city2} has asked for the plan.
        Most people said they came because it was on their way.
        Queues were short, except at {street}.
        Leaflets in nine languages lay ready.
        """,
        """
        {city} extends its vaccination week
        Because demand held, {city} keeps its vaccine buses on the road for five more days.
        """),
    Kind("Public Health", "deep bridge", "region", {"n": (3, 14), "k": (8, 96), "h": (12, 60)},
        """
        Boil-water notice [lifted|ends] in {region}
        {k},000 homes in {region} may drink from the tap again
        Tap water in {region} is [clean again|safe], tests show
        {Region}: water notice ends after {n} days
        After {n} days of boiling water, relief in {region}
        """,
        """
        After {n} days, {k},000 homes in {region} may use tap water again without boiling it.
        Three clean tests in a row: the water notice for {region} was lifted on {day}.
        The water works of {city} have lifted the boil-water notice for {region}, in force for {n} days.
        Residents of {region} no longer need to boil water, the health office said {h} hours after the last \
        test.
        """,
        """
        A cracked seal at a spring near {city} was the cause.
        Engineers exchanged {n} kilometres of pipe.
        {person} of the water works thanked neighbours who carried bottles to others.
        Taps should run for five minutes before first use.
        A report is due in {month}.
        """,
        """
        Water works of {region} to check every old seal
        One day after lifting its notice, the water works of {region} announced a check of all springs.
        """),
    Kind("Nutrition", "leaves glass", "food", {"n": (320, 8200, 20), "y": (2, 12), "p": (9, 31)},
        """
        [A bowl of|More] {food} a day: what {n} people's diaries [show|say]
        Study links {food} to [better sleep|lower blood pressure|steadier weight]
        {Food} [may help|seem to help] the heart, {y}-year study finds
        {Food}, the quiet [favourite|hero] of a new diet study
        Eat {food}? [What a new study says|Only if you like them, researchers say]
        """,
        """
        People who often ate {food} had {p} per cent fewer sick days, [a study|an analysis] of {n} diaries \
        found.
        {Uni} followed {n} people for {y} years and asked, among other things, about {food}.
        A {y}-year study by {uni} finds a modest benefit for those who regularly eat {food}.
        {Food} on the table, {p} per cent fewer complaints: that is the sum of {n} food diaries.
        """,
        """
        The effect was small and held for all ages.
        {person}, who led the study, warned against miracles.
        Cooks in {city} are [pleased|not surprised].
        The research was paid for with public money.
        Those who ate them also walked more, which may explain part of it.
        """,
        """
        Experts ask for calm about {food}
        After a day of headlines, the authors of the study at {uni} said that {food} are no medicine.
        """),
    Kind("Nutrition", "leaves books", "city", {"n": (22, 140), "k": (3, 48), "p": (31, 79)},
        """
        {n} schools in {city} [switch to|start] [freshly cooked|warm] lunches
        School lunches in {city}: [more {food}, less sugar|{food} on the menu]
        {city} pupils [cook|plan] their own menu, and eat it
        Less waste, fuller plates: {city} [reviews|praises] its new school kitchens
        Lunch at {n} schools in {city} now comes from [local farms|nearby fields]
        """,
        """
        {n} schools in {city} have begun to cook lunch themselves; {p} per cent of pupils [like it \
        better|take part].
        {k} farms around {city} now deliver to {n} schools, where lunch is cooked fresh.
        Pupils in {city} chose {food} for their new lunch menu, served at {n} schools since {day}.
        Since {n} schools in {city} cook for themselves, {p} per cent less food is thrown away.
        """,
        """
        The city pays half a florin for each meal.
        "They eat what they have helped to peel," said head cook {person}.
        Teachers report calmer afternoons.
        A second round of schools follows in {month}.
        Farmers from {region} had long asked for such contracts.
        """,
        """
        {city2} looks at the school kitchens of {city}
        A delegation from {city2} visited two of {n} school kitchens in {city} the day after they opened.
        """),
)  # fmt: skip
