"""Pelican with the outputs that are compared: articles, paginated lists, one feed."""

AUTHOR = "bench"
SITENAME = "bench"
SITEURL = "https://example.org"
PATH = "content"
TIMEZONE = "Asia/Jakarta"
THEME = "simple"
DEFAULT_PAGINATION = 30
FEED_ALL_ATOM = "feed.xml"
FEED_MAX_ITEMS = 20
CATEGORY_FEED_ATOM = TRANSLATION_FEED_ATOM = AUTHOR_FEED_ATOM = AUTHOR_FEED_RSS = None
AUTHOR_SAVE_AS = ""
DIRECT_TEMPLATES = ["index", "tags", "categories"]
