/**
 * The operations of the low-latency API (`ivs`) that belong to none of what channels are here: recording configurations, playback
 * keys and policies, advertisements, stream sessions of the past, timed metadata. All are a POST to a path that is the name.
 */
export const unservedOperations: readonly string[] = [
  'BatchStartViewerSessionRevocation',
  'CreateAdConfiguration',
  'CreatePlaybackRestrictionPolicy',
  'CreateRecordingConfiguration',
  'DeleteAdConfiguration',
  'DeletePlaybackKeyPair',
  'DeletePlaybackRestrictionPolicy',
  'DeleteRecordingConfiguration',
  'GetAdConfiguration',
  'GetPlaybackKeyPair',
  'GetPlaybackRestrictionPolicy',
  'GetRecordingConfiguration',
  'GetStreamSession',
  'ImportPlaybackKeyPair',
  'InsertAdBreak',
  'ListAdConfigurations',
  'ListPlaybackKeyPairs',
  'ListPlaybackRestrictionPolicies',
  'ListRecordingConfigurations',
  'ListStreamSessions',
  'PutMetadata',
  'StartViewerSessionRevocation',
  'UpdatePlaybackRestrictionPolicy',
];
