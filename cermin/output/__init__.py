"""Stage 4: pages -> files. The only code that renders and that writes output/."""

from cermin.output.folder import check_is_ours, find_output, stamp_of
from cermin.output.links import check_links
from cermin.output.making import MakePages
from cermin.output.theme import Theme, load_theme
from cermin.output.translations import catalogue_paths

__all__ = [
    "MakePages",
    "Theme",
    "catalogue_paths",
    "check_is_ours",
    "check_links",
    "find_output",
    "load_theme",
    "stamp_of",
]
