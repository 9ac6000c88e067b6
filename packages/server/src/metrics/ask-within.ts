/** At a time: between them other work gets its turn. */
const QUESTIONS_AT_ONCE = 32;

/** Asks until all have answered or the time is up; after that nobody is asked any more. */
export async function askWithin(timeoutMs: number, questions: readonly (() => Promise<void>)[]): Promise<void> {
  const timeUp = Promise.withResolvers<void>();
  const timer = setTimeout(timeUp.resolve, timeoutMs);
  const left = questions.values();
  let isOver = false;
  const askOn = async () => {
    for (const ask of left) {
      if (isOver) return;
      await ask();
    }
  };
  const asking = Promise.all(Array.from({ length: QUESTIONS_AT_ONCE }, askOn));
  try {
    await Promise.race([asking, timeUp.promise]);
  } finally {
    isOver = true;
    clearTimeout(timer);
  }
}
