import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CodecFailure } from '../codec/codec-failure.ts';
import { OpusDecoder } from '../codec/opus-decoder.ts';
import { encodeAac } from './aac.fixture.ts';
import { readAacFormat } from './aac-format.ts';
import { type OpusPacket, OpusWriter } from './opus-writer.ts';
import { SoundReader } from './sound-reader.ts';

/** Silence, and from the middle of the second on a tone. */
const LATE_TONE = 'if(gte(t,0.5),0.5*sin(2*PI*1000*t),0)';
const TONE = '0.5*sin(2*PI*1000*t)';
const PACKET_SAMPLES = 960;

describe('AAC that is made into Opus', () => {
  for (const sampleRateHz of [44_100, 48_000]) {
    for (const channels of [1, 2]) {
      it(`keeps the time of what is heard, of ${sampleRateHz} Hz and ${channels} channels`, () => {
        const encoded = encodeAac(LATE_TONE, { sampleRateHz, channels, seconds: 1 });
        const transcoder = open(encoded.audioSpecificConfig);
        // As encoders write timestamps: in whole milliseconds.
        const packets = encoded.frames.flatMap(({ data, mediaMs }) => transcoder.transcode(data, Math.round(mediaMs)));
        transcoder.close();
        for (const [index, { position }] of packets.entries()) {
          assert.equal(position, (packets[0]?.position ?? 0) + index * PACKET_SAMPLES);
        }
        const onsetMs = heardFromMs(packets);
        assert.ok(Math.abs(onsetMs - 500) < 3, `heard from ${onsetMs} ms on`);
      });
    }
  }

  it('tells how loud each packet is', () => {
    const encoded = encodeAac(LATE_TONE, { sampleRateHz: 48_000, channels: 2, seconds: 1 });
    const transcoder = open(encoded.audioSpecificConfig);
    const packets = encoded.frames.flatMap(({ data, mediaMs }) => transcoder.transcode(data, mediaMs));
    transcoder.close();
    assert.ok((packets[5]?.levelDbov ?? 0) < -80);
    assert.equal(packets[40]?.levelDbov, -9);
  });

  it('leaves a gap where there is one, and joins what overlaps', () => {
    const { audioSpecificConfig, frames } = encodeAac(TONE, { sampleRateHz: 48_000, channels: 1, seconds: 1 });
    const transcoder = open(audioSpecificConfig);
    const all: OpusPacket[] = [];
    const positions = (from: number, to: number, shiftMs: number) => {
      const packets = frames
        .slice(from, to)
        .flatMap(({ data, mediaMs }) => transcoder.transcode(data, mediaMs + shiftMs));
      all.push(...packets);
      return packets.map(({ position }) => position);
    };
    const before = positions(0, 10, 0).at(-1) ?? 0;
    const [filledUp = 0, afterGap = 0] = positions(10, 12, 500);
    assert.equal(filledUp, before + PACKET_SAMPLES);
    assert.ok(afterGap > filledUp + 20_000, 'sound stands where its timestamps say');
    const last = positions(12, 20, 500).at(-1) ?? 0;
    // What is of a time that has gone by is left out until the time has come.
    const joined = positions(20, 30, 400);
    assert.equal(joined[0], last + PACKET_SAMPLES);
    assert.ok(joined.length <= 7, `${joined.length} packets`);
    // The first of all, and the first after the gap.
    const begin = all.filter(({ begins }) => begins).map(({ position }) => position);
    assert.deepEqual(begin, [all[0]?.position, afterGap]);
    transcoder.close();
  });

  for (const sampleRateHz of [44_100, 48_000]) {
    it(`takes sound of ${sampleRateHz} Hz in other channels than it was told of`, () => {
      for (const channels of [1, 2]) {
        const told = encodeAac(TONE, { sampleRateHz, channels, seconds: 0.1 });
        const sent = encodeAac(TONE, { sampleRateHz, channels: 3 - channels, seconds: 0.5 });
        const transcoder = open(told.audioSpecificConfig);
        const packets = sent.frames.flatMap(({ data, mediaMs }) => transcoder.transcode(data, mediaMs));
        transcoder.close();
        const decoder = new OpusDecoder();
        const heard = packets.map(({ data }) => decoder.decode(data).planes).at(-2) ?? [];
        decoder.close();
        assert.ok(heard.some((plane) => plane.some((sample) => Math.abs(sample) > 0.3)));
        assert.ok(packets.length >= 23, `${packets.length} packets`);
      }
    });

    it(`passes over frames of ${sampleRateHz} Hz that hold no sound`, () => {
      const { audioSpecificConfig, frames } = encodeAac(TONE, { sampleRateHz, channels: 2, seconds: 0.3 });
      const transcoder = open(audioSpecificConfig);
      const nothingButItsEnd = Buffer.of(0xe0);
      assert.deepEqual(transcoder.transcode(nothingButItsEnd, 0), []);
      const packets = frames.flatMap(({ data, mediaMs }) => transcoder.transcode(data, mediaMs));
      assert.ok(packets.length >= 14);
      transcoder.close();
    });
  }

  it('goes on after what it cannot decode', () => {
    const { audioSpecificConfig, frames } = encodeAac(TONE, { sampleRateHz: 44_100, channels: 2, seconds: 0.3 });
    const transcoder = open(audioSpecificConfig);
    assert.throws(
      () => transcoder.transcode(Buffer.alloc(50, 0xff), 0),
      (error) => error instanceof CodecFailure && error.reason === 'INVALID_DATA',
    );
    const packets = frames.flatMap(({ data, mediaMs }) => transcoder.transcode(data, mediaMs));
    assert.ok(packets.length >= 14);
    transcoder.close();
  });
});

function open(audioSpecificConfig: Buffer) {
  const format = readAacFormat(audioSpecificConfig);
  assert.ok(format);
  const reader = new SoundReader(audioSpecificConfig, format);
  const writer = new OpusWriter(format.channels);
  return {
    transcode(frame: Buffer, mediaMs: number): OpusPacket[] {
      const sound = reader.read(frame, mediaMs);
      return sound ? writer.write(sound) : [];
    },
    close() {
      reader.close();
      writer.close();
    },
  };
}

/** When the tone begins, in what a receiver plays. */
function heardFromMs(packets: readonly OpusPacket[]): number {
  const decoder = new OpusDecoder();
  const onsets = packets.map(({ data, position }) => {
    const index = decoder.decode(data).planes[0]?.findIndex((sample) => Math.abs(sample) > 0.1) ?? -1;
    return index === -1 ? Infinity : (position + index) / 48;
  });
  decoder.close();
  return Math.min(...onsets);
}
