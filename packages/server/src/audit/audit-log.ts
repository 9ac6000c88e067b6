import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { AccessChange } from '../access/access-change.ts';
import type { AlarmClock } from '../clock.ts';
import { toServiceError } from '../http/service-error.ts';
import { type ClaimRules, readClaim } from '../identity/claim.ts';
import type { Audit, CallUnderWay } from './audit.ts';
import { AuditFile } from './audit-file.ts';
import { type EndedCall, formatAuditRecord, formatChangeRecord, formatLossRecord } from './audit-record.ts';

/** Writes a record of every call to a file, in the order in which they end. */
export class AuditLog implements Audit {
  readonly #file: AuditFile;
  readonly #claimRules: ClaimRules;

  private constructor(file: AuditFile, claimRules: ClaimRules) {
    this.#file = file;
    this.#claimRules = claimRules;
  }

  /** @throws when the file cannot be opened */
  static async open({
    file,
    clock,
    logger,
    ...claimRules
  }: { file: string; clock: AlarmClock; logger: Logger } & ClaimRules): Promise<AuditLog> {
    const lossLine = (count: number) => formatLossRecord(count, { time: clock.now(), eventId: randomUUID() });
    try {
      return new AuditLog(await AuditFile.open({ file, clock, logger, lossLine }), claimRules);
    } catch (error) {
      throw new Error(`The audit log cannot be opened: ${(error as Error).message}`);
    }
  }

  async accompany<Answer extends { response: object }>(
    call: CallUnderWay,
    way: () => Promise<Answer>,
  ): Promise<Answer> {
    // A connection that has ended no longer knows whose it was.
    const { remoteAddress } = call.message.socket;
    try {
      const answer = await way();
      this.#record(call, remoteAddress, { response: answer.response });
      return answer;
    } catch (thrown) {
      this.#record(call, remoteAddress, { error: toServiceError(thrown) });
      throw thrown;
    }
  }

  /** What people did to users, keys and policies beside the API. */
  append(change: AccessChange): void {
    this.#file.append(formatChangeRecord(change));
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  #record(call: CallUnderWay, remoteAddress: string | undefined, outcome: EndedCall['outcome']): void {
    const { operation, requestId, time, caller, request, message } = call;
    const { url = '', rawHeaders, headers } = message;
    const ended: EndedCall = {
      operation,
      requestId,
      time,
      // An IPv4 address as an IPv6 socket shows it: RFC 4291 section 2.5.5.2.
      sourceAddress: remoteAddress?.replace(/^::ffff:/, ''),
      userAgent: headers['user-agent'],
      from: caller ? { caller } : { claim: readClaim({ rawUrl: url, rawHeaders }, this.#claimRules) },
      request,
      outcome,
    };
    this.#file.append(formatAuditRecord(ended, randomUUID()));
  }
}
