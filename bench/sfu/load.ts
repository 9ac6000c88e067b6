import type { ChildProcess } from 'node:child_process';
import { nextMessage, startProgram } from '../support/programs.ts';
import type { Order } from './orders.ts';

type Answer = { readonly result: unknown } | { readonly error: string };

/** The generator, on the core of what measures. */
export class Load {
  readonly #program: ChildProcess;

  private constructor(program: ChildProcess) {
    this.#program = program;
  }

  /** @param enter what brings it into the network of what is measured */
  static async start(enter: readonly string[] = []): Promise<Load> {
    const program = startProgram(new URL('./generator.ts', import.meta.url), 'load', [], enter);
    await nextMessage(program);
    return new Load(program);
  }

  /** @throws what went wrong in the generator */
  async order<Result>(order: Order): Promise<Result> {
    this.#program.send(order);
    const answer = await nextMessage<Answer>(this.#program);
    if ('error' in answer) throw new Error(answer.error);
    return answer.result as Result;
  }

  close(): void {
    this.#program.kill();
  }
}
