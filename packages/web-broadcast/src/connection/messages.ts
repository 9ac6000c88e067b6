import { isJsonObject, stringMembers } from './json-object.ts';

export type MediaKind = 'audio' | 'video';

/** A participant as `STAGE_STATE` tells it. */
export interface ParticipantState {
  readonly id: string;
  readonly userId: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Undefined where the server does not tell. */
  readonly capabilities: readonly string[] | undefined;
  readonly isPublishing: boolean;
  readonly publishId: string | undefined;
  readonly audioMuted: boolean;
  readonly videoStopped: boolean;
  /** The kinds that carry packets. Undefined where the server does not tell. */
  readonly tracks: readonly MediaKind[] | undefined;
}

/** One media section of a `SUBSCRIBER_OFFER` and whose it is. */
export interface OfferedTrack {
  readonly mid: string;
  readonly participantId: string;
  readonly kind: MediaKind;
}

export interface SubscriberOffer {
  readonly transportId: string;
  readonly offerId: number | string;
  readonly sdp: string;
  readonly tracks: readonly OfferedTrack[];
}

/** How loud somebody is: 0 dBov is the loudest that can be, -127 silence. */
export interface AudioLevel {
  readonly participantId: string;
  readonly levelDbov: number;
}

/** A layer that a publisher sends, at its encoder's best. */
export interface LayerState {
  readonly label: string;
  readonly width: number;
  readonly height: number;
  readonly framesPerSecond: number;
  readonly bitrateBps: number;
}

/** The layers of a publisher's video, and which of them this client gets. */
export interface ParticipantLayers {
  readonly participantId: string;
  readonly publishId: string;
  readonly layers: readonly LayerState[];
  /** A label; undefined while none is sent here. */
  readonly selected: string | undefined;
  readonly reason: string | undefined;
  readonly isAdapting: boolean;
}

/** A layer of this client's own publish, and whether somebody may receive it. */
export interface PublishLayer {
  readonly rid: string;
  readonly active: boolean;
}

/** Relays, as `RTCPeerConnection` takes them. */
export interface IceServer {
  readonly urls: string[];
  readonly username: string;
  readonly credential: string;
}

export type ServerMessage =
  | { readonly type: 'PONG' }
  | { readonly type: 'STAGE_STATE'; readonly participants: readonly ParticipantState[] }
  | { readonly type: 'ICE_SERVERS'; readonly iceServers: readonly IceServer[] }
  | ({ readonly type: 'SUBSCRIBER_OFFER' } & SubscriberOffer)
  | { readonly type: 'PUBLISH_ERROR'; readonly errorCode: string }
  | { readonly type: 'SUBSCRIBE_ERROR'; readonly participantId: string; readonly errorCode: string }
  | ({ readonly type: 'LAYERS' } & ParticipantLayers)
  | { readonly type: 'PUBLISH_LAYERS'; readonly publishId: string; readonly layers: readonly PublishLayer[] }
  | { readonly type: 'AUDIO_LEVELS'; readonly levels: readonly AudioLevel[] }
  | { readonly type: 'ACTIVE_SPEAKER'; readonly participantId: string | undefined }
  | { readonly type: 'TOKEN_EXCHANGED'; readonly exchangeId: number };

/** What is wanted of one participant. */
export interface ParticipantWish {
  readonly id: string;
  readonly subscribeType: 'AUDIO_VIDEO' | 'AUDIO_ONLY';
  /** The label of the highest layer that is wanted. */
  readonly preferredLayer?: string;
  readonly initialLayer?: 'LOWEST' | 'HIGHEST';
  /** What is not wanted just now, although it stays subscribed. */
  readonly paused?: readonly MediaKind[];
}

/** What came of all video that one connection receives, since the last time that was told. */
export interface PlayedFrames {
  readonly framesReceived: number;
  /** Not shown, since they came too late or this machine was too slow. */
  readonly framesDropped: number;
}

/** What is told of the streams that a participant publishes. */
export interface MuteState {
  readonly audioMuted: boolean;
  readonly videoStopped: boolean;
}

export type ClientMessage =
  | { readonly type: 'PING' }
  | { readonly type: 'LEAVE' }
  | { readonly type: 'CLIENT_INFO'; readonly payload: { readonly sdkVersion: string } }
  | { readonly type: 'MUTE'; readonly payload: MuteState }
  | { readonly type: 'PLAYBACK_REPORT'; readonly payload: PlayedFrames }
  | {
      readonly type: 'SUBSCRIBE';
      readonly payload: { readonly codecs: readonly string[]; readonly participants: readonly ParticipantWish[] };
    }
  | {
      readonly type: 'TOKEN_EXCHANGE';
      readonly payload: { readonly exchangeId: number; readonly token: string };
    }
  | { readonly type: 'RESTART_ICE'; readonly payload: { readonly transportId: string } }
  | {
      readonly type: 'SUBSCRIBER_ANSWER';
      readonly payload: { readonly transportId: string; readonly offerId: number | string; readonly sdp: string };
    };

/** Reads a text frame, or the object in it. Anything that is not understood gives undefined: newer servers may say more. */
export function readServerMessage(data: unknown): ServerMessage | undefined {
  const message = parseMessage(data);
  if (!isJsonObject(message)) return undefined;
  const payload = isJsonObject(message.payload) ? message.payload : {};
  switch (message.type) {
    case 'PONG':
      return { type: 'PONG' };
    case 'STAGE_STATE':
      return Array.isArray(payload.participants)
        ? { type: 'STAGE_STATE', participants: payload.participants.flatMap(readParticipant) }
        : undefined;
    case 'ICE_SERVERS':
      return Array.isArray(payload.iceServers)
        ? { type: 'ICE_SERVERS', iceServers: payload.iceServers.flatMap(readIceServer) }
        : undefined;
    case 'SUBSCRIBER_OFFER':
      return readOffer(payload);
    case 'PUBLISH_ERROR':
      return { type: 'PUBLISH_ERROR', errorCode: String(payload.errorCode) };
    case 'SUBSCRIBE_ERROR':
      return typeof payload.participantId === 'string'
        ? { type: 'SUBSCRIBE_ERROR', participantId: payload.participantId, errorCode: String(payload.errorCode) }
        : undefined;
    case 'LAYERS':
      return readLayers(payload);
    case 'PUBLISH_LAYERS':
      return typeof payload.publishId === 'string' && Array.isArray(payload.layers)
        ? { type: 'PUBLISH_LAYERS', publishId: payload.publishId, layers: payload.layers.flatMap(readPublishLayer) }
        : undefined;
    case 'AUDIO_LEVELS':
      return Array.isArray(payload.levels)
        ? { type: 'AUDIO_LEVELS', levels: payload.levels.flatMap(readLevel) }
        : undefined;
    case 'ACTIVE_SPEAKER': {
      const { participantId } = payload;
      return { type: 'ACTIVE_SPEAKER', participantId: typeof participantId === 'string' ? participantId : undefined };
    }
    case 'TOKEN_EXCHANGED':
      return typeof payload.exchangeId === 'number'
        ? { type: 'TOKEN_EXCHANGED', exchangeId: payload.exchangeId }
        : undefined;
    default:
      return undefined;
  }
}

function readLevel(value: unknown): AudioLevel[] {
  if (!isJsonObject(value)) return [];
  const { participantId, levelDbov } = value;
  return typeof participantId === 'string' && typeof levelDbov === 'number' ? [{ participantId, levelDbov }] : [];
}

function readParticipant(value: unknown): ParticipantState[] {
  if (!isJsonObject(value) || typeof value.id !== 'string') return [];
  const { id, userId, attributes, capabilities, publishId, tracks } = value;
  return [
    {
      id,
      userId: typeof userId === 'string' ? userId : '',
      attributes: stringMembers(attributes),
      capabilities: Array.isArray(capabilities) ? capabilities.map(String) : undefined,
      isPublishing: value.isPublishing === true,
      publishId: typeof publishId === 'string' ? publishId : undefined,
      audioMuted: value.audioMuted === true,
      videoStopped: value.videoStopped === true,
      tracks: Array.isArray(tracks) ? tracks.flatMap(readKind) : undefined,
    },
  ];
}

function readKind(value: unknown): MediaKind[] {
  const kind = isJsonObject(value) ? value.kind : undefined;
  return kind === 'audio' || kind === 'video' ? [kind] : [];
}

function readIceServer(value: unknown): IceServer[] {
  if (!isJsonObject(value) || !Array.isArray(value.urls)) return [];
  const { urls, username, credential } = value;
  return typeof username === 'string' && typeof credential === 'string'
    ? [{ urls: urls.map(String), username, credential }]
    : [];
}

function readOffer({ transportId, offerId, sdp, tracks }: Record<string, unknown>): ServerMessage | undefined {
  if (typeof transportId !== 'string' || typeof sdp !== 'string' || !Array.isArray(tracks)) return undefined;
  if (typeof offerId !== 'number' && typeof offerId !== 'string') return undefined;
  return { type: 'SUBSCRIBER_OFFER', transportId, offerId, sdp, tracks: tracks.flatMap(readTrack) };
}

function readLayers(payload: Record<string, unknown>): ServerMessage | undefined {
  const { participantId, publishId, layers, selected, reason, isAdapting } = payload;
  if (typeof participantId !== 'string' || typeof publishId !== 'string' || !Array.isArray(layers)) return undefined;
  return {
    type: 'LAYERS',
    participantId,
    publishId,
    layers: layers.flatMap(readLayer),
    selected: typeof selected === 'string' ? selected : undefined,
    reason: typeof reason === 'string' ? reason : undefined,
    isAdapting: isAdapting !== false,
  };
}

function readLayer(value: unknown): LayerState[] {
  if (!isJsonObject(value) || typeof value.label !== 'string') return [];
  const { label } = value;
  const [width, height, framesPerSecond, bitrateBps] = [
    value.width,
    value.height,
    value.framesPerSecond,
    value.bitrateBps,
  ].map(Number);
  if (!width || !height) return [];
  return [{ label, width, height, framesPerSecond: framesPerSecond || 0, bitrateBps: bitrateBps || 0 }];
}

function readPublishLayer(value: unknown): PublishLayer[] {
  if (!isJsonObject(value) || typeof value.rid !== 'string') return [];
  return [{ rid: value.rid, active: value.active !== false }];
}

function readTrack(value: unknown): OfferedTrack[] {
  if (!isJsonObject(value)) return [];
  const { mid, participantId, kind } = value;
  if (typeof mid !== 'string' || typeof participantId !== 'string') return [];
  return kind === 'audio' || kind === 'video' ? [{ mid, participantId, kind }] : [];
}

/** What a text frame says. What came over a real-time connection is read already. */
export function parseMessage(data: unknown): unknown {
  if (typeof data !== 'string') return data;
  try {
    return JSON.parse(data);
  } catch {
    return undefined; // the caller logs that a message was passed over
  }
}
