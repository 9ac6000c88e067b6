import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { preferVideoCodecs } from './codec-preferences.ts';

const codec = (mimeType: string, sdpFmtpLine?: string) => ({
  mimeType,
  clockRate: 90_000,
  ...(sdpFmtpLine && { sdpFmtpLine }),
});

describe('preferVideoCodecs', () => {
  it('puts constrained baseline H.264 first and keeps VP8 and retransmission', () => {
    const high = codec('video/H264', 'packetization-mode=1;profile-level-id=64001f');
    const baseline = codec('video/H264', 'level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f');
    const single = codec('video/H264', 'packetization-mode=0;profile-level-id=42e01f');
    const [vp8, vp9, rtx, red] = ['VP8', 'VP9', 'rtx', 'red'].map((name) => codec(`video/${name}`));
    assert.ok(vp8 && vp9 && rtx && red);
    assert.deepEqual(preferVideoCodecs([vp8, rtx, high, single, vp9, baseline, red]), [
      baseline,
      high,
      single,
      vp8,
      rtx,
    ]);
  });
});
