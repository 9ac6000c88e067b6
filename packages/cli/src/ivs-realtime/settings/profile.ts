import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { CommandFailure } from '../failure.ts';
import { readSections, type Section } from './configuration-text.ts';

/** What the AWS files say of the profile in use. */
export interface Profile {
  readonly name: string;
  /** Named by an option or the environment: its credentials come before others. */
  readonly isChosen: boolean;
  /** Of the configuration file. */
  readonly settings: Section;
  /** Of the credentials file. */
  readonly credentials: Section;
  /** The section of services that the profile names. */
  readonly services: Section;
}

const none: Section = new Map();

/** @throws CommandFailure when a profile is named that neither file has, or a file cannot be read */
export function readProfile(option: string | undefined, environment: NodeJS.ProcessEnv): Profile {
  const chosen = option ?? (environment.AWS_PROFILE || environment.AWS_DEFAULT_PROFILE || undefined);
  const name = chosen ?? 'default';
  const configuration = readFile(environment.AWS_CONFIG_FILE, '.aws/config');
  const secrets = readFile(environment.AWS_SHARED_CREDENTIALS_FILE, '.aws/credentials');
  const settings =
    configuration.get(name === 'default' ? name : `profile ${name}`) ?? configuration.get(`profile ${name}`);
  const credentials = secrets.get(name);
  if (chosen !== undefined && settings === undefined && credentials === undefined && name !== 'default') {
    throw new CommandFailure('General', `The config profile (${name}) could not be found`);
  }
  const services = settings?.get('services');
  return {
    name,
    isChosen: option !== undefined,
    settings: settings ?? none,
    credentials: credentials ?? none,
    services: (typeof services === 'string' && configuration.get(`services ${services}`)) || none,
  };
}

function readFile(named: string | undefined, usual: string): ReadonlyMap<string, Section> {
  const file = named ? named.replace(/^~(?=\/|$)/, homedir()) : path.join(homedir(), usual);
  try {
    return readSections(readFileSync(file, 'utf8'));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return new Map();
    throw new CommandFailure('Configuration', `The file ${file} cannot be read: ${message}`);
  }
}

/** A setting that is a plain value. */
export function setting(section: Section, name: string): string | undefined {
  const value = section.get(name);
  return typeof value === 'string' && value !== '' ? value : undefined;
}
