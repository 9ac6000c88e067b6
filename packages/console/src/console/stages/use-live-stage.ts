import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { openGenerated } from '../../try/generated-source.ts';
import { type MediaSource, nothing, openCamera, openScreen } from '../../try/media-source.ts';
import { wordsOf, wordsOfLeaving } from '../../try/words.ts';
import { ApiError } from '../api/api-error.ts';
import { useSession } from '../session.ts';
import { LiveStage, type LiveView } from './live-stage.ts';

export type Role = 'watch' | 'camera' | 'screen' | 'picture';

export interface Live {
  /** Undefined while one is outside. */
  readonly role: Role | undefined;
  readonly view: LiveView | undefined;
  /** In words. */
  readonly trouble: string | undefined;
  readonly enter: (role: Role) => Promise<void>;
  readonly leave: () => void;
  readonly setMuted: (kind: 'audio' | 'video', muted: boolean) => void;
}

const tokenMinutes = 720;

/** The console's own stay in a stage, by a token that it makes for itself. It ends with the page that began it. */
export function useLiveStage(stageArn: string): Live {
  const { api } = useSession();
  const present = useRef<LiveStage | undefined>(undefined);
  const [role, setRole] = useState<Role>();
  const [view, setView] = useState<LiveView>();
  const [trouble, setTrouble] = useState<string>();

  const leave = useCallback(() => {
    present.current?.close();
    present.current = undefined;
    setRole(undefined);
    setView(undefined);
  }, []);
  useEffect(() => leave, [leave]);

  const enter = useCallback(
    async (wanted: Role) => {
      leave();
      setTrouble(undefined);
      let source: MediaSource | undefined;
      try {
        source = await openSource(wanted);
        const { participantToken } = await api.call('CreateParticipantToken', {
          stageArn,
          userId: 'console',
          duration: tokenMinutes,
          attributes: { name: 'Console' },
          capabilities: wanted === 'watch' ? ['SUBSCRIBE'] : ['PUBLISH', 'SUBSCRIBE'],
        });
        const stage = new LiveStage(participantToken?.token ?? '', source, (seen) => {
          if (present.current !== stage) return;
          setView(seen);
          if (seen.left === undefined) return;
          leave();
          setTrouble(wordsOfLeaving(seen.left));
        });
        present.current = stage;
        setRole(wanted);
        await stage.join();
      } catch (error) {
        source?.stop();
        leave();
        setTrouble(error instanceof ApiError ? error.message : wordsOf(error));
      }
    },
    [api, stageArn, leave],
  );
  const setMuted = useCallback((kind: 'audio' | 'video', muted: boolean) => present.current?.setMuted(kind, muted), []);
  return { role, view, trouble: trouble ?? (view?.error && wordsOf(view.error)), enter, leave, setMuted };
}

function openSource(role: Role): MediaSource | Promise<MediaSource> {
  if (role === 'camera') return openCamera();
  if (role === 'screen') return openScreen();
  return role === 'picture' ? openGenerated('Console') : nothing;
}
