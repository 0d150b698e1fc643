"""``python build.py …`` is ``cermin …``, for a checkout in which nothing is installed but the dependencies."""

from cermin.cli import main

if __name__ == "__main__":  # worker processes import this file again
    raise SystemExit(main())
