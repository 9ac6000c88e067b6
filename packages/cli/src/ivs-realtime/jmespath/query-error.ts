/** An expression that is none, or that asks of a value what it cannot give; in the words of Python's library. */
export class QueryError extends Error {
  override readonly name = 'QueryError';
}

export function incomplete(expression: string): QueryError {
  return new QueryError(
    `Invalid jmespath expression: Incomplete expression:\n"${expression}"\n${' '.repeat(Array.from(expression).length + 1)}^`,
  );
}
