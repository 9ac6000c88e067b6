import { threadCpuSeconds } from '../support/programs.ts';
import type { Load } from './load.ts';
import type { Measured } from './orders.ts';
import type { Target } from './targets.ts';

/** What a target did, and used, in a while. */
export interface Window extends Measured {
  /** Of the process that forwards. */
  readonly workerCpuSeconds: number;
  readonly controlCpuSeconds: number;
}

export async function measureWindow(load: Load, target: Target, durationMs: number): Promise<Window> {
  const before = targetCpuSeconds(target);
  const measured = await load.order<Measured>({ kind: 'measure', durationMs });
  const after = targetCpuSeconds(target);
  return {
    ...measured,
    workerCpuSeconds: after.worker - before.worker,
    controlCpuSeconds: after.control - before.control,
  };
}

/** CPU time that a target has used; for control 0 where there is no process of its own for it. */
export function targetCpuSeconds({ workerPid, controlPid }: Target): { worker: number; control: number } {
  return {
    worker: threadCpuSeconds(workerPid),
    control: controlPid === undefined ? 0 : threadCpuSeconds(controlPid),
  };
}

const FULL = 0.9;

/** Why a row is to be read with care; empty when it is sound. @param expected packets that were to arrive */
export function remark(window: Window, expected: number): string {
  const remarks: string[] = [];
  if (window.workerCpuSeconds > FULL * window.seconds) remarks.push('its core is full');
  if (window.cpuSeconds > FULL * window.seconds) remarks.push("the generator's core is full");
  const missing = 1 - window.received / expected;
  if (missing > 0.02) remarks.push(`${(100 * missing).toFixed(0)} % did not arrive`);
  else if (window.lost > 0) remarks.push(`${window.lost} packets lost`);
  if (window.notAuthentic > 0) remarks.push(`${window.notAuthentic} packets NOT AUTHENTIC`);
  if (window.opened === 0) remarks.push('nothing was opened');
  return remarks.join(', ');
}
