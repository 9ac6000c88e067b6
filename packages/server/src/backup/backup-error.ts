/** Why a backup was not made or restored, in words for the person who wants it. */
export class BackupError extends Error {
  override readonly name = 'BackupError';
}
