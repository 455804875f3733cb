"""The Newsroom: Django's admin for editors, with a module per subject; importing it registers all of them."""

from articles.admin import article, image, log, people, source, story, taxonomy

__all__ = ["article", "image", "log", "people", "source", "story", "taxonomy"]
