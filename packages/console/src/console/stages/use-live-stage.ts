import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { MediaSource } from '../../try/media-source.ts';
import { ApiError } from '../api/api-error.ts';
import { useSession } from '../session.ts';
import type { LiveStage, LiveView } from './live-stage.ts';

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
  /** Silences somebody here alone. */
  readonly setSilenced: (participantId: string, silenced: boolean) => void;
  /** Undefined: whatever the connection carries. */
  readonly preferLayer: (participantId: string, label: string | undefined) => void;
}

const tokenMinutes = 720;

/** The console's own stay in a stage, by a token that it makes for itself. It ends with the page that began it. */
export function useLiveStage(stageArn: string): Live {
  const { api } = useSession();
  const present = useRef<LiveStage | undefined>(undefined);
  /** Counts wishes, so that one that was taken back while it was under way goes no further. */
  const wish = useRef(0);
  const [role, setRole] = useState<Role>();
  const [view, setView] = useState<LiveView>();
  const [trouble, setTrouble] = useState<string>();

  const leave = useCallback(() => {
    wish.current += 1;
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
      const mine = wish.current;
      let source: MediaSource | undefined;
      try {
        const { LiveStage, openSource, wordsOfLeaving } = await import('./live-entrance.ts');
        source = await openSource(wanted);
        const { participantToken } = await api.call('CreateParticipantToken', {
          stageArn,
          userId: 'console',
          duration: tokenMinutes,
          attributes: { name: 'Console' },
          capabilities: wanted === 'watch' ? ['SUBSCRIBE'] : ['PUBLISH', 'SUBSCRIBE'],
        });
        if (mine !== wish.current) return source.stop();
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
        if (mine !== wish.current) return;
        leave();
        setTrouble(await wordsOfEntering(error));
      }
    },
    [api, stageArn, leave],
  );
  const setMuted = useCallback((kind: 'audio' | 'video', muted: boolean) => present.current?.setMuted(kind, muted), []);
  const setSilenced = useCallback((id: string, silenced: boolean) => present.current?.setSilenced(id, silenced), []);
  const preferLayer = useCallback((id: string, label?: string) => present.current?.preferLayer(id, label), []);
  return { role, view, trouble: trouble ?? view?.trouble, enter, leave, setMuted, setSilenced, preferLayer };
}

async function wordsOfEntering(error: unknown): Promise<string> {
  if (error instanceof ApiError) return error.message;
  const entrance = await import('./live-entrance.ts').catch(() => undefined);
  return entrance?.wordsOf(error) ?? 'The web client could not be loaded. Load the page anew.';
}
