const guardMs = 60_000;
/** Long enough that whoever is waited for has the processor. */
const pauseMs = 2;

/**
 * Asks until the answer is right: what happens by itself tells nobody when it is written down.
 *
 * @param isRight left out: yes is right
 */
export async function until<T>(
  ask: () => Promise<T> | T,
  isRight: (answer: T) => boolean = (answer) => Boolean(answer),
): Promise<T> {
  const deadline = Date.now() + guardMs;
  for (;;) {
    const answer = await ask();
    if (isRight(answer)) return answer;
    if (Date.now() > deadline) throw new Error(`This never came right: ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}
