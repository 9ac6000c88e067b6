import type { IceServer } from './messages.ts';

/** Makes the peer connections of a stay in a stage, and keeps their relays up to date. */
export class PeerConnections {
  readonly #open = new Set<RTCPeerConnection>();
  #iceServers: readonly IceServer[] = [];

  /** Whoever asks for it closes it. */
  create(): RTCPeerConnection {
    this.#forgetClosed();
    const peerConnection = new RTCPeerConnection(this.#configuration());
    this.#open.add(peerConnection);
    return peerConnection;
  }

  /** Takes effect for connections to come, and where those that are there look for a new way. */
  setIceServers(iceServers: readonly IceServer[]): void {
    this.#iceServers = iceServers;
    this.#forgetClosed();
    for (const peerConnection of this.#open) peerConnection.setConfiguration(this.#configuration());
  }

  #configuration(): RTCConfiguration {
    return { bundlePolicy: 'max-bundle', iceServers: [...this.#iceServers] };
  }

  #forgetClosed(): void {
    for (const peerConnection of this.#open) {
      if (peerConnection.signalingState === 'closed') this.#open.delete(peerConnection);
    }
  }
}
