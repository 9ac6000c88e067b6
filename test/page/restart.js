/** How often the browser's statistics are asked for. */
const statsIntervalMs = 100;
/** Failure guard: the new session's packets flow soon, or never, when the server has ended the connection meanwhile. */
const selectedGuardMs = 60_000;

/**
 * Restarts ICE as RFC 9725 section 4.3.3 tells, and resolves when packets flow over the new session.
 *
 * @param {RTCPeerConnection} connection
 * @param {string} location
 * @param {string} token
 */
export async function restartIce(connection, location, token) {
  connection.restartIce();
  await connection.setLocalDescription();
  const response = await askForRestart(location, token, fragmentOf(connection.localDescription?.sdp ?? ''));
  const fragment = await response.text();
  if (response.status !== 200) throw new Error(`PATCH ${location} answered ${response.status}: ${fragment}`);
  const answer = connection.remoteDescription?.sdp ?? '';
  const restarted = answer
    .replaceAll(/^a=ice-ufrag:.*$/gm, `a=ice-ufrag:${attributeOf(fragment, 'ice-ufrag')}`)
    .replaceAll(/^a=ice-pwd:.*$/gm, `a=ice-pwd:${attributeOf(fragment, 'ice-pwd')}`);
  await connection.setRemoteDescription({ type: 'answer', sdp: restarted });
  await untilSelected(connection);
  return { etag: response.headers.get('etag') ?? '', fragment };
}

/**
 * @param {string} location
 * @param {string} token
 * @param {string} fragment
 */
export function askForRestart(location, token, fragment) {
  return fetch(location, {
    method: 'PATCH',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/trickle-ice-sdpfrag',
      'if-match': '*',
    },
    body: fragment,
  });
}

/** @param {string} sdp */
function fragmentOf(sdp) {
  const media = /^m=.*$/m.exec(sdp)?.[0] ?? '';
  const names = ['ice-ufrag', 'ice-pwd', 'mid'];
  const candidates = [...sdp.matchAll(/^a=candidate:.*$/gm)].map(([line]) => line.trimEnd());
  const lines = [media.trimEnd(), ...names.map((name) => `a=${name}:${attributeOf(sdp, name)}`), ...candidates];
  return `${lines.join('\r\n')}\r\n`;
}

/**
 * @param {string} sdp
 * @param {string} name
 */
function attributeOf(sdp, name) {
  return new RegExp(`^a=${name}:(.*)$`, 'm').exec(sdp)?.[1]?.trimEnd() ?? '';
}

/**
 * Waits until the connection's packets go by a pair of its new session.
 *
 * The pair's remote side does not tell: a browser that has begun checks from its new ports before it got the answer goes on
 * with the credentials that it had then, which stay good until the new ones are used.
 *
 * @param {RTCPeerConnection} connection
 */
async function untilSelected(connection) {
  const usernameFragment = attributeOf(connection.localDescription?.sdp ?? '', 'ice-ufrag');
  const deadline = performance.now() + selectedGuardMs;
  for (;;) {
    const stats = [...(await connection.getStats()).values()];
    const transport = stats.find(({ type }) => type === 'transport');
    const pair = stats.find(({ id }) => id === transport?.selectedCandidatePairId);
    const local = stats.find(({ id }) => id === pair?.localCandidateId);
    if (local?.usernameFragment === usernameFragment && pair?.state === 'succeeded') return;
    const { connectionState, iceConnectionState } = connection;
    if (connectionState === 'failed' || connectionState === 'closed' || performance.now() > deadline) {
      const selected = { pair: pair?.state, usernameFragment: local?.usernameFragment };
      throw new Error(
        `No packets by the session ${usernameFragment}: ${JSON.stringify({ connectionState, iceConnectionState, selected })}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, statsIntervalMs));
  }
}
