"""The editors' desk (floor 3): the stock admin, a file per noun."""

from articles.admin import article, edit, image, import_run, provider, source, story, topic

__all__ = ["article", "edit", "image", "import_run", "provider", "source", "story", "topic"]
