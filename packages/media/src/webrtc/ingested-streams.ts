import type { types } from 'mediasoup';
import { type CodecName, routerCodec } from './codecs.ts';

/** RFC 6464. */
const AUDIO_LEVEL = 'urn:ietf:params:rtp-hdrext:ssrc-audio-level';

export interface IngestedStream {
  readonly ssrc: number;
  /** Common to the streams of one publisher. */
  readonly cname: string;
  /** The id under which packets say how loud they are. */
  readonly levelExtensionId?: number;
}

/**
 * One stream that is sent by a program of our own on this machine: under the router's own payload type. It cannot be asked
 * for key frames, since the encoder behind it cannot.
 */
export function ingestedRtpParameters(name: CodecName, stream: IngestedStream): types.RtpParameters {
  const { mimeType, clockRate, channels, preferredPayloadType, parameters = {} } = routerCodec(name);
  if (preferredPayloadType === undefined) throw new Error('a router codec has no payload type');
  return {
    codecs: [
      {
        mimeType,
        clockRate,
        payloadType: preferredPayloadType,
        parameters,
        rtcpFeedback: [{ type: 'nack', parameter: '' }],
        ...(channels === undefined ? {} : { channels }),
      },
    ],
    encodings: [{ ssrc: stream.ssrc }],
    headerExtensions: stream.levelExtensionId === undefined ? [] : [{ uri: AUDIO_LEVEL, id: stream.levelExtensionId }],
    rtcp: { cname: stream.cname, reducedSize: true },
  };
}
