export { systemClock } from './clock.ts';
export { type Config, loadConfig } from './config/config.ts';
export { ConfigError } from './config/config-error.ts';
export { isLoopback } from './http/loopback.ts';
export { readCredentialsFile } from './identity/credentials-file.ts';
export { type RunningServer, startServer } from './main.ts';
export { handledOperations } from './operations.ts';
export { checkKeyPair, readKeyPair } from './tls/key-pair.ts';
export { type IceServers, TurnServers } from './turn/turn-servers.ts';
