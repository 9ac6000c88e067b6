import { type RequestOf, ValidationException } from '@proscenium/model';
import type { ChannelSettings } from './channel-table.ts';

type Asked = Omit<RequestOf<'UpdateChannel'>, 'arn' | 'name'>;

const defaults: ChannelSettings = {
  latencyMode: 'LOW',
  type: 'STANDARD',
  insecureIngest: false,
  multitrackInputConfiguration: { enabled: false },
};

/**
 * What a channel's settings become; what is not asked for stays as it was.
 *
 * @throws ValidationException for what channels do not have here
 */
export function changeChannelSettings(asked: Asked, before: ChannelSettings = defaults): ChannelSettings {
  refuseWhatIsNotHere(asked);
  const type = asked.type ?? before.type;
  const multitrackInputConfiguration = asked.multitrackInputConfiguration ?? before.multitrackInputConfiguration;
  return {
    latencyMode: asked.latencyMode ?? before.latencyMode,
    type,
    insecureIngest: asked.insecureIngest ?? before.insecureIngest,
    ...presetOf(type, asked.preset, before.preset),
    multitrackInputConfiguration: { ...multitrackInputConfiguration, enabled: false },
  };
}

function refuseWhatIsNotHere(asked: Asked): void {
  if (asked.authorized)
    throw new ValidationException('authorized: there are no playback keys here, so it must be false');
  if (asked.recordingConfigurationArn) {
    throw new ValidationException('recordingConfigurationArn: channels are not recorded here, so it must be empty');
  }
  if (asked.playbackRestrictionPolicyArn) {
    throw new ValidationException('playbackRestrictionPolicyArn: playback is not restricted here, so it must be empty');
  }
  if (asked.adConfigurationArn) {
    throw new ValidationException('adConfigurationArn: there are no advertisements here, so it must be empty');
  }
  if (asked.multitrackInputConfiguration?.enabled) {
    throw new ValidationException('multitrackInputConfiguration: channels take one rendition here, so it must be off');
  }
}

/** @param asked for now; `before`: as it was */
function presetOf(
  type: ChannelSettings['type'],
  asked: ChannelSettings['preset'],
  before: ChannelSettings['preset'],
): Pick<ChannelSettings, 'preset'> {
  if (type === 'ADVANCED_SD' || type === 'ADVANCED_HD')
    return { preset: asked ?? before ?? 'HIGHER_BANDWIDTH_DELIVERY' };
  if (asked !== undefined) throw new ValidationException(`preset: a channel of the type ${type} has none`);
  return {};
}
