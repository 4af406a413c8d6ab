"""Who is asking, when proxies of ours stand in front: they say so in X-Forwarded-*."""

import logging
from collections.abc import Iterable
from ipaddress import ip_address
from typing import TYPE_CHECKING

from werkzeug.middleware.proxy_fix import ProxyFix

from matchmaker.config import Settings
from matchmaker.setting_checks import read_networks

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

logger = logging.getLogger(__name__)


class TrustedProxies:
    """Believe X-Forwarded-* where it comes from our own proxies, and nowhere else."""

    def __init__(self, app: "WSGIApplication", settings: Settings) -> None:
        self.app = app
        self.hops = settings.trusted_proxies
        self.networks = read_networks(settings.proxy_addresses) if self.hops else []
        # Each proxy adds to -For; the nearest one sets the others.
        self.believing = ProxyFix(app, x_for=self.hops, x_proto=1, x_host=1)
        self.has_warned = False

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        peer = environ.get("REMOTE_ADDR", "")
        said = environ.get("HTTP_X_FORWARDED_FOR", "")
        if not self._is_ours(peer):
            if said and not self.has_warned:
                self.has_warned = True
                self._warn(peer)
            return self.app(environ, start_response)
        # What stands before our own proxies' words, anybody may have written.
        environ["HTTP_X_FORWARDED_FOR"] = ",".join(said.split(",")[-self.hops :])
        return self.believing(environ, start_response)

    def _is_ours(self, peer: str) -> bool:
        if not self.hops:
            return False
        try:
            address = ip_address(peer)
        except ValueError:  # a socket in the file system has no address
            return not peer
        address = getattr(address, "ipv4_mapped", None) or address
        return any(address in network for network in self.networks)

    def _warn(self, peer: str) -> None:
        """Say it once: without this every visitor counts as one to the rate limits."""
        todo = (
            f"add {peer} to MATCHMAKER_PROXY_ADDRESSES"
            if self.hops
            else "set MATCHMAKER_TRUSTED_PROXIES to how many there are"
        )
        logger.warning(
            "A proxy at %s names a visitor, but isn't trusted. If it's yours, %s.",
            peer,
            todo,
        )
