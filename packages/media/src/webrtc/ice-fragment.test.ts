import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { MediaRefusal } from '../refusal.ts';
import { MAXIMUM_FRAGMENT_LENGTH, readIceFragment, writeIceFragment } from './ice-fragment.ts';
import { readRemoteDescription } from './remote-description.ts';

const credentials = { usernameFragment: 'EsAw', password: 'P2uYro0UCOQ4zxjKXaWCBui1' };
const head = ['a=ice-ufrag:EsAw', 'a=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1'];
const section = ['m=audio 9 UDP/TLS/RTP/SAVPF 111', 'a=mid:0'];
const candidate =
  'a=candidate:1387637174 1 udp 2122260223 192.0.2.1 61764 typ host generation 0 ufrag EsAw network-id 1';

function read(...lines: string[]) {
  return readIceFragment(lines.join('\r\n'));
}

describe('a fragment of ICE', () => {
  it('tells whose session it is about, above its section or in it', () => {
    assert.deepEqual(read(...head, ...section, candidate, 'a=end-of-candidates').credentials, credentials);
    assert.deepEqual(read('a=group:BUNDLE 0 1', ...section, ...head, candidate).credentials, credentials);
    assert.deepEqual(readIceFragment(`${head.join('\n')}\n`).credentials, credentials);
  });

  it('may leave that out', () => {
    assert.equal(read(...section, candidate).credentials, undefined);
    assert.equal(read('a=end-of-candidates').credentials, undefined);
  });

  it('passes over candidates of which nothing can be made', () => {
    const odd = [
      'a=candidate:',
      'a=candidate:1 1 sctp 1 nowhere.invalid 0 typ none',
      `a=candidate:${'x'.repeat(4_000)}`,
    ];
    assert.deepEqual(read(...head, ...section, ...odd).credentials, credentials);
  });

  for (const [what, text] of [
    ['empty', ''],
    ['no fragment', '{"candidate":"candidate:1"}'],
    ['a whole session description', ['v=0', 'o=- 1 1 IN IP4 0.0.0.0', ...head].join('\r\n')],
    ['too long', `${head.join('\r\n')}\r\n${`${candidate}\r\n`.repeat(200)}`],
    ['of too many lines', 'a=x\r\n'.repeat(501)],
    ['of too many sections', 'm=audio 9 RTP/AVP 0\r\n'.repeat(65)],
    ['without a password', 'a=ice-ufrag:EsAw'],
    ['without a user name fragment', head[1] ?? ''],
    ['of too short a password', 'a=ice-ufrag:EsAw\r\na=ice-pwd:short'],
    ['of too long a user name fragment', `a=ice-ufrag:${'x'.repeat(257)}\r\n${head[1]}`],
    ['of a media line that names nothing', 'm=audio\r\n'],
    ['of control characters', `${head[0]}\u0000\r\n${head[1]}`],
  ] as const) {
    it(`is refused when it is ${what}`, () => {
      assert.throws(
        () => readIceFragment(text),
        (error) => error instanceof MediaRefusal && error.reason === 'BROKEN_OFFER',
      );
    });
  }

  it('is read or refused, whatever it says', () => {
    const line = fc.oneof(
      fc.constantFrom(...head, ...section, candidate, 'm=', 'a=', 'a=:', '\u0000'),
      fc.string(),
      fc.string().map((text) => `a=${text}`),
    );
    fc.assert(
      fc.property(fc.array(line), fc.constantFrom('\r\n', '\n', '\r', ''), (lines, end) => {
        try {
          readIceFragment(lines.join(end));
        } catch (error) {
          if (!(error instanceof MediaRefusal)) throw error;
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('that we write has our credentials and candidates in the first section of the bundle, and can be read', () => {
    const local = {
      iceParameters: { ...credentials, iceLite: true },
      iceCandidates: [
        {
          foundation: 'udp',
          priority: 1,
          ip: '192.0.2.1',
          address: '192.0.2.1',
          protocol: 'udp' as const,
          port: 7081,
          type: 'host' as const,
        },
      ],
    };
    const bundle = [
      { media: 'audio', protocol: 'UDP/TLS/RTP/SAVPF', formats: ['111', '63'], mid: 'a' },
      { media: 'video', protocol: 'UDP/TLS/RTP/SAVPF', formats: ['96'], mid: 'v' },
    ];
    const text = writeIceFragment(local, bundle);
    assert.deepEqual(text.split('\r\n'), [
      'a=ice-lite',
      'a=ice-options:trickle',
      'a=group:BUNDLE a v',
      'm=audio 9 UDP/TLS/RTP/SAVPF 111',
      'a=mid:a',
      'a=ice-ufrag:EsAw',
      'a=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1',
      'a=candidate:udp 1 udp 1 192.0.2.1 7081 typ host',
      'a=end-of-candidates',
      '',
    ]);
    assert.deepEqual(readIceFragment(text).credentials, credentials);
    assert.ok(text.length < MAXIMUM_FRAGMENT_LENGTH);
  });

  it('is no session description', () => {
    assert.throws(() => readRemoteDescription(head.join('\r\n')), MediaRefusal);
  });
});
