export { type Config, loadConfig } from './config/config.ts';
export { ConfigError } from './config/config-error.ts';
export { type RunningServer, startServer } from './main.ts';
export { handledOperations } from './operations.ts';
