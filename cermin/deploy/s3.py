"""A bucket of an S3-compatible store: of Amazon, Cloudflare, Backblaze or Hetzner, of Garage or MinIO.

Spoken to by obstore, which sends, signs and tries again. Bodies are signed whole and no newer kind of checksum is asked
for, so that stores which know no more than the core of S3 understand it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from hashlib import md5
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from cermin.deploy.headers import cache_control
from cermin.deploy.target import Source, Work
from cermin.errors import DeployError, Fault
from cermin.manifest import Listed
from cermin.media_types import media_type
from cermin.report import Stage

if TYPE_CHECKING:
    from obstore.store import S3Store

TOGETHER = 16
"""Requests under way at a time."""
PAGE = 1000
"""Objects in one answer of a listing, and in one request that deletes: what S3 allows."""
LARGE = 32 * 1024 * 1024
"""Bytes of a file from which on it is sent in parts, and not held in memory."""
_PIECE = 8 * 1024 * 1024
RETRIES = 6
"""Times that a request is tried again: for about ten seconds."""
_INSTALL = "python -m pip install 'cermin[s3]'"
_KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
_ROLES = (
    "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
)  # fmt: skip
"""What a workflow or a container is given instead of keys; obstore reads them itself."""
_KEYS_HINT = (
    "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to the store's keys; for profiles and single sign-on of AWS, "
    "`python -m pip install boto3` and set AWS_PROFILE"
)
_RIGHTS_HINT = "the key needs s3:ListBucket, s3:GetObject, s3:PutObject and s3:DeleteObject for this bucket"
_HINTS = {
    "AccessDenied": _RIGHTS_HINT,
    "InvalidAccessKeyId": "look at AWS_ACCESS_KEY_ID, and at endpoint: another store has other keys",
    "SignatureDoesNotMatch": "look at AWS_SECRET_ACCESS_KEY, and whether the store wants a certain region",
    "NoSuchBucket": "make the bucket first, or mend its name",
    "PermanentRedirect": "set region to the one that the bucket is in",
    "AuthorizationHeaderMalformed": "set region to the one that the bucket is in",
    "RequestTimeTooSkewed": "set this machine's clock",
    "ExpiredToken": "sign in again",
}
"""By the code of the store's answer."""


@dataclass(frozen=True, slots=True)
class S3:
    """The settings of a target ``s3``. Keys come from the environment."""

    bucket: str
    """The bucket's name. It is not made: who may read it is decided where it is made."""
    endpoint: str = ""
    """Address of the store, ``https://…``; Amazon's where it is left out."""
    region: str = ""
    """Region of the bucket; the environment's where it is left out, or ``us-east-1``, which most other stores take."""
    prefix: str = ""
    """Folder in the bucket, for one that holds more than the mirror."""

    @property
    def address(self) -> str:
        """What the place is called in messages."""
        return "/".join(filter(None, (f"s3://{self.bucket}", self.prefix.strip("/"))))

    def faults(self) -> Iterator[tuple[str, str]]:
        """Yield what is wrong with the settings."""
        # docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html, and capitals, which others allow.
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.-]{1,61}[A-Za-z0-9]", self.bucket):
            yield f'bucket is no name of a bucket: "{self.bucket}"', "write the name alone, and a folder as prefix"
        parts = urlsplit(self.endpoint)
        if self.endpoint and (parts.scheme not in {"http", "https"} or not parts.hostname or parts.query):
            yield f'endpoint is no address: "{self.endpoint}"', 'write endpoint = "https://…", as the store tells it'
        elif parts.username or parts.password:
            yield "endpoint holds a name or a password", _KEYS_HINT
        if not re.fullmatch(r"[A-Za-z0-9-]*", self.region):
            yield f'region is no name of a region: "{self.region}"', "write it as the store tells it"
        # Stores disagree on how other characters are signed in a listing.
        names = self.prefix.strip("/").split("/") if self.prefix else []
        if not all(re.fullmatch(r"[A-Za-z0-9_-][A-Za-z0-9._-]*", name) for name in names):
            yield f'prefix is no folder: "{self.prefix}"', "use letters, digits, -, _, . and /"

    @contextmanager
    def open(self, work: Work) -> Iterator[S3Session]:
        """Make the store ready; nothing is asked of it yet. Raises DeployError without a library or without keys."""
        try:
            from obstore.store import S3Store
        except ImportError as error:
            raise DeployError.at(self.address, "needs a library that is not installed", f"run `{_INSTALL}`") from error
        prefix = self.prefix.strip("/")
        # Not as prefix of the store: messages shall name the whole key.
        store = S3Store(self.bucket, **self._options())
        yield S3Session(store, self.address, f"{prefix}/" if prefix else "", work.source)

    def _options(self) -> dict[str, Any]:
        options: dict[str, Any] = {
            "client_options": {
                "allow_http": self.endpoint.startswith("http://"),
                "connect_timeout": timedelta(seconds=10),
                # From the first byte sent to the last received: a part may be 8 MB, a line slow.
                "timeout": timedelta(minutes=10),
            },
            "retry_config": {
                "max_retries": RETRIES,
                "retry_timeout": timedelta(minutes=2),
                "backoff": {
                    "init_backoff": timedelta(milliseconds=200),
                    "max_backoff": timedelta(seconds=5),
                    "base": 2,
                },
            },
        }
        region = self.region or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or ""
        if not all(os.environ.get(name) for name in _KEYS) and not any(map(os.environ.get, _ROLES)):
            provider = self._ask_boto3()
            options["credential_provider"] = provider
            region = region or provider.config.get("region", "")
        if self.endpoint:
            options["endpoint"] = self.endpoint.rstrip("/")
        options["region"] = region or "us-east-1"
        return options

    def _ask_boto3(self) -> Any:
        """Return the keys of the profile that AWS_PROFILE names, or of the machine. Raises DeployError."""
        try:
            from obstore.auth.boto3 import Boto3CredentialProvider
        except ImportError:
            raise DeployError.at(self.address, "there are no keys in the environment", _KEYS_HINT) from None
        try:
            return Boto3CredentialProvider()
        except Exception as error:  # whatever boto3 has to say of ~/.aws
            raise DeployError.at(self.address, f"there are no keys: {error}", _KEYS_HINT) from error


class S3Session:
    """A bucket while it is deployed to. An object is there whole or not at all."""

    is_atomic = False

    def __init__(self, store: S3Store, address: str, prefix: str, source: Source) -> None:
        self._store, self._address, self._prefix, self._source = store, address, prefix, source
        self._requests = 0
        self._counting = Lock()
        self._marks: dict[str, str] = {}
        """ETag of each object that was listed."""

    def objection(self) -> Fault | None:
        """None: the bucket's owner decides who may write."""
        return None

    def read(self, path: str, limit: int) -> bytes | None:
        """Return the bytes of an object; None when there is none."""
        import obstore

        with self._asking():
            try:
                answer = obstore.get(self._store, self._key(path))
            except FileNotFoundError as error:
                if "NoSuchBucket" in str(error):
                    raise
                return None
            if answer.meta["size"] > limit:
                raise DeployError.at(f"{self._address}/{path}", f"is larger than {limit:,} bytes", "take it away")
            return bytes(answer.bytes())

    def listing(self) -> Mapping[str, int]:
        """Return the size of each object. A request tells of a thousand: little beside not knowing what is there."""
        import obstore

        found: dict[str, int] = {}
        with self._asking(requests=0):
            for objects in obstore.list(self._store, self._prefix or None, chunk_size=PAGE):
                self._count()
                for item in objects:
                    path = item["path"].removeprefix(self._prefix)
                    found[path] = item["size"]
                    self._marks[path] = (item["e_tag"] or "").strip('"')
        self._count(not found)
        return found

    def arrived(self, files: Sequence[Listed]) -> Collection[str]:
        """Return the paths of those files whose ETag is the MD5 of their bytes, as it is of what was sent in one piece.

        https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html tells where else it is something else: such
        files are sent again.
        """
        return {
            file.path
            for file in files
            if file.size < LARGE
            and self._marks.get(file.path) == md5(self._source.read(file), usedforsecurity=False).hexdigest()
        }

    def send(self, files: Sequence[Listed], sent: Callable[[Listed], None]) -> None:
        """Put files there, several at a time. When one fails, those under way are waited for."""
        workers = ThreadPoolExecutor(TOGETHER)
        tasks = {workers.submit(self._send, file): file for file in files}
        try:
            for task in as_completed(tuple(tasks)):
                if task.exception():
                    break
                sent(tasks.pop(task))
        finally:
            workers.shutdown(cancel_futures=True)
        failures = []
        for task, file in tasks.items():
            if task.cancelled():
                continue
            if error := task.exception():
                failures.append(error)
            else:
                sent(file)
        if failures:
            raise failures[0]

    def _send(self, file: Listed) -> None:
        import obstore

        attributes = {"Content-Type": media_type(file.path), "Cache-Control": cache_control(file.path)}
        if file.size < LARGE:
            data = self._source.read(file)
            with self._asking():
                obstore.put(self._store, self._key(file.path), data, attributes=attributes, use_multipart=False)
            return
        if fault := self._source.check(file):
            raise DeployError(fault)
        with self._asking(requests=2 + -(-file.size // _PIECE)):  # the parts, a beginning and an end
            obstore.put(
                self._store,
                self._key(file.path),
                self._source.path(file),
                attributes=attributes,
                chunk_size=_PIECE,
                max_concurrency=4,
            )

    def write(self, path: str, data: bytes) -> None:
        """Put a small object there."""
        import obstore

        attributes = {"Content-Type": media_type(path), "Cache-Control": cache_control(path)}
        with self._asking():
            obstore.put(self._store, self._key(path), data, attributes=attributes, use_multipart=False)

    def delete(self, paths: Sequence[str], deleted: Callable[[str], None]) -> None:
        """Delete objects, a thousand a request."""
        import obstore

        for start in range(0, len(paths), PAGE):
            some = paths[start : start + PAGE]
            with self._asking():
                obstore.delete(self._store, [self._key(path) for path in some])
            for path in some:
                deleted(path)

    def unsettled(self) -> str:
        """Return nothing: a bucket has nothing of its own to set."""
        return ""

    def finish(self, stage: Stage) -> str:
        """Tell the number of requests, which stores charge for; those that had to be tried again count once."""
        del stage
        return f"{self._requests:,} request{'s' * (self._requests != 1)}"

    def _key(self, path: str) -> str:
        return self._prefix + path

    def _count(self, requests: int = 1) -> None:
        with self._counting:
            self._requests += requests

    @contextmanager
    def _asking(self, requests: int = 1) -> Iterator[None]:
        """Count what is asked, and tell in our words what the store refuses. Raises DeployError."""
        from obstore.exceptions import BaseError

        self._count(requests)
        try:
            yield
        except (BaseError, FileNotFoundError, ValueError) as error:
            raise DeployError.at(self._address, *_explain(str(error))) from error


def _explain(message: str) -> tuple[str, str]:
    """Return the verdict and the way out for what obstore says: the store's own words, where it answered."""
    told = message.partition("\nDebug source:")[0].strip()
    code = re.search(r"<Code>(\w+)</Code>", told)
    words = re.search(r"<Message>(.*?)</Message>", told, re.DOTALL)
    deleting = re.search(r"DeleteObjects request failed for key .*?: (.*) \(code: (\w+)\)", told)
    if code:
        return f"{words[1].strip() if words else code[1]} ({code[1]})", _HINTS.get(code[1], "")
    if deleting:
        return f"{deleting[1]} ({deleting[2]})", _HINTS.get(deleting[2], "")
    if answer := re.search(r"non-2xx status code: (\d+ [^:]*)", told):
        return f"the store answered {answer[1].strip()}", ""
    # What the system said of the connection stands in the details alone.
    causes = re.findall(r'(?:message|error): "([^"]+)"', message)
    reason = causes[-1] if causes else " ".join((told.rpartition(" - ")[2] or told).split())
    return f"cannot be reached: {reason}", "look at endpoint, and whether the store is up"
