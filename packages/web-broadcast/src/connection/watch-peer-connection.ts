import type { Clock } from '../clock.ts';
import { StageErrorCode } from '../stage/stage-error.ts';

interface PeerConnectionWatch {
  readonly connected: () => void;
  /** Nothing comes any more: another way is to be looked for. Told again as long as that lasts. */
  readonly silent: () => void;
  /** At most once. `TIMEOUT` when it never stood, `FAILED` otherwise. */
  readonly failed: (detail: string, code: StageErrorCode) => void;
}

const CONNECT_TIMEOUT_MS = 15_000;
/** How often another way is looked for, and how long. Browsers go on for longer; the server has given up by then. */
const SILENT_INTERVAL_MS = 3_000;
const SILENT_TIMES = 4;

/** Tells when a peer connection stands and when it is beyond help. @returns ends the watch */
export function watchPeerConnection(
  peerConnection: RTCPeerConnection,
  clock: Clock,
  { connected, silent, failed }: PeerConnectionWatch,
): () => void {
  const listening = new AbortController();
  const { signal } = listening;
  const stop = () => {
    cancelTimer();
    listening.abort();
  };
  const fail = (detail: string, code: StageErrorCode = StageErrorCode.FAILED) => {
    stop();
    failed(detail, code);
  };
  let cancelTimer = clock.after(CONNECT_TIMEOUT_MS, () => fail('not connected in time', StageErrorCode.TIMEOUT));

  const check = () => {
    const state = peerConnection.connectionState;
    if (state === 'failed' || state === 'closed') return fail(`connection ${state}`);
    if (state === 'connected') {
      cancelTimer();
      watchDtls();
      connected();
    } else if (state === 'disconnected') {
      cancelTimer();
      tellSilence(SILENT_TIMES);
    }
  };

  const tellSilence = (times: number) => {
    if (times === 0) return fail('connection silent');
    cancelTimer = clock.after(SILENT_INTERVAL_MS, () => tellSilence(times - 1));
    silent();
  };

  /** The other side's goodbye shows here at once, at the connection's state only after seconds. */
  let watchesDtls = false;
  const watchDtls = () => {
    const dtls = peerConnection.getTransceivers()[0]?.receiver.transport;
    if (watchesDtls || !dtls) return;
    watchesDtls = true;
    const closed = () => dtls.state === 'closed' && fail('closed by the server');
    dtls.addEventListener('statechange', closed, { signal });
  };

  peerConnection.addEventListener('connectionstatechange', check, { signal });
  return stop;
}
