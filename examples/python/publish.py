"""Publishes a file, or a test picture with a tone, by WHIP until the file or the program ends. Ctrl+C ends it.

PARTICIPANT_TOKEN holds the token, which names its server.
"""

import argparse
import asyncio
import os
import signal

from aiortc import RTCPeerConnection, RTCRtpSender
from aiortc.contrib.media import MediaPlayer
from media_session import MediaSession, claims
from test_picture import Tone, WalkingBar


def send_only(connection, track):
    """Video as H.264, which a stage takes from everybody: left alone, aiortc would send VP8."""
    transceiver = connection.addTransceiver(track, direction="sendonly")
    if track.kind == "video":
        codecs = RTCRtpSender.getCapabilities("video").codecs
        transceiver.setCodecPreferences([one for one in codecs if one.mimeType in ("video/H264", "video/rtx")])


async def publish(token, file):
    player = MediaPlayer(file) if file else None
    tracks = [player.audio, player.video] if player else [Tone(), WalkingBar()]
    over = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, over.set)

    connection = RTCPeerConnection()
    session = MediaSession(claims(token)["whip_url"], token)

    @connection.on("connectionstatechange")
    def tell():
        print(connection.connectionState, flush=True)
        if connection.connectionState in ("failed", "closed"):
            over.set()

    for track in tracks:
        if track:
            track.on("ended", over.set)
            send_only(connection, track)
    try:
        await session.start(connection)
        await over.wait()
    finally:
        await session.end()
        await connection.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", nargs="?", help="what FFmpeg can read. Default: a test picture and a tone")
    options = parser.parse_args()
    asyncio.run(publish(os.environ["PARTICIPANT_TOKEN"], options.file))
