import { MediaRefusal } from '../refusal.ts';
import type { Attributes } from './session-description.ts';

/** A side's user name fragment and password of one ICE session (RFC 8839 §5.4). */
export interface IceCredentials {
  readonly usernameFragment: string;
  readonly password: string;
}

/** Lengths by RFC 8839 §5.4. Any character that can be seen: some senders write more than its grammar has. */
const USERNAME_FRAGMENT = /^[\x21-\x7e]{4,256}$/;
const PASSWORD = /^[\x21-\x7e]{22,256}$/;

/**
 * The credentials of a bundle: those of its first section that has some, or those of the session as a whole.
 *
 * @param places the sections' attributes, then the session's
 * @returns undefined when nowhere is one
 * @throws {MediaRefusal} `BROKEN_OFFER` for a fragment without a password, a password without a fragment, and odd ones
 */
export function readIceCredentials(places: readonly Attributes[]): IceCredentials | undefined {
  const usernameFragment = firstValue(places, 'ice-ufrag');
  const password = firstValue(places, 'ice-pwd');
  if (usernameFragment === undefined && password === undefined) return undefined;
  if (!USERNAME_FRAGMENT.test(usernameFragment ?? '') || !PASSWORD.test(password ?? '')) {
    throw new MediaRefusal('BROKEN_OFFER', 'The ICE user name fragment or password is missing or has a wrong form');
  }
  return { usernameFragment: usernameFragment ?? '', password: password ?? '' };
}

function firstValue(places: readonly Attributes[], name: string): string | undefined {
  return places.map((attributes) => attributes.first(name)).find((value) => value !== undefined);
}
