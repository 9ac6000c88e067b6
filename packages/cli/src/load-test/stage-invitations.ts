import type { Capability, StageCalls } from './stage-calls.ts';

/** So many calls are under way at once. */
const AT_ONCE = 4;
/** Joining and leaving come on top of what is measured, and clocks differ. */
const MARGIN_MINUTES = 60;

/** Invites participants to a stage, who may do the one thing that they come for. */
export class StageInvitations {
  readonly #calls: StageCalls;
  readonly #stageArn: string;
  readonly #durationMinutes: number;

  /** @param durationSeconds of the test */
  constructor(calls: StageCalls, stageArn: string, durationSeconds: number) {
    this.#calls = calls;
    this.#stageArn = stageArn;
    this.#durationMinutes = Math.ceil(durationSeconds / 60) + MARGIN_MINUTES;
  }

  /** @returns tokens; none when the signal was aborted meanwhile. @throws {CallFailed} */
  async send(capability: Capability, count: number, signal: AbortSignal): Promise<string[]> {
    const tokens = new Array<string>(count);
    const left = Array.from(tokens.keys());
    const invite = async () => {
      for (let index = left.shift(); index !== undefined && !signal.aborted; index = left.shift()) {
        const userId = `load-test-${capability.toLowerCase()}-${index + 1}`;
        const participant = { userId, capability, durationMinutes: this.#durationMinutes };
        tokens[index] = await this.#calls.invite(this.#stageArn, participant);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, invite));
    return signal.aborted ? [] : tokens;
  }
}
