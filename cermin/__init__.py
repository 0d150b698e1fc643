"""cermin turns captured news articles into Markdown, and that into a searchable newspaper of plain files."""

__version__ = "0.1.0"
