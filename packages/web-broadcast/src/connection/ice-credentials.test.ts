import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { restartFragment, withCredentials } from './ice-credentials.ts';

const lines = (...text: string[]) => `${text.join('\r\n')}\r\n`;
const session = ['v=0', 'a=group:BUNDLE 0 1'];
const section = (mid: number, user: string) => [
  'm=audio 9 UDP/TLS/RTP/SAVPF 111',
  `a=mid:${mid}`,
  `a=ice-ufrag:${user}`,
  `a=ice-pwd:of ${user}`,
];

describe('ICE credentials', () => {
  it('are told with the first section alone', () => {
    assert.equal(
      restartFragment(lines(...session, ...section(0, 'new'), ...section(1, 'new'))),
      lines('m=audio 9 UDP/TLS/RTP/SAVPF 111', 'a=ice-ufrag:new', 'a=ice-pwd:of new', 'a=mid:0'),
    );
  });

  it('take the place of the earlier ones in every section of the answer', () => {
    assert.equal(
      withCredentials(lines(...session, ...section(0, 'old'), ...section(1, 'old')), lines(...section(0, 'fresh'))),
      lines(...session, ...section(0, 'fresh'), ...section(1, 'fresh')),
    );
  });
});
