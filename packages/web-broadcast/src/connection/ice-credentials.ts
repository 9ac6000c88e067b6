/** The first value of an attribute of a session description or of a part of one. */
function attributeOf(sdp: string, name: string): string {
  return new RegExp(`^a=${name}:(.*)$`, 'm').exec(sdp)?.[1]?.trimEnd() ?? '';
}

/** What tells a WHIP server of new ICE credentials: `application/trickle-ice-sdpfrag` (RFC 9725 section 4.3.3). */
export function restartFragment(offer: string): string {
  const media = /^m=.*$/m.exec(offer)?.[0].trimEnd() ?? '';
  const attributes = ['ice-ufrag', 'ice-pwd', 'mid'].map((name) => `a=${name}:${attributeOf(offer, name)}`);
  return `${[media, ...attributes].join('\r\n')}\r\n`;
}

/** The answer that was given, with the ICE credentials of a fragment in the place of its own. */
export function withCredentials(answer: string, fragment: string): string {
  return ['ice-ufrag', 'ice-pwd'].reduce(
    (sdp, name) => sdp.replaceAll(new RegExp(`^a=${name}:[^\r\n]*`, 'gm'), `a=${name}:${attributeOf(fragment, name)}`),
    answer,
  );
}
