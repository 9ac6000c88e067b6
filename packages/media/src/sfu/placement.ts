/** What placement looks at of a worker. */
export interface LoadedWorker {
  readonly load: { readonly consumers: number };
  /** Stages whose origin is on it. */
  readonly stages: number;
}

/** Where a new stage goes: to the worker with the fewest consumers, among equals to the one with the fewest stages. */
export function placeStage<Worker extends LoadedWorker>(workers: readonly Worker[]): Worker | undefined {
  return leastOf(workers, byLoad);
}

/**
 * Where somebody goes who receives from a stage: to the first worker with room, those that serve the stage first, so that
 * later ones empty and close. When all are full, to the one with the fewest consumers: the limit is a guide, not a refusal.
 *
 * @param serving the workers from which the stage is sent already, its home first
 * @param others the ones from which it is not
 * @param consumers that are to be placed together
 * @param limit of consumers for each worker
 */
export function placeLease<Worker extends LoadedWorker>(
  serving: readonly Worker[],
  others: readonly Worker[],
  consumers: number,
  limit: number,
): Worker | undefined {
  const hasRoom = ({ load }: Worker) => load.consumers + consumers <= limit;
  return serving.find(hasRoom) ?? leastOf(others.filter(hasRoom), byLoad) ?? leastOf([...serving, ...others], byLoad);
}

function byLoad(a: LoadedWorker, b: LoadedWorker): number {
  return a.load.consumers - b.load.consumers || a.stages - b.stages;
}

/** The first of the least. */
function leastOf<T>(items: readonly T[], compare: (a: T, b: T) => number): T | undefined {
  return items.reduce<T | undefined>(
    (least, item) => (least !== undefined && compare(least, item) <= 0 ? least : item),
    undefined,
  );
}
