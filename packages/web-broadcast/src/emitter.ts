/** Event name → the arguments that its listeners get. */
export type EventMap<Events> = { [Name in keyof Events]: readonly unknown[] };
type Listener<Arguments extends readonly unknown[]> = (...args: Arguments) => void;

interface Registration {
  readonly listener: Listener<never>;
  readonly once: boolean;
}

/**
 * Typed event emitter. A listener that throws does not stop the others: its error is reported as the page reports
 * uncaught errors, as with `EventTarget`.
 */
export class Emitter<Events extends EventMap<Events>> {
  readonly #registrations = new Map<keyof Events, Registration[]>();

  constructor() {
    // Vue wraps what is put into its reactive state, and private members cannot be reached through that, unless it is marked so.
    Object.defineProperty(this, '__v_skip', { value: true });
  }

  /** Calls the listener whenever this happens. */
  on<Name extends keyof Events>(event: Name, listener: Listener<Events[Name]>): void {
    this.#add(event, { listener, once: false });
  }

  /** Calls the listener when this happens the next time. */
  once<Name extends keyof Events>(event: Name, listener: Listener<Events[Name]>): void {
    this.#add(event, { listener, once: true });
  }

  /** Calls the listener no more. */
  off<Name extends keyof Events>(event: Name, listener: Listener<Events[Name]>): void {
    this.#registrations.set(
      event,
      this.#of(event).filter((registration) => registration.listener !== listener),
    );
  }

  /** Removes the listeners of one event, or of all events when none is named. */
  removeAllListeners(event?: keyof Events): void {
    if (event === undefined) this.#registrations.clear();
    else this.#registrations.delete(event);
  }

  /** Whether anybody listens to this. */
  hasListenersFor(event: keyof Events): boolean {
    return this.#of(event).length > 0;
  }

  protected emit<Name extends keyof Events>(event: Name, ...args: Events[Name]): void {
    for (const registration of this.#of(event)) {
      if (!this.#of(event).includes(registration)) continue; // removed by an earlier listener
      if (registration.once) this.#remove(event, registration);
      try {
        (registration.listener as unknown as Listener<Events[Name]>)(...args);
      } catch (error) {
        reportUncaught(error);
      }
    }
  }

  #add(event: keyof Events, registration: Registration): void {
    this.#registrations.set(event, [...this.#of(event), registration]);
  }

  #remove(event: keyof Events, registration: Registration): void {
    this.#registrations.set(
      event,
      this.#of(event).filter((other) => other !== registration),
    );
  }

  /** Replaced, never changed, so that a running `emit` keeps its own view. */
  #of(event: keyof Events): readonly Registration[] {
    return this.#registrations.get(event) ?? [];
  }
}

/** Hands an error of the application's own code to the page's `error` event (elsewhere: to the process). */
export function reportUncaught(error: unknown): void {
  const { reportError } = globalThis as { reportError?: (error: unknown) => void };
  if (typeof reportError === 'function') reportError(error);
  else
    queueMicrotask(() => {
      throw error;
    });
}
