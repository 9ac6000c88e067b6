"""GStreamer's webrtcbin as a client of plain HTTP: it offers with all its candidates, the other side answers at once.

Environment: MEDIA_URL, MEDIA_TOKEN.
"""

import sys
import threading

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstSdp", "1.0")
gi.require_version("GstWebRTC", "1.0")
from gi.repository import Gst, GstSdp, GstWebRTC  # noqa: E402

from peer import Session, tell  # noqa: E402

# Failure guard of what the library does by itself.
GUARD_SECONDS = 30

Gst.init(None)
if Gst.ElementFactory.find("webrtcbin") is None:
    raise RuntimeError("GStreamer has no webrtcbin")


def run(pipeline):
    """Plays a pipeline with a webrtcbin named `webrtc` until the standard input ends, and says goodbye."""
    webrtc = pipeline.get_by_name("webrtc")
    session = _connect(pipeline, webrtc)
    sys.stdin.read()
    session.end()
    pipeline.set_state(Gst.State.NULL)


def _connect(pipeline, webrtc):
    negotiable, gathered = threading.Event(), threading.Event()
    webrtc.connect("on-negotiation-needed", lambda _: negotiable.set())
    webrtc.connect("notify::ice-gathering-state", lambda *_: _note_gathering(webrtc, gathered))
    webrtc.connect("notify::connection-state", lambda *_: _tell_state(webrtc))
    pipeline.set_state(Gst.State.PLAYING)
    _wait(negotiable, "wish for negotiation")

    # The offer lives as long as the reply that it came with.
    created = _ask(webrtc, "create-offer", None)
    _ask(webrtc, "set-local-description", created.get_value("offer"))
    _wait(gathered, "end of the candidates")
    session = Session(webrtc.get_property("local-description").sdp.as_text())
    _, message = GstSdp.SDPMessage.new_from_text(session.answer)
    answer = GstWebRTC.WebRTCSessionDescription.new(GstWebRTC.WebRTCSDPType.ANSWER, message)
    _ask(webrtc, "set-remote-description", answer)
    return session


def _ask(webrtc, action, argument):
    """Has an action done, and gives the reply, which cannot be read in the promise's own callback."""
    promise = Gst.Promise.new()
    webrtc.emit(action, argument, promise)
    if promise.wait() != Gst.PromiseResult.REPLIED:
        raise RuntimeError(f"{action} was not done")
    reply = promise.get_reply()
    if reply is not None and reply.has_field("error"):
        raise RuntimeError(f"{action}: {reply.get_value('error')}")
    return reply


def _note_gathering(webrtc, gathered):
    if webrtc.get_property("ice-gathering-state") == GstWebRTC.WebRTCICEGatheringState.COMPLETE:
        gathered.set()


def _tell_state(webrtc):
    tell(connection=webrtc.get_property("connection-state").value_nick)


def _wait(event, what):
    if not event.wait(GUARD_SECONDS):
        raise RuntimeError(f"waited in vain for the {what}")
