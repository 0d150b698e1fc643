"""output/ to a place where readers find it: `[deploy.NAME]` says which, `deploy_site` sends what changed.

A target is one file and one line in `TARGETS`. What is sent and in which order is decided in `plan` and `sending`, for
all targets alike.
"""

from __future__ import annotations

from cermin.deploy.folder import Folder
from cermin.deploy.git import Git
from cermin.deploy.places import Place, choose_place, read_places
from cermin.deploy.rsync import Rsync
from cermin.deploy.s3 import S3
from cermin.deploy.sending import Deployed, Terms, deploy_site, show_size
from cermin.deploy.target import Session, Source, Target, Work

__all__ = [
    "TARGETS", "Deployed", "Place", "Session", "Source", "Target", "Terms", "Work", "choose_place", "deploy_site",
    "read_places", "show_size",
]  # fmt: skip

TARGETS: dict[str, type[Target]] = {"folder": Folder, "git": Git, "rsync": Rsync, "s3": S3}
