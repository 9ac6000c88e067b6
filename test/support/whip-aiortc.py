"""Child program: publishes a moving picture and a 440 Hz tone by WHIP with aiortc until its standard input ends.

Environment: MEDIA_URL, MEDIA_TOKEN, VIDEO_CODEC (H264 or VP8; without it aiortc offers both).
"""

import asyncio
import fractions
import math
import os
import struct
import sys
import time

from aiortc import MediaStreamTrack, RTCPeerConnection, RTCRtpSender, RTCSessionDescription, VideoStreamTrack
from av import AudioFrame, VideoFrame
from peer import Session

SAMPLE_RATE = 48000
SAMPLES_PER_FRAME = 960
TONE_HZ = 440
WIDTH, HEIGHT = 640, 360


class Tone(MediaStreamTrack):
    kind = "audio"

    def __init__(self):
        super().__init__()
        self.started = None
        self.sample = 0

    async def recv(self):
        if self.started is None:
            self.started = time.time()
        await asyncio.sleep(max(0, self.started + self.sample / SAMPLE_RATE - time.time()))
        frame = AudioFrame(format="s16", layout="mono", samples=SAMPLES_PER_FRAME)
        first = self.sample
        frame.planes[0].update(
            struct.pack(
                f"<{SAMPLES_PER_FRAME}h",
                *(
                    round(16000 * math.sin(2 * math.pi * TONE_HZ * (first + n) / SAMPLE_RATE))
                    for n in range(SAMPLES_PER_FRAME)
                ),
            )
        )
        frame.sample_rate = SAMPLE_RATE
        frame.pts = first
        frame.time_base = fractions.Fraction(1, SAMPLE_RATE)
        self.sample += SAMPLES_PER_FRAME
        return frame


class Picture(VideoStreamTrack):
    """A bar that walks over the picture."""

    async def recv(self):
        pts, time_base = await self.next_timestamp()
        frame = VideoFrame(WIDTH, HEIGHT, "yuv420p")
        step = (pts // 3000) % WIDTH
        luma, *chroma = frame.planes
        row = bytearray(64 for _ in range(luma.line_size))
        row[step : step + 40] = bytes(200 for _ in range(len(row[step : step + 40])))
        luma.update(bytes(row) * HEIGHT)
        for plane in chroma:
            plane.update(bytes([128]) * plane.buffer_size)
        frame.pts = pts
        frame.time_base = time_base
        return frame


def prefer(codec, transceiver):
    codecs = RTCRtpSender.getCapabilities("video").codecs
    transceiver.setCodecPreferences([one for one in codecs if one.mimeType in (f"video/{codec}", "video/rtx")])


async def publish():
    loop = asyncio.get_running_loop()
    connection = RTCPeerConnection()
    connection.addTransceiver(Tone(), direction="sendonly")
    video = connection.addTransceiver(Picture(), direction="sendonly")
    if "VIDEO_CODEC" in os.environ:
        prefer(os.environ["VIDEO_CODEC"], video)
    await connection.setLocalDescription(await connection.createOffer())
    session = await loop.run_in_executor(None, Session, connection.localDescription.sdp)
    await connection.setRemoteDescription(RTCSessionDescription(session.answer, "answer"))
    await loop.run_in_executor(None, sys.stdin.read)
    await loop.run_in_executor(None, session.end)
    await connection.close()


asyncio.run(publish())
