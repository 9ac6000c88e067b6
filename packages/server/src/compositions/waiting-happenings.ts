import type { Happening } from './life-cycle.ts';

export type TimedHappening = { readonly happening: Happening; readonly time: Date };

/**
 * What happened to one composition and is not written down yet, oldest first. It stays short however long writing takes:
 * what says nothing new is left out, and a connection that comes and goes is remembered by its last change.
 */
export class WaitingHappenings {
  readonly #waiting: TimedHappening[] = [];

  get size(): number {
    return this.#waiting.length;
  }

  add(added: TimedHappening): void {
    const earlier = this.#waiting.filter((other) => subjectOf(other) === subjectOf(added));
    const [last, lastButOne] = earlier.toReversed();
    if (last && (isLastWord(last) || wordOf(last) === wordOf(added))) return;
    // The one in between stays: it may be the first word of a start.
    if (lastButOne && wordOf(lastButOne) === wordOf(added)) this.#waiting.splice(this.#waiting.indexOf(lastButOne), 1);
    this.#waiting.push(added);
  }

  takeFirst(): TimedHappening | undefined {
    return this.#waiting.shift();
  }

  putBack(first: TimedHappening): void {
    this.#waiting.unshift(first);
  }

  clear(): void {
    this.#waiting.length = 0;
  }
}

function subjectOf({ happening }: TimedHappening): string {
  return happening.type === 'report' ? `destination ${happening.report.destinationId}` : happening.type;
}

function wordOf({ happening }: TimedHappening): string {
  return happening.type === 'report' ? happening.report.state : happening.type;
}

/** Nothing follows the end of a destination. */
function isLastWord(waiting: TimedHappening): boolean {
  return wordOf(waiting) === 'STOPPED' || wordOf(waiting) === 'FAILED';
}
