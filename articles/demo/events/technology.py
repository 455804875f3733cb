"""Events in technology, each with several wordings (floor 0)."""

from articles.demo.grammar import Kind

KINDS = (
    Kind("Artificial Intelligence", "network circuit", "model", {"n": (14, 120), "p": (12, 58), "k": (3, 40)},
        """
        {tech} [releases|publishes] {model}, [a language model|an assistant] that {trick}
        {model} [arrives|is here]: {tech} shows a model that {trick}
        [First look|Hands on]: {model} by {tech} {trick}
        {tech} [opens|gives away] {model} under a free licence
        New model {model} runs on {p} per cent less power, {tech} says
        """,
        """
        {tech} released its language model {model} on {day} and says it {trick}.
        The new model {model} from {tech} {trick}, and it needs {p} per cent less power than its forerunner.
        With {model}, {tech} presents a model which, by its own account, {trick}.
        {model}, a model with {n} billion parameters, has been available from {tech} since {day}.
        """,
        """
        Testers in {city} gave it {k} tasks from office life.
        It was trained on licensed text in {n} languages.
        "It is useful and still wrong now and then," said {person}.
        Schools can use it free of charge.
        A smaller version for phones is planned for {month}.
        """,
        """
        Testers find weak spots in {model}
        A day after {tech} released {model}, independent testers published {k} questions on which it fails.
        """),
    Kind("Artificial Intelligence", "network skyline", "city",
        {"n": (3, 28), "p": (21, 68), "k": (1200, 48000, 100)},
        """
        {city} [tries|tests] an assistant for [forms|permits], and [clerks like it|people read every answer]
        Permit in {n} days: {city} lets {model} [sort|read] applications
        {model} [helps out|starts work] at the town hall of {city}
        Town hall of {city} [halves|shortens] queues with help from {model}
        What happened when {city} gave {k} forms to {model}
        """,
        """
        The town hall of {city} has had {k} applications sorted by {model}; [a person decides|clerks \
        decide] in the end.
        Waiting times for permits in {city} fell by {p} per cent since the assistant {model} \
        [presorts|reads] forms.
        {city} reported on {day} that a trial with {model} brought permits within {n} days.
        In a trial with {k} forms, {city} used {model} to find what was missing before a clerk had to ask.
        """,
        """
        Each answer is checked by a person before it leaves the house.
        The staff council agreed after talks with {person}.
        {tech} runs the program on machines in the town's own cellar.
        Mistakes were most common with handwriting.
        The trial ends in {month}.
        """,
        """
        {city2} wants to copy the town hall trial of {city}
        One day after {city} spoke of shorter queues, {city2} has asked for the contract with {tech}.
        """),
    Kind("Artificial Intelligence", "chart network", "region", {"n": (9, 31), "p": (54, 83), "m": (14, 50)},
        """
        Lawmakers in {region} [agree on|pass] rules for [learning machines|automated decisions]
        {Region} [will require|requires] labels on machine-made [text|pictures]
        [Rules|Law] for AI in {region}: what changes in {n} months
        Makers of AI in {region} get {n} months to [open their tests|explain themselves]
        {p} to {m}: parliament of {region} votes for an AI register
        """,
        """
        Parliament in {region} has passed rules for automated decisions; they apply in {n} months.
        From {month} next year, whoever uses automated decisions in {region} has to say so, parliament \
        decided on {day}.
        With {p} votes to {m}, {region} has adopted a register for learning machines.
        Companies in {region} have {n} months to describe how their learning systems were tested.
        """,
        """
        Small firms get help from an office in {city}.
        {person}, who wrote the draft, spoke of rules that a baker can read.
        {tech} called the deadlines short but fair.
        Research is exempt.
        Fines begin after a first warning.
        """,
        """
        Firms ask for examples after vote in {region}
        The day after the vote on automated decisions, an office in {city} took {m} calls from worried firms.
        """),
    Kind("Robotics", "robot skyline", "robotics", {"n": (24, 480, 4), "p": (11, 46), "k": (9, 60)},
        """
        {retailer} [orders|buys] {n} {robot} robots for [its warehouse|its halls] in {city}
        {n} robots [roll through|move into] a warehouse in {city}
        {robotics} [wins|lands] order for {n} machines in {city}
        [Colleague|Workmate] {robot}: {retailer} puts {n} robots to work
        {robot} carries the heavy crates: {city} warehouse [changes shifts|goes robotic]
        """,
        """
        {retailer} has ordered {n} carrying robots of the type {robot} from {robotics} for its warehouse in \
        {city}.
        In {city}, {n} robots built by {robotics} will take over the carrying at {retailer}.
        {robotics} will deliver {n} of its {robot} machines to {retailer}, both firms said on {day}.
        The warehouse of {retailer} in {city} [gets|is getting] {n} robots which carry crates of up to {k} \
        kilograms.
        """,
        """
        No jobs will go, the firm promised; shifts become shorter.
        Errors fell by {p} per cent in a trial.
        "It beeps politely," said shift leader {person}.
        The robots find their way by marks on the ceiling.
        The union wants to see the contract.
        """,
        """
        Staff in {city} give their robots names
        A day after {n} robots arrived at {retailer}, each of them wears a name chosen by the night shift.
        """),
    Kind("Robotics", "robot leaves", "robot", {"n": (6, 44), "p": (71, 96), "k": (120, 900, 10)},
        """
        {robot} picks {crop} [by night|without bruising]: trial near {city} [goes well|succeeds]
        [Farmers|Growers] in {region} [test|try] a robot that harvests {crop}
        Harvest robot {robot} [manages|picks] {k} kilograms of {crop} an hour
        {robotics} [shows|demonstrates] robot for {crop} in {region}
        Can a robot pick {crop}? [{robot} gets {p} out of 100|Growers near {city} say yes, slowly]
        """,
        """
        A robot named {robot} has picked {crop} on {n} farms in {region} and left {p} per cent unharmed.
        Growers near {city} let the machine {robot} harvest {crop} for {n} nights; it managed {k} kilograms \
        an hour.
        {robotics} tested its harvester {robot} on fields of {crop} in {region}, with {p} per cent picked \
        well.
        It sees in the dark and picks {k} kilograms of {crop} an hour: {robot}, on trial in {region}.
        """,
        """
        Pickers are hard to find in the region.
        Rain still confuses its camera.
        "It is slower than my aunt and never tired," said grower {person}.
        A cooperative may buy three machines together.
        Students at {uni} built the gripper.
        """,
        """
        Cooperative in {region} reserves its first {robot}
        The day after the trial near {city}, a cooperative of growers has reserved three harvest robots.
        """),
    Kind("Security", "lock circuit", "software", {"n": (3, 30), "k": (14, 620, 2), "s": (7.1, 9.9)},
        """
        {tech} [closes|fixes] [serious|critical] hole in {software}
        Update {software} now, [experts|researchers] [advise|say]
        {security} finds flaw in {software}; [patch is out|update available]
        [Flaw|Hole] in {software} [put|left] {k},000 installations at risk
        {software}: update [repairs|closes] flaw rated {s} of 10
        """,
        """
        {tech} has published an update for {software} which closes a flaw rated {s} out of 10.
        Researchers at {security} found a hole in {software}; about {k},000 installations need the update.
        A flaw in {software} let strangers read attachments; since {day} there is a repair.
        Whoever runs {software} should install the update of {day}, says {security}, which found the flaw \
        {n} days ago.
        """,
        """
        There are no signs that anybody used it.
        The finder, {person}, receives a reward.
        Installing takes a few minutes and a restart.
        Old versions get no repair.
        The council of {city} switched its server off for an hour as a precaution.
        """,
        """
        Half of all {software} servers updated within a day
        One day after the repair for {software} came out, {security} counts far fewer open installations.
        """),
    Kind("Security", "lock chart", "retailer", {"n": (12, 890), "d": (2, 21), "h": (3, 40)},
        """
        {retailer} [tells|informs] {n},000 customers of data leak
        Addresses of {n},000 customers [lay open|left unprotected] at {retailer}
        Data leak at {retailer}: [no card numbers lost|what customers should do]
        {retailer} [apologises|says sorry] for leak of {n},000 addresses
        A [copied|forgotten] folder: how {retailer} lost {n},000 addresses
        """,
        """
        {retailer} has informed {n},000 customers that their addresses lay open for {d} days.
        A wrongly set folder at {retailer} made {n},000 delivery addresses readable, [the firm|the company] \
        said on {day}.
        Names and addresses of {n},000 customers of {retailer} could be read for {d} days; card numbers \
        were not affected.
        {security} noticed an open folder of {retailer} with {n},000 addresses, which was closed within {h} \
        hours.
        """,
        """
        The data office in {city} has opened a case.
        Passwords need not be changed.
        "We should have looked earlier," said managing director {person}.
        Customers were told by letter and may ask for a copy of their data.
        No misuse has been reported.
        """,
        """
        Data office asks {retailer} for its records
        A day after the leak became known, the office in {city} wants to know why {retailer} kept old \
        addresses.
        """),
    Kind("Security", "lock network", "hospital", {"n": (140, 2600, 10), "p": (7, 31), "q": (2, 6)},
        """
        {hospital} [tests|trains] its staff with a false e-mail; {p} per cent click
        [A parcel nobody ordered|Free cake]: false e-mail teaches {hospital} a lesson
        {p} per cent [fell for it|clicked]: exercise at {hospital}
        {security} [runs|stages] drill at {hospital}
        What {n} employees of {hospital} learned from one e-mail
        """,
        """
        In an exercise at {hospital}, {p} per cent of {n} employees clicked on a false link; last year it \
        was twice as many.
        {hospital} sent {n} employees a harmless false e-mail, and {p} per cent followed it.
        An e-mail about free cake was a drill: {p} per cent of those at {hospital} clicked, {security} \
        reported.
        {n} people at {hospital} got a false message on {day}; most of them reported it within minutes.
        """,
        """
        Nobody was blamed, and all got {q} short lessons.
        The first warning came from the kitchen after 40 seconds.
        {person}, who leads the computer department, was pleased.
        Other clinics in {region} want to follow.
        Real cake was served afterwards.
        """,
        """
        Clinics in {region} plan a common drill
        After the e-mail exercise at {hospital}, clinics around {city} will hold one together in {month}.
        """),
    Kind("Computing", "circuit chart", "chip", {"n": (12, 46), "p": (18, 64), "w": (3, 28)},
        """
        {tech} [unveils|presents] {chip}, a chip for [small devices|quiet computers]
        {chip}: {p} per cent [faster|more frugal], says {tech}
        New chip {chip} [needs only|gets by on] {w} watts
        {tech} has {chip} made in {city}
        A chip [without a fan|that stays cool]: {chip} [measured|in the laboratory]
        """,
        """
        {tech} has presented the processor {chip}, which draws {w} watts and is {p} per cent faster than \
        its forerunner.
        The chip {chip}, shown in {city} on {day}, needs {w} watts at full load.
        {p} per cent more work from {w} watts: that is what {tech} promises of its processor {chip}.
        First measurements confirm that {chip} by {tech} gets by on {w} watts.
        """,
        """
        It has {n} billion transistors.
        The first laptops with it are due in {month}.
        Drivers are published as free software.
        "The memory is the clever part," said chief designer {person}.
        It is made in a plant in {region} which runs on river water.
        """,
        """
        Laptop makers line up for {chip}
        A day after {tech} showed {chip}, two makers from {city} said that they will build laptops with it.
        """),
    Kind("Computing", "skyline circuit", "tech", {"n": (18, 240), "k": (900, 9800, 100)},
        """
        Waste heat of {tech} [data hall|computers] to warm {k} homes in {city}
        {city} [heats|will heat] with computers: {tech} [builds|plans] data hall
        {tech} [plans|announces] data hall in {city} for {n} million florins
        {k} homes in {city} get [heat|warm water] from a data hall
        Data hall for {city} [approved|gets its permit]: heat included
        """,
        """
        {tech} will build a data hall in {city} for {n} million florins; its waste heat is to warm {k} homes.
        {k} homes in {city} are to be heated by the computers of {tech}, the council decided on {day}.
        The council of {city} has approved a data hall of {tech} on the condition that {k} homes get its heat.
        For {n} million florins, {tech} builds a data hall at {city} and a pipe to {k} homes.
        """,
        """
        The pipe will follow the old railway.
        Cooling water is taken from {river}, returned two degrees warmer.
        {person} of the energy office spoke of a fair exchange.
        About {n} people will work there.
        Neighbours asked for a hedge against noise.
        """,
        """
        Hedge and quiet fans: {tech} answers neighbours in {city}
        After the vote for its data hall, {tech} promised quieter fans and a hedge along the fence.
        """),
    Kind("Computing", "books circuit", "city", {"n": (40, 900, 10), "p": (52, 91), "w": (2, 11)},
        """
        Repair instead of [waste|buying new]: {city} opens workshop for [phones|old laptops]
        {n} old laptops from {city} [go back to school|find new owners]
        Free parts, free advice: repair workshop in {city} [is full|has a queue]
        In {city}, {p} per cent of broken [devices|phones] can be saved
        [Volunteers|Pensioners] in {city} repair {n} computers for schools
        """,
        """
        A workshop in {city} has repaired {n} laptops which now go to schools.
        Volunteers in {city} saved {p} per cent of the devices brought to them [at|on] {street}.
        {n} computers thrown out by offices work again, thanks to a workshop in {city}.
        Since {day}, anybody in {city} can have a phone repaired free of charge; {p} of 100 can be saved.
        """,
        """
        Most often it is the battery, says {person}, a retired watchmaker.
        {tech} gave spare parts for {w} models.
        The workshop is open on Saturdays.
        Old memory is wiped twice before a machine goes on.
        Pupils may learn to solder there.
        """,
        """
        Repair workshop in {city} asks for screws
        A day after reports on its {n} laptops, the workshop in {city} was given tools and still needs \
        small screws.
        """),
)  # fmt: skip
