import type { StageStream } from '@proscenium/web-broadcast';
import { useEffect, useRef, useState } from 'preact/hooks';
import { countVideo, describeVideo, type VideoCount } from '../../try/stream-statistics.ts';
import { nameOf } from '../../try/tile.ts';
import type { LiveParticipant } from './live-stage.ts';

const figuresMs = 1_000;

interface LiveTileProps {
  readonly participant: LiveParticipant;
  readonly isHeard: boolean;
}

/** One participant: picture, name, what is muted, how loud it is and what comes of it. */
export function LiveTile({ participant, isHeard }: LiveTileProps) {
  const { info, streams, level, isSpeaking } = participant;
  const picture = useRef<HTMLVideoElement>(null);
  const name = nameOf(info);
  const video = streams.find(({ streamType }) => streamType === 'video');
  const figures = useFigures(video);
  useEffect(() => {
    const element = picture.current;
    if (!element) return;
    element.srcObject = streams.length === 0 ? null : new MediaStream(streams.map((stream) => stream.mediaStreamTrack));
  }, [streams]);
  const marks = [
    info.isPublishing ? undefined : 'not publishing',
    info.audioMuted && 'audio muted',
    info.videoStopped && 'video stopped',
  ].filter(Boolean);
  return (
    <li class="tile" data-participant={info.id} data-speaking={isSpeaking || undefined}>
      <div class="picture">
        <span class="initial" aria-hidden="true">
          {name.slice(0, 1).toUpperCase()}
        </span>
        <video
          ref={picture}
          autoplay
          playsInline
          muted={info.isLocal || !isHeard}
          aria-label={`Picture of ${name}`}
          hidden={!video || info.videoStopped}
        />
        {isSpeaking && <span class="speaking">Speaking</span>}
      </div>
      <div class="caption">
        <strong>{info.isLocal ? `${name} (you)` : name}</strong>
        {marks.length > 0 && <span class="quiet">{marks.join(', ')}</span>}
        <meter class="level" min={0} max={1} value={level} aria-label={`Loudness of ${name}`} />
      </div>
      <p class="figures">{figures}</p>
    </li>
  );
}

/** What is received or sent of a video now, `1280×720 · 812 kbps`. */
function useFigures(video: StageStream | undefined): string {
  const [figures, setFigures] = useState('');
  useEffect(() => {
    setFigures('');
    if (!video) return;
    let before: VideoCount | undefined;
    let isOver = false;
    const timer = setInterval(async () => {
      const report = await video.requestRTCStats();
      const count = countVideo(report.values());
      if (count && !isOver) setFigures(describeVideo(count, before));
      before = count;
    }, figuresMs);
    return () => {
      isOver = true;
      clearInterval(timer);
    };
  }, [video]);
  return figures;
}
