import type { types } from 'mediasoup';
import type { RemoteCodec, RemoteSection } from './remote-description.ts';

/** The codecs that a stage carries. */
export type CodecName = 'opus' | 'h264' | 'vp8';

/**
 * The profile under which every H.264 stream is declared to subscribers: constrained baseline, level 3.1. Senders differ
 * (`42001e` from FFmpeg, `42001f` from browsers), decoders read the true profile from the bitstream.
 */
const H264_PARAMETERS = { 'packetization-mode': 1, 'profile-level-id': '42e01f', 'level-asymmetry-allowed': 1 };

const VIDEO_FEEDBACK: types.RtcpFeedback[] = [
  { type: 'nack', parameter: '' },
  { type: 'nack', parameter: 'pli' },
  { type: 'ccm', parameter: 'fir' },
  { type: 'goog-remb', parameter: '' },
  { type: 'transport-cc', parameter: '' },
];
const AUDIO_FEEDBACK: types.RtcpFeedback[] = [
  { type: 'nack', parameter: '' },
  { type: 'transport-cc', parameter: '' },
];

/** Payload types of a stage's own routers. */
const PAYLOAD_TYPES: Readonly<Record<CodecName, number>> = { opus: 111, h264: 108, vp8: 96 };

/** The codec as a router takes it, under the given payload type. */
export function routerCodec(name: CodecName, payloadType = PAYLOAD_TYPES[name]): types.RouterRtpCodecCapability {
  switch (name) {
    case 'opus':
      return codec('audio', 'audio/opus', 48_000, { channels: 2, rtcpFeedback: AUDIO_FEEDBACK });
    case 'h264':
      return codec('video', 'video/H264', 90_000, { parameters: { ...H264_PARAMETERS }, rtcpFeedback: VIDEO_FEEDBACK });
    case 'vp8':
      return codec('video', 'video/VP8', 90_000, { rtcpFeedback: VIDEO_FEEDBACK });
  }

  function codec(
    kind: types.MediaKind,
    mimeType: `${types.MediaKind}/${string}`,
    clockRate: number,
    rest: Partial<types.RouterRtpCodecCapability>,
  ): types.RouterRtpCodecCapability {
    return { kind, mimeType, clockRate, preferredPayloadType: payloadType, ...rest } as types.RouterRtpCodecCapability;
  }
}

/** What a stream carries. @throws for a codec that no stage carries: none was negotiated */
export function codecOf({ codecs }: types.RtpParameters): CodecName {
  const name = codecs[0]?.mimeType.split('/')[1]?.toLowerCase();
  if (name === 'opus' || name === 'h264' || name === 'vp8') return name;
  throw new Error(`a publisher sends the codec ${name}, which no stage carries`);
}

/** A codec of a client's section and the retransmission payload type (RFC 4588) that goes with it. */
export interface NegotiatedCodec {
  readonly name: CodecName;
  readonly codec: RemoteCodec;
  readonly rtxPayloadType: number | undefined;
}

/**
 * The section's codecs that a stage carries, best first: H.264 before VP8, constrained baseline before others. Main and
 * High come last: whether browsers can show them is only seen in the bitstream.
 */
export function usableCodecs(section: RemoteSection): NegotiatedCodec[] {
  return section.codecs
    .flatMap((codec) => {
      const name = codecName(codec);
      return name ? [{ name, codec, rtxPayloadType: rtxPayloadTypeOf(section, codec.payloadType) }] : [];
    })
    .sort((a, b) => rank(a) - rank(b));
}

function codecName({ name, clockRate, channels, parameters }: RemoteCodec): CodecName | undefined {
  if (name === 'opus') return clockRate === 48_000 && channels === 2 ? 'opus' : undefined;
  if (clockRate !== 90_000) return undefined;
  if (name === 'vp8') return 'vp8';
  if (name !== 'h264' || parameters['packetization-mode'] !== 1) return undefined;
  return /^(42|4d|64)[0-9a-f]{4}$/i.test(h264Profile(parameters)) ? 'h264' : undefined;
}

/** RFC 6184 §8.1: without the parameter the profile is baseline, level 1. */
function h264Profile(parameters: RemoteCodec['parameters']): string {
  return String(parameters['profile-level-id'] ?? '42000a');
}

function rank({ name, codec, rtxPayloadType }: NegotiatedCodec): number {
  const byName = { opus: 0, h264: 0, vp8: 4 }[name];
  const byProfile = name === 'h264' ? profileRank(h264Profile(codec.parameters)) : 0;
  return byName + byProfile + (rtxPayloadType === undefined ? 1 : 0);
}

function profileRank(profile: string): number {
  if (/^42e0/i.test(profile)) return 0;
  return /^42/.test(profile) ? 2 : 6;
}

function rtxPayloadTypeOf(section: RemoteSection, payloadType: number): number | undefined {
  return section.codecs.find(({ name, parameters }) => name === 'rtx' && parameters.apt === payloadType)?.payloadType;
}

/** The feedback that both sides know, in our order. */
export function commonFeedback({ codec, name }: NegotiatedCodec): types.RtcpFeedback[] {
  const ours = name === 'opus' ? AUDIO_FEEDBACK : VIDEO_FEEDBACK;
  return ours.filter(({ type, parameter }) =>
    codec.rtcpFeedback.some((theirs) => theirs.type === type && (theirs.parameter ?? '') === parameter),
  );
}

/**
 * The negotiated codec as a router takes it from a sender: under the sender's payload types, H.264 under the one profile
 * that routers know.
 */
export function senderCodecs(negotiated: NegotiatedCodec): types.RtpCodecParameters[] {
  const { name, codec, rtxPayloadType } = negotiated;
  const { mimeType, clockRate, channels } = routerCodec(name);
  const main: types.RtpCodecParameters = {
    mimeType,
    clockRate,
    payloadType: codec.payloadType,
    parameters: name === 'h264' ? { ...codec.parameters, ...H264_PARAMETERS } : { ...codec.parameters },
    rtcpFeedback: commonFeedback(negotiated),
    ...(channels === undefined ? {} : { channels }),
  };
  if (rtxPayloadType === undefined) return [main];
  const rtx: types.RtpCodecParameters = {
    mimeType: 'video/rtx',
    clockRate,
    payloadType: rtxPayloadType,
    parameters: { apt: codec.payloadType },
    rtcpFeedback: [],
  };
  return [main, rtx];
}
