import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import * as mediasoup from 'mediasoup';
import { MediaRefusal, type RefusalReason } from '../refusal.ts';
import { routerCodec } from './codecs.ts';
import type { LocalTransport } from './media-lines.ts';
import { type FixtureSection, offer } from './offer.fixture.ts';
import { readPublishOffer } from './publish.ts';

const capabilities = mediasoup.ortc.generateRouterRtpCapabilities([
  routerCodec('opus'),
  routerCodec('h264'),
  routerCodec('vp8'),
]);
const transport: LocalTransport = {
  iceParameters: { usernameFragment: 'ufrag', password: 'password', iceLite: true },
  iceCandidates: [
    {
      foundation: 'udp0',
      priority: 2,
      ip: '127.0.0.1',
      address: '127.0.0.1',
      protocol: 'udp',
      port: 7081,
      type: 'host',
    },
    {
      foundation: 'tcp0',
      priority: 1,
      ip: '127.0.0.1',
      address: '127.0.0.1',
      protocol: 'tcp',
      port: 7081,
      type: 'host',
      tcpType: 'passive',
    },
  ],
  dtlsParameters: { fingerprints: [{ algorithm: 'sha-256', value: 'AA:BB' }] },
};
const both: FixtureSection[] = [{ kind: 'audio' }, { kind: 'video' }];

function read(sections: FixtureSection[], options = {}) {
  return readPublishOffer(offer(sections, options), capabilities);
}

function answer(sections: FixtureSection[], options = {}): string[] {
  return read(sections, options).answer(transport, '1').split('\r\n');
}

function refuses(sections: FixtureSection[], reason: RefusalReason): void {
  assert.throws(
    () => read(sections),
    (error) => error instanceof MediaRefusal && error.reason === reason,
  );
}

describe('a publish offer', () => {
  it('is answered with reduced-size RTCP in the sections that offer it, and in no other', () => {
    const sections: FixtureSection[] = [{ kind: 'audio' }, { kind: 'video', lines: ['a=rtcp-rsize'] }];
    const [, audio = '', video = ''] = answer(sections).join('\n').split('\nm=');
    assert.deepEqual(
      [audio, video].map((section) => section.includes('a=rtcp-rsize')),
      [false, true],
    );
    assert.deepEqual(
      read(sections).streams.map(({ rtpParameters }) => rtpParameters.rtcp?.reducedSize),
      [false, true],
    );
  });

  it('is taken with H.264 before VP8, whatever the order of the offer', () => {
    const video = read(both).streams.find(({ kind }) => kind === 'video');
    assert.deepEqual(
      video?.rtpParameters.codecs.map(({ mimeType, payloadType }) => [mimeType, payloadType]),
      [
        ['video/H264', 108],
        ['video/rtx', 109],
      ],
    );
  });

  it('is taken with VP8 where H.264 is missing', () => {
    const { streams } = read([{ kind: 'video', codecs: ['120 VP8/90000'] }]);
    assert.equal(streams[0]?.rtpParameters.codecs[0]?.mimeType, 'video/VP8');
  });

  it('is taken with High only where it has nothing else', () => {
    const codecs = ['98 H264/90000 64001f', '96 VP8/90000', '106 H264/90000 42001f'];
    const taken = (offered: string[]) =>
      read([{ kind: 'video', codecs: offered }]).streams[0]?.rtpParameters.codecs[0]?.payloadType;
    assert.deepEqual([taken(codecs), taken(codecs.slice(0, 2)), taken(codecs.slice(0, 1))], [106, 96, 98]);
  });

  for (const profile of ['42001e', '42e01f', '42001f', '42c00b', '4d001f', '64001f']) {
    it(`is taken with the H.264 profile ${profile}, which the answer repeats and the router knows as 42e01f`, () => {
      const sections: FixtureSection[] = [{ kind: 'video', codecs: [`106 H264/90000 ${profile}`] }];
      assert.equal(read(sections).streams[0]?.rtpParameters.codecs[0]?.parameters?.['profile-level-id'], '42e01f');
      assert.ok(answer(sections).some((line) => line.includes(`profile-level-id=${profile}`)));
    });
  }

  it('is refused without a video section, even when nothing but sound is sent', () => {
    refuses([{ kind: 'audio' }], 'NO_VIDEO_SECTION');
  });

  it('is refused when its video has neither H.264 nor VP8', () => {
    refuses([{ kind: 'video', codecs: ['98 VP9/90000'] }], 'CODEC_MISMATCH');
    refuses([{ kind: 'video', codecs: ['98 H264/90000 58001f'] }], 'CODEC_MISMATCH');
  });

  it('is refused when its audio has no Opus', () => {
    refuses([{ kind: 'audio', codecs: ['0 PCMU/8000'] }, { kind: 'video' }], 'CODEC_MISMATCH');
  });

  it('is refused with two sections of a kind, or one that only receives', () => {
    refuses([{ kind: 'video' }, { kind: 'video' }], 'UNSUPPORTED_OFFER');
    refuses([{ kind: 'audio' }, { kind: 'video', direction: 'recvonly' }], 'UNSUPPORTED_OFFER');
  });

  it('takes a bundle-only section with port 0 as wanted, as Firefox writes it', () => {
    const { streams } = read([{ kind: 'audio' }, { kind: 'video', port: 0, lines: ['a=bundle-only'] }]);
    assert.deepEqual(
      streams.map(({ kind }) => kind),
      ['audio', 'video'],
    );
  });

  it('is refused as a whole when it has a data channel too', () => {
    refuses([...both, { kind: 'application' }], 'UNSUPPORTED_OFFER');
  });

  it('keeps closed what the client itself has closed', () => {
    const lines = answer([...both, { kind: 'application', port: 0 }]);
    assert.ok(lines.includes('m=application 0 UDP/DTLS/SCTP webrtc-datachannel'));
    assert.ok(lines.includes('a=group:BUNDLE 0 1'));
  });

  it('is refused when its tracks belong to two streams, and taken when they belong to one or none', () => {
    const ofStreams = (...ids: string[]): FixtureSection[] =>
      both.map(({ kind }, index) => ({ kind, lines: [`a=msid:${ids[index]} ${kind}-track`] }));
    refuses(ofStreams('camera', 'screen'), 'UNSUPPORTED_OFFER');
    for (const ids of [
      ['camera', 'camera'],
      ['-', '-'],
    ]) {
      assert.equal(read(ofStreams(...ids)).streams.length, 2);
    }
  });

  it('takes only header extensions that the router knows', () => {
    const extension = 'urn:ietf:params:rtp-hdrext:sdes:mid';
    const lines = answer([{ kind: 'video', lines: [`a=extmap:9 ${extension}`, 'a=extmap:7 urn:example:unknown'] }]);
    assert.ok(lines.includes(`a=extmap:9 ${extension}`));
    assert.ok(!lines.some((line) => line.includes('urn:example:unknown')));
  });
});

describe('an offer of several layers', () => {
  const extensions = [
    'a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid',
    'a=extmap:10 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id',
  ];
  const layered = (lines: string[]): FixtureSection[] => [{ kind: 'video', lines: [...extensions, ...lines] }];
  const encodings = (sections: FixtureSection[]) => read(sections).streams[0]?.rtpParameters.encodings;
  const answered = (sections: FixtureSection[]) => answer(sections).filter((line) => /^a=(rid|simulcast)/.test(line));
  const rids = (...names: string[]) => names.map((name) => `a=rid:${name} send`);

  it('is taken with the lowest first, and answered in its own order', () => {
    const sections = layered([...rids('hi', 'mid', 'low'), 'a=simulcast:send hi;mid;low']);
    assert.deepEqual(encodings(sections), [{ rid: 'low' }, { rid: 'mid' }, { rid: 'hi' }]);
    assert.deepEqual(answered(sections), [
      'a=rid:hi recv',
      'a=rid:mid recv',
      'a=rid:low recv',
      'a=simulcast:recv hi;mid;low',
    ]);
  });

  it('may have layers that begin paused, and what it would receive beside', () => {
    const sections = layered([...rids('q', 'h', 'f'), 'a=simulcast:recv 1;2 send q;~h;~f']);
    assert.deepEqual(encodings(sections), [{ rid: 'q' }, { rid: 'h' }, { rid: 'f' }]);
    assert.ok(answered(sections).includes('a=simulcast:recv q;h;f'));
  });

  it('is taken with the first alternatives that come in the negotiated codec', () => {
    const sections = layered([
      'a=rid:1 send pt=96',
      'a=rid:2 send pt=108,109;max-width=1280',
      'a=rid:3 send max-width=320;pt=96',
      'a=rid:4 send',
      'a=simulcast:send 1,2;3;4',
    ]);
    assert.deepEqual(encodings(sections), [{ rid: '2' }, { rid: '4' }]);
    assert.deepEqual(answered(sections), ['a=rid:2 recv', 'a=rid:4 recv', 'a=simulcast:recv 2;4']);
  });

  it('is taken with the three that it names first, of more', () => {
    const sections = layered([...rids('a', 'b', 'c', 'd'), 'a=simulcast:send a;b;c;d']);
    assert.deepEqual(encodings(sections), [{ rid: 'a' }, { rid: 'b' }, { rid: 'c' }]);
    assert.ok(answered(sections).includes('a=simulcast:recv a;b;c'));
  });

  it('is one of one layer when packets do not carry the names, or no layer has a usable one', () => {
    const simulcast = [...rids('hi', 'low'), 'a=simulcast:send hi;low'];
    for (const sections of [
      [{ kind: 'video', lines: simulcast } as const],
      layered(['a=simulcast:send hi;low']),
      layered(['a=rid:hi recv', 'a=simulcast:send hi;low']),
      layered([`a=rid:${'x'.repeat(17)} send`, `a=simulcast:send ${'x'.repeat(17)}`]),
      layered(['a=rid:hi send', 'a=simulcast:send']),
    ]) {
      assert.deepEqual(encodings(sections), [{}]);
      assert.deepEqual(answered(sections), []);
    }
  });

  it('may name its layers by SSRCs instead', () => {
    const sections = layered([
      'a=ssrc-group:SIM 11 22 33',
      'a=ssrc-group:FID 11 12',
      'a=ssrc-group:FID 33 34',
      'a=ssrc:11 cname:c',
    ]);
    assert.deepEqual(encodings(sections), [
      { ssrc: 11, rtx: { ssrc: 12 } },
      { ssrc: 22 },
      { ssrc: 33, rtx: { ssrc: 34 } },
    ]);
  });
});

describe('the answer to a publish offer', () => {
  it('has the candidates in the first section alone, UDP before TCP', () => {
    const lines = answer(both);
    const candidates = lines.flatMap((line, index) => (line.startsWith('a=candidate:') ? [{ line, index }] : []));
    assert.deepEqual(
      candidates.map(({ line }) => line.split(' ')[2]),
      ['udp', 'tcp'],
    );
    assert.ok(candidates.every(({ index }) => index < lines.findIndex((line) => line.startsWith('m=video'))));
    assert.ok(lines.includes('a=ice-lite'));
    assert.ok(lines.includes('a=ice-options:trickle'));
  });

  it('receives what the client sends, sendrecv offers included', () => {
    const lines = answer([
      { kind: 'audio', direction: 'sendrecv' },
      { kind: 'video', direction: 'inactive' },
    ]);
    assert.deepEqual(
      lines.filter((line) => /^a=(recvonly|sendonly|sendrecv|inactive)$/.test(line)),
      ['a=recvonly', 'a=inactive'],
    );
  });

  for (const [offered, answered] of [
    ['actpass', 'passive'],
    ['active', 'passive'],
    ['passive', 'active'],
  ] as const) {
    it(`is ${answered} in DTLS when the offer is ${offered}`, () => {
      assert.ok(answer(both, { setup: offered }).includes(`a=setup:${answered}`));
    });
  }
});

describe('bad session descriptions', () => {
  const good = offer(both);

  for (const [what, text] of [
    ['nothing', ''],
    ['no session description', '{"sdp":1}'],
    ['a description without sections', 'v=0\r\no=- 1 1 IN IP4 0\r\ns=-\r\nt=0 0\r\n'],
    ['one that is too long', `v=0\r\n${'a=x\r\n'.repeat(20_000)}`],
    ['one without a fingerprint', good.replace(/a=fingerprint:.*\r\n/g, '')],
    ['one without ICE credentials', good.replace(/a=ice-.*\r\n/g, '')],
    ['one without an ICE password', good.replace(/a=ice-pwd.*\r\n/g, '')],
    ['one without rtcp-mux', good.replace(/a=rtcp-mux\r\n/g, '')],
    ['one without a bundle', good.replace(/a=group:.*\r\n/, '')],
    ['one whose payload types repeat', good.replace('96 97 108 109', Array(1_000).fill('96').join(' '))],
    ['one in which sections share a mid', good.replace(/a=mid:1/, 'a=mid:0')],
  ] as const) {
    it(`are refused: ${what}`, () => {
      assert.throws(
        () => readPublishOffer(text, capabilities),
        (error) => error instanceof MediaRefusal && error.reason === 'BROKEN_OFFER',
      );
    });
  }

  it('never throw anything but a refusal, whatever is cut out, put in or repeated', () => {
    const simulcast = ['a=rid:a send pt=96', 'a=rid:b send', 'a=simulcast:send a,b;~b', 'a=ssrc-group:SIM 1 2'];
    const lines = offer([{ kind: 'audio' }, { kind: 'video', lines: simulcast }]).split('\r\n');
    const edit = fc.record({
      at: fc.nat(lines.length),
      remove: fc.nat(3),
      insert: fc.array(fc.string(), { maxLength: 2 }),
    });
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 5 }), (edits) => {
        const edited = [...lines];
        for (const { at, remove, insert } of edits) edited.splice(at, remove, ...insert.map((text) => `a=${text}`));
        try {
          readPublishOffer(edited.join('\r\n'), capabilities).answer(transport, '1');
        } catch (error) {
          if (!(error instanceof MediaRefusal)) throw error;
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
