import { parentPort, workerData } from 'node:worker_threads';
import { openForWriting } from './database-file.ts';
import { Statements } from './statements.ts';
import type { StatementAnswer, WriterAnswer, WriterRequest } from './writer.ts';

if (parentPort === null) throw new Error('This file is the entry of a worker thread');
const port = parentPort;
const database = openForWriting(workerData);
const statements = new Statements(database);

port.on('message', (request: WriterRequest) => {
  if (request === 'close') {
    database.close();
    port.close();
    return;
  }
  port.postMessage(request.map(answer) satisfies WriterAnswer);
});

function answer({ id, sql, parameters }: Exclude<WriterRequest, 'close'>[number]): StatementAnswer {
  try {
    // Some failures (disk full, I/O error) end the transaction by themselves: whatever still comes for it must not be
    // committed on its own.
    if (!database.isTransaction && !sql.startsWith('begin')) throw new Error('The transaction has been taken back');
    return { id, result: statements.run(sql, parameters) };
  } catch (error) {
    return { id, error: error instanceof Error ? error.message : String(error) };
  }
}
