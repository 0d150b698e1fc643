"""Signatures of OpenSSH: a file is signed with the key that somebody logs in with, and checked with its public half.

`ssh-keygen` does both, so keys may be in files or in an agent, with a passphrase or on a token, as it takes them. What
is signed is bound to cermin by the namespace, so that no signature for something else passes as one of a mirror, nor
the other way round (ssh-keygen(1), "-Y sign").
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from cermin.errors import Fault, SignatureError

NAMESPACE = "cermin"
PATIENCE = 300
"""Seconds that a person has to type a passphrase or to touch a token."""
LARGEST = 64 * 1024
"""Bytes of a signature at most; one of RSA with 16,384 bits has 4,000."""

_BEGINNING = b"-----BEGIN SSH SIGNATURE-----"
_PUBLIC_KEY = re.compile(r"(?:ssh|ecdsa|sk)-\S+ [A-Za-z0-9+/]+=*(?: .*)?")


def sign(key: Path, data: bytes) -> bytes:
    """Return a signature of the data; ``key`` is a private key, or a public one whose other half an agent has.

    A passphrase is asked for at a terminal alone. Raises SignatureError.
    """
    if not key.is_file():
        raise SignatureError.at(key, "no such key", "make one with `ssh-keygen -t ed25519 -f KEY`")
    hint = "a key with a passphrase is asked for at a terminal, or stands in ssh-agent: `ssh-add KEY`"
    return _run(["sign", "-f", str(key), "-n", NAMESPACE], data, Fault(str(key), "cannot sign", hint))


def check_signature(signers: Path, data: bytes, signature: bytes, place: str) -> str:
    """Return who signed the data, as ``signers`` tells it: a public key, or a file of allowed signers.

    The latter is that of ssh-keygen(1), "ALLOWED SIGNERS"; ``place`` is where the signature stands. Raises
    SignatureError when nobody whom it names signed.
    """
    try:
        told = signers.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SignatureError.at(signers, f"cannot be read: {error}") from error
    if "PRIVATE KEY" in told:
        raise SignatureError.at(signers, "a private key", f"name its public half: {signers}.pub")
    if not signature.startswith(_BEGINNING):
        raise SignatureError.at(place, "not a signature of OpenSSH", "`ssh-keygen -Y sign` makes one")
    unknown = Fault(place, f"not signed by a key in {signers}", "ask who made the mirror which key it is")
    untrue = Fault(
        place, "not a signature of what stands there", "it was made of another build, or the copy was changed"
    )
    is_key = _PUBLIC_KEY.fullmatch(told)
    with TemporaryDirectory(prefix="cermin-") as folder:
        signed, allowed = Path(folder, "signature"), Path(folder, "signers")
        signed.write_bytes(signature)
        allowed.write_text(f"key {told}\n" if is_key else f"{told}\n", encoding="utf-8")
        files = ["-s", str(signed), "-f", str(allowed)]
        who = _run(["find-principals", *files], b"", unknown).decode(errors="replace").partition("\n")[0]
        _run(["verify", "-I", who, "-n", NAMESPACE, *files], data, untrue)
    return told.split(" ", 2)[-1] if is_key else who


def _run(words: Sequence[str], data: bytes, fault: Fault) -> bytes:
    """Return what `ssh-keygen -Y` answers; raise SignatureError with the fault, and its own words, when it fails."""
    is_watched = os.isatty(0)
    environment = dict(os.environ) if is_watched else os.environ | {"SSH_ASKPASS_REQUIRE": "never"}
    try:
        done = subprocess.run(  # noqa: S603 - the program is this one
            ["ssh-keygen", "-Y", *words],  # noqa: S607 - where it is, the system knows
            input=data, capture_output=True, check=False, timeout=PATIENCE, env=environment,
            start_new_session=not is_watched,  # without a terminal it asks for nothing
        )  # fmt: skip
    except FileNotFoundError as error:
        raise SignatureError.at("ssh-keygen", "not found", "install OpenSSH's client, 8.9 or later") from error
    except subprocess.TimeoutExpired as error:
        raise SignatureError.at(fault.place, f"ssh-keygen did not end within {PATIENCE} s") from error
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise SignatureError(fault._replace(verdict=f"{fault.verdict}: {said[-1] if said else 'ssh-keygen failed'}"))
    return done.stdout
