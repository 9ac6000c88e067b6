"""Something to publish where there is no file: a bar that walks over the picture, and a tone."""

import asyncio
import fractions
import math
import struct
import time

from aiortc import MediaStreamTrack, VideoStreamTrack
from av import AudioFrame, VideoFrame

WIDTH, HEIGHT = 640, 360
BAR_WIDTH = 40
PIXELS_PER_FRAME = 4

SAMPLE_RATE = 48000
SAMPLES_PER_FRAME = 960
TONE_HZ = 440
LOUDNESS = 8000


class WalkingBar(VideoStreamTrack):
    def __init__(self):
        super().__init__()
        self._position = 0

    async def recv(self):
        pts, time_base = await self.next_timestamp()
        frame = VideoFrame(WIDTH, HEIGHT, "yuv420p")
        luma, *chroma = frame.planes
        row = bytearray(b"\x40" * luma.line_size)
        row[self._position : self._position + BAR_WIDTH] = b"\xc8" * BAR_WIDTH
        luma.update(bytes(row[: luma.line_size]) * luma.height)
        for plane in chroma:
            plane.update(b"\x80" * plane.buffer_size)
        frame.pts, frame.time_base = pts, time_base
        self._position = (self._position + PIXELS_PER_FRAME) % (WIDTH - BAR_WIDTH)
        return frame


class Tone(MediaStreamTrack):
    kind = "audio"

    def __init__(self):
        super().__init__()
        self._began = None
        self._sample = 0

    async def recv(self):
        self._began = self._began or time.monotonic()
        await asyncio.sleep(max(0, self._began + self._sample / SAMPLE_RATE - time.monotonic()))
        frame = AudioFrame(format="s16", layout="mono", samples=SAMPLES_PER_FRAME)
        samples = (self._amplitude(self._sample + index) for index in range(SAMPLES_PER_FRAME))
        frame.planes[0].update(struct.pack(f"<{SAMPLES_PER_FRAME}h", *samples))
        frame.sample_rate = SAMPLE_RATE
        frame.pts, frame.time_base = self._sample, fractions.Fraction(1, SAMPLE_RATE)
        self._sample += SAMPLES_PER_FRAME
        return frame

    @staticmethod
    def _amplitude(sample):
        return round(LOUDNESS * math.sin(2 * math.pi * TONE_HZ * sample / SAMPLE_RATE))
