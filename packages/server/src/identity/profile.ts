/**
 * The settings of a profile in a shared credentials or configuration file:
 * https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
 * Lines are a `[profile]`, a `name = value`, a comment after `#` or `;`, or empty.
 */
export function readProfile(text: string, profile: string): ReadonlyMap<string, string> {
  const settings = new Map<string, string>();
  let section: string | undefined;
  for (const line of text.split('\n').map((each) => each.trim())) {
    const heading = /^\[(.*)\]/.exec(line)?.[1]?.trim();
    const equals = line.indexOf('=');
    if (heading !== undefined) section = heading;
    else if (section === profile && equals > 0 && !/^[#;]/.test(line)) {
      settings.set(line.slice(0, equals).trim(), line.slice(equals + 1).trim());
    }
  }
  return settings;
}
