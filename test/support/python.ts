import { spawnSync } from 'node:child_process';

/** Debian's Python: it sees the modules of Debian's packages, whatever other Python comes first in the path. */
export const systemPython = '/usr/bin/python3';

/** A reason to skip, or false. */
export function pythonModuleMissing(module: string, debianPackage: string): string | false {
  const { status } = spawnSync(systemPython, ['-c', `import ${module}`], { stdio: 'ignore' });
  return status === 0 ? false : `${systemPython} has no ${module} (Debian's ${debianPackage})`;
}
