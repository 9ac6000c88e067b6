'use client';

// The server renders this page too, so it loads the client as well: that needs no browser.
import { Stage, StageEvents, SubscribeType } from 'amazon-ivs-web-broadcast';
import { useRef, useState } from 'react';

/** Shows who publishes on a stage, without publishing. */
export default function Audience() {
  const [stage, setStage] = useState();
  const [problem, setProblem] = useState('');
  const tiles = useRef(null);

  async function join(event) {
    event.preventDefault();
    setProblem('');
    try {
      const entered = watch(new FormData(event.target).get('token').trim(), tiles.current);
      entered.on(StageEvents.ERROR, (error) => setProblem(error.message));
      await entered.join();
      setStage(entered);
    } catch (error) {
      setProblem(error.message);
    }
  }

  return (
    <>
      <form onSubmit={join} hidden={stage !== undefined}>
        <h1>Watch the stage</h1>
        <label>
          Participant token <input name="token" required autoComplete="off" spellCheck={false} />
        </label>
        <button type="submit">Join</button>
      </form>
      <p role="alert">{problem}</p>
      <ul ref={tiles} aria-label="On the stage" />
    </>
  );
}

function watch(token, tiles) {
  const stage = new Stage(token, {
    stageStreamsToPublish: () => [],
    shouldPublishParticipant: () => false,
    shouldSubscribeToParticipant: () => SubscribeType.AUDIO_VIDEO,
  });
  const videos = new Map();
  stage.on(StageEvents.STAGE_PARTICIPANT_STREAMS_ADDED, ({ id }, streams) => {
    if (!videos.has(id)) videos.set(id, appendVideo(tiles));
    for (const { mediaStreamTrack } of streams) videos.get(id).srcObject.addTrack(mediaStreamTrack);
  });
  stage.on(StageEvents.STAGE_PARTICIPANT_STREAMS_REMOVED, ({ id }, streams) => {
    const media = videos.get(id).srcObject;
    for (const { mediaStreamTrack } of streams) media.removeTrack(mediaStreamTrack);
    if (media.getTracks().length > 0) return;
    videos.get(id).parentElement.remove();
    videos.delete(id);
  });
  window.addEventListener('pagehide', stage.leave);
  return stage;
}

function appendVideo(tiles) {
  const video = document.createElement('video');
  Object.assign(video, { autoplay: true, playsInline: true, srcObject: new MediaStream() });
  const tile = document.createElement('li');
  tile.append(video);
  tiles.append(tile);
  return video;
}
