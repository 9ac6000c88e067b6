import { readdir, readFile } from 'node:fs/promises';
import { until } from './until.ts';

/** The program that a child process of the server runs, by its process id. */
export async function childrenOf(pid: number): Promise<Map<number, string>> {
  const children = new Map<number, string>();
  for (const task of await readdir(`/proc/${pid}/task`)) {
    const ids = await readFile(`/proc/${pid}/task/${task}/children`, 'utf8');
    for (const id of ids.split(' ').filter((text) => text !== '')) {
      const program = await commandOf(Number(id));
      if (program !== undefined) children.set(Number(id), program);
    }
  }
  return children;
}

/** Waits until none of these processes runs the program that it ran. */
export async function untilGone(processes: Map<number, string>): Promise<void> {
  await until(
    async () => {
      const commands = await Promise.all([...processes.keys()].map(async (id) => [id, await commandOf(id)] as const));
      return commands.filter(([id, command]) => command !== undefined && command === processes.get(id));
    },
    (alive) => alive.length === 0,
  );
}

/** Undefined when there is no such process, or only its exit code is left. */
async function commandOf(pid: number): Promise<string | undefined> {
  try {
    return (await readFile(`/proc/${pid}/cmdline`, 'utf8')) || undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return undefined;
    throw error;
  }
}
