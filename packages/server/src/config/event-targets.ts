import { type EventFilter, PatternError, readPattern } from '../events/event-pattern.ts';
import type { EventBusSettings } from '../events/targets/event-bus.ts';
import type { QueueSettings } from '../events/targets/queue.ts';
import type { WebhookSettings } from '../events/targets/webhook.ts';
import { resolveCredentials } from './aws-credentials.ts';
import { ConfigError } from './config-error.ts';
import type { Environment } from './environment.ts';
import type { Settings } from './settings.ts';

/** Where events go, and which. */
export type EventTargetConfig = { readonly wants: EventFilter } & (
  | { readonly type: 'eventbridge'; readonly settings: EventBusSettings }
  | { readonly type: 'sqs'; readonly settings: QueueSettings }
  | { readonly type: 'webhook'; readonly settings: WebhookSettings }
);

type TargetSettings = Settings['events']['targets'][number];
type Option = keyof TargetSettings;

const optionsOfAll: readonly Option[] = ['name', 'type', 'pattern'];
const optionsOfAws: readonly Option[] = ['region', 'accessKeyId', 'secretAccessKey'];
const optionsOf: Readonly<Record<TargetSettings['type'], readonly Option[]>> = {
  eventbridge: [...optionsOfAll, ...optionsOfAws, 'endpoint', 'eventBusName', 'source', 'envelopeKey'],
  sqs: [...optionsOfAll, ...optionsOfAws, 'queueUrl'],
  webhook: [...optionsOfAll, 'url', 'secret', 'timeoutSeconds'],
};

const MINIMUM_SECRET_LENGTH = 16;
const TIMEOUT_SECONDS = 10;

/**
 * The targets with all that they need.
 *
 * @param region of the server
 * @throws ConfigError that names the option and tells no value: some are secrets
 */
export function resolveEventTargets(
  targets: Settings['events']['targets'],
  { region, environment }: { region: string; environment: Environment },
): EventTargetConfig[] {
  return targets.map((target, index) => {
    const fault: Fault = (option, says) => new ConfigError(`events.targets[${index}].${option}: ${says}`);
    if (targets.findIndex(({ name }) => name === target.name) < index) throw fault('name', 'another target has it too');
    for (const option of Object.keys(target) as Option[]) {
      if (!optionsOf[target.type].includes(option)) throw fault(option, `a target of type ${target.type} has none`);
    }
    return resolve(target, { region: target.region ?? region, environment, fault });
  });
}

function resolve(
  target: TargetSettings,
  { region, environment, fault }: { region: string; environment: Environment; fault: Fault },
): EventTargetConfig {
  const { name } = target;
  const wants = resolvePattern(target, fault);
  switch (target.type) {
    case 'eventbridge': {
      const { endpoint = `https://events.${region}.amazonaws.com`, eventBusName, source, envelopeKey } = target;
      const credentials = resolveCredentials(target, environment, fault);
      const address = checkAddress('endpoint', endpoint, fault);
      const settings = { name, endpoint: address, region, credentials, eventBusName, source, envelopeKey };
      return { type: 'eventbridge', wants, settings };
    }
    case 'sqs': {
      const queueUrl = checkAddress('queueUrl', target.queueUrl, fault);
      const credentials = resolveCredentials(target, environment, fault);
      return { type: 'sqs', wants, settings: { name, queueUrl, region, credentials } };
    }
    case 'webhook': {
      const { secret = '', timeoutSeconds = TIMEOUT_SECONDS } = target;
      const url = checkAddress('url', target.url, fault);
      if (secret.length < MINIMUM_SECRET_LENGTH) {
        throw fault('secret', `must have ${MINIMUM_SECRET_LENGTH} characters or more`);
      }
      return { type: 'webhook', wants, settings: { name, url, secret, timeoutSeconds } };
    }
  }
}

type Fault = (option: Option, says: string) => ConfigError;

function resolvePattern({ pattern }: TargetSettings, fault: Fault): EventFilter {
  if (pattern === undefined) return () => true;
  try {
    return readPattern(pattern);
  } catch (error) {
    if (error instanceof PatternError) throw fault('pattern', error.message);
    throw error;
  }
}

function checkAddress(option: Option, address: string | undefined, fault: Fault): string {
  if (address === undefined) throw fault(option, 'is missing');
  if (!URL.canParse(address)) throw fault(option, 'must be a web address');
  return address;
}
