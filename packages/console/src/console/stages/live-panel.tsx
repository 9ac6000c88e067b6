import { useState } from 'preact/hooks';
import { Mark } from '../controls/mark.tsx';
import { LiveTile } from './live-tile.tsx';
import type { Live, Role } from './use-live-stage.ts';

const roles: readonly (readonly [Role, string])[] = [
  ['watch', 'Watch'],
  ['camera', 'Join with camera'],
  ['screen', 'Share a screen'],
  ['picture', 'Send a test picture'],
];

/** Pictures and sound of the stage, and the ways into it. */
export function LivePanel({ live, isActive }: { live: Live; isActive: boolean }) {
  const { role, view, trouble, enter, leave, setMuted, setSilenced, preferLayer } = live;
  const [isHeard, setHeard] = useState(false);
  const [muted, setMutedKinds] = useState({ audio: false, video: false });
  const toggle = (kind: 'audio' | 'video') => {
    setMuted(kind, !muted[kind]);
    setMutedKinds({ ...muted, [kind]: !muted[kind] });
  };
  const begin = (wanted: Role) => {
    setMutedKinds({ audio: false, video: false });
    void enter(wanted);
  };
  const participants = view?.participants ?? [];
  return (
    <section class="live" aria-label="Live">
      {trouble && (
        <p class="problem" role="alert">
          {trouble}
        </p>
      )}
      {role === undefined ? (
        <div class="curtain">
          <p>{isActive ? 'Somebody is on this stage.' : 'Nobody is on this stage.'}</p>
          <div class="actions">
            {roles.map(([each, words]) => (
              <button
                key={each}
                type="button"
                class={each === 'watch' ? 'button primary' : 'button'}
                onClick={() => begin(each)}
              >
                {words}
              </button>
            ))}
          </div>
          <p class="hint">The console joins by a token that it makes for itself, as the participant “Console”.</p>
        </div>
      ) : (
        <>
          <div class="live-bar">
            <Mark state={view?.connection === 'connected' ? 'Live' : 'Connecting…'} />
            <span class="quiet">
              {role === 'watch' ? 'Watching' : 'Taking part'}
              {participants.length > 0 && `, ${participants.length} in the picture`}
            </span>
            <span class="actions">
              <button type="button" class="button small" aria-pressed={isHeard} onClick={() => setHeard(!isHeard)}>
                {isHeard ? 'Sound on' : 'Sound off'}
              </button>
              {role !== 'watch' && (
                <>
                  <button type="button" class="button small" aria-pressed={muted.audio} onClick={() => toggle('audio')}>
                    {muted.audio ? 'Unmute' : 'Mute'}
                  </button>
                  <button type="button" class="button small" aria-pressed={muted.video} onClick={() => toggle('video')}>
                    {muted.video ? 'Start video' : 'Stop video'}
                  </button>
                </>
              )}
              <button type="button" class="button small" onClick={leave}>
                Leave
              </button>
            </span>
          </div>
          {participants.length === 0 ? (
            <p class="curtain">Waiting for somebody to come…</p>
          ) : (
            <ul class="tiles" aria-label="Live tiles">
              {participants.map((participant) => (
                <LiveTile
                  key={participant.info.id}
                  participant={participant}
                  isHeard={isHeard}
                  setSilenced={setSilenced}
                  preferLayer={preferLayer}
                />
              ))}
            </ul>
          )}
        </>
      )}
    </section>
  );
}
