"""The Newsroom: Django's admin for editors, with a module per model; importing it registers all of them."""

from articles.admin import article, edit, image, import_run, source, story, taxonomy

__all__ = ["article", "edit", "image", "import_run", "source", "story", "taxonomy"]
