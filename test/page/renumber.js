/** Payload types that stand for the same codec everywhere (RFC 3551) end where dynamic use begins. */
const firstDynamicPayloadType = 35;

/**
 * The same session description with other payload types and header extension ids: each set is turned round, so that
 * every number that was offered now means something else.
 *
 * @param {string} sdp
 * @returns {string}
 */
export function renumber(sdp) {
  const lines = sdp.split('\r\n');
  const payloadTypes = turnedRound(lines.flatMap(payloadTypesOf).filter((type) => type >= firstDynamicPayloadType));
  const extensionIds = turnedRound(lines.flatMap(extensionIdsOf));
  /** @param {string} type */
  const payloadType = (type) => String(payloadTypes.get(Number(type)) ?? type);

  return lines
    .map((line) =>
      line
        .replace(/^(m=\S+ \S+ \S+) (.+)$/, (_, head, types) => `${head} ${types.split(' ').map(payloadType).join(' ')}`)
        .replace(/^(a=(?:rtpmap|fmtp|rtcp-fb):)(\d+)/, (_, head, type) => head + payloadType(type))
        .replace(/^(a=fmtp:.*\bapt=)(\d+)/, (_, head, type) => head + payloadType(type))
        // Redundant audio (RFC 2198) names payload types as its parameters: a=fmtp:63 111/111
        .replace(
          /^(a=fmtp:\d+ )(\d+(?:\/\d+)+)$/,
          (_, head, types) => head + types.split('/').map(payloadType).join('/'),
        )
        .replace(/^(a=extmap:)(\d+)/, (_, head, id) => head + (extensionIds.get(Number(id)) ?? id)),
    )
    .join('\r\n');
}

/** @param {string} line */
function payloadTypesOf(line) {
  const rtpmap = /^a=rtpmap:(\d+) /.exec(line);
  return rtpmap === null ? [] : [Number(rtpmap[1])];
}

/** @param {string} line */
function extensionIdsOf(line) {
  const extmap = /^a=extmap:(\d+)/.exec(line);
  return extmap === null ? [] : [Number(extmap[1])];
}

/**
 * @param {number[]} numbers
 * @returns {Map<number, number>}
 */
function turnedRound(numbers) {
  const sorted = [...new Set(numbers)].sort((a, b) => a - b);
  const reversed = sorted.toReversed();
  return new Map(sorted.map((number, index) => [number, reversed[index] ?? number]));
}
