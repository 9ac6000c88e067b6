import { findServer, type ServerOptions } from '../api/find-server.ts';
import { endCommand, printResult } from '../terminal/end-command.ts';
import { describeEvent } from './describe-event.ts';
import { type DeadLetter, EventCalls } from './event-calls.ts';

const pageSize = 100;
/** By one call of the server. */
const replayedAtOnce = 1_000;
/** As many as a target keeps, and no more. */
const maximumReplays = 100;

export interface ListOptions extends ServerOptions {
  target?: string;
  limit: number;
  json: boolean;
}

export interface ReplayOptions extends ServerOptions {
  target?: string;
  event?: string[];
  json: boolean;
}

/** Prints dead letters, the newest first. */
export async function listDeadLetters({ target, limit, json, ...where }: ListOptions): Promise<void> {
  await endCommand(
    (async () => {
      const calls = new EventCalls(await findServer(where, process.env));
      const deadLetters: DeadLetter[] = [];
      let nextToken: string | undefined;
      do {
        const page = await calls.deadLetters({
          maxResults: String(Math.min(pageSize, limit - deadLetters.length)),
          ...(nextToken !== undefined && { nextToken }),
          ...(target !== undefined && { target }),
        });
        deadLetters.push(...page.deadLetters);
        nextToken = page.nextToken;
      } while (nextToken !== undefined && deadLetters.length < limit);
      const more = nextToken !== undefined;
      printResult(json, { deadLetters, more }, describe(deadLetters, more));
    })(),
  );
}

/** Sets dead letters on their way again. */
export async function replayDeadLetters({ target, event, json, ...where }: ReplayOptions): Promise<void> {
  await endCommand(
    (async () => {
      const calls = new EventCalls(await findServer(where, process.env));
      const order = { ...(target !== undefined && { target }), ...(event !== undefined && { eventIds: event }) };
      let replayed = 0;
      // Each call takes a portion. What is refused once more is a dead letter at once, so there may be no end of them.
      for (let call = 1; call <= maximumReplays; call += 1) {
        const portion = await calls.replay(order);
        replayed += portion;
        if (portion < replayedAtOnce || event !== undefined) break;
        if (process.stderr.isTTY) process.stderr.write(`${replayed} are on the way again …\n`);
      }
      const what = replayed === 1 ? '1 dead letter is' : `${replayed} dead letters are`;
      printResult(json, { replayed }, `${what} on the way again\n`);
    })(),
  );
}

function describe(deadLetters: readonly DeadLetter[], more: boolean): string {
  if (deadLetters.length === 0) return 'No dead letters\n';
  const lines = deadLetters.flatMap(({ target, time, reason, event }) => [
    `${time}  ${target}: ${reason}`,
    `    ${event.id}  ${describeEvent(event)}`,
  ]);
  return [...lines, ...(more ? ['There are more: see --limit'] : [])].map((line) => `${line}\n`).join('');
}
