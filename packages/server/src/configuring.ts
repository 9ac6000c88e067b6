/** What a program needs to know of the configuration of a server, and of what it names. It loads nothing of the server. */
export { systemClock } from './clock.ts';
export { type Config, loadConfig } from './config/config.ts';
export { ConfigError } from './config/config-error.ts';
export { isLoopback } from './http/loopback.ts';
export { checkKeyPair, readKeyPair } from './tls/key-pair.ts';
export { type IceServers, TurnServers } from './turn/turn-servers.ts';
