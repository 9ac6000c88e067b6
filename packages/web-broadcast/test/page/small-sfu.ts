/** The media side of a stage, played by peer connections of a page: what is published is sent on to those who wish it. */

interface Publish {
  readonly peerConnection: RTCPeerConnection | undefined;
  readonly tracks: readonly MediaStreamTrack[];
}

interface Transport {
  readonly id: string;
  readonly peerConnection: RTCPeerConnection;
  /** What is sent: key (participant and track) → transceiver. */
  readonly sent: Map<string, { participantId: string; transceiver: RTCRtpTransceiver }>;
  offerId: number;
}

const publishes = new Map<string, Publish>();
const transports = new Map<string, Transport>();
/** What was posted to subscribe, by its resource. */
const posted = new Map<string, { readonly publisherId: string; readonly peerConnection: RTCPeerConnection }>();
let transportCount = 0;

async function localSdp(peerConnection: RTCPeerConnection): Promise<string> {
  await peerConnection.setLocalDescription();
  while (peerConnection.iceGatheringState !== 'complete') {
    await new Promise((resolve) => peerConnection.addEventListener('icegatheringstatechange', resolve, { once: true }));
  }
  return peerConnection.localDescription?.sdp ?? '';
}

export const smallSfu = {
  /** Answers a publisher's offer. */
  async publish(participantId: string, offer: string): Promise<string> {
    smallSfu.endPublish(participantId);
    const peerConnection = new RTCPeerConnection();
    await peerConnection.setRemoteDescription({ type: 'offer', sdp: offer });
    const tracks = peerConnection.getTransceivers().map(({ receiver }) => receiver.track);
    publishes.set(participantId, { peerConnection, tracks });
    return await localSdp(peerConnection);
  },

  /** A publisher that needs no client: a changing picture and a tone. */
  publishPicture(participantId: string): void {
    const canvas = Object.assign(document.createElement('canvas'), { width: 320, height: 180 });
    const pen = canvas.getContext('2d');
    let hue = 0;
    setInterval(() => {
      if (!pen) return;
      hue = (hue + 7) % 360;
      pen.fillStyle = `hsl(${hue} 80% 50%)`;
      pen.fillRect(0, 0, 320, 180);
    }, 50);
    const audio = new AudioContext();
    const tone = new OscillatorNode(audio, { frequency: 440 });
    const output = new MediaStreamAudioDestinationNode(audio);
    tone.connect(output);
    tone.start();
    const tracks = [...output.stream.getTracks(), ...canvas.captureStream(20).getTracks()];
    publishes.set(participantId, { peerConnection: undefined, tracks });
  },

  /** Answers a subscriber's offer. @returns undefined when nobody publishes under that id */
  async subscribe(resource: string, publisherId: string, offer: string): Promise<string | undefined> {
    const publish = publishes.get(publisherId);
    if (!publish) return undefined;
    const peerConnection = new RTCPeerConnection();
    posted.set(resource, { publisherId, peerConnection });
    await peerConnection.setRemoteDescription({ type: 'offer', sdp: offer });
    for (const transceiver of peerConnection.getTransceivers()) {
      const track = publish.tracks.find(({ kind }) => kind === transceiver.receiver.track.kind);
      transceiver.direction = track ? 'sendonly' : 'inactive';
      await transceiver.sender.replaceTrack(track ?? null);
    }
    return await localSdp(peerConnection);
  },

  /** @returns false when there is none */
  endPosted(resource: string): boolean {
    posted.get(resource)?.peerConnection.close();
    return posted.delete(resource);
  },

  postedResources(): string[] {
    return [...posted.keys()];
  },

  endPublish(participantId: string): void {
    for (const [resource, { publisherId }] of posted) {
      if (publisherId === participantId) smallSfu.endPosted(resource);
    }
    publishes.get(participantId)?.peerConnection?.close();
    publishes.delete(participantId);
  },

  publishers(): string[] {
    return [...publishes.keys()];
  },

  /** @returns the next offer for this subscriber, unless nothing changes */
  async offer(subscriberId: string, wishes: readonly { id: string; subscribeType: string }[]) {
    if (wishes.length === 0) smallSfu.closeTransport(subscriberId);
    const wanted = wishes.flatMap(({ id, subscribeType }) =>
      (publishes.get(id)?.tracks ?? [])
        .filter(({ kind }) => kind === 'audio' || subscribeType === 'AUDIO_VIDEO')
        .map((track) => ({ participantId: id, track, key: `${id} ${track.id}` })),
    );
    const transport = transports.get(subscriberId) ?? (wanted.length > 0 ? createTransport(subscriberId) : undefined);
    if (!transport) return undefined;
    let changed = false;
    for (const [key, { transceiver }] of transport.sent) {
      if (wanted.some((want) => want.key === key)) continue;
      transceiver.stop();
      transport.sent.delete(key);
      changed = true;
    }
    for (const { participantId, track, key } of wanted) {
      if (transport.sent.has(key)) continue;
      const transceiver = transport.peerConnection.addTransceiver(track, {
        direction: 'sendonly',
        streams: [new MediaStream()],
      });
      transport.sent.set(key, { participantId, transceiver });
      changed = true;
    }
    if (!changed) return undefined;
    const sdp = await localSdp(transport.peerConnection);
    transport.offerId += 1;
    const tracks = [...transport.sent.values()].map(({ participantId, transceiver }) => ({
      mid: transceiver.mid,
      participantId,
      kind: transceiver.sender.track?.kind,
    }));
    return { transportId: transport.id, offerId: transport.offerId, sdp, tracks };
  },

  async answer(subscriberId: string, transportId: string, sdp: string): Promise<void> {
    const transport = transports.get(subscriberId);
    if (transport?.id === transportId) await transport.peerConnection.setRemoteDescription({ type: 'answer', sdp });
  },

  async withhold(subscriberId: string, kind: string): Promise<void> {
    for (const { transceiver } of transports.get(subscriberId)?.sent.values() ?? []) {
      if (transceiver.sender.track?.kind === kind) await transceiver.sender.replaceTrack(null);
    }
  },

  closeTransport(subscriberId: string): void {
    transports.get(subscriberId)?.peerConnection.close();
    transports.delete(subscriberId);
  },
};

function createTransport(subscriberId: string): Transport {
  transportCount += 1;
  const id = `transport-${transportCount}`;
  const peerConnection = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
  // As the server's probe section: it is never closed, and belongs to nobody.
  peerConnection.addTransceiver('video', { direction: 'sendonly' });
  const transport = { id, peerConnection, sent: new Map(), offerId: 0 };
  transports.set(subscriberId, transport);
  return transport;
}
