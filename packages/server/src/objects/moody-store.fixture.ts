import type { BucketName, ObjectContent, ObjectName, ObjectStore, ReadObject } from './object-store.ts';
import { ObjectStoreFailure } from './object-store-failure.ts';

/** A store whose mood a test decides: it does as the real one behind it, or is away, or refuses. */
export class MoodyStore implements ObjectStore {
  mood: 'well' | 'away' | 'denies' | 'lacks' = 'well';
  /** Keys, in the order in which they were put; attempts that failed as well. */
  readonly attempts: string[] = [];
  readonly puts: string[] = [];
  readonly deletes: string[] = [];
  /** Put off, until a test resolves it. */
  gate: Promise<void> = Promise.resolve();
  /** Puts under way, and most of them at once. */
  underWay = 0;
  mostUnderWay = 0;
  readonly #store: ObjectStore;

  constructor(store: ObjectStore) {
    this.#store = store;
  }

  async put(name: ObjectName, content: ObjectContent): Promise<void> {
    this.attempts.push(name.key);
    this.underWay += 1;
    this.mostUnderWay = Math.max(this.mostUnderWay, this.underWay);
    try {
      await this.gate;
      this.#checkMood();
      await this.#store.put(name, content);
    } finally {
      this.underWay -= 1;
    }
    this.puts.push(name.key);
  }

  async check(name: BucketName): Promise<void> {
    this.#checkMood();
    await this.#store.check(name);
  }

  async get(name: ObjectName): Promise<ReadObject | undefined> {
    this.#checkMood();
    return this.#store.get(name);
  }

  async delete(name: ObjectName): Promise<void> {
    this.#checkMood();
    await this.#store.delete(name);
    this.deletes.push(name.key);
  }

  close(): void {
    this.#store.close();
  }

  #checkMood(): void {
    if (this.mood === 'away') throw new ObjectStoreFailure('InternalServerException', { refused: false });
    if (this.mood === 'lacks') throw new ObjectStoreFailure('ResourceNotFoundException', { refused: true });
    if (this.mood === 'denies') throw new ObjectStoreFailure('AccessDeniedException', { refused: true });
  }
}
