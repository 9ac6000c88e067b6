/** A stage that the server made for this page, and tokens for two. */
export interface MadeStage {
  readonly own: string;
  readonly other: string;
}

/** The server does not make a stage for this page. */
export class StageNotMade extends Error {
  override readonly name = 'StageNotMade';
  /** HTTP status; undefined when the server was not reached. */
  readonly status: number | undefined;

  constructor(status?: number) {
    super('The server made no stage');
    this.status = status;
  }
}

/** @throws {StageNotMade} */
export async function makeStage(): Promise<MadeStage> {
  const response = await fetch('/try/stage', { method: 'POST' }).catch(() => undefined);
  if (!response?.ok) throw new StageNotMade(response?.status);
  const { tokens }: { tokens?: string[] } = await response.json();
  const [own, other] = tokens ?? [];
  if (!own || !other) throw new StageNotMade(response.status);
  return { own, other };
}
