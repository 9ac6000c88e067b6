import { type Check, skipped } from '../check.ts';

/** What decodes and encodes for compositions: nothing of this version does. */
export const codecChildCheck: Check = {
  id: 'codec-child',
  title: 'Codec child',
  needs: [],
  timeoutMs: 1_000,
  run: async () => ({ findings: [skipped('this version has none: it composes nothing')] }),
};
