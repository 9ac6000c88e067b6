/**
 * Every peer connection that the page opened, whoever opened it, so that what arrives is judged by the browser's own
 * statistics and not by those of the library under test.
 *
 * @type {Set<RTCPeerConnection>}
 */
const connections = new Set();

/** What the test asked for in the page's address. */
const { mediaPort, policy, ...wished } = Object.fromEntries(new URLSearchParams(location.search));

globalThis.RTCPeerConnection = class extends RTCPeerConnection {
  /** @param {RTCConfiguration} configuration */
  constructor(configuration = {}) {
    super({ ...configuration, ...wished });
    connections.add(this);
  }

  /**
   * @override
   * @param {RTCConfiguration} configuration
   */
  setConfiguration(configuration) {
    super.setConfiguration({ ...configuration, ...wished });
  }

  /**
   * @override
   * @param {RTCSessionDescriptionInit} description
   */
  setRemoteDescription({ type, sdp = '' }) {
    return super.setRemoteDescription({ type, sdp: mediaPort ? byPort(sdp, mediaPort) : sdp });
  }
};

/**
 * The description with another UDP port in the place of the server's, and no way by TCP.
 *
 * @param {string} sdp
 * @param {string} port
 */
function byPort(sdp, port) {
  return sdp.replace(/^a=candidate:.* tcp .*\r\n/gm, '').replace(/^(a=candidate:.* udp \d+ \S+) \d+/gm, `$1 ${port}`);
}

/**
 * Sends the page's video with smaller sides from now on.
 *
 * @param {number} by 2: of half the length
 */
export async function scaleSentVideo(by) {
  for (const connection of connections) {
    for (const sender of connection.getSenders()) {
      if (sender.track?.kind !== 'video') continue;
      const parameters = sender.getParameters();
      for (const encoding of parameters.encodings) encoding.scaleResolutionDownBy = by;
      await sender.setParameters(parameters);
    }
  }
}

/**
 * The way that each connection goes: `host udp`, say, or `relay tcp`, which is how the relay is reached. Those that are
 * not connected have none.
 *
 * @returns {Promise<string[]>}
 */
export async function connectionPaths() {
  const paths = [];
  for (const connection of connections) {
    const stats = await connection.getStats();
    for (const { type, selectedCandidatePairId } of stats.values()) {
      const pair = type === 'transport' && stats.get(selectedCandidatePairId);
      const local = pair && stats.get(pair.localCandidateId);
      if (local) paths.push(`${local.candidateType} ${local.relayProtocol ?? local.protocol}`);
    }
  }
  return paths;
}

/**
 * Where the other side of each connection is. Those that are not connected have none.
 *
 * @returns {Promise<string[]>}
 */
export async function remoteAddresses() {
  const addresses = [];
  for (const connection of connections) {
    const stats = await connection.getStats();
    for (const { type, selectedCandidatePairId } of stats.values()) {
      const pair = type === 'transport' && stats.get(selectedCandidatePairId);
      const remote = pair && stats.get(pair.remoteCandidateId);
      if (remote) addresses.push(remote.address);
    }
  }
  return addresses;
}

/**
 * Statistics of a received track, summed over the connections that carried it; `frameWidth` of the last picture.
 *
 * @param {MediaStreamTrack} track
 * @returns {Promise<{ framesDecoded: number, frameWidth: number, packetsReceived: number, packetsLost: number, bytesReceived: number }>}
 */
export async function inboundStats(track) {
  const total = { framesDecoded: 0, frameWidth: 0, packetsReceived: 0, packetsLost: 0, bytesReceived: 0 };
  for (const connection of connections) {
    const receivers = connection.getReceivers().filter((receiver) => receiver.track.id === track.id);
    for (const receiver of receivers) {
      for (const entry of (await receiver.getStats()).values()) {
        if (entry.type !== 'inbound-rtp') continue;
        total.framesDecoded += entry.framesDecoded ?? 0;
        total.packetsReceived += entry.packetsReceived ?? 0;
        total.packetsLost += entry.packetsLost ?? 0;
        total.bytesReceived += entry.bytesReceived ?? 0;
        total.frameWidth = entry.frameWidth ?? 0;
      }
    }
  }
  return total;
}

/** What the connections look like from inside, for failure messages. */
export function connectionStates() {
  return [...connections].map(({ connectionState, iceConnectionState, signalingState }) => ({
    connectionState,
    iceConnectionState,
    signalingState,
  }));
}

/**
 * The named layers of the video that the page sends.
 *
 * @returns {Promise<{ rid: string, active: boolean, bytesSent: number }[]>}
 */
export async function sentLayers() {
  const layers = [];
  for (const connection of connections) {
    for (const { type, rid, active, bytesSent } of (await connection.getStats()).values()) {
      if (type === 'outbound-rtp' && rid) layers.push({ rid, active, bytesSent });
    }
  }
  return layers;
}

/**
 * What the page has sent by now, of audio and video, without what was sent again.
 *
 * @returns {Promise<number>}
 */
export async function sentBytes() {
  let bytes = 0;
  for (const connection of connections) {
    for (const { type, bytesSent, retransmittedBytesSent } of (await connection.getStats()).values()) {
      if (type === 'outbound-rtp') bytes += bytesSent - retransmittedBytesSent;
    }
  }
  return bytes;
}
