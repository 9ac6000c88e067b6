import { tryMediaWorker, WorkerStartError } from '@proscenium/media';
import { type Check, failed, ok, skipped } from '../check.ts';

/** Whether the program that forwards media is there, starts, and does what it is told. */
export const mediaWorkerCheck: Check<'config'> = {
  id: 'media-worker',
  title: 'Media worker',
  needs: ['config'],
  timeoutMs: 30_000,
  async run({ config: { media } }) {
    if (media.workers === 0) return { findings: [skipped('the server runs without media')] };
    try {
      const { version, startMs } = await tryMediaWorker(media.workerPath);
      const which = media.workerPath === undefined ? 'that of mediasoup' : media.workerPath;
      return { findings: [ok(`${which} works with mediasoup ${version}, and starts in ${Math.round(startMs)} ms`)] };
    } catch (error) {
      if (error instanceof WorkerStartError) return { findings: [failed(error.reason, error.advice)] };
      const remedy = 'Take the mediasoup-worker of the mediasoup that is installed (media.workerPath).';
      return { findings: [failed(`it does not do as it is told: ${(error as Error).message}`, remedy)] };
    }
  },
};
