"""A Proscenium server for all tests of this folder, empty for each of them."""

import json
import os
import subprocess
import urllib.request

import boto3
import pytest

COMMAND = os.environ.get("PROSCENIUM_COMMAND", "node_modules/.bin/proscenium")
ACCESS_KEY = {"aws_access_key_id": "PRSCTESTS", "aws_secret_access_key": "secret-of-the-tests"}


class Proscenium:
    def __init__(self):
        settings = {
            "PROSCENIUM_MEDIA_WORKERS": "0",
            "PROSCENIUM_ACCESS_KEY_ID": ACCESS_KEY["aws_access_key_id"],
            "PROSCENIUM_SECRET_ACCESS_KEY": ACCESS_KEY["aws_secret_access_key"],
        }
        # The server ends with its standard input, which ends with this process.
        self.process = subprocess.Popen(
            [COMMAND, "serve", "--testing", "--json", "--until-stdin-ends", "--listen", "127.0.0.1:0"],
            env={**os.environ, **settings},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"Proscenium did not start: exit code {self.process.wait()}")
        ready = json.loads(line)
        self.endpoint, self.region = ready["endpoint"], ready["region"]

    def client(self):
        return boto3.client("ivs-realtime", endpoint_url=self.endpoint, region_name=self.region, **ACCESS_KEY)

    def reset(self):
        self._order("POST", "reset", {})

    def advance(self, seconds):
        self._order("POST", "clock", {"advanceSeconds": seconds})

    def fail(self, operation, **failure):
        self._order("PUT", f"failures/{operation}", failure)

    def close(self):
        self.process.terminate()
        self.process.wait()

    def _order(self, method, path, body):
        request = urllib.request.Request(
            f"{self.endpoint}/proscenium/testing/{path}",
            method=method,
            headers={"Content-Type": "application/json"},
            data=json.dumps(body).encode(),
        )
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)


@pytest.fixture(scope="session")
def server():
    proscenium = Proscenium()
    yield proscenium
    proscenium.close()


@pytest.fixture
def proscenium(server):
    server.reset()
    return server
