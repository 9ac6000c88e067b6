import {
  LocalStageStream,
  Stage,
  StageConnectionState,
  StageEvents,
  StreamType,
  SubscribeType,
} from 'amazon-ivs-web-broadcast';
import { useEffect, useRef, useState } from 'react';

/**
 * A meeting in which everybody sees and hears everybody.
 *
 * `people` are `{ id, name, isLocal, streams, isMuted, isStopped }`; `stage` is undefined while outside.
 */
export function useMeeting() {
  const [stage, setStage] = useState();
  const [people, setPeople] = useState([]);
  const [problem, setProblem] = useState('');
  const present = useRef(undefined);

  // Whoever goes to another page of the application leaves.
  useEffect(() => () => present.current?.leave(), []);

  async function join(token) {
    setProblem('');
    try {
      const entered = createStage(token, {
        onPeople: setPeople,
        onError: (error) => setProblem(error.message),
        onLeft: () => setStage(undefined),
      });
      present.current = entered;
      await entered.join();
      setStage(entered);
      await entered.open();
    } catch (error) {
      setProblem(error.message);
    }
  }

  return { join, people, problem, stage };
}

function createStage(token, { onPeople, onError, onLeft }) {
  // Camera and microphone may come later than everybody else.
  let streams = [undefined, undefined];
  let isOver = false;
  const stage = new Stage(token, {
    stageStreamsToPublish: () => streams,
    shouldPublishParticipant: () => true,
    shouldSubscribeToParticipant: () => SubscribeType.AUDIO_VIDEO,
  });
  const people = new Map();
  const show = () => onPeople([...people.values()].map(describe));
  const person = (info) => {
    if (!people.has(info.id)) people.set(info.id, { info, streams: [] });
    return people.get(info.id);
  };

  stage.on(StageEvents.STAGE_CONNECTION_STATE_CHANGED, (state) => {
    if (state === StageConnectionState.CONNECTED) person(stage.localParticipant);
    show();
  });
  stage.on(StageEvents.STAGE_PARTICIPANT_JOINED, (info) => {
    person(info);
    show();
  });
  stage.on(StageEvents.STAGE_PARTICIPANT_LEFT, ({ id }) => {
    people.delete(id);
    show();
  });
  stage.on(StageEvents.STAGE_PARTICIPANT_STREAMS_ADDED, (info, added) => {
    person(info).streams.push(...added);
    show();
  });
  stage.on(StageEvents.STAGE_PARTICIPANT_STREAMS_REMOVED, (info, removed) => {
    person(info).streams = person(info).streams.filter((stream) => !removed.includes(stream));
    show();
  });
  stage.on(StageEvents.STAGE_STREAM_MUTE_CHANGED, show);
  stage.on(StageEvents.ERROR, onError);
  stage.on(StageEvents.STAGE_LEFT, () => {
    isOver = true;
    close();
    onLeft();
  });

  function close() {
    window.removeEventListener('online', stage.refreshStrategy);
    window.removeEventListener('pagehide', stage.leave);
    for (const stream of streams) stream?.mediaStreamTrack.stop();
  }

  return {
    async join() {
      await stage.join();
      window.addEventListener('online', stage.refreshStrategy);
      window.addEventListener('pagehide', stage.leave);
    },
    leave: stage.leave,
    async open() {
      const video = { width: { ideal: 640 }, height: { ideal: 360 } };
      const media = await navigator.mediaDevices.getUserMedia({ audio: true, video });
      streams = media.getTracks().map((track) => new LocalStageStream(track));
      // Whoever was asked for them may have left meanwhile.
      if (isOver) close();
      else stage.refreshStrategy();
    },
    toggleMicrophone: () => toggle(stage.localParticipant.audioStream),
    toggleCamera: () => toggle(stage.localParticipant.videoStream),
  };
}

function toggle(stream) {
  stream?.setMuted(!stream.isMuted);
}

function describe({ info, streams }) {
  const isOff = (type) => streams.some(({ streamType, isMuted }) => streamType === type && isMuted);
  return {
    id: info.id,
    name: info.attributes.name || info.userId || info.id,
    isLocal: info.isLocal,
    streams: [...streams],
    isMuted: isOff(StreamType.AUDIO),
    isStopped: isOff(StreamType.VIDEO),
  };
}
