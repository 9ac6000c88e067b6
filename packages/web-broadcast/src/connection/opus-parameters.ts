/**
 * Adds parameters to every Opus format line (RFC 7587 §6.1) of a session description. `stereo` says what its writer likes
 * to receive, `sprop-stereo` what it is likely to send.
 */
export function addOpusParameters(sdp: string, parameters: string): string {
  const types = new Set([...sdp.matchAll(/^a=rtpmap:(\d+) opus\//gim)].map(([, type = '']) => type));
  return [...types].reduce((text, type) => {
    const format = new RegExp(`^(a=fmtp:${type} [^\\r\\n]*)`, 'gm');
    if (format.test(text)) return text.replace(format, `$1;${parameters}`);
    const mapping = new RegExp(`^(a=rtpmap:${type} opus/[^\\r\\n]*)(\\r?\\n)`, 'gim');
    return text.replace(mapping, `$1$2a=fmtp:${type} ${parameters}$2`);
  }, sdp);
}
