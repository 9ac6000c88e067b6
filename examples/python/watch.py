"""Subscribes to a participant and saves what comes to a file, until the time is over or Ctrl+C.

PARTICIPANT_TOKEN holds the token of who watches, which names its server.
"""

import argparse
import asyncio
import os
import signal

from aiortc import MediaStreamTrack, RTCPeerConnection
from aiortc.contrib.media import MediaRecorder
from media_session import MediaSession, claims


class FromFirstPicture(MediaStreamTrack):
    """Sound comes before the first picture, which is a key frame. It is left out until then, so that both begin at 0."""

    def __init__(self, track, pictured):
        super().__init__()
        self.kind = track.kind
        self._track = track
        self._pictured = pictured
        self._first_pts = None

    async def recv(self):
        frame = await self._track.recv()
        if self.kind == "video":
            self._pictured.set()
        while not self._pictured.is_set():
            frame = await self._track.recv()
        if self._first_pts is None:
            self._first_pts = frame.pts
        frame.pts -= self._first_pts
        return frame


async def first_of(*waits, timeout=None):
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    _, others = await asyncio.wait(tasks, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
    for task in others:
        task.cancel()


async def watch(token, participant_id, file, seconds):
    over, pictured = asyncio.Event(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, over.set)

    connection = RTCPeerConnection()
    recorder = MediaRecorder(file)
    session = MediaSession(f"{claims(token)['whip_url']}/subscribe/{participant_id}", token)

    @connection.on("track")
    def save(track):
        recorder.addTrack(FromFirstPicture(track, pictured))
        # What comes ends with the publish.
        track.on("ended", over.set)

    @connection.on("connectionstatechange")
    def tell():
        print(connection.connectionState, flush=True)
        if connection.connectionState in ("failed", "closed"):
            over.set()

    connection.addTransceiver("audio", direction="recvonly")
    connection.addTransceiver("video", direction="recvonly")
    try:
        await session.start(connection)
        await recorder.start()
        await first_of(pictured.wait(), over.wait())
        await first_of(over.wait(), timeout=seconds)
    finally:
        await session.end()
        await recorder.stop()
        await connection.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("participant_id", help="who is to be seen: stages.py publisher tells it")
    parser.add_argument("file", help="where to save it, as .mp4 or whatever else FFmpeg can write")
    parser.add_argument("--seconds", type=float, help="from the first picture on. Default: until the publish ends")
    options = parser.parse_args()
    token = os.environ["PARTICIPANT_TOKEN"]
    asyncio.run(watch(token, options.participant_id, options.file, options.seconds))
