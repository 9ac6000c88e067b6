import Bowser from 'bowser';

/** What is known of a participant's client, as it stands in its record; `''` for what is not known. */
export interface ClientData {
  readonly browserName: string;
  readonly browserVersion: string;
  readonly osName: string;
  readonly osVersion: string;
  readonly sdkVersion: string;
}

const MAXIMUM_USER_AGENT_LENGTH = 1_024;

export function readClientData(userAgent: string | undefined): ClientData {
  if (!userAgent || userAgent.length > MAXIMUM_USER_AGENT_LENGTH) return fromParts({});
  const { browser, os } = Bowser.parse(userAgent);
  return fromParts({
    browserName: browser.name,
    browserVersion: browser.version,
    osName: os.name,
    osVersion: os.version,
  });
}

function fromParts(parts: Partial<Record<keyof ClientData, string | undefined>>): ClientData {
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
