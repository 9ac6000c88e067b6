import { useEffect, useRef } from 'preact/hooks';
import { nameOf } from '../../try/tile.ts';
import { bitsPerSecond, framesPerSecond, percentage, wholeMilliseconds } from '../charts/units.ts';
import { Mark } from '../controls/mark.tsx';
import type { LiveParticipant } from './live-stage.ts';
import type { StreamFigures } from './received-figures.ts';

interface LiveTileProps {
  readonly participant: LiveParticipant;
  readonly isHeard: boolean;
  readonly setSilenced: (participantId: string, silenced: boolean) => void;
  readonly preferLayer: (participantId: string, label: string | undefined) => void;
}

/** One participant: picture, name, what is muted, how loud it is, what comes of it and how well. */
export function LiveTile({ participant, isHeard, setSilenced, preferLayer }: LiveTileProps) {
  const { info, streams, level, isSpeaking, figures, layers, preferredLayer, isSilenced } = participant;
  const picture = useRef<HTMLVideoElement>(null);
  const name = nameOf(info);
  const hasVideo = streams.some(({ streamType }) => streamType === 'video');
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
          hidden={!hasVideo || info.videoStopped}
        />
        {isSpeaking && <span class="speaking">Speaking</span>}
      </div>
      <div class="caption">
        <strong>{info.isLocal ? `${name} (you)` : name}</strong>
        {marks.length > 0 && <span class="quiet">{marks.join(', ')}</span>}
        <meter class="level" min={0} max={1} value={level} aria-label={`Loudness of ${name}`} />
      </div>
      <div class="figures">
        <p>{figures && describePicture(figures)}</p>
        {figures && (
          <p class="network" title="Quality of the network, as loss and round trip tell it">
            <Mark state={figures.quality} />
            <span>{describeNetwork(figures)}</span>
          </p>
        )}
      </div>
      {!info.isLocal && streams.length > 0 && (
        <div class="tile-actions">
          <button
            type="button"
            class="button small"
            aria-pressed={isSilenced}
            aria-label={`Silence here: ${name}`}
            title="For you alone. Nobody can mute others."
            onClick={() => setSilenced(info.id, !isSilenced)}
          >
            Silence here
          </button>
          {layers.length > 1 && (
            <select
              aria-label={`Layer of ${name}`}
              value={preferredLayer ?? ''}
              onChange={({ currentTarget }) => preferLayer(info.id, currentTarget.value || undefined)}
            >
              <option value="">Layer by network</option>
              {layers.map((label) => (
                <option key={label} value={label}>
                  At most {label}
                </option>
              ))}
            </select>
          )}
        </div>
      )}
    </li>
  );
}

/** `1280×720 · 30 fps · 812 kbit/s · layer hi`. */
function describePicture({ picture, bitrateBps, layer }: StreamFigures): string {
  return [
    picture && `${picture.width}×${picture.height}`,
    picture && framesPerSecond(picture.framesPerSecond),
    bitrateBps !== undefined && bitsPerSecond(bitrateBps),
    layer && `layer ${layer}`,
  ]
    .filter(Boolean)
    .join(' · ');
}

function describeNetwork({ lossPercent, roundTripMs }: StreamFigures): string {
  return [
    lossPercent !== undefined && `loss ${percentage(lossPercent)}`,
    roundTripMs !== undefined && `round trip ${wholeMilliseconds(roundTripMs)}`,
  ]
    .filter(Boolean)
    .join(' · ');
}
