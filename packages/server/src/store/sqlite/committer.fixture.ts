import { openStore } from './open-store.ts';

/** A process that writes until it is killed, and tells its parent of every write that resolved. */
const store = await openStore({ file: process.argv[2] ?? '', clock: { now: () => new Date() } });
for (let round = 0; ; round += 1) {
  await Promise.all(
    Array.from({ length: 10 }, async (_, index) => {
      const name = `${round}/${index}`;
      await store.write((trx) => trx.insertInto('secrets').values({ name, value: name }).execute());
      process.send?.(name);
    }),
  );
}
