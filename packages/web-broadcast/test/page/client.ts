/** A client in a page under test: one stage whose events are written down as lines. */
import {
  LocalStageStream,
  RealTimeConnection,
  Stage,
  type StageEventMap,
  StageEvents,
  type StageParticipantInfo,
  type StageStrategy,
  type StageStream,
  type StageStreamLayer,
  type StageVideoConfiguration,
  type SubscribeConfiguration,
  SubscribeType,
} from '../../src/index.ts';

export * from '../../src/index.ts';

/** What happened, such as `joined bob`, `added bob audio video`, `subscribe bob subscribed`. */
export const lines: string[] = [];
/** Errors that nobody caught. */
export const uncaught: string[] = [];
/** What the strategy answers. */
export const wishes: {
  publish: boolean;
  streams: (LocalStageStream | undefined)[];
  subscribe: SubscribeType;
  configuration: SubscribeConfiguration | undefined;
  layer: StageStreamLayer | string | undefined | null;
} = {
  publish: false,
  streams: [],
  subscribe: SubscribeType.AUDIO_VIDEO,
  configuration: undefined,
  layer: undefined,
};
export const added = new Map<string, StageStream>();
/** Streams that are wished again later. */
export const kept: (LocalStageStream | undefined)[] = [];

window.addEventListener('unhandledrejection', ({ reason }) => uncaught.push(`rejection ${reason}`));
window.addEventListener('error', ({ message }) => uncaught.push(message));

/** The peer connections of the page, in their order. */
export const connections: RTCPeerConnection[] = [];
const PeerConnection = window.RTCPeerConnection;
window.RTCPeerConnection = class extends PeerConnection {
  constructor(configuration?: RTCConfiguration) {
    super(configuration);
    connections.push(this);
  }
};

const changed = new EventTarget();

function write(...words: unknown[]): void {
  lines.push(words.join(' '));
  changed.dispatchEvent(new Event('line'));
}

/** Waits for a line; one that is there already counts unless it stands before `after`. */
export async function until(line: string, after = 0): Promise<void> {
  while (!lines.slice(after).includes(line)) {
    await new Promise((resolve) => changed.addEventListener('line', resolve, { once: true }));
  }
}

export const strategy: StageStrategy = {
  shouldPublishParticipant: () => wishes.publish,
  stageStreamsToPublish: () => wishes.streams,
  shouldSubscribeToParticipant: () => wishes.subscribe,
  subscribeConfiguration: () => wishes.configuration,
  preferredLayerForStream: () => wishes.layer,
};

/** One whose states are written down. */
export function createConnection(token: string): RealTimeConnection {
  const connection = new RealTimeConnection(token);
  connection.on('stateChanged', (state, error) => write('connection-state', state, ...(error ? [error.code] : [])));
  return connection;
}

export function createStage(token: string, realTimeConnection?: RealTimeConnection): Stage {
  const stage = new Stage(token, strategy, { realTimeConnection });
  const kinds = (streams: StageStream[]) => streams.map(({ streamType }) => streamType).join(' ');
  const on = <Name extends keyof StageEventMap>(event: Name, tell: (...args: StageEventMap[Name]) => void) =>
    stage.on(event, tell);
  const named = (name: string) => (participant: StageParticipantInfo) => write(name, participant.id);
  on(StageEvents.STAGE_CONNECTION_STATE_CHANGED, (state) => write('connection', state));
  on(StageEvents.STAGE_LEFT, (reason) => write('left stage', reason));
  on(StageEvents.ERROR, ({ category, code }) => write('error', category, code));
  on(StageEvents.STAGE_PARTICIPANT_JOINED, named('joined'));
  on(StageEvents.STAGE_PARTICIPANT_LEFT, named('left'));
  on(StageEvents.STAGE_PARTICIPANT_METADATA_CHANGED, named('metadata'));
  on(StageEvents.STAGE_PARTICIPANT_PUBLISH_STATE_CHANGED, ({ id }, state) => write('publish', id, state));
  on(StageEvents.STAGE_PARTICIPANT_SUBSCRIBE_STATE_CHANGED, ({ id }, state) => write('subscribe', id, state));
  on(StageEvents.STAGE_PARTICIPANT_STREAMS_ADDED, ({ id }, streams) => {
    for (const stream of streams) added.set(`${id} ${stream.streamType}`, stream);
    write('added', id, kinds(streams));
  });
  on(StageEvents.STAGE_PARTICIPANT_STREAMS_REMOVED, ({ id }, streams) => write('removed', id, kinds(streams)));
  on(StageEvents.STAGE_STREAM_MUTE_CHANGED, ({ id }, { streamType, isMuted }) =>
    write(isMuted ? 'muted' : 'unmuted', id, streamType),
  );
  on(StageEvents.STAGE_STREAM_LAYERS_CHANGED, ({ id }, _, layers) =>
    write('layers', id, ...layers.map(({ label, width }) => `${label}:${width}`)),
  );
  on(StageEvents.STAGE_STREAM_LAYER_SELECTED, ({ id }, _, { label, selected }, reason) =>
    write('layer', id, label, selected, reason),
  );
  on(StageEvents.STAGE_STREAM_ADAPTION_CHANGED, ({ id }, _, isAdapting) => write('adapting', id, isAdapting));
  return stage;
}

/** Between two looks at something that tells nothing of its changes. */
export async function pause(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 50));
}

/** A camera and a microphone of the browser's own making. */
export async function capture(): Promise<LocalStageStream[]> {
  const media = await navigator.mediaDevices.getUserMedia({ audio: true, video: { width: 320, height: 180 } });
  return media.getTracks().map((track) => new LocalStageStream(track));
}

/** A stream of pictures that never stand still. */
export function drawPictures(width: number, height: number, config?: StageVideoConfiguration): LocalStageStream {
  let hue = 0;
  return draw(width, height, config, (pen) => {
    hue = (hue + 7) % 360;
    pen.fillStyle = `hsl(${hue} 80% 50%)`;
    pen.fillRect(0, 0, width, height);
  });
}

/** A stream of pictures that no encoder makes small. */
export function drawNoise(width: number, height: number, config?: StageVideoConfiguration): LocalStageStream {
  const noise = new ImageData(160, 90);
  return draw(width, height, config, (pen) => {
    for (const index of noise.data.keys()) noise.data[index] = index % 4 === 3 ? 255 : Math.random() * 255;
    pen.putImageData(noise, 0, 0);
    pen.drawImage(pen.canvas, 0, 0, 160, 90, 0, 0, width, height);
  });
}

function draw(
  width: number,
  height: number,
  config: StageVideoConfiguration | undefined,
  paint: (pen: CanvasRenderingContext2D) => void,
): LocalStageStream {
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  const pen = canvas.getContext('2d');
  const [track] = canvas.captureStream(30).getTracks();
  if (!pen || !track) throw new Error('no picture');
  setInterval(() => paint(pen), 40);
  return new LocalStageStream(track, config);
}

/** How the track of a kind is sent now. */
export function sentEncodings(kind: string): RTCRtpEncodingParameters[] {
  const senders =
    connections
      .at(-1)
      ?.getTransceivers()
      .map(({ sender }) => sender) ?? [];
  return senders.find(({ track }) => track?.kind === kind)?.getParameters().encodings ?? [];
}

/** Plays a stream. @returns when something of it has been played */
export async function play(stream: StageStream): Promise<void> {
  const video = document.createElement('video');
  const muted = stream.streamType === 'video';
  Object.assign(video, { muted, autoplay: true, srcObject: new MediaStream([stream.mediaStreamTrack]) });
  document.body.append(video);
  if (stream.streamType === 'video') await new Promise((resolve) => video.requestVideoFrameCallback(resolve));
  else await new Promise((resolve) => video.addEventListener('timeupdate', resolve, { once: true }));
}
