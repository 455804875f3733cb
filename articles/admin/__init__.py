"""The Newsroom: Django's admin for editors, with a module per subject; importing it registers all of them."""

from articles.admin import article, image, log, people, source, story, takedown, taxonomy

__all__ = ["article", "image", "log", "people", "source", "story", "takedown", "taxonomy"]
