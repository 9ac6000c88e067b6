import { runChildProgram } from '../child-program/run-child-program.ts';
import { Composer } from './composer.ts';
import { ComposerLoad } from './composer-load.ts';
import type { ComposerOpened, FromComposer, ToComposer } from './composer-messages.ts';

/** Makes one composition. */
const STATISTICS_INTERVAL_MS = 2_000;
let composer: Composer | undefined;
let statistics: NodeJS.Timeout | undefined;

async function close(): Promise<void> {
  clearInterval(statistics);
  await composer?.close();
}

const server = runChildProgram<ToComposer, FromComposer>({
  onMessage(message) {
    if (message.type === 'participants') composer?.setParticipants(message.participants);
    else if (message.type === 'news') composer?.news(message.participantId, message.news);
    else if (message.type === 'endDestination') composer?.endDestination(message.destinationId);
  },
  async onQuestion(question): Promise<ComposerOpened | undefined> {
    if (question.type === 'close') return close().then(() => undefined);
    if (question.type !== 'open') throw new Error(`Nobody asks for ${question.type}`);
    if (composer) throw new Error('There is a composition already');
    composer = await Composer.open(question.options, question.goesOn, (message) => server.send(message));
    const load = new ComposerLoad();
    const opened = composer;
    statistics = setInterval(() => {
      server.send({ type: 'statistics', statistics: load.read(opened.renditions) });
    }, STATISTICS_INTERVAL_MS);
    return { port: composer.port };
  },
  onClose: close,
});
