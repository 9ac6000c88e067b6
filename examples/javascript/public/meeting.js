import { LocalStageStream, Stage, StageEvents, SubscribeType } from './web-broadcast.js';

/**
 * Joins a meeting in which everybody sees and hears everybody.
 *
 * @param tracks camera and microphone; they are stopped when this is over. Without any, one watches
 * @param options.onChange called when there is something else to show
 * @param options.onProblem called with an error
 * @param options.onLeft called when this is over, for whatever reason
 * @returns once in: `people`, by id, each with `info` and `streams`, and the `stage`
 */
export async function joinMeeting(token, tracks, { onChange, onProblem, onLeft }) {
  const streams = tracks.map((track) => new LocalStageStream(track));
  const stage = new Stage(token, {
    stageStreamsToPublish: () => streams,
    shouldPublishParticipant: () => streams.length > 0,
    shouldSubscribeToParticipant: () => SubscribeType.AUDIO_VIDEO,
  });
  const people = new Map();
  const person = (info) => {
    if (!people.has(info.id)) people.set(info.id, { info, streams: [] });
    return people.get(info.id);
  };
  const on = (event, change) =>
    stage.on(event, (...args) => {
      change(...args);
      onChange();
    });

  on(StageEvents.STAGE_PARTICIPANT_JOINED, person);
  on(StageEvents.STAGE_PARTICIPANT_LEFT, ({ id }) => people.delete(id));
  on(StageEvents.STAGE_PARTICIPANT_STREAMS_ADDED, (info, added) => person(info).streams.push(...added));
  on(StageEvents.STAGE_PARTICIPANT_STREAMS_REMOVED, (info, removed) => {
    person(info).streams = person(info).streams.filter((stream) => !removed.includes(stream));
  });
  on(StageEvents.STAGE_STREAM_MUTE_CHANGED, () => {});
  stage.on(StageEvents.ERROR, onProblem);
  stage.on(StageEvents.STAGE_LEFT, () => {
    for (const track of tracks) track.stop();
    removeEventListener('pagehide', stage.leave);
    onLeft();
  });

  await stage.join();
  person(stage.localParticipant);
  addEventListener('pagehide', stage.leave);
  return { people, stage };
}
