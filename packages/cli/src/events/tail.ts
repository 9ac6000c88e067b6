import { setTimeout as sleep } from 'node:timers/promises';
import { explainTrouble } from '../api/connection-trouble.ts';
import { findServer, type ServerOptions } from '../api/find-server.ts';
import { CommandError, endCommand } from '../terminal/end-command.ts';
import { describeEvent } from './describe-event.ts';
import { EventCalls } from './event-calls.ts';
import { readMessages } from './server-sent.ts';

export interface TailOptions extends ServerOptions {
  pattern?: string;
  after?: string;
  limit?: number;
  json: boolean;
}

const firstRetryMs = 500;
const longestRetryMs = 10_000;

/** Prints events until there are as many as are wanted; without a limit it does not end by itself. */
export async function tail(options: TailOptions): Promise<void> {
  // Whoever reads this may have read enough.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(0);
  });
  await endCommand(print(options));
}

async function print({ pattern, after, limit = Infinity, json, ...where }: TailOptions): Promise<void> {
  const calls = new EventCalls(await findServer(where, process.env));
  const query: Record<string, string> = pattern === undefined ? {} : { pattern };
  let last = after;
  let left = limit;
  let retryMs = firstRetryMs;
  let wasConnected = false;
  for (;;) {
    try {
      const stream = await calls.follow(query, last);
      if (wasConnected) process.stderr.write('Connected again\n');
      wasConnected = true;
      retryMs = firstRetryMs;
      for await (const { id, data } of readMessages(stream)) {
        process.stdout.write(`${json ? data : describeEvent(JSON.parse(data))}\n`);
        last = id;
        left -= 1;
        if (left === 0) return;
      }
      process.stderr.write('The server has ended the stream; trying again\n');
    } catch (error) {
      // A refusal stays one; what a first attempt meets is a wrong address, as a rule.
      if (error instanceof CommandError) throw error;
      const { says, remedy } = explainTrouble(error);
      if (!wasConnected) throw new CommandError(`No connection: ${says}. ${remedy}`);
      process.stderr.write(`No connection: ${says}; trying again\n`);
    }
    await sleep(retryMs);
    retryMs = Math.min(longestRetryMs, retryMs * 2);
  }
}
