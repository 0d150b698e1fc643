"""The preview: the site in a browser, made again and shown again when something changes.

livereload is the socket and the script in the browser; watchfiles tells what changed, so nothing is polled; Tornado,
which livereload runs on, serves the files. Builds run in a thread while the server answers. What the preview adds to
pages (its scripts, a note of what is wrong) is added as they are served and never written to output/.
"""

from cermin.preview.server import serve_mirror

__all__ = ["serve_mirror"]
