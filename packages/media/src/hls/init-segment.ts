import { readSequenceParameterSet } from '../rtp/sequence-parameter-set.ts';
import { box, fullBox, uint16, uint32, zeros } from './box.ts';
import { type AudioConfig, aacSampleEntry, avcSampleEntry, type VideoConfig } from './sample-entry.ts';
import { AUDIO_TIMESCALE, AUDIO_TRACK_ID, VIDEO_TIMESCALE, VIDEO_TRACK_ID } from './track.ts';

const UNITY_MATRIX = uint32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000);
/** 'und' in three times five bits (ISO/IEC 14496-12 §8.4.2.3). */
const NO_LANGUAGE = 0x55c4;
/** Enabled, in the movie, in its preview. */
const TRACK_FLAGS = 7;
const FULL_VOLUME = 0x100;
const MOVIE_TIMESCALE = 1_000;

/**
 * What a player reads before the segments that name it with EXT-X-MAP: which tracks there are and how they are decoded.
 * There are no edit lists: a segment's times are those of the recording.
 *
 * @throws {MalformedMedia} for a sequence parameter set or an AudioSpecificConfig that cannot be read
 */
export function initSegment({ video, audio }: { video?: VideoConfig; audio?: AudioConfig }): Buffer {
  const tracks = [
    ...(video ? [{ id: VIDEO_TRACK_ID, box: videoTrack(video) }] : []),
    ...(audio ? [{ id: AUDIO_TRACK_ID, box: audioTrack(audio) }] : []),
  ];
  if (tracks.length === 0) throw new RangeError('An init segment needs a track');
  const defaults = tracks.map(({ id }) => fullBox('trex', 0, 0, uint32(id, 1, 0, 0, 0)));
  // RFC 8216 §3.3 asks for a brand that is compatible with 'iso6'.
  const fileType = box('ftyp', Buffer.from('iso6'), uint32(0), Buffer.from('iso6mp41'));
  return Buffer.concat([
    fileType,
    box('moov', movieHeader(), ...tracks.map((track) => track.box), box('mvex', ...defaults)),
  ]);
}

function movieHeader(): Buffer {
  const nextTrackId = Math.max(VIDEO_TRACK_ID, AUDIO_TRACK_ID) + 1;
  return fullBox(
    'mvhd',
    0,
    0,
    uint32(0, 0, MOVIE_TIMESCALE, 0, 0x10000),
    uint16(FULL_VOLUME),
    zeros(10),
    UNITY_MATRIX,
    zeros(24),
    uint32(nextTrackId),
  );
}

function videoTrack(video: VideoConfig): Buffer {
  const { width, height } = readSequenceParameterSet(video.sequenceParameterSets[0]);
  return box(
    'trak',
    trackHeader({ id: VIDEO_TRACK_ID, volume: 0, width, height }),
    media({
      timescale: VIDEO_TIMESCALE,
      handler: 'vide',
      name: 'Video',
      header: fullBox('vmhd', 0, 1, zeros(8)),
      sampleEntry: avcSampleEntry(video),
    }),
  );
}

function audioTrack(audio: AudioConfig): Buffer {
  return box(
    'trak',
    trackHeader({ id: AUDIO_TRACK_ID, volume: FULL_VOLUME, width: 0, height: 0 }),
    media({
      timescale: AUDIO_TIMESCALE,
      handler: 'soun',
      name: 'Audio',
      header: fullBox('smhd', 0, 0, zeros(4)),
      sampleEntry: aacSampleEntry(audio),
    }),
  );
}

function trackHeader(track: { id: number; volume: number; width: number; height: number }): Buffer {
  return fullBox(
    'tkhd',
    0,
    TRACK_FLAGS,
    uint32(0, 0, track.id, 0, 0),
    zeros(8),
    uint16(0, 0, track.volume, 0), // layer, alternate group
    UNITY_MATRIX,
    uint32(track.width * 2 ** 16, track.height * 2 ** 16),
  );
}

interface MediaDescription {
  readonly timescale: number;
  readonly handler: 'vide' | 'soun';
  readonly name: string;
  readonly header: Buffer;
  readonly sampleEntry: Buffer;
}

function media({ timescale, handler, name, header, sampleEntry }: MediaDescription): Buffer {
  return box(
    'mdia',
    fullBox('mdhd', 0, 0, uint32(0, 0, timescale, 0), uint16(NO_LANGUAGE, 0)),
    fullBox('hdlr', 0, 0, zeros(4), Buffer.from(handler), zeros(12), Buffer.from(`${name}\0`)),
    box('minf', header, dataInThisFile(), sampleTable(sampleEntry)),
  );
}

function dataInThisFile(): Buffer {
  return box('dinf', fullBox('dref', 0, 0, uint32(1), fullBox('url ', 0, 1)));
}

/** Without a sample: those are in the segments. */
function sampleTable(sampleEntry: Buffer): Buffer {
  return box(
    'stbl',
    fullBox('stsd', 0, 0, uint32(1), sampleEntry),
    fullBox('stts', 0, 0, uint32(0)),
    fullBox('stsc', 0, 0, uint32(0)),
    fullBox('stsz', 0, 0, uint32(0, 0)),
    fullBox('stco', 0, 0, uint32(0)),
  );
}
