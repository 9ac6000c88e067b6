/** A client in a page under test: one stage whose events are written down as lines. */
import {
  type InitialLayerPreference,
  LocalStageStream,
  Stage,
  type StageEventMap,
  StageEvents,
  type StageParticipantInfo,
  type StageStrategy,
  type StageStream,
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
  initialLayer: InitialLayerPreference | undefined;
  layer: string | undefined;
} = {
  publish: false,
  streams: [],
  subscribe: SubscribeType.AUDIO_VIDEO,
  initialLayer: undefined,
  layer: undefined,
};
export const added = new Map<string, StageStream>();

window.addEventListener('unhandledrejection', ({ reason }) => uncaught.push(`rejection ${reason}`));
window.addEventListener('error', ({ message }) => uncaught.push(message));

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
  subscribeConfiguration: () =>
    wishes.initialLayer ? { simulcast: { initialLayerPreference: wishes.initialLayer } } : undefined,
  preferredLayerForStream: (_, stream) => stream.getLayers().find(({ label }) => label === wishes.layer),
};

export function createStage(token: string): Stage {
  const stage = new Stage(token, strategy);
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

/** A camera and a microphone of the browser's own making. */
export async function capture(): Promise<LocalStageStream[]> {
  const media = await navigator.mediaDevices.getUserMedia({ audio: true, video: { width: 320, height: 180 } });
  return media.getTracks().map((track) => new LocalStageStream(track));
}

/** Plays a stream. @returns when pictures have been decoded */
export async function play(stream: StageStream): Promise<void> {
  const video = document.createElement('video');
  Object.assign(video, { muted: true, autoplay: true, srcObject: new MediaStream([stream.mediaStreamTrack]) });
  document.body.append(video);
  await new Promise((resolve) => video.requestVideoFrameCallback(resolve));
}
