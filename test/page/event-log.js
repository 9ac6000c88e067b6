/**
 * What happened on the page, in order, with the time of the machine's clock.
 *
 * `category` is that of an error.
 *
 * @typedef {{ name: string, stageName?: string, participantId?: string, detail?: string, category?: string, atMs: number }} LoggedEvent
 * @typedef {{ name: string, stageName?: string, participantId?: string, detail?: string, afterMs?: number }} EventMatch
 */
export class EventLog {
  /** @type {LoggedEvent[]} */
  #events = [];
  #arrivals = new EventTarget();

  /** @param {Omit<LoggedEvent, 'atMs'>} event */
  add(event) {
    this.#events.push({ ...event, atMs: Date.now() });
    this.#arrivals.dispatchEvent(new Event('arrival'));
  }

  all() {
    return [...this.#events];
  }

  /**
   * The first event, past or to come, that has all members of the match.
   *
   * @param {EventMatch} match
   * @param {number} timeoutMs
   * @returns {Promise<LoggedEvent>}
   */
  async waitFor(match, timeoutMs) {
    const signal = AbortSignal.timeout(timeoutMs);
    for (;;) {
      const found = this.#events.find((event) => matches(event, match));
      if (found !== undefined) return found;
      if (signal.aborted) {
        throw new Error(`Waited ${timeoutMs} ms for ${JSON.stringify(match)}; saw ${JSON.stringify(this.#events)}`);
      }
      await new Promise((resolve) => {
        this.#arrivals.addEventListener('arrival', resolve, { once: true });
        signal.addEventListener('abort', resolve, { once: true });
      });
    }
  }
}

/**
 * @param {LoggedEvent} event
 * @param {EventMatch} match
 */
function matches(event, { name, stageName, participantId, detail, afterMs = 0 }) {
  return (
    event.name === name &&
    (stageName === undefined || event.stageName === stageName) &&
    (participantId === undefined || event.participantId === participantId) &&
    (detail === undefined || event.detail === detail) &&
    event.atMs >= afterMs
  );
}
