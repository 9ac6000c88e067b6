"""What the child programs in Python share: plain HTTP with the participant's token, and what they tell the test.

Environment: MEDIA_URL, MEDIA_TOKEN.
"""

import json
import os
import threading
import urllib.error
import urllib.parse
import urllib.request

# A failure guard: the server is on this machine.
HTTP_GUARD_SECONDS = 30


class Session:
    """A publish or a subscription: begun by a POST, which gives the answer, and ended by a DELETE."""

    def __init__(self, offer):
        url = os.environ["MEDIA_URL"]
        headers, self.answer = _request("POST", url, offer.encode())
        self._location = urllib.parse.urljoin(url, headers["Location"])

    def end(self):
        """Also where the other side has ended it before."""
        _request("DELETE", self._location, accepts=(200, 404))


def _request(method, url, body=None, accepts=(201,)):
    headers = {"Authorization": f"Bearer {os.environ['MEDIA_TOKEN']}"}
    if body is not None:
        headers["Content-Type"] = "application/sdp"
    request = urllib.request.Request(url, body, headers, method=method)
    try:
        response = urllib.request.urlopen(request, timeout=HTTP_GUARD_SECONDS)
    except urllib.error.HTTPError as error:
        response = error
    with response:
        text = response.read().decode()
        if response.status not in accepts:
            raise RuntimeError(f"{method} was answered {response.status}: {text}")
        return response.headers, text


_output = threading.Lock()


def tell(**facts):
    """Writes a line of JSON for the test that started this program. Streams tell from threads of their own."""
    with _output:
        print(json.dumps(facts), flush=True)


class Tone:
    """Tells the frequency of what is heard, once for each second of sound."""

    def __init__(self, sample_rate):
        self._sample_rate = sample_rate
        self._heard = 0
        self._rises = 0
        self._last = 0

    def hear(self, samples):
        for sample in samples:
            if self._last < 0 <= sample:
                self._rises += 1
            self._last = sample
        self._heard += len(samples)
        if self._heard >= self._sample_rate:
            tell(hz=round(self._rises * self._sample_rate / self._heard, 1))
            self._heard = self._rises = 0
