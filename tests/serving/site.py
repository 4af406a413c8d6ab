"""Visitors of a server that runs, as their browsers would ask."""

import re

import requests
from requests.adapters import HTTPAdapter


class From(HTTPAdapter):
    """Asks from an address of its own, as another visitor would."""

    def __init__(self, address):
        self.address = address
        super().__init__()

    def init_poolmanager(self, *args, **kwargs):
        super().init_poolmanager(*args, source_address=(self.address, 0), **kwargs)


class Site:
    def __init__(self, url, certificate=None):
        self.url = url
        self.certificate = certificate

    def visitor(self, address="127.0.0.1"):
        session = requests.Session()
        session.trust_env = False
        session.verify = self.certificate
        session.mount(self.url, From(address))
        session.max_redirects = 5
        return session

    def answers(self):
        try:
            with self.visitor() as visitor:
                return visitor.get(self.url + "/healthz", timeout=5).text == "ok"
        except requests.RequestException:
            return False

    def token(self, visitor, path):
        page = visitor.get(self.url + path).text
        return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]

    def post(self, visitor, path, token=None, data=None, headers=None, **kwargs):
        """Send a form as the browser does."""
        token = token or self.token(visitor, path)
        return visitor.post(
            self.url + path,
            data={"csrf_token": token} | (data or {}),
            headers={"Referer": self.url + path} | (headers or {}),
            **kwargs,
        )
