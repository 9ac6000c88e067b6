import type { types } from 'mediasoup';
import { type NegotiatedCodec, routerCodec } from './codecs.ts';

/**
 * The payload types under which a subscriber wants its packets. A subscriber that offers chooses them, and a router sends
 * under the numbers with which it was made: so there is one delivery router for each signature in use
 * (docs/adr/0002-delivery-routers.md).
 */
export interface DeliverySignature {
  /** Equal signatures have equal keys. */
  readonly key: string;
  readonly mediaCodecs: types.RouterRtpCodecCapability[];
}

/** The numbers that a router gives out by itself, in its order: dynamic payload types of RFC 3551. */
const ROUTER_ORDER = [...range(100, 127), ...range(96, 99)];

export function deliverySignature(codecs: readonly NegotiatedCodec[]): DeliverySignature {
  // Sound first: what is placed before the video codec is out of the way of its retransmissions.
  const wanted = [...codecs].sort((a, b) => Number(a.name !== 'opus') - Number(b.name !== 'opus'));
  return {
    key: wanted
      .map(({ name, codec, rtxPayloadType }) => `${name}:${codec.payloadType}:${rtxPayloadType ?? ''}`)
      .join('|'),
    mediaCodecs: planRouterCodecs(wanted),
  };
}

/** True if a router can be brought to repair lost packets under this number. */
export function reachesRtx(payloadType: number): boolean {
  return ROUTER_ORDER.includes(payloadType);
}

/**
 * The codecs with which a router must be made so that each stream and its retransmissions get exactly the wanted numbers.
 *
 * A router takes the number of a codec as told, but gives the retransmissions of a video codec the first number that is
 * still free. So every number before the wanted one is taken beforehand by a codec that no stage carries.
 */
function planRouterCodecs(wanted: readonly NegotiatedCodec[]): types.RouterRtpCodecCapability[] {
  const reserved = new Set(wanted.map(({ codec }) => codec.payloadType));
  const plan: types.RouterRtpCodecCapability[] = [];
  for (const { name, codec, rtxPayloadType } of wanted) {
    if (rtxPayloadType !== undefined && reachesRtx(rtxPayloadType)) {
      for (const number of ROUTER_ORDER.slice(0, ROUTER_ORDER.indexOf(rtxPayloadType))) {
        if (reserved.has(number)) continue;
        reserved.add(number);
        plan.push(placeholder(number));
      }
      reserved.add(rtxPayloadType);
    }
    plan.push(routerCodec(name, codec.payloadType));
  }
  return plan;
}

function placeholder(payloadType: number): types.RouterRtpCodecCapability {
  return {
    kind: 'audio',
    mimeType: 'audio/telephone-event',
    clockRate: 8_000,
    channels: 1,
    preferredPayloadType: payloadType,
  } as types.RouterRtpCodecCapability;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
