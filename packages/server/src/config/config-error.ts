/** A setting that cannot be used. The message names the setting and where it was set, never a secret. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}
