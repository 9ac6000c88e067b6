import type { InBandMessage } from './in-band-message.ts';
import { NAL_UNIT_TYPE, preventEmulation, removeEmulationPrevention } from './nal-unit.ts';

const USER_DATA_UNREGISTERED = 5;
const UUID_BYTES = 16;
/** Ends the payload of a NAL unit: a single bit (ITU-T H.264 §7.3.2.11). */
const STOP = 0x80;

/** The NAL unit that carries a message. */
export function writeUserData({ uuid, payload }: InBandMessage): Uint8Array {
  const size = UUID_BYTES + payload.length;
  const head = [NAL_UNIT_TYPE.supplementalEnhancement, USER_DATA_UNREGISTERED, ...writeVariable(size)];
  const unit = new Uint8Array(head.length + size + 1);
  unit.set(head);
  unit.set(readHex(uuid), head.length);
  unit.set(payload, head.length + UUID_BYTES);
  unit[unit.length - 1] = STOP;
  return preventEmulation(unit);
}

/**
 * The messages of a NAL unit of supplemental information, as far as it can be read. Those of other types are passed over.
 *
 * @param maximum of messages that are read
 */
export function readUserData(unit: Uint8Array, maximum: number): InBandMessage[] {
  const data = removeEmulationPrevention(unit);
  const messages: InBandMessage[] = [];
  for (let offset = 1; messages.length < maximum; ) {
    const type = readVariable(data, offset);
    const size = type && readVariable(data, type.end);
    const end = size ? size.end + size.value : data.length + 1;
    if (!type || !size || end > data.length) break; // it is cut off, or only the stop bit is left
    if (type.value === USER_DATA_UNREGISTERED && size.value >= UUID_BYTES) {
      const payloadAt = size.end + UUID_BYTES;
      messages.push({ uuid: writeUuid(data.subarray(size.end, payloadAt)), payload: data.slice(payloadAt, end) });
    }
    offset = end;
  }
  return messages;
}

/** Each byte 255 adds as much; the first other one ends the number (§7.3.2.3.1). */
function writeVariable(value: number): number[] {
  return [...Array<number>(Math.floor(value / 255)).fill(255), value % 255];
}

function readVariable(data: Uint8Array, start: number): { value: number; end: number } | undefined {
  let end = start;
  while (data[end] === 255) end += 1;
  const last = data[end];
  return last === undefined ? undefined : { value: 255 * (end - start) + last, end: end + 1 };
}

function readHex(uuid: string): number[] {
  return (uuid.replaceAll('-', '').match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16));
}

function writeUuid(bytes: Uint8Array): string {
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
