import { MalformedMedia } from '../rtp/index.ts';
import { type AmfObject, type AmfValue, readAmf0, writeAmf0 } from './amf0.ts';
import { MESSAGE_TYPE, type RtmpMessage } from './message.ts';

/** A remote procedure call or its answer (RTMP 1.0 §7.2). */
export interface Command {
  readonly name: string;
  /** 0 where no answer is expected. */
  readonly transactionId: number;
  /** What follows the command object. */
  readonly parameters: readonly AmfValue[];
  readonly object: AmfObject;
}

const NO_MEMBERS: AmfObject = {};

/** @throws {MalformedMedia} */
export function readCommand({ type, data }: RtmpMessage): Command {
  // Commands of AMF 3 are those of AMF 0 behind one more byte, with values of AMF 3 only where these say so.
  const values = readAmf0(type === MESSAGE_TYPE.amf3Command ? data.subarray(1) : data);
  const [name, transactionId, object, ...parameters] = values;
  if (typeof name !== 'string') throw new MalformedMedia('INVALID', 'An RTMP command has no name');
  return {
    name,
    transactionId: typeof transactionId === 'number' ? transactionId : 0,
    object: isAmfObject(object) ? object : NO_MEMBERS,
    parameters,
  };
}

/** @param object the command object, then parameters */
export function writeCommand(
  streamId: number,
  name: string,
  transactionId: number,
  ...values: readonly AmfValue[]
): RtmpMessage {
  const data = writeAmf0(name, transactionId, ...values);
  return { type: MESSAGE_TYPE.amf0Command, timestamp: 0, streamId, data };
}

export function isAmfObject(value: AmfValue): value is AmfObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A member if it is text. @throws {MalformedMedia} when it is longer than any such text is */
export function textOf(value: AmfValue): string | undefined {
  if (typeof value !== 'string') return undefined;
  if (value.length > MAXIMUM_TEXT_LENGTH) throw new MalformedMedia('LIMIT', 'A text in an RTMP command is too long');
  return value;
}

const MAXIMUM_TEXT_LENGTH = 2_048;
