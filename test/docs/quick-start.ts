import { existsSync } from 'node:fs';
import path from 'node:path';
import { root } from '../support/installation.ts';
import { networksAllowed } from './network.ts';

/** What somebody reads first, and follows in a clone. */
export const quickStartPages = ['README.md', 'docs/quick-start.md'].filter((page) => existsSync(path.join(root, page)));

/** A reason not to follow them in a fresh clone, or false. */
export function cloneMissing(): string | false {
  if (!existsSync(path.join(root, '.git'))) return 'this folder is no clone';
  return networksAllowed() ? false : 'no network of its own is allowed here, in which port 7080 is free';
}
