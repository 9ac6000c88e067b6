"""Child program: publishes a moving picture and a 440 Hz tone by GStreamer's webrtcbin until its standard input ends.

Environment: MEDIA_URL, MEDIA_TOKEN, VIDEO_CODEC (H264 or VP8).
"""

import os

from gstreamer import Gst, run

ENCODERS = {
    "H264": "x264enc tune=zerolatency speed-preset=ultrafast bitrate=800 key-int-max=30"
    " ! video/x-h264,profile=constrained-baseline ! rtph264pay aggregate-mode=zero-latency config-interval=-1",
    "VP8": "vp8enc deadline=1 target-bitrate=800000 keyframe-max-dist=30 ! rtpvp8pay picture-id-mode=15-bit",
}

codec = os.environ["VIDEO_CODEC"]
run(
    Gst.parse_launch(
        "webrtcbin name=webrtc bundle-policy=max-bundle"
        " videotestsrc is-live=true pattern=ball ! video/x-raw,width=640,height=360,framerate=30/1"
        f" ! {ENCODERS[codec]} ! application/x-rtp,media=video,encoding-name={codec},payload=96 ! webrtc."
        " audiotestsrc is-live=true freq=440 ! opusenc ! rtpopuspay"
        " ! application/x-rtp,media=audio,encoding-name=OPUS,payload=97 ! webrtc."
    )
)
