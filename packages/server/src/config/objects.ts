import path from 'node:path';
import type { S3Settings } from '../objects/s3-store.ts';
import { resolveCredentials } from './aws-credentials.ts';
import { ConfigError } from './config-error.ts';
import type { Settings } from './settings.ts';

/** Where recordings go; paths are absolute. */
export type ObjectsConfig = { readonly spoolFolder: string; readonly spoolBytes: number } & (
  | { readonly store: 'folder'; readonly folder: string }
  | { readonly store: 's3'; readonly s3: S3Settings }
);

/** @param where.data the folder of all that outlives the process */
export function resolveObjects(
  { store, folder, spoolBytes, s3 }: Settings['objects'],
  { region, data }: { region: string; data: string },
): ObjectsConfig {
  const spool = { spoolFolder: path.resolve(data, 'spool'), spoolBytes };
  if (store === 'folder') return { store, folder: path.resolve(folder ?? path.join(data, 'objects')), ...spool };
  return { store, s3: resolveS3(s3, region), ...spool };
}

function resolveS3(
  { endpoint, region, pathStyle, acl, ...keys }: Settings['objects']['s3'],
  ownRegion: string,
): S3Settings {
  const fault = (option: string, says: string) => new ConfigError(`objects.s3.${option}: ${says}`);
  if (endpoint !== undefined && !URL.canParse(endpoint)) throw fault('endpoint', 'must be a web address');
  const isSet = keys.accessKeyId !== undefined || keys.secretAccessKey !== undefined;
  return {
    endpoint,
    region: region ?? ownRegion,
    pathStyle: pathStyle ?? endpoint !== undefined,
    credentials: isSet ? resolveCredentials(keys, {}, fault) : undefined,
    acl,
  };
}
