/** What a program needs to know of the configuration of a server beside it. It loads nothing of the server. */
export { systemClock } from './clock.ts';
export { type Config, loadConfig } from './config/config.ts';
export { ConfigError } from './config/config-error.ts';
export { isLoopback } from './http/loopback.ts';
