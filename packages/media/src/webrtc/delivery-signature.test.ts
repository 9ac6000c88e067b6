import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import * as mediasoup from 'mediasoup';
import type { CodecName, NegotiatedCodec } from './codecs.ts';
import { deliverySignature, reachesRtx } from './delivery-signature.ts';

function negotiated(name: CodecName, payloadType: number, rtxPayloadType?: number): NegotiatedCodec {
  const codec = { payloadType, name, clockRate: 90_000, channels: 1, parameters: {}, rtcpFeedback: [] };
  return { name, codec, rtxPayloadType };
}

function numbers({ mediaCodecs }: ReturnType<typeof deliverySignature>): Record<string, number | undefined> {
  const { codecs = [] } = mediasoup.ortc.generateRouterRtpCapabilities(mediaCodecs);
  const find = (mimeType: string) =>
    codecs.find((codec) => codec.mimeType.toLowerCase() === mimeType)?.preferredPayloadType;
  return { opus: find('audio/opus'), h264: find('video/h264'), rtx: find('video/rtx') };
}

const dynamic = fc.integer({ min: 96, max: 127 });

describe('a delivery signature', () => {
  it("gives a router exactly the subscriber's payload types, retransmissions included", () => {
    fc.assert(
      fc.property(fc.uniqueArray(dynamic, { minLength: 3, maxLength: 3 }), ([opus, h264, rtx]) => {
        const wanted = { opus, h264, rtx };
        const signature = deliverySignature([negotiated('opus', opus ?? 0), negotiated('h264', h264 ?? 0, rtx)]);
        assert.deepEqual(numbers(signature), wanted);
      }),
    );
  });

  it('is the same for the same numbers, in whatever order', () => {
    const opus = negotiated('opus', 111);
    const video = negotiated('vp8', 96, 97);
    assert.equal(deliverySignature([opus, video]).key, deliverySignature([video, opus]).key);
    assert.notEqual(deliverySignature([opus, video]).key, deliverySignature([opus, negotiated('vp8', 97, 96)]).key);
  });

  it('knows that payload types below 96 cannot be had for retransmissions', () => {
    assert.equal(reachesRtx(35), false);
    assert.equal(reachesRtx(96), true);
  });
});
