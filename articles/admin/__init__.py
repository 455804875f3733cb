"""The Newsroom: Django's admin for editors, with a module per subject; importing it registers all of them."""

from articles.admin import article, image, log, source, story, takedown, taxonomy

__all__ = ["article", "image", "log", "source", "story", "takedown", "taxonomy"]
