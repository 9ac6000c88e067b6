"""Child program: subscribes with GStreamer's webrtcbin until its standard input ends, and tells what it sees and hears.

Environment: MEDIA_URL, MEDIA_TOKEN, VIDEO_CODEC (H264 or VP8).
"""

import array
import os

from gstreamer import Gst, GstWebRTC, run
from peer import Tone, tell

SAMPLE_RATE = 48000
CAPS = {
    "H264": "application/x-rtp,media=video,encoding-name=H264,payload=102,clock-rate=90000,rtcp-fb-nack-pli=true,"
    "packetization-mode=(string)1,profile-level-id=(string)42e01f,level-asymmetry-allowed=(string)1",
    "VP8": "application/x-rtp,media=video,encoding-name=VP8,payload=102,clock-rate=90000,rtcp-fb-nack-pli=true",
    "OPUS": "application/x-rtp,media=audio,encoding-name=OPUS,payload=103,clock-rate=48000,encoding-params=(string)2",
}
DECODERS = {
    "H264": "rtph264depay ! h264parse ! avdec_h264",
    "VP8": "rtpvp8depay ! vp8dec",
    "OPUS": f"rtpopusdepay ! opusdec ! audioconvert ! audioresample ! audio/x-raw,format=S16LE,channels=1,rate={SAMPLE_RATE}",
}

frames = 0
tone = Tone(SAMPLE_RATE)


def see(_sink, _buffer, _pad):
    global frames
    frames += 1
    tell(frames=frames)


def hear(_sink, buffer, _pad):
    _, content = buffer.map(Gst.MapFlags.READ)
    tone.hear(array.array("h", bytes(content.data)))
    buffer.unmap(content)


def decode(_webrtc, pad):
    if pad.get_direction() != Gst.PadDirection.SRC:
        return
    codec = pad.get_current_caps().get_structure(0).get_string("encoding-name")
    decoder = Gst.parse_bin_from_description(
        f"queue ! {DECODERS[codec]} ! fakesink name=sink sync=false signal-handoffs=true", True
    )
    decoder.get_by_name("sink").connect("handoff", hear if codec == "OPUS" else see)
    pipeline.add(decoder)
    decoder.sync_state_with_parent()
    pad.link(decoder.get_static_pad("sink"))


pipeline = Gst.Pipeline.new(None)
webrtc = Gst.ElementFactory.make("webrtcbin", "webrtc")
webrtc.set_property("bundle-policy", GstWebRTC.WebRTCBundlePolicy.MAX_BUNDLE)
webrtc.connect("pad-added", decode)
pipeline.add(webrtc)
for codec in ("OPUS", os.environ["VIDEO_CODEC"]):
    webrtc.emit("add-transceiver", GstWebRTC.WebRTCRTPTransceiverDirection.RECVONLY, Gst.Caps.from_string(CAPS[codec]))
run(pipeline)
