import type { Readable } from 'node:stream';

/** A bucket belongs to an account: in the local folder two accounts may have one of the same name. */
export type BucketName = { readonly account: string; readonly bucket: string };

/** @property key 1 to 1,024 bytes of UTF-8, without a slash at the beginning unless one is meant */
export type ObjectName = BucketName & { readonly key: string };

/**
 * @property file path of a file that is there until the object is. Its bytes stay as they are, then too, because the object
 * may be another name of the same file: whoever wants it otherwise renames another file over it.
 */
export type ObjectContent = { readonly file: string } | { readonly data: string | Buffer };

/** An object as it was when somebody began to read it. */
export interface ReadObject {
  readonly bytes: number;
  /** With its quotes. */
  readonly etag: string;
  /** Its bytes, to be read to the end or destroyed. */
  readonly content: Readable;
}

/** Where recordings go. The type of an object follows from its name, see {@link contentTypeOf}. */
export interface ObjectStore {
  /**
   * Resolves when the object is durable. Whoever reads meanwhile gets what was there before.
   *
   * @param options.signal breaks the attempt off
   * @throws ObjectStoreFailure
   */
  put(name: ObjectName, content: ObjectContent, options?: { signal?: AbortSignal }): Promise<void>;
  /** Resolves when objects may be put into the bucket, as far as can be told beforehand. @throws ObjectStoreFailure */
  check(name: BucketName): Promise<void>;
  /** Undefined when there is no such object. @throws ObjectStoreFailure */
  get(name: ObjectName): Promise<ReadObject | undefined>;
  /** Does nothing where there is no such object. @throws ObjectStoreFailure */
  delete(name: ObjectName, options?: { signal?: AbortSignal }): Promise<void>;
  close(): void;
}
