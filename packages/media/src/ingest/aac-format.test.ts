import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readAacFormat } from './aac-format.ts';

describe('the form of AAC', () => {
  it('is AAC-LC of 44.1 or 48 kHz, mono or stereo', () => {
    assert.deepEqual(readAacFormat(Buffer.from('1190', 'hex')), { sampleRateHz: 48_000, channels: 2 });
    assert.deepEqual(readAacFormat(Buffer.from('1208', 'hex')), { sampleRateHz: 44_100, channels: 1 });
  });

  it('is none that a stage takes otherwise', () => {
    const heAac = '2b92';
    const lowRate = '1310';
    const surround = '11b0';
    const short = '11';
    for (const config of [heAac, lowRate, surround, short, '']) {
      assert.equal(readAacFormat(Buffer.from(config, 'hex')), undefined, config);
    }
  });
});
