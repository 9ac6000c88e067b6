import { ApiError } from '../api/api-error.ts';
import type { SigningKey } from '../api/signature.ts';

/** Turns the code of a one-time link into a key. @throws {ApiError} */
export async function takeInvitation(code: string): Promise<SigningKey & { readonly region: string }> {
  return askSignIn({ method: 'POST', body: code });
}

/** The server's own region. @throws {ApiError} */
export async function findRegion(): Promise<string> {
  const { region } = await askSignIn<{ region: string }>({});
  return region;
}

async function askSignIn<Answer>(request: RequestInit): Promise<Answer> {
  const response = await fetch('/console/sign-in', request).catch(() => undefined);
  if (!response) throw new ApiError('NoConnection', 'The server cannot be reached.', 0);
  const answer = await response.json();
  if (!response.ok) throw new ApiError(`HTTP ${response.status}`, answer.message ?? '', response.status);
  return answer;
}
