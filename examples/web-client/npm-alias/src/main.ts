import IVSBroadcastClient, { type StageStrategy, SubscribeType } from 'amazon-ivs-web-broadcast';

const { Stage, StageEvents } = IVSBroadcastClient;
const form = document.querySelector('form');
const strategy: StageStrategy = {
  stageStreamsToPublish: () => [],
  shouldPublishParticipant: () => false,
  shouldSubscribeToParticipant: () => SubscribeType.AUDIO_VIDEO,
};

form?.addEventListener('submit', (event) => {
  event.preventDefault();
  const stage = new Stage(String(new FormData(form).get('token')).trim(), strategy);
  stage.on(StageEvents.STAGE_PARTICIPANT_STREAMS_ADDED, ({ id }, streams) => {
    const video = Object.assign(document.createElement('video'), { id, autoplay: true, playsInline: true });
    video.srcObject = new MediaStream(streams.map(({ mediaStreamTrack }) => mediaStreamTrack));
    const tile = Object.assign(document.createElement('li'), { className: 'tile' });
    tile.append(video);
    document.querySelector('ul')?.append(tile);
  });
  stage.on(StageEvents.STAGE_PARTICIPANT_LEFT, ({ id }) => document.getElementById(id)?.parentElement?.remove());
  stage.join().then(
    () => form.remove(),
    (error: Error) => alert(error.message),
  );
});
