import { type Check, failed, ok } from '../check.ts';

const OLDEST = 24;

/** Whether this Node is one that the server runs on. */
export function nodeVersionCheck(version = process.versions.node): Check {
  return {
    id: 'node',
    title: 'Node',
    needs: [],
    timeoutMs: 1_000,
    async run() {
      const [major = 0] = version.split('.').map(Number);
      if (major >= OLDEST) return { findings: [ok(version)] };
      const remedy = 'Install a newer one, or install proscenium with its optional dependencies, which bring one.';
      return { findings: [failed(`${version}, and the server needs ${OLDEST} or newer`, remedy)] };
    },
  };
}
