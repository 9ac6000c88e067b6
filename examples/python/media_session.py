"""A publish or a subscription over HTTP: begun by a POST of an offer, which is answered, and ended by a DELETE."""

import asyncio
import base64
import json
import urllib.error
import urllib.parse
import urllib.request

from aiortc import RTCSessionDescription

TIMEOUT_SECONDS = 30
MAXIMUM_REDIRECTS = 5


def claims(token):
    """What a participant token says; above all `whip_url`, where its server is. Only the server can check it."""
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


class MediaSession:
    def __init__(self, url, token):
        self._url = url
        self._token = token
        self._resource = None

    async def start(self, connection):
        """Connects. aiortc has all its candidates in the offer, so there is nothing more to send."""
        await connection.setLocalDescription(await connection.createOffer())
        offer = connection.localDescription.sdp.encode()
        status, headers, answer = await self._request("POST", self._url, offer)
        for _ in range(MAXIMUM_REDIRECTS):
            if status not in (307, 308):
                break
            self._url = urllib.parse.urljoin(self._url, headers["Location"])
            status, headers, answer = await self._request("POST", self._url, offer)
        if status != 201:
            raise RuntimeError(f"The server answered {status}: {answer}")
        self._resource = urllib.parse.urljoin(self._url, headers["Location"])
        await connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))

    async def end(self):
        """The server may have ended it before."""
        if self._resource is None:
            return
        status, _, answer = await self._request("DELETE", self._resource)
        if status not in (200, 404):
            raise RuntimeError(f"The server answered {status}: {answer}")

    async def _request(self, method, url, body=None):
        headers = {"Authorization": f"Bearer {self._token}"}
        if body is not None:
            headers["Content-Type"] = "application/sdp"
        request = urllib.request.Request(url, body, headers, method=method)
        return await asyncio.get_running_loop().run_in_executor(None, _send, request)


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Python follows no redirect of a POST: it is for us to repeat it, with the token."""

    def redirect_request(self, *_):
        return None


_opener = urllib.request.build_opener(_NoRedirects)


def _send(request):
    try:
        response = _opener.open(request, timeout=TIMEOUT_SECONDS)
    except urllib.error.HTTPError as error:
        response = error
    with response:
        return response.status, response.headers, response.read().decode()
