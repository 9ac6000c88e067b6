import fc from 'fast-check';
import type { FuzzedStage } from './fuzzed-stage.ts';

/** Something that a client does. */
export interface JoiningCase {
  /** @returns what came of it, for the count; @throws when the server did wrong */
  run(stage: FuzzedStage): Promise<string>;
}

/** A case that shows what was chosen when it fails. */
export function joiningCase<Chosen>(
  what: string,
  chosen: fc.Arbitrary<Chosen>,
  run: (stage: FuzzedStage, chosen: Chosen) => Promise<string>,
): fc.Arbitrary<JoiningCase> {
  return chosen.map((one) => ({
    [fc.toStringMethod]: () => `${what} ${fc.stringify(one)}`,
    run: (stage: FuzzedStage) => run(stage, one),
  }));
}
