import type { StageRef } from '../participants/live-stages.ts';

/**
 * When a recording begins, in whole seconds: its prefix says so. A participant that publishes twice within a second gets the
 * next second for the second one, so that none is written over another.
 *
 * @param last prefix of the participant's last recording in the session, or `''`
 */
export function recordingStartTime(now: Date, folder: string, last: string): Date {
  const second = Math.floor(now.getTime() / 1_000) * 1_000;
  const lastMs = last.startsWith(`${folder}/`) ? readTime(last.slice(folder.length + 1)) : Number.NaN;
  return new Date(lastMs >= second ? lastMs + 1_000 : second);
}

/** Where all recordings of a participant in a session are. */
export function recordingFolder({ stageId }: StageRef, sessionId: string, participantId: string): string {
  return `${stageId}/${sessionId}/${participantId}`;
}

/** What all keys of a recording begin with; a slash follows. */
export function recordingPrefix(folder: string, startTime: Date): string {
  return `${folder}/${wholeSeconds(startTime).replaceAll(':', '-')}`;
}

/** The session in which the recording began. */
export function sessionOfPrefix(prefix: string): string {
  return prefix.split('/')[1] ?? '';
}

/** RFC 3339, without a fraction. */
export function wholeSeconds(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, 'Z');
}

function readTime(written: string): number {
  return Date.parse(written.replace(/T(\d\d)-(\d\d)-(\d\d)Z$/, 'T$1:$2:$3Z'));
}
