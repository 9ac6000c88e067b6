/**
 * Every peer connection that the page opened, whoever opened it, so that what arrives is judged by the browser's own
 * statistics and not by those of the library under test.
 *
 * @type {Set<RTCPeerConnection>}
 */
const connections = new Set();

globalThis.RTCPeerConnection = class extends RTCPeerConnection {
  /** @param {ConstructorParameters<typeof RTCPeerConnection>} configuration */
  constructor(...configuration) {
    super(...configuration);
    connections.add(this);
  }
};

/**
 * Statistics of a received track, summed over the connections that carried it.
 *
 * @param {MediaStreamTrack} track
 * @returns {Promise<{ framesDecoded: number, packetsReceived: number, packetsLost: number }>}
 */
export async function inboundStats(track) {
  const total = { framesDecoded: 0, packetsReceived: 0, packetsLost: 0 };
  for (const connection of connections) {
    const receivers = connection.getReceivers().filter((receiver) => receiver.track.id === track.id);
    for (const receiver of receivers) {
      for (const entry of (await receiver.getStats()).values()) {
        if (entry.type !== 'inbound-rtp') continue;
        total.framesDecoded += entry.framesDecoded ?? 0;
        total.packetsReceived += entry.packetsReceived ?? 0;
        total.packetsLost += entry.packetsLost ?? 0;
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
