"""Child program: subscribes with aiortc until its standard input ends, and tells what it sees and hears.

Environment: MEDIA_URL, MEDIA_TOKEN, VIDEO_CODEC (H264 or VP8).
"""

import array
import asyncio
import os
import sys

from aiortc import RTCPeerConnection, RTCRtpReceiver, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError
from peer import Session, Tone, tell


async def see(track):
    frames = 0
    while True:
        frame = await track.recv()
        frames += 1
        tell(frames=frames)
        for data in frame.side_data:
            if data.type.name == "SEI_UNREGISTERED":
                tell(message=bytes(data).hex())


async def hear(track):
    tone = None
    while True:
        frame = await track.recv()
        tone = tone or Tone(frame.sample_rate)
        tone.hear(array.array("h", bytes(frame.planes[0]))[:: len(frame.layout.channels)])


async def until_ended(work):
    try:
        await work
    except MediaStreamError:
        pass


async def subscribe():
    loop = asyncio.get_running_loop()
    connection = RTCPeerConnection()
    tasks = set()
    connection.on("connectionstatechange", lambda: tell(connection=connection.connectionState))
    connection.on(
        "track",
        lambda track: tasks.add(asyncio.create_task(until_ended((see if track.kind == "video" else hear)(track)))),
    )
    connection.addTransceiver("audio", direction="recvonly")
    wanted = f"video/{os.environ['VIDEO_CODEC']}"
    codecs = RTCRtpReceiver.getCapabilities("video").codecs
    connection.addTransceiver("video", direction="recvonly").setCodecPreferences(
        [codec for codec in codecs if codec.mimeType in (wanted, "video/rtx")]
    )
    await connection.setLocalDescription(await connection.createOffer())
    session = await loop.run_in_executor(None, Session, connection.localDescription.sdp)
    await connection.setRemoteDescription(RTCSessionDescription(session.answer, "answer"))
    await loop.run_in_executor(None, sys.stdin.read)
    await loop.run_in_executor(None, session.end)
    await connection.close()


asyncio.run(subscribe())
