/** What a program needs to back up and restore the data of a server. It loads nothing of the server. */
export { backUp } from './backup/back-up.ts';
export { BackupError } from './backup/backup-error.ts';
export { type BackupProgress, type BackupSummary, foldersOf } from './backup/contents.ts';
export { restore } from './backup/restore.ts';
