import { randomUUID } from 'node:crypto';
import { isChannelKey } from '../../channels/stream-key.ts';
import type { PublishLimits } from '../../participants/publish-violation.ts';
import type { EncoderEndpoints } from '../../stages/endpoints.ts';
import type { Database } from '../../store/store.ts';
import { isRedundant } from '../ingest-configuration-table.ts';
import { findByStreamKey, type StreamKeyBearer } from '../stream-key.ts';
import type { ClientRequest } from './client-request.ts';
import { type LadderTrack, trackLadder } from './track-ladder.ts';

export interface ClientConfigurationParts {
  readonly db: Database;
  readonly endpoints: EncoderEndpoints;
  /** Whether encoders trust the certificate of RTMPS without being told to. */
  readonly isTrusted: boolean;
  readonly limits: PublishLimits;
}

interface IngestEndpoint {
  readonly protocol: 'RTMP' | 'RTMPS';
  readonly url_template: string;
  readonly authentication: string;
}

/** As OBS reads it: `error` stops the start and shows the text. */
export interface ClientStatus {
  readonly result: 'success' | 'error';
  readonly html_en_us?: string;
}

export interface ClientConfiguration {
  readonly meta: { readonly service: 'IVS'; readonly schema_version: string; readonly config_id: string };
  readonly status: ClientStatus;
  readonly ingest_endpoints: readonly IngestEndpoint[];
  readonly encoder_configurations: readonly object[];
  readonly audio_configurations: { readonly live: readonly object[] };
}

/** Of answers, whatever the question's is. */
const SCHEMA_VERSION = '2024-06-04';
const AUDIO = { codec: 'aac', channels: 2, track_id: 1, settings: { bitrate: 128 } } as const;
const KEY_FRAME_SECONDS = 2;
/** What is common to the encoders that OBS knows. */
const COMMON = { rate_control: 'CBR', profile: 'baseline', bf: 0, keyint_sec: KEY_FRAME_SECONDS };
const NVENC = {
  type: 'obs_nvenc_h264_tex',
  settings: { ...COMMON, preset2: 'p4', tune: 'll', multipass: 'disabled', lookahead: false, psycho_aq: false },
};
const X264 = {
  type: 'obs_x264',
  settings: { ...COMMON, preset: 'veryfast', tune: 'zerolatency', x264opts: 'bframes=0 sliced-threads=0' },
};

/** Stands in for the key in the addresses that encoders are told. */
const KEY = '{stream_key}';

/** What an encoder is to send, and where: for whoever has a stream key. */
export async function clientConfiguration(
  request: ClientRequest,
  { db, endpoints, isTrusted, limits }: ClientConfigurationParts,
): Promise<ClientConfiguration> {
  if (isChannelKey(request.streamKey)) return failed('Channels take one track: send without multitrack video.');
  const bearer = await findByStreamKey(db, request.streamKey);
  if (!bearer) return failed('The stream key is not known.');
  const { configuration } = bearer;
  if (configuration.stageId === undefined) return failed('The stream key is attached to no stage.');
  if (!request.takesH264) return failed('Stages take H.264, which this encoder does not make.');
  const ingestEndpoints = endpointsFor(bearer, request.streamKey, endpoints, isTrusted);
  if (ingestEndpoints.length === 0)
    return failed('The server takes no streams over RTMPS, and this key is good there alone.');
  // Of several tracks, only the first is a part of what is common to two encoders.
  const maximumVideoTracks = isRedundant(configuration) ? 1 : request.maximumVideoTracks;
  const tracks = trackLadder({ ...request, maximumVideoTracks }, limits, AUDIO.settings.bitrate);
  if (tracks.length === 0) {
    return failed('The size, the frame rate or the bitrate of this encoder is below what stages take.');
  }
  return {
    ...answer({ result: 'success' }),
    ingest_endpoints: ingestEndpoints,
    encoder_configurations: tracks.map((track) => encoderFor(track, request)),
    audio_configurations: { live: [AUDIO] },
  };
}

/** Where encoders publish, for those who choose by themselves. */
export function ingestList({ rtmp, rtmps }: EncoderEndpoints): object {
  const addresses = {
    ...(rtmp !== undefined && { url_template: `${rtmp}${KEY}` }),
    ...(rtmps !== undefined && { url_template_secure: `${rtmps}${KEY}` }),
  };
  const ingest = { _id: 1, name: 'Proscenium', default: true, availability: 1, priority: 1, ...addresses };
  return { ingests: rtmp === undefined && rtmps === undefined ? [] : [ingest] };
}

/** @param html in English */
export function failed(html: string): ClientConfiguration {
  return answer({ result: 'error', html_en_us: html });
}

function answer(status: ClientStatus): ClientConfiguration {
  return {
    meta: { service: 'IVS', schema_version: SCHEMA_VERSION, config_id: randomUUID() },
    status,
    ingest_endpoints: [],
    encoder_configurations: [],
    audio_configurations: { live: [] },
  };
}

/** The best one first: encoders take that. */
function endpointsFor(
  { configuration: { insecureIngest } }: StreamKeyBearer,
  authentication: string,
  { rtmp, rtmps }: EncoderEndpoints,
  isTrusted: boolean,
): readonly IngestEndpoint[] {
  const secure =
    rtmps === undefined ? [] : [{ protocol: 'RTMPS' as const, url_template: `${rtmps}${KEY}`, authentication }];
  if (!insecureIngest || rtmp === undefined) return secure;
  const plain = { protocol: 'RTMP' as const, url_template: `${rtmp}${KEY}`, authentication };
  return isTrusted ? [...secure, plain] : [plain, ...secure];
}

function encoderFor({ width, height, framerate, bitrateKbps }: LadderTrack, { hasNvidia }: ClientRequest): object {
  const { type, settings } = hasNvidia ? NVENC : X264;
  return {
    type,
    width,
    height,
    framerate,
    gpu_scale_type: 'OBS_SCALE_BICUBIC',
    settings: { ...settings, bitrate: bitrateKbps },
    bitrate_interpolation_points: [0, bitrateKbps],
  };
}
