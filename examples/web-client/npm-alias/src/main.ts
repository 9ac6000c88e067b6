import IVSBroadcastClient, { type StageError, type StageStrategy, SubscribeType } from 'amazon-ivs-web-broadcast';

const { Stage, StageEvents } = IVSBroadcastClient;
const form = document.querySelector('form');
const tiles = document.querySelector('ul');
const problem = document.querySelector('.problem');
const strategy: StageStrategy = {
  stageStreamsToPublish: () => [],
  shouldPublishParticipant: () => false,
  shouldSubscribeToParticipant: () => SubscribeType.AUDIO_VIDEO,
};

form?.addEventListener('submit', (event) => {
  event.preventDefault();
  watch(String(new FormData(form).get('token')).trim()).catch(tell);
});

/** Shows who publishes. */
async function watch(token: string): Promise<void> {
  const stage = new Stage(token, strategy);
  const shown = new Map<string, MediaStream>();
  stage.on(StageEvents.ERROR, tell);
  // Sound and picture may come one after the other.
  stage.on(StageEvents.STAGE_PARTICIPANT_STREAMS_ADDED, ({ id }, streams) => {
    const media = shown.get(id) ?? show(id);
    shown.set(id, media);
    for (const { mediaStreamTrack } of streams) media.addTrack(mediaStreamTrack);
  });
  stage.on(StageEvents.STAGE_PARTICIPANT_STREAMS_REMOVED, ({ id }, streams) => {
    const media = shown.get(id);
    for (const { mediaStreamTrack } of streams) media?.removeTrack(mediaStreamTrack);
    if (media?.getTracks().length !== 0) return;
    document.getElementById(id)?.remove();
    shown.delete(id);
  });
  await stage.join();
  form?.remove();
}

function show(id: string): MediaStream {
  const srcObject = new MediaStream();
  const video = Object.assign(document.createElement('video'), { autoplay: true, playsInline: true, srcObject });
  const tile = Object.assign(document.createElement('li'), { id, className: 'tile' });
  tile.append(video);
  tiles?.append(tile);
  return srcObject;
}

function tell({ message }: Error | StageError): void {
  if (problem) problem.textContent = message;
}
