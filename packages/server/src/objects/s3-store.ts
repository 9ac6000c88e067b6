import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  NoSuchKey,
  type ObjectCannedACL,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { contentTypeOf } from './content-type.ts';
import type { BucketName, ObjectContent, ObjectName, ObjectStore, ReadObject } from './object-store.ts';
import { createS3Client, type S3Account } from './s3-client.ts';
import { toFailure } from './s3-failure.ts';

export interface S3Settings extends S3Account {
  /** What is sent as `x-amz-acl`; undefined: nothing is. */
  readonly acl: ObjectCannedACL | undefined;
}

/** Larger objects go in parts of this size. */
const partBytes = 8 * 1_024 * 1_024;
const partsAtOnce = 2;

/** Buckets in any S3. The operator's credentials count for all accounts. */
export class S3Store implements ObjectStore {
  readonly #client: S3Client;
  readonly #acl: ObjectCannedACL | undefined;

  constructor({ acl, ...account }: S3Settings) {
    this.#acl = acl;
    this.#client = createS3Client(account);
  }

  async put(
    { bucket, key }: ObjectName,
    content: ObjectContent,
    { signal }: { signal?: AbortSignal } = {},
  ): Promise<void> {
    const object = { Bucket: bucket, Key: key, ContentType: contentTypeOf(key), ACL: this.#acl };
    try {
      if ('file' in content && (await stat(content.file)).size > partBytes) {
        await this.#putInParts(content.file, object, signal);
      } else {
        const Body = 'file' in content ? await readFile(content.file) : Buffer.from(content.data);
        const put = new PutObjectCommand({ ...object, Body, ContentLength: Body.length });
        await this.#client.send(put, { abortSignal: signal });
      }
    } catch (error) {
      throw toFailure(error);
    }
  }

  async check({ bucket }: BucketName): Promise<void> {
    try {
      await this.#client.send(new HeadBucketCommand({ Bucket: bucket }));
    } catch (error) {
      throw toFailure(error);
    }
  }

  async get({ bucket, key }: ObjectName): Promise<ReadObject | undefined> {
    try {
      const { Body, ContentLength, ETag } = await this.#client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      if (!(Body instanceof Readable) || ContentLength === undefined) throw new Error('The answer is no object');
      return { bytes: ContentLength, etag: ETag ?? '', content: Body };
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw toFailure(error);
    }
  }

  async delete({ bucket, key }: ObjectName, { signal }: { signal?: AbortSignal } = {}): Promise<void> {
    try {
      await this.#client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }), { abortSignal: signal });
    } catch (error) {
      throw toFailure(error);
    }
  }

  close(): void {
    this.#client.destroy();
  }

  /** Parts of an upload that fails are removed. */
  async #putInParts(file: string, object: Omit<PutObjectCommandInput, 'Body'>, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const Body = createReadStream(file);
    const params = { ...object, Body };
    const upload = new Upload({ client: this.#client, params, partSize: partBytes, queueSize: partsAtOnce });
    const breakOff = () => void upload.abort();
    signal?.addEventListener('abort', breakOff);
    try {
      await upload.done();
    } finally {
      signal?.removeEventListener('abort', breakOff);
      Body.destroy();
    }
  }
}
