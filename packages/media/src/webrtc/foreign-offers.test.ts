import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as mediasoup from 'mediasoup';
import { routerCodec } from './codecs.ts';
import { gstreamerPublishOffer } from './foreign-offers.fixture.ts';
import { readPublishOffer } from './publish.ts';

const capabilities = mediasoup.ortc.generateRouterRtpCapabilities([routerCodec('opus'), routerCodec('h264')]);

describe("GStreamer's offer to publish", () => {
  const offer = readPublishOffer(gstreamerPublishOffer, capabilities);

  it('is taken whole, though it would receive too, has no header extensions and closes the bundled port', () => {
    assert.deepEqual(
      offer.streams.map(({ kind, mid, rtpParameters }) => ({
        kind,
        mid,
        codecs: rtpParameters.codecs.map(({ mimeType, payloadType }) => [mimeType, payloadType]),
        ssrcs: rtpParameters.encodings?.map(({ ssrc }) => ssrc),
        headerExtensions: rtpParameters.headerExtensions,
      })),
      [
        { kind: 'audio', mid: 'audio1', codecs: [['audio/opus', 97]], ssrcs: [3238428337], headerExtensions: [] },
        { kind: 'video', mid: 'video0', codecs: [['video/H264', 96]], ssrcs: [1798822], headerExtensions: [] },
      ],
    );
  });

  it('is answered in its order, under its numbers, with nothing that it has not', () => {
    const transport = {
      iceParameters: { usernameFragment: 'ufrag', password: 'password', iceLite: true },
      iceCandidates: [],
      dtlsParameters: { fingerprints: [{ algorithm: 'sha-256' as const, value: 'AA:BB' }] },
    };
    const [, video = '', audio = ''] = offer.answer(transport, '1').split('\r\nm=');
    assert.match(
      video,
      /^video 9 UDP\/TLS\/RTP\/SAVPF 96\r\n.*a=mid:video0\r\na=recvonly\r\n.*profile-level-id=42c01e/s,
    );
    assert.match(audio, /^audio 9 UDP\/TLS\/RTP\/SAVPF 97\r\n.*a=mid:audio1\r\na=recvonly\r\n/s);
    assert.doesNotMatch(video + audio, /extmap|rtx|goog-remb|nack\r/);
  });
});
