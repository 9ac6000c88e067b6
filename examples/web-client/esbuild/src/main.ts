import {
  LocalStageStream,
  Stage,
  type StageError,
  StageEvents,
  type StageParticipantInfo,
  StageParticipantPublishState,
  type StageStrategy,
  type StageVideoConfiguration,
  SubscribeType,
} from 'amazon-ivs-web-broadcast';

const form = document.querySelector<HTMLFormElement>('#lobby');
const studio = document.querySelector<HTMLElement>('#studio');
const preview = document.querySelector<HTMLVideoElement>('#preview');
const state = document.querySelector<HTMLOutputElement>('#state');
const problem = document.querySelector<HTMLElement>('#problem');
const video: StageVideoConfiguration = { maxVideoBitrateKbps: 1_200, simulcast: { enabled: true } };

form?.addEventListener('submit', (event) => {
  event.preventDefault();
  goOnAir(String(new FormData(form).get('token')).trim()).catch((error: Error) => show(problem, error.message));
});

/** Publishes camera and microphone, and subscribes to nobody. */
async function goOnAir(token: string): Promise<void> {
  let streams: LocalStageStream[] = [];
  const strategy: StageStrategy = {
    stageStreamsToPublish: () => streams,
    shouldPublishParticipant: () => true,
    shouldSubscribeToParticipant: () => SubscribeType.NONE,
  };
  const stage = new Stage(token, strategy);
  stage.on(StageEvents.ERROR, (error: StageError) => {
    show(problem, `${error.category} ${error.code}: ${error.message}`);
  });
  stage.on(StageEvents.STAGE_LEFT, () => {
    for (const { mediaStreamTrack } of streams) mediaStreamTrack.stop();
  });
  stage.on(
    StageEvents.STAGE_PARTICIPANT_PUBLISH_STATE_CHANGED,
    (participant: StageParticipantInfo, publishState: StageParticipantPublishState) => {
      if (!participant.isLocal) return;
      show(state, publishState === StageParticipantPublishState.PUBLISHED ? 'On air' : 'Off air');
    },
  );
  await stage.join();
  window.addEventListener('pagehide', stage.leave);
  if (form) form.hidden = true;
  if (studio) studio.hidden = false;

  const media = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
  streams = media
    .getTracks()
    .map((track) => (track.kind === 'video' ? new LocalStageStream(track, video) : new LocalStageStream(track)));
  if (preview) preview.srcObject = media;
  stage.refreshStrategy();
}

function show(element: HTMLElement | null, text: string): void {
  if (element) element.textContent = text;
}
