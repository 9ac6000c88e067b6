import { type Check, skipped } from '../check.ts';

/** Where recordings go: the configuration has no place for them. */
export const objectStoreCheck: Check = {
  id: 'object-store',
  title: 'Object store',
  needs: [],
  timeoutMs: 1_000,
  run: async () => ({ findings: [skipped('recording is not configured')] }),
};
