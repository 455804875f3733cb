"""Shared by the tests of the newsroom: the whole database as values, and stories to edit."""

from django.apps import apps

# An undo adds to the audit log and raises the site version; rows of link tables are known by their links.
LOGS = {"Job", "Edit", "EditTarget", "SiteVersion"}
NAMELESS = {"ArticleTopic", "ArticleImage", "StoryTopic", "StoryAlias"}

EVENTS = {
    "storm": "Storm closes the northern ferry harbour",
    "turbine": "Turbine blades break at the tidal plant",
    "council": "Council votes on a new lighthouse keeper",
    "herring": "Herring quotas fall for the third winter",
}
PAPERS = ("gazette", "post", "herald")


def database():
    """Return every row of the archive as values, by model; row numbers count, but for link tables."""
    found = {}
    for model in apps.get_app_config("articles").get_models():
        if model.__name__ not in LOGS:
            names = [field.attname for field in model._meta.concrete_fields]
            if model.__name__ in NAMELESS:
                names.remove("id")
            found[model.__name__] = sorted(map(repr, model.objects.order_by().values_list(*names)))
    return found


def write_stories(write_article, events=EVENTS, papers=PAPERS):
    """Write a report of each event by each paper; returns their folder."""
    for place, (slug, title) in enumerate(events.items()):
        for number, paper in enumerate(papers):
            path = write_article(
                f"{slug}-{paper}",
                title=title + ("", ", officials say", " after long dispute")[number % 3],
                excerpt=f"{title}. The {paper} has more.",
                publishedDateTime=f"2023-05-{4 + place:02}T{10 + number}:00:00Z",
                webUrl=f"https://{paper}.example/{slug}",
                quality=60 - 10 * number,
                published=number == 0,
                provider={"name": paper.title(), "domain": f"{paper}.example"},
                topics=["Tidal Energy", "Ports"],
                images=[{"url": f"https://pictures.example/{slug}-{paper}.jpg"}],
            )
    return path.parent
