import type { IncomingMessage } from 'node:http';
import type { OperationName } from '@proscenium/model';
import type { Caller } from './audit-record.ts';

/** A call on its way: what is known of it from the start, and what becomes known. */
export type CallUnderWay = {
  readonly operation: OperationName;
  readonly requestId: string;
  /** When it came. */
  readonly time: Date;
  readonly message: IncomingMessage;
  /** Set once the caller is known for sure. */
  caller?: Caller;
  /** Set once it is known to fit its shape. */
  request?: object;
};

/** Who watches calls. */
export interface Audit {
  /** Goes a call's way, and writes down what came of it. */
  accompany<Answer extends { response: object }>(call: CallUnderWay, way: () => Promise<Answer>): Promise<Answer>;
  close(): Promise<void>;
}

export const noAudit: Audit = { accompany: (_call, way) => way(), close: async () => {} };
