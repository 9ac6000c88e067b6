import { reportUncaught } from '@proscenium/web-broadcast/signalling';

/** Calls what may run somebody's code: what that throws is reported as uncaught, and whatever follows goes on. */
export function guarded(call: () => void): void {
  try {
    call();
  } catch (error) {
    reportUncaught(error);
  }
}
