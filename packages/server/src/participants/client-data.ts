import type { IncomingHttpHeaders } from 'node:http';
import Bowser from 'bowser';

/** What is known of a participant's client; `''` for what is not known. */
export interface ClientData extends RecordedClientData {
  /** ISO 3166-1 alpha-2. */
  readonly countryCode: string;
}

/** As it stands in its record. */
export interface RecordedClientData {
  readonly browserName: string;
  readonly browserVersion: string;
  readonly osName: string;
  readonly osVersion: string;
  readonly sdkVersion: string;
}

const MAXIMUM_USER_AGENT_LENGTH = 1_024;

/** Of codes that nobody has, `XX` is what proxies say when they do not know. */
const COUNTRY_CODE = /^(?!XX)[A-Z]{2}$/;

/** @param countryHeader in which a proxy tells the country that a request comes from; undefined: none does */
export function readClientData(
  { 'user-agent': userAgent, ...headers }: IncomingHttpHeaders,
  countryHeader?: string | undefined,
): ClientData {
  const told = countryHeader === undefined ? undefined : headers[countryHeader.toLowerCase()];
  const countryCode = typeof told === 'string' && COUNTRY_CODE.test(told) ? told : '';
  return { ...readUserAgent(userAgent), countryCode };
}

function readUserAgent(userAgent: string | undefined): RecordedClientData {
  if (!userAgent || userAgent.length > MAXIMUM_USER_AGENT_LENGTH) return fromParts({});
  const { browser, os } = Bowser.parse(userAgent);
  return fromParts({
    browserName: browser.name,
    browserVersion: browser.version,
    osName: os.name,
    osVersion: os.version,
  });
}

function fromParts(parts: Partial<Record<keyof RecordedClientData, string | undefined>>): RecordedClientData {
  const { browserName, browserVersion, osName, osVersion, sdkVersion } = parts;
  return {
    browserName: clientAttribute(browserName),
    browserVersion: clientAttribute(browserVersion),
    osName: clientAttribute(osName),
    osVersion: clientAttribute(osVersion),
    sdkVersion: clientAttribute(sdkVersion),
  };
}

/** Keeps the characters that the API's ParticipantClientAttribute allows, 128 at most. */
export function clientAttribute(text: string | undefined): string {
  return (text ?? '').replace(/[^a-zA-Z0-9\-_.,:;\s]/g, '').slice(0, 128);
}
