import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';

/** Longest message that a client may send, in bytes. */
export const MAXIMUM_MESSAGE_BYTES = 65_536;

const SubscribePayload = Type.Object({
  codecs: Type.Array(Type.String({ maxLength: 64 }), { maxItems: 64 }),
  participants: Type.Array(
    Type.Object({
      id: Type.String({ maxLength: 64 }),
      subscribeType: Type.Union([Type.Literal('AUDIO_VIDEO'), Type.Literal('AUDIO_ONLY')]),
      preferredLayer: Type.Optional(Type.String({ maxLength: 64 })),
      initialLayer: Type.Optional(Type.Union([Type.Literal('LOWEST'), Type.Literal('HIGHEST')])),
      priority: Type.Optional(Type.Integer({ minimum: 1, maximum: 255 })),
      paused: Type.Optional(Type.Array(Type.Union([Type.Literal('audio'), Type.Literal('video')]), { maxItems: 2 })),
    }),
    { maxItems: 1_000 },
  ),
});
const MutePayload = Type.Object({ audioMuted: Type.Boolean(), videoStopped: Type.Boolean() });
const ClientInfoPayload = Type.Object({ sdkVersion: Type.Optional(Type.String({ maxLength: 128 })) });
const AnswerPayload = Type.Object({
  transportId: Type.String({ maxLength: 64 }),
  offerId: Type.Integer({ minimum: 0 }),
  sdp: Type.String({ maxLength: MAXIMUM_MESSAGE_BYTES }),
});

const PlaybackReportPayload = Type.Object({
  framesReceived: Type.Integer({ minimum: 0, maximum: 1_000_000 }),
  framesDropped: Type.Integer({ minimum: 0, maximum: 1_000_000 }),
});
/** A token may be longer than any that is taken: that is the exchange's fault, not the message's. */
const TokenExchangePayload = Type.Object({
  exchangeId: Type.Integer({ minimum: 0 }),
  token: Type.String({ maxLength: MAXIMUM_MESSAGE_BYTES }),
});

const RestartIcePayload = Type.Object({ transportId: Type.String({ maxLength: 64 }) });

export type SubscribePayload = Static<typeof SubscribePayload>;
export type PlaybackReportPayload = Static<typeof PlaybackReportPayload>;
export type AnswerPayload = Static<typeof AnswerPayload>;
export type TokenExchangePayload = Static<typeof TokenExchangePayload>;

/** A message of which nothing is known yet. */
export type MessageObject = Readonly<Record<string, unknown>>;

/** What a client says over the events socket (docs/signalling.md). */
export type ClientMessage =
  | { readonly type: 'PING' }
  | { readonly type: 'LEAVE' }
  | { readonly type: 'CLIENT_INFO'; readonly payload: Static<typeof ClientInfoPayload> }
  | { readonly type: 'MUTE'; readonly payload: Static<typeof MutePayload> }
  | { readonly type: 'PLAYBACK_REPORT'; readonly payload: PlaybackReportPayload }
  | { readonly type: 'SUBSCRIBE'; readonly payload: SubscribePayload }
  | { readonly type: 'SUBSCRIBER_ANSWER'; readonly payload: AnswerPayload }
  | { readonly type: 'RESTART_ICE'; readonly payload: Static<typeof RestartIcePayload> }
  | { readonly type: 'TOKEN_EXCHANGE'; readonly payload: TokenExchangePayload };

const payloads = {
  CLIENT_INFO: Compile(ClientInfoPayload),
  MUTE: Compile(MutePayload),
  PLAYBACK_REPORT: Compile(PlaybackReportPayload),
  SUBSCRIBE: Compile(SubscribePayload),
  SUBSCRIBER_ANSWER: Compile(AnswerPayload),
  RESTART_ICE: Compile(RestartIcePayload),
  TOKEN_EXCHANGE: Compile(TokenExchangePayload),
};

/**
 * Reads a message. Types that are not known give `undefined`: newer clients may say more.
 *
 * @throws {ProtocolViolation} when it has no type, or a known type has a wrong payload
 */
export function readClientMessage({ type, payload }: MessageObject): ClientMessage | undefined {
  if (typeof type !== 'string') throw new ProtocolViolation('a message has no type');
  if (type === 'PING' || type === 'LEAVE') return { type };
  if (!isKnown(type)) return undefined;
  if (!payloads[type].Check(payload)) throw new ProtocolViolation(`the payload of ${type} has a wrong shape`);
  return { type, payload } as ClientMessage;
}

function isKnown(type: string): type is keyof typeof payloads {
  return Object.hasOwn(payloads, type);
}

/** @throws {ProtocolViolation} when the text is no JSON object */
export function parseMessage(text: string): MessageObject {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as MessageObject;
  } catch {
    // Told below, as every other text that is no object.
  }
  throw new ProtocolViolation('a message is no JSON object');
}

/** The client broke the protocol: its socket is closed with 1008 and this message. */
export class ProtocolViolation extends Error {
  override readonly name = 'ProtocolViolation';
}
