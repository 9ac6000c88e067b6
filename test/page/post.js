import { renumber } from './renumber.js';

/**
 * Publishes or subscribes by plain HTTP, as clients without our library do.
 *
 * @typedef {{ connection: RTCPeerConnection, location: string, offer: string, answer: string }} PostedConnection
 */

/**
 * @param {string} url
 * @param {string} token
 * @param {MediaStreamTrack[]} tracks
 * @param {{ videoCodec?: string }} options videoCodec such as video/VP8 leaves out every other
 */
export async function postPublish(url, token, tracks, { videoCodec }) {
  const connection = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
  for (const track of tracks) {
    const transceiver = connection.addTransceiver(track, { direction: 'sendonly' });
    if (track.kind === 'video' && videoCodec !== undefined) preferCodec(transceiver, videoCodec);
  }
  // A section for video is compulsory, be it without a packet.
  if (tracks.every(({ kind }) => kind !== 'video')) connection.addTransceiver('video', { direction: 'sendonly' });
  return await negotiate(connection, url, token, (offer) => offer);
}

/**
 * Publishes without a packet: as a client does whose streams are all muted.
 *
 * @param {string} url
 * @param {string} token
 */
export async function postSilence(url, token) {
  const connection = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
  for (const kind of ['audio', 'video']) connection.addTransceiver(kind, { direction: 'sendonly' });
  return await negotiate(connection, url, token, (offer) => offer);
}

/**
 * @param {string} url
 * @param {string} token
 * @param {{ numbering: 'as offered' | 'turned round' }} options
 */
export async function postSubscribe(url, token, { numbering }) {
  const connection = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
  connection.addTransceiver('audio', { direction: 'recvonly' });
  connection.addTransceiver('video', { direction: 'recvonly' });
  return await negotiate(connection, url, token, numbering === 'turned round' ? renumber : (offer) => offer);
}

/**
 * @param {string} location
 * @param {string} token
 */
export async function deleteResource(location, token) {
  const response = await fetch(location, { method: 'DELETE', headers: { authorization: `Bearer ${token}` } });
  return response.status;
}

/**
 * @param {RTCPeerConnection} connection
 * @param {string} url
 * @param {string} token
 * @param {(offer: string) => string} rewrite
 */
async function negotiate(connection, url, token, rewrite) {
  const { sdp } = await connection.createOffer();
  const offer = rewrite(sdp ?? '');
  await connection.setLocalDescription({ type: 'offer', sdp: offer });
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/sdp' },
    body: offer,
  });
  const answer = await response.text();
  if (response.status !== 201) {
    connection.close();
    throw new Error(`POST ${url} answered ${response.status}: ${answer}`);
  }
  await connection.setRemoteDescription({ type: 'answer', sdp: answer });
  const location = new URL(response.headers.get('location') ?? '', response.url).href;
  return { connection, location, offer, answer };
}

/**
 * @param {RTCRtpTransceiver} transceiver
 * @param {string} mimeType
 */
function preferCodec(transceiver, mimeType) {
  const codecs = RTCRtpSender.getCapabilities('video')?.codecs ?? [];
  transceiver.setCodecPreferences(codecs.filter((codec) => codec.mimeType.toLowerCase() === mimeType.toLowerCase()));
}
