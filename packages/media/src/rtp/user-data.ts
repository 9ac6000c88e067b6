import { MalformedMedia } from './malformed-media.ts';
import { unescapePayload } from './nal-unit.ts';

/** A message that an application put into the stream, shown with its picture. */
export interface UserData {
  /** In the usual form, lower case. */
  readonly uuid: string;
  readonly payload: Buffer;
}

const USER_DATA_UNREGISTERED = 5;
const UUID_BYTES = 16;
const MAXIMUM_MESSAGES = 64;
const MAXIMUM_BYTES = 65_536;

/**
 * The messages user_data_unregistered of a NAL unit of type 6 (ITU-T H.264 §7.3.2.3 and §D.1.7). Others are passed over.
 *
 * @throws {MalformedMedia}
 */
export function readUserData(nalUnit: Buffer): UserData[] {
  if (nalUnit.length > MAXIMUM_BYTES) throw new MalformedMedia('LIMIT', 'Supplemental information is too long');
  const data = unescapePayload(nalUnit);
  const messages: UserData[] = [];
  let offset = 0;
  for (let count = 0; moreFollows(data, offset); count += 1) {
    if (count === MAXIMUM_MESSAGES) throw new MalformedMedia('LIMIT', 'Too many messages in one NAL unit');
    const type = readVariable(data, offset);
    const size = readVariable(data, type.end);
    const end = size.end + size.value;
    if (end > data.length) throw truncated();
    if (type.value === USER_DATA_UNREGISTERED) messages.push(readMessage(data.subarray(size.end, end)));
    offset = end;
  }
  return messages;
}

/** After the last message stands a single bit, then zeros. */
function moreFollows(data: Buffer, offset: number): boolean {
  return offset < data.length && !(data[offset] === 0x80 && data.subarray(offset + 1).every((byte) => byte === 0));
}

/** Each byte 255 adds as much; the first other one ends the number. */
function readVariable(data: Buffer, start: number): { value: number; end: number } {
  let end = start;
  while (data[end] === 0xff) end += 1;
  const last = data[end];
  if (last === undefined) throw truncated();
  return { value: 255 * (end - start) + last, end: end + 1 };
}

function readMessage(message: Buffer): UserData {
  if (message.length < UUID_BYTES) throw truncated();
  const hex = message.toString('hex', 0, UUID_BYTES);
  const uuid = hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  return { uuid, payload: message.subarray(UUID_BYTES) };
}

function truncated(): MalformedMedia {
  return new MalformedMedia('TRUNCATED', 'Supplemental information ends within a message');
}
