import { WHIPClient as EyevinnClient } from '@eyevinn/whip-web-client';
import { WHEPClient } from 'whip-whep/whep.js';
import { WHIPClient } from 'whip-whep/whip.js';

/**
 * WHIP clients from npm, each used as its own documentation says.
 *
 * @typedef {{ stop: () => Promise<void> }} Publishing
 * @type {Record<string, (url: string, token: string, stream: MediaStream) => Promise<Publishing>>}
 */
export const publishBy = {
  async 'whip-whep'(url, token, stream) {
    const connection = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
    for (const track of stream.getTracks()) {
      connection.addTransceiver(track, { direction: 'sendonly', streams: [stream] });
    }
    const client = new WHIPClient();
    await client.publish(connection, url, token);
    return client;
  },

  async '@eyevinn/whip-web-client'(url, token, stream) {
    const client = new EyevinnClient({ endpoint: url, opts: { authkey: token, iceServers: [] } });
    await client.ingest(stream);
    return { stop: () => client.destroy() };
  },
};

/**
 * @param {string} url
 * @param {string} token
 * @returns {Promise<{ connection: RTCPeerConnection, stop: () => Promise<void> }>}
 */
export async function subscribeByWhipWhep(url, token) {
  const connection = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
  for (const kind of ['audio', 'video']) connection.addTransceiver(kind, { direction: 'recvonly' });
  const client = new WHEPClient();
  await client.view(connection, url, token);
  return { connection, stop: () => client.stop() };
}
