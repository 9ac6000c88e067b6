import { runChildProgram } from '../child-program/run-child-program.ts';
import { OpenRecording } from './open-recording.ts';
import type { FromRecorder, Opened, RecorderNews, ToRecorder } from './recorder-messages.ts';

/** Records many publications, each into its folder. */
const TICK_MS = 100;
const recordings = new Map<number, OpenRecording>();
/** Those that are being opened. */
const openings = new Map<number, Promise<Opened>>();

setInterval(() => {
  for (const recording of recordings.values()) recording.tick();
}, TICK_MS);

const server = runChildProgram<ToRecorder, FromRecorder>({
  onMessage(message) {
    if (message.type === 'news') recordings.get(message.id)?.news(message.news);
  },
  async onQuestion(question) {
    if (question.type === 'open') return beginOpening(question);
    await openings.get(question.id);
    const recording = recordings.get(question.id);
    recordings.delete(question.id);
    await recording?.stop();
    return undefined;
  },
  async onClose() {
    await Promise.all([...recordings.values()].map((recording) => recording.stop()));
  },
});

function beginOpening(question: Extract<ToRecorder, { type: 'open' }>): Promise<Opened> {
  const opening = open(question).finally(() => openings.delete(question.id));
  openings.set(question.id, opening);
  return opening;
}

async function open({ id, options, kinds }: Extract<ToRecorder, { type: 'open' }>): Promise<Opened> {
  const tell = (news: RecorderNews) => server.send({ id, news });
  try {
    const recording = await OpenRecording.open(options, kinds, tell);
    recordings.set(id, recording);
    return { port: recording.port };
  } catch (error) {
    return { fault: { code: 'INTERNAL', message: error instanceof Error ? error.message : String(error) } };
  }
}
