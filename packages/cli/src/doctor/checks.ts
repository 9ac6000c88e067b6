import type { AnyCheck } from './check.ts';
import { type ConfigurationSources, configurationCheck } from './configuration.ts';
import { apiPortCheck } from './machine/api-port.ts';
import { dataFolderCheck } from './machine/data-folder.ts';
import { diskSpaceCheck } from './machine/disk-space.ts';
import { encoderPortsCheck } from './machine/encoder-ports.ts';
import { fileDescriptorsCheck } from './machine/file-descriptors.ts';
import { mediaPortsCheck } from './machine/media-ports.ts';
import { mediaWorkerCheck } from './machine/media-worker.ts';
import { nodeVersionCheck } from './machine/node-version.ts';
import { storeCheck } from './machine/store.ts';
import { udpBuffersCheck } from './machine/udp-buffers.ts';
import { announcedAddressesCheck } from './media/announced-addresses.ts';
import { channelsCheck } from './media/channels.ts';
import { codecChildCheck } from './media/codec-child.ts';
import { objectStoreCheck } from './media/object-store.ts';
import { otherWorkersCheck } from './media/other-workers.ts';
import { publishAndReceiveCheck } from './media/publish-and-receive.ts';
import { mediaTcpCheck, mediaUdpCheck } from './media/reachability.ts';
import { relaysCheck } from './media/relays.ts';
import { whipCheck } from './media/whip.ts';
import { accessKeyCheck } from './server/access-key.ts';
import { certificateFilesCheck } from './server/certificate-files.ts';
import { clockCheck } from './server/clock.ts';
import { eventsSocketCheck } from './server/events-socket.ts';
import { publicAddressCheck } from './server/public-address.ts';
import { endpointCheck, localServerCheck } from './server/running-server.ts';
import { servedCertificateCheck } from './server/served-certificate.ts';
import { stageCheck } from './server/stage.ts';
import type { TrialStages } from './server/trial-stages.ts';

export interface Deployment {
  /** Where the server is seen from outside; undefined: where it listens on this machine. */
  readonly endpoint: URL | undefined;
  /** Of the server, on whose machine we are; undefined: it is another one. */
  readonly configuration: ConfigurationSources | undefined;
  readonly environment: NodeJS.ProcessEnv;
  /** Where checks make theirs. */
  readonly stages: TrialStages;
}

/** All checks of a deployment, in the order in which they are done: what others build on comes before. */
export function checksOf({ endpoint, configuration, environment, stages }: Deployment): AnyCheck[] {
  return [
    ...(configuration ? [configurationCheck(configuration), ...machineChecks()] : []),
    endpoint === undefined ? localServerCheck : endpointCheck(endpoint),
    ...(configuration
      ? [apiPortCheck, mediaPortsCheck, encoderPortsCheck, udpBuffersCheck, announcedAddressesCheck]
      : []),
    clockCheck(),
    servedCertificateCheck,
    accessKeyCheck(environment),
    stageCheck(stages),
    publicAddressCheck,
    eventsSocketCheck,
    whipCheck,
    mediaUdpCheck,
    mediaTcpCheck,
    otherWorkersCheck(stages),
    publishAndReceiveCheck,
    relaysCheck,
    ...(configuration ? [codecChildCheck(), objectStoreCheck, channelsCheck] : []),
  ];
}

function machineChecks(): AnyCheck[] {
  return [
    nodeVersionCheck(),
    fileDescriptorsCheck(),
    dataFolderCheck,
    diskSpaceCheck(),
    storeCheck,
    certificateFilesCheck(),
    mediaWorkerCheck,
  ];
}
