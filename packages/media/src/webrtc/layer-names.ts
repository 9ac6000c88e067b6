/**
 * Naming habits of senders, the lowest layer first: the web broadcast SDKs, mediasoup's and others' examples, OBS (whose 0 is
 * the highest), and mediasoup-client.
 */
const NAMINGS: readonly (readonly string[])[] = [
  ['low', 'mid', 'hi'],
  ['low', 'medium', 'high'],
  ['low', 'mid', 'high'],
  ['q', 'h', 'f'],
  ['l', 'm', 'h'],
  ['2', '1', '0'],
  ['r0', 'r1', 'r2'],
];

/**
 * Layers in the order that their names tell, the lowest first. Of names that nobody has agreed on, the first is taken for
 * the lowest, as browsers order theirs (WebRTC §5.1: encodings are scaled down by 4, 2 and 1).
 */
export function orderByName(rids: readonly string[]): string[] {
  const naming = NAMINGS.find((names) => rids.every((rid) => names.includes(rid.toLowerCase())));
  if (!naming) return [...rids];
  return rids.toSorted((one, other) => naming.indexOf(one.toLowerCase()) - naming.indexOf(other.toLowerCase()));
}
