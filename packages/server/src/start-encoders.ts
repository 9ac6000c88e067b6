import type { Sfu } from '@proscenium/media';
import { ChannelEncoders } from './channels/channel-encoders.ts';
import type { Config } from './config/config.ts';
import { EncoderDoor } from './ingest-configurations/encoder-door.ts';
import { IngestService } from './ingest-configurations/ingest-service.ts';
import { startIngest } from './ingest-configurations/start-ingest.ts';
import type { StageRegistry } from './participants/registry.ts';
import { baseUrlOf } from './server-address.ts';
import type { EncoderEndpoints } from './stages/endpoints.ts';
import type { Groundwork } from './start-groundwork.ts';
import type { RunningOutputs } from './start-outputs.ts';

export interface EncodersParts
  extends Pick<Groundwork, 'store' | 'certificate' | 'realClock' | 'logger' | 'metrics' | 'endings'>,
    Pick<RunningOutputs, 'channels' | 'streams' | 'channelOutput'> {
  readonly registry: StageRegistry;
  readonly sfu: Sfu;
}

/** What comes in from encoders, to stages and to channels. */
export interface RunningEncoders {
  readonly door: EncoderDoor;
  readonly ofStages: IngestService;
  readonly ofChannels: ChannelEncoders;
  /** Where they publish. */
  readonly endpoints: EncoderEndpoints;
}

/** Waits for encoders, where the configuration has them waited for. @throws ConfigError when a port cannot be taken */
export async function startEncoders(config: Config, parts: EncodersParts): Promise<RunningEncoders> {
  const { store, registry, sfu, certificate, realClock, logger, metrics, endings } = parts;
  const { channels, streams, channelOutput } = parts;
  const { account, region } = config;
  const ofStages = new IngestService({
    store,
    registry,
    clock: realClock,
    logger,
    onSwitch: (cause) => metrics.ingestSwitches.add({ cause }),
  });
  const own = { account, region };
  const ofChannels = new ChannelEncoders({ store, channels, streams, own, output: channelOutput, logger });
  const door = new EncoderDoor(ofStages, ofChannels);
  const ingest = await startIngest(config, {
    service: door,
    certificate,
    // The port is another one, so it does not matter that it is not known for sure.
    hostName: new URL(baseUrlOf(config, sfu, config.listen.port)).hostname,
    clock: realClock,
    logger,
    onDeath: () => metrics.ingestProgramDeaths.add({}),
  });
  endings.add(() => ingest.close());
  return { door, ofStages, ofChannels, endpoints: ingest.endpoints };
}
