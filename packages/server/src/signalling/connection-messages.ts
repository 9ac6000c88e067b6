import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { maximumTokenBytes } from '../tokens/token-format.ts';
import { type MessageObject, ProtocolViolation } from './messages.ts';

/** What a client says over a real-time connection (docs/signalling.md). */
export type ConnectionMessage =
  | { readonly type: 'PING' }
  /** Opens a channel, by a participant token. */
  | { readonly type: 'JOIN'; readonly channel: number; readonly token: string; readonly clientId: string | undefined }
  /** Ends one without leaving its stage, as a WebSocket that breaks. */
  | { readonly type: 'CLOSE'; readonly channel: number }
  /** For the stage of the channel. */
  | { readonly type: 'STAGE'; readonly channel: number; readonly message: MessageObject };

const JoinPayload = Compile(
  Type.Object({
    token: Type.String({ maxLength: maximumTokenBytes }),
    client: Type.Optional(Type.String({ pattern: '^[\\w-]{1,64}$' })),
  }),
);

/**
 * Reads a message. What is for no channel and not known gives `undefined`: newer clients may say more.
 *
 * @throws {ProtocolViolation} when it has no type, its channel is no whole number, or it opens a channel in a wrong shape
 */
export function readConnectionMessage(message: MessageObject): ConnectionMessage | undefined {
  const { type, channel, payload } = message;
  if (typeof type !== 'string') throw new ProtocolViolation('a message has no type');
  if (channel === undefined) return type === 'PING' ? { type } : undefined;
  if (typeof channel !== 'number' || !Number.isSafeInteger(channel) || channel < 0) {
    throw new ProtocolViolation('a channel is no whole number');
  }
  if (type === 'CLOSE') return { type, channel };
  if (type !== 'JOIN') return { type: 'STAGE', channel, message };
  if (!JoinPayload.Check(payload)) throw new ProtocolViolation('the payload of JOIN has a wrong shape');
  return { type, channel, token: payload.token, clientId: payload.client };
}
