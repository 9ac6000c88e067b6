import Hls from 'hls.js';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { useSession } from '../session.ts';
import { type RecordedPiece, thumbnailMoments } from './thumbnail-moments.ts';

export interface Thumbnail {
  readonly key: string;
  /** When it was written. */
  readonly modifiedMs: number;
}

interface PlayerProps {
  readonly bucket: string;
  readonly mainKey: string;
  /** In their order. */
  readonly thumbnails: readonly Thumbnail[];
}

/** Plays HLS out of the server's own store, signing each request. Its thumbnails lead to where they were taken. */
export function Player({ bucket, mainKey, thumbnails }: PlayerProps) {
  const { api } = useSession();
  const video = useRef<HTMLVideoElement>(null);
  const [trouble, setTrouble] = useState<string>();
  const [pieces, setPieces] = useState<readonly RecordedPiece[]>([]);
  const [second, setSecond] = useState(0);
  useEffect(() => {
    const element = video.current;
    if (!element) return;
    if (!Hls.isSupported()) {
      setTrouble('This browser does not play HLS in pages.');
      return;
    }
    const hls = new Hls({
      // Workers out of blobs are not for pages of a strict content security policy.
      enableWorker: false,
      xhrSetup: (request, url) => request.open('GET', api.signObject(url), true),
    });
    hls.on(Hls.Events.LEVEL_LOADED, (_, { details }) =>
      setPieces(
        details.fragments.map(({ start, duration, programDateTime }) => ({
          startSeconds: start,
          durationSeconds: duration,
          recordedAtMs: programDateTime ?? undefined,
        })),
      ),
    );
    hls.on(Hls.Events.ERROR, (_, { fatal, details }) => {
      if (fatal) setTrouble(`It does not play: ${details}.`);
    });
    const [address = ''] = api.objectUrl(bucket, mainKey).split('?');
    hls.loadSource(address);
    hls.attachMedia(element);
    return () => hls.destroy();
  }, [api, bucket, mainKey]);
  const moments = useMemo(
    () =>
      thumbnailMoments(
        thumbnails.map(({ modifiedMs }) => modifiedMs),
        pieces,
      ),
    [thumbnails, pieces],
  );
  const urls = useMemo(() => thumbnails.map(({ key }) => api.objectUrl(bucket, key)), [api, bucket, thumbnails]);
  const shownNow = moments.findLastIndex((moment) => moment <= second + 0.5);
  return (
    <div class="player">
      {/* biome-ignore lint/a11y/useMediaCaption: what people said is not written down */}
      <video
        ref={video}
        controls
        playsInline
        aria-label="Recording"
        onTimeUpdate={({ currentTarget }) => setSecond(currentTarget.currentTime)}
      />
      {trouble && (
        <p class="problem" role="alert">
          {trouble}
        </p>
      )}
      {thumbnails.length > 0 && (
        <ul class="thumbnails" aria-label="Thumbnails">
          {urls.map((url, index) => {
            const moment = moments[index];
            const words = moment === undefined ? '' : clockOf(moment);
            return (
              <li key={thumbnails[index]?.key}>
                <button
                  type="button"
                  aria-label={`Thumbnail ${index + 1}: go to ${words}`}
                  aria-current={index === shownNow ? 'true' : undefined}
                  disabled={moment === undefined}
                  onClick={() => {
                    if (video.current && moment !== undefined) video.current.currentTime = moment;
                  }}
                >
                  <img src={url} alt="" loading="lazy" />
                  <span>{words}</span>
                </button>
              </li>
            );
          })}
        </ul>
      )}
    </div>
  );
}

/** `1:02:05`, `2:05`. */
function clockOf(seconds: number): string {
  const whole = Math.floor(seconds);
  const two = (value: number) => String(value).padStart(2, '0');
  const minutes = Math.floor(whole / 60);
  return minutes >= 60
    ? `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(whole % 60)}`
    : `${minutes}:${two(whole % 60)}`;
}
