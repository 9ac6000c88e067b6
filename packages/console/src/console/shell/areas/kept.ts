export { IngestPage } from '../../ingest/ingest-page.tsx';
export { OneIngestPage } from '../../ingest/one-ingest-page.tsx';
export { RecordingPage } from '../../recordings/recording-page.tsx';
export { RecordingsPage } from '../../recordings/recordings-page.tsx';
export { EncodersPage } from '../../settings/encoders-page.tsx';
export { PublicKeysPage } from '../../settings/public-keys-page.tsx';
export { StoragePage } from '../../settings/storage-page.tsx';
