import { readSequenceParameterSet } from '../rtp/sequence-parameter-set.ts';
import { readAudioSpecificConfig } from './audio-specific-config.ts';
import { box, fullBox, uint16, uint32, zeros } from './box.ts';

/** What H.264 needs before its first picture. The sets are NAL units. */
export interface VideoConfig {
  /** The first one tells size, profile and level of the track. */
  readonly sequenceParameterSets: readonly [Buffer, ...Buffer[]];
  readonly pictureParameterSets: readonly [Buffer, ...Buffer[]];
}

/** What AAC needs before its first frame. */
export interface AudioConfig {
  /** ISO/IEC 14496-3 §1.6.2.1 */
  readonly audioSpecificConfig: Buffer;
}

const DOTS_PER_INCH = 72 * 2 ** 16;
const DEPTH_COLOUR = 24;
const NO_COLOUR_TABLE = 0xffff;

/** AVCSampleEntry (ISO/IEC 14496-15 §5.4.2.1). @throws {MalformedMedia} */
export function avcSampleEntry(video: VideoConfig): Buffer {
  const { width, height } = readSequenceParameterSet(video.sequenceParameterSets[0]);
  return box(
    'avc1',
    zeros(6),
    uint16(1), // data_reference_index
    zeros(16),
    uint16(width, height),
    uint32(DOTS_PER_INCH, DOTS_PER_INCH, 0),
    uint16(1), // pictures in a sample
    zeros(32), // compressorname
    uint16(DEPTH_COLOUR, NO_COLOUR_TABLE),
    avcConfiguration(video),
  );
}

/** The profiles whose configuration tells the chroma format (§5.3.3.1.2). */
const WITH_CHROMA_FORMAT: ReadonlySet<number> = new Set([100, 110, 122, 144, 244]);

/** AVCDecoderConfigurationRecord (§5.3.3.1) with lengths of four bytes. */
function avcConfiguration({ sequenceParameterSets, pictureParameterSets }: VideoConfig): Buffer {
  const [first] = sequenceParameterSets;
  const { profileIdc, constraints, levelIdc, ...format } = readSequenceParameterSet(first);
  const chroma = [
    0xfc | format.chromaFormatIdc,
    0xf8 | (format.lumaBitDepth - 8),
    0xf8 | (format.chromaBitDepth - 8),
    0,
  ];
  return box(
    'avcC',
    Buffer.of(1, profileIdc, constraints, levelIdc, 0xff),
    Buffer.of(0xe0 | sequenceParameterSets.length),
    ...sequenceParameterSets.flatMap(withLength),
    Buffer.of(pictureParameterSets.length),
    ...pictureParameterSets.flatMap(withLength),
    Buffer.from(WITH_CHROMA_FORMAT.has(profileIdc) ? chroma : []),
  );
}

function withLength(set: Buffer): Buffer[] {
  return [uint16(set.length), set];
}

/** MP4AudioSampleEntry (ISO/IEC 14496-14 §5.6.1). @throws {MalformedMedia} */
export function aacSampleEntry({ audioSpecificConfig }: AudioConfig): Buffer {
  const { channels, sampleRateHz } = readAudioSpecificConfig(audioSpecificConfig);
  return box(
    'mp4a',
    zeros(6),
    uint16(1), // data_reference_index
    zeros(8),
    uint16(channels, 16),
    zeros(4),
    uint32(sampleRateHz * 2 ** 16),
    fullBox('esds', 0, 0, elementaryStreamDescriptor(audioSpecificConfig)),
  );
}

const DESCRIPTOR_TAG = { elementaryStream: 3, decoderConfig: 4, decoderSpecificInfo: 5, syncLayerConfig: 6 } as const;
const OBJECT_TYPE_MPEG4_AUDIO = 0x40;
/** streamType 5 in six bits, upStream 0, reserved 1 (ISO/IEC 14496-1 §7.2.6.6). */
const STREAM_TYPE_AUDIO = 0x15;

function elementaryStreamDescriptor(audioSpecificConfig: Buffer): Buffer {
  return descriptor(
    DESCRIPTOR_TAG.elementaryStream,
    zeros(3), // ES_ID, as files have it, and no flags
    descriptor(
      DESCRIPTOR_TAG.decoderConfig,
      Buffer.of(OBJECT_TYPE_MPEG4_AUDIO, STREAM_TYPE_AUDIO),
      zeros(3 + 4 + 4), // buffer size and bitrates: not told, as of a variable bitrate
      descriptor(DESCRIPTOR_TAG.decoderSpecificInfo, audioSpecificConfig),
    ),
    descriptor(DESCRIPTOR_TAG.syncLayerConfig, Buffer.of(2)),
  );
}

/** A tag, a length in one byte (ISO/IEC 14496-1 §8.3.3), what it holds. */
function descriptor(tag: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  if (body.length > 127) throw new RangeError('A descriptor is longer than its length can tell');
  return Buffer.concat([Buffer.of(tag, body.length), body]);
}
