"""Whether what stands somewhere is a true copy of a site: every file is read again and compared with its manifest."""

from cermin.verifying.comparing import Verified, verify

__all__ = ["Verified", "verify"]
