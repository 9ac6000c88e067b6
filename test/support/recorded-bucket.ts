import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { GetObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import { until } from './until.ts';

/** A bucket of recordings, as whoever reads them by S3 sees it. */
export class RecordedBucket {
  readonly #client: S3Client;
  readonly #name: string;

  constructor(client: S3Client, name: string) {
    this.#client = client;
    this.#name = name;
  }

  /** What is below a prefix, relative to it, in order. */
  async list(prefix: string): Promise<string[]> {
    const command = new ListObjectsV2Command({ Bucket: this.#name, Prefix: `${prefix}/` });
    const { Contents = [], IsTruncated } = await this.#client.send(command);
    if (IsTruncated) throw new Error('A test has more objects than it reads');
    return Contents.map(({ Key = '' }) => Key.slice(prefix.length + 1)).sort();
  }

  async read(key: string): Promise<Buffer> {
    const { Body } = await this.#client.send(new GetObjectCommand({ Bucket: this.#name, Key: key }));
    return Buffer.from((await Body?.transformToByteArray()) ?? []);
  }

  async readJson(key: string): Promise<unknown> {
    return JSON.parse((await this.read(key)).toString());
  }

  /** Resolves when so many segments are there. @returns how many there are */
  untilSegments(prefix: string, count: number): Promise<number> {
    return until(
      async () => (await this.list(prefix)).filter((file) => /high\/\d+\.mp4$/.test(file)).length,
      (length) => length >= count,
    );
  }

  /** Reads all of a recording. @returns a folder, which the caller removes */
  async download(prefix: string): Promise<string> {
    const folder = await mkdtemp(path.join(tmpdir(), 'proscenium-downloaded-'));
    try {
      for (const file of await this.list(prefix)) {
        const target = path.join(folder, file);
        await mkdir(path.dirname(target), { recursive: true });
        await writeFile(target, await this.read(`${prefix}/${file}`));
      }
      return folder;
    } catch (error) {
      await rm(folder, { recursive: true });
      throw error;
    }
  }

  /** Lets a player in that cannot sign: hands it what it asks for below a prefix. */
  async serve(prefix: string): Promise<{ url: string; close(): Promise<void> }> {
    const server = createServer((request, response) => {
      const allowed = { 'access-control-allow-origin': '*' };
      this.read(`${prefix}${request.url}`).then(
        (content) => response.writeHead(200, allowed).end(content),
        (error: unknown) => response.writeHead(502, allowed).end(String(error)),
      );
    });
    server.listen(0, '127.0.0.1');
    await new Promise((resolve, reject) => server.once('listening', resolve).once('error', reject));
    return {
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
      async close() {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      },
    };
  }
}
