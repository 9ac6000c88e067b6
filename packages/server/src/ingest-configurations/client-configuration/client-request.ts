/** What an encoder can do and would like, as far as it matters to what it is told to do. */
export interface ClientRequest {
  readonly streamKey: string;
  readonly takesH264: boolean;
  readonly hasNvidia: boolean;
  /** What it makes pictures of. */
  readonly width: number;
  readonly height: number;
  readonly framerate: Framerate;
  /** Undefined: as many as there may be. */
  readonly maximumVideoTracks: number | undefined;
  /** Of all tracks together; undefined: as much as there may be. */
  readonly maximumBitrateKbps: number | undefined;
}

/** Pictures a second, as a fraction. */
export interface Framerate {
  readonly numerator: number;
  readonly denominator: number;
}

/** A request that cannot be answered: the message says why, in words that hold nothing of the request. */
export class UnreadableRequest extends Error {}

type Members = Readonly<Record<string, unknown>>;

const DEFAULTS = { width: 1_280, height: 720, framerate: { numerator: 30, denominator: 1 } };
const MAXIMUM_KEY_LENGTH = 512;
const MAXIMUM_NAME_LENGTH = 128;
const MAXIMUM_SIDE = 16_384;
const MAXIMUM_TERM = 1_000_000;
const MAXIMUM_LIST = 64;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const NVIDIA = 0x10de;

/** @throws {UnreadableRequest} */
export function readClientRequest(body: unknown): ClientRequest {
  const request = membersOf(body, 'the body');
  if (text(request, 'service', MAXIMUM_NAME_LENGTH) !== 'IVS') throw new UnreadableRequest('service must be IVS');
  if (!DATE.test(text(request, 'schema_version', MAXIMUM_NAME_LENGTH))) {
    throw new UnreadableRequest('schema_version must be a date, as 2024-06-04');
  }
  const client = membersOf(request.client, 'client');
  text(client, 'name', MAXIMUM_NAME_LENGTH);
  text(client, 'version', MAXIMUM_NAME_LENGTH);
  const capabilities = membersOf(request.capabilities, 'capabilities');
  const preferences = membersOf(request.preferences ?? {}, 'preferences');
  return {
    // Encoders may add a query to the key.
    streamKey: text(request, 'authentication', MAXIMUM_KEY_LENGTH).split('?', 1)[0] ?? '',
    takesH264: list(client.supported_codecs ?? ['h264'], 'client.supported_codecs').includes('h264'),
    hasNvidia: list(capabilities.gpu ?? [], 'capabilities.gpu').some((gpu) => vendorOf(gpu) === NVIDIA),
    ...pictureOf(preferences),
    maximumVideoTracks: integer(preferences, 'maximum_video_tracks', MAXIMUM_LIST),
    maximumBitrateKbps: lower(
      integer(preferences, 'maximum_aggregate_bitrate', Number.MAX_SAFE_INTEGER),
      integer(preferences, 'maximum_streaming_bandwidth', Number.MAX_SAFE_INTEGER),
    ),
  };
}

/** Since 2025 encoders tell one for each canvas that they have, of which the first is meant. */
function pictureOf(preferences: Members): Pick<ClientRequest, 'width' | 'height' | 'framerate'> {
  const [canvas] = list(preferences.canvases ?? [], 'preferences.canvases');
  const picture = canvas === undefined ? preferences : membersOf(canvas, 'preferences.canvases');
  const { numerator, denominator } = DEFAULTS.framerate;
  const framerate = membersOf(picture.framerate ?? {}, 'preferences.framerate');
  return {
    width: side(picture, 'width') ?? side(picture, 'canvas_width') ?? DEFAULTS.width,
    height: side(picture, 'height') ?? side(picture, 'canvas_height') ?? DEFAULTS.height,
    framerate: {
      numerator: integer(framerate, 'numerator', MAXIMUM_TERM) ?? numerator,
      denominator: integer(framerate, 'denominator', MAXIMUM_TERM) ?? denominator,
    },
  };
}

function side(members: Members, name: string): number | undefined {
  return integer(members, name, MAXIMUM_SIDE);
}

function vendorOf(gpu: unknown): unknown {
  return membersOf(gpu, 'capabilities.gpu').vendor_id;
}

function lower(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : Math.min(one, other);
}

function membersOf(value: unknown, name: string): Members {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Members;
  throw new UnreadableRequest(`${name} must be an object`);
}

function list(value: unknown, name: string): readonly unknown[] {
  if (Array.isArray(value) && value.length <= MAXIMUM_LIST) return value;
  throw new UnreadableRequest(`${name} must be a list of at most ${MAXIMUM_LIST}`);
}

function text(members: Members, name: string, maximumLength: number): string {
  const value = members[name];
  if (typeof value === 'string' && value !== '' && value.length <= maximumLength) return value;
  throw new UnreadableRequest(`${name} must be a text of 1 to ${maximumLength} characters`);
}

/** Undefined where it is missing, or null, which is the same here. */
function integer(members: Members, name: string, maximum: number): number | undefined {
  const value = members[name] ?? undefined;
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= maximum) return value;
  throw new UnreadableRequest(`${name} must be a whole number from 1 to ${maximum}`);
}
