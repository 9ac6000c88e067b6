import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { addOpusParameters } from './opus-parameters.ts';

const lines = (...all: string[]) => all.map((line) => `${line}\r\n`).join('');

describe('addOpusParameters', () => {
  it('adds to the format line of Opus only', () => {
    const sdp = lines(
      'a=rtpmap:111 opus/48000/2',
      'a=fmtp:111 minptime=10',
      'a=rtpmap:102 H264/90000',
      'a=fmtp:102 x=1',
    );
    assert.equal(
      addOpusParameters(sdp, 'stereo=1'),
      lines(
        'a=rtpmap:111 opus/48000/2',
        'a=fmtp:111 minptime=10;stereo=1',
        'a=rtpmap:102 H264/90000',
        'a=fmtp:102 x=1',
      ),
    );
  });

  it('writes the format line where there is none', () => {
    assert.equal(
      addOpusParameters(lines('a=rtpmap:9 opus/48000/2', 'a=mid:0'), 'stereo=1'),
      lines('a=rtpmap:9 opus/48000/2', 'a=fmtp:9 stereo=1', 'a=mid:0'),
    );
  });

  it('reaches every section that has Opus, also under the same payload type', () => {
    const sdp = lines(
      'm=audio 9',
      'a=rtpmap:9 opus/48000/2',
      'a=fmtp:9 a=1',
      'm=audio 9',
      'a=rtpmap:9 opus/48000/2',
      'a=fmtp:9 a=1',
    );
    assert.equal(addOpusParameters(sdp, 'stereo=1').match(/stereo=1/g)?.length, 2);
  });

  it('leaves a description without Opus alone', () => {
    assert.equal(addOpusParameters('v=0\r\n', 'stereo=1'), 'v=0\r\n');
  });
});
