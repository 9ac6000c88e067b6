import type { MetricDescription } from './metric.ts';

/** What the server tells of itself. */
export const serverMetrics = {
  mediaWorkers: gauge('proscenium_media_workers', 'Media workers that run'),
  mediaWorkersConfigured: gauge('proscenium_media_workers_configured', 'Media workers that there should be'),
  mediaWorkerDeaths: counter('proscenium_media_worker_deaths_total', 'Media workers that ended by themselves'),
  mediaWorkerStartFailures: counter(
    'proscenium_media_worker_start_failures_total',
    'Attempts to replace a media worker that failed',
  ),
  mediaWorkerCpu: counter('proscenium_media_worker_cpu_seconds_total', 'CPU time of a media worker', ['worker']),
  mediaWorkerMemory: gauge('proscenium_media_worker_resident_memory_bytes', 'Memory of a media worker in RAM', [
    'worker',
  ]),
  mediaWorkerConsumers: gauge('proscenium_media_worker_consumers', 'Streams that a media worker sends out', ['worker']),
  mediaWorkerStages: gauge('proscenium_media_worker_stages', 'Stages whose publishers send to a media worker', [
    'worker',
  ]),
  mediaIncoming: gauge('proscenium_media_incoming_bytes_per_second', 'What arrives from all publishers together'),
  mediaOutgoing: gauge('proscenium_media_outgoing_bytes_per_second', 'What is sent to all subscribers together'),
  encoders: gauge('proscenium_encoders', 'Encoders that publish', ['protocol']),
  ingestProgramDeaths: counter(
    'proscenium_ingest_program_deaths_total',
    'How often the program that takes encoders’ streams ended by itself',
  ),
  ingestSwitches: counter(
    'proscenium_ingest_switches_total',
    'How often one of two encoders took over from the other, which had ended or fallen silent',
    ['cause'],
  ),
  spoolBytes: gauge('proscenium_spool_bytes', 'Bytes of recordings on their way to the object store'),
  stages: gauge('proscenium_stages', 'Stages that have participants'),
  participants: gauge('proscenium_participants', 'Participants that are connected'),
  eventsSockets: gauge(
    'proscenium_events_sockets',
    'Participants with an events socket, or with a place on a real-time connection',
  ),
  httpConnections: gauge('proscenium_http_connections', 'Connections to the HTTP server, events sockets among them'),
  participantEvents: counter('proscenium_participant_events_total', 'Participant events that were recorded', [
    'name',
    'error_code',
  ]),
  httpRequests: counter('proscenium_http_requests_total', 'Answered requests', ['operation', 'status']),
  httpDuration: histogram('proscenium_http_request_duration_seconds', 'Time until a request was answered', [
    'operation',
  ]),
  apiErrors: counter('proscenium_api_errors_total', 'Calls of the API that were answered with an error', [
    'operation',
    'error',
  ]),
  limitsHit: counter('proscenium_limits_hit_total', 'What was refused because a limit was reached', ['limit']),
  outboxPending: gauge('proscenium_outbox_pending', 'Events on their way to a target', ['target']),
  outboxOldestAge: gauge('proscenium_outbox_oldest_age_seconds', 'Age of the oldest event on its way to a target', [
    'target',
  ]),
  deadLetters: gauge('proscenium_dead_letters', 'Events for a target that were given up and can be replayed', [
    'target',
  ]),
  compositions: gauge('proscenium_compositions', 'Compositions that have not ended', ['state']),
  compositionCores: gauge('proscenium_composition_cores', 'Processor cores that composers take, all together'),
  composedPictures: counter('proscenium_composed_pictures_total', 'Pictures that composers made, or were to make', [
    'outcome',
  ]),
  composedPicturesDropped: counter(
    'proscenium_composed_pictures_dropped_total',
    'Pictures that outputs of compositions left out because they could not pass them on in time',
  ),
  composerDeaths: counter('proscenium_composer_deaths_total', 'How often a composer ended by itself'),
  replications: gauge('proscenium_replications', 'Replications that have not ended', ['state']),
  recordings: gauge('proscenium_recordings', 'Recordings of participants that are not yet where they belong', [
    'state',
  ]),
  databaseWrites: histogram(
    'proscenium_database_write_duration_seconds',
    'Time until a write was durable, the time it waited included',
  ),
  databaseReads: histogram('proscenium_database_read_duration_seconds', 'Time of a read, in which nothing else runs'),
  databaseWritesPending: gauge('proscenium_database_writes_pending', 'Writes that wait or are under way'),
  processCpu: counter('process_cpu_seconds_total', 'CPU time of the server, media workers not included'),
  processMemory: gauge('process_resident_memory_bytes', 'Memory of the server in RAM'),
  processHeap: gauge('process_heap_bytes', 'Memory that JavaScript objects take'),
  processStart: gauge('process_start_time_seconds', 'When the server started, in seconds since 1970'),
  eventLoopLag: gauge(
    'proscenium_event_loop_lag_seconds',
    'How late timers rang in the last complete window of ten seconds',
    ['percentile'],
  ),
  eventLoopUtilization: gauge(
    'proscenium_event_loop_utilization_ratio',
    'Part of the last complete window of ten seconds in which the event loop was busy',
  ),
  cloudWatchCalls: counter('proscenium_cloudwatch_calls_total', 'Calls of PutMetricData', ['outcome']),
  cloudWatchDropped: counter(
    'proscenium_cloudwatch_dropped_total',
    'Metrics that were not put because CloudWatch refused them or did not answer in time',
  ),
  spans: counter('proscenium_trace_spans_total', 'Spans of traces', ['outcome']),
  droppedSeries: gauge('proscenium_metrics_dropped_series', 'Series that this answer leaves out for want of room'),
  collectionDuration: gauge(
    'proscenium_metrics_collection_duration_seconds',
    'Time that the last look at all stages and workers took',
  ),
} satisfies Record<string, MetricDescription>;

function gauge(name: string, help: string, labels: readonly string[] = []): MetricDescription {
  return { name, type: 'gauge', help, labels };
}

function counter(name: string, help: string, labels: readonly string[] = []): MetricDescription {
  return { name, type: 'counter', help, labels };
}

function histogram(name: string, help: string, labels: readonly string[] = []): MetricDescription {
  return { name, type: 'histogram', help, labels: [...labels, 'le'] };
}
