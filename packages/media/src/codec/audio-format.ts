import { AV_CHANNEL_ORDER_NATIVE, AV_SAMPLE_FMT_FLTP } from '#node-av/constants';
import type { ChannelLayout, Frame } from '#node-av/lib';
import { check } from './native.ts';
import type { Pcm } from './pcm.ts';

export const SAMPLE_RATE_HZ = 48_000;

// A bit for each speaker: the one in the middle, or left and right.
const MONO: ChannelLayout = { nbChannels: 1, order: AV_CHANNEL_ORDER_NATIVE, mask: 4n };
const STEREO: ChannelLayout = { nbChannels: 2, order: AV_CHANNEL_ORDER_NATIVE, mask: 3n };

export function channelLayout(channels: 1 | 2): ChannelLayout {
  return channels === 1 ? MONO : STEREO;
}

/** Gives a frame room for planar sound. */
export function allocateSound(frame: Frame, channels: 1 | 2, frames: number, sampleRateHz = SAMPLE_RATE_HZ): void {
  frame.alloc();
  frame.nbSamples = frames;
  frame.format = AV_SAMPLE_FMT_FLTP;
  frame.sampleRate = sampleRateHz;
  frame.channelLayout = channelLayout(channels);
  check(frame.getBuffer(), 'Room for sound');
}

/** A copy: the frame's own memory goes away with its next use. */
export function copySound(frame: Frame): Pcm {
  const frames = frame.nbSamples;
  const planes = nativePlanes(frame, frames).map((plane) => plane.slice());
  return { planes, frames };
}

/** The frame's own memory, valid until its next use. */
export function nativePlanes(frame: Frame, frames: number): Float32Array[] {
  return (frame.data ?? []).map((plane) => new Float32Array(plane.buffer, plane.byteOffset, frames));
}
