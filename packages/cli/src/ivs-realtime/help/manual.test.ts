import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { operations } from '@proscenium/model';
import { commandNamesOf, findOperation } from '../options/commands.ts';
import { globalOptions } from '../options/global-options.ts';
import { optionsOf, parametersOf } from '../options/parameters.ts';
import { runCommand } from '../scripted-service.fixture.ts';
import { shorthandSyntax } from './syntax.ts';

describe('Help', () => {
  test('has a page for every command, with all of its options and an example', async () => {
    const commands = (['ivs-realtime', 'ivs'] as const).flatMap((service) =>
      commandNamesOf(service).map((command) => ({ service, command })),
    );
    for (const { service, command } of commands) {
      const { exitCode, output } = await runCommand([command, 'help'], {}, service);
      assert.equal(exitCode, 0, command);
      const operation = await findOperation(service, command);
      assert.ok(operation);
      const hidden = parametersOf(operation).filter((parameter) => parameter.hidden);
      for (const { name } of [...optionsOf(operation), ...globalOptions]) {
        const isShown = output.includes(`--${name}`);
        assert.equal(isShown, !hidden.some(({ option }) => option === `--${name}`), `${command} --${name}`);
      }
      assert.match(output, new RegExp(`^EXAMPLES\\n +proscenium ${operation.service} ${command}`, 'm'));
      assert.match(output, /^OUTPUT\n/m);
    }
  });

  test('lists the commands', async () => {
    for (const service of ['ivs-realtime', 'ivs'] as const) {
      const { output } = await runCommand(['help'], {}, service);
      const [, listed = ''] = output.split('AVAILABLE COMMANDS\n');
      assert.deepEqual(listed.match(/[a-z-]{4,}/g), [...commandNamesOf(service), 'help'].sort());
    }
  });
});

describe('Shorthand in the manual', () => {
  const syntax = (name: keyof typeof operations, option: string) => {
    const parameter = parametersOf(operations[name]).find((each) => each.option === option);
    return parameter && shorthandSyntax(parameter.shape);
  };

  for (const [name, option, expected] of [
    ['CreateStage', '--name', undefined],
    ['CreateStage', '--tags', 'KeyName1=string,KeyName2=string'],
    [
      'CreateStage',
      '--participant-token-configurations',
      'duration=integer,userId=string,attributes={KeyName1=string,KeyName2=string},capabilities=string,string ...',
    ],
    [
      'UpdateStage',
      '--auto-participant-recording-configuration',
      'storageConfigurationArn=string,mediaTypes=string,string,thumbnailConfiguration={targetIntervalSeconds=integer,storage=[string,string],recordingMode=string},recordingReconnectWindowSeconds=integer,hlsConfiguration={targetSegmentDurationSeconds=integer},recordParticipantReplicas=boolean',
    ],
    ['CreateEncoderConfiguration', '--video', 'width=integer,height=integer,framerate=float,bitrate=integer'],
    ['StartComposition', '--destinations', undefined],
    ['UntagResource', '--tag-keys', undefined],
  ] as const) {
    test(`${name} ${option}`, () => assert.equal(syntax(name, option), expected));
  }
});
