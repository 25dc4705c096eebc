import { describe, expect, it } from 'vitest';
import { STATE_TABLES, stateTable } from '../../scripts/restore/state-tables.ts';
import type { TableName } from '../../scripts/restore/state-tables.ts';
import { parseStage } from '../../lib/config.ts';
import { ofType, synth } from './synth.ts';

const NAMES = Object.keys(STATE_TABLES) as TableName[];
const arn = (name: string) => `arn:aws:dynamodb:eu-west-1:111122223333:table/${name}`;
const optionOf = (name: TableName, more: object = {}) => ({
  name: `restored-${name}`,
  ...(stateTable(name).stream === undefined
    ? {}
    : { streamArn: `${arn(`restored-${name}`)}/stream/2026-11-30T12:00:00.000` }),
  ...more,
});
const stageText = (tables: object) =>
  JSON.stringify({ target: 'aws', keepState: true, account: '111122223333', region: 'eu-west-1', tables });

const idOf = (name: string) => `${name[0]!.toUpperCase()}${name.slice(1)}Table`;

describe('a stage with restored tables', () => {
  const before = synth('again', { text: stageText({}) });
  const after = synth('again', {
    text: stageText(Object.fromEntries(NAMES.map((name) => [name, optionOf(name)]))),
  });

  it('lets every function use them: names, permissions and streams', () => {
    const service = JSON.stringify(after.service);
    for (const name of NAMES) {
      expect(service).not.toContain(`ExportsOutputRef${idOf(name)}`);
      expect(service).not.toContain(`ExportsOutputFnGetAtt${idOf(name)}`);
      expect(service).toContain(`"${name.toUpperCase()}_TABLE":"restored-${name}"`);
      expect(service).toContain(`:table/restored-${name}"`);
    }
    const streams = ofType(after.service, 'AWS::Lambda::EventSourceMapping')
      .map(([, { Properties }]) => Properties.EventSourceArn as unknown)
      .filter((source) => typeof source === 'string');
    expect(new Set(streams)).toEqual(new Set(NAMES.flatMap((name) => optionOf(name).streamArn ?? [])));
  });

  it('may query the index of a restored log', () => {
    expect(JSON.stringify(after.service)).toContain(':table/restored-deliveries/index/ByTime"');
  });

  it('keeps its own tables and every export that the deployed service imports', () => {
    for (const name of NAMES) expect(after.state[idOf(name)]).toEqual(before.state[idOf(name)]);
    expect(after.outputs).toEqual(expect.arrayContaining([...before.outputs]));
  });

  it('names them in its outputs, for the commands of operators', () => {
    const outputs = after.templates['posthorn-again-state']!.Outputs!;
    expect(outputs['MessagesTableName']!.Value).toBe('restored-messages');
  });

  it('forgets a table that is lost', () => {
    const text = stageText({ control: optionOf('control', { lost: true }) });
    expect(synth('again', { text }).state['ControlTable']).toBeUndefined();
  });

  it.each([
    [{ messages: { name: 'restored' } }, 'tables.messages.streamArn'],
    [
      { messages: { name: 'restored', streamArn: `${arn('another')}/stream/2026-11-30T12:00:00.000` } },
      'tables.messages.streamArn must be the stream of the table in name',
    ],
    [{ views: { name: 'restored', streamArn: arn('x') } }, 'Unrecognized key: "streamArn"'],
    [{ control: { name: '' } }, 'must be the name of a DynamoDB table'],
  ])('is refused with %j', (tables, message) => {
    expect(() => parseStage('again', stageText(tables))).toThrow(message);
  });
});

it('npm run restore makes tables as the stack does', () => {
  const { state } = synth('prod');
  for (const name of NAMES) {
    const { Properties } = state[idOf(name)]!;
    const { stream, backedUp, index } = stateTable(name);
    expect(Properties.StreamSpecification?.StreamViewType).toBe(stream);
    expect(Properties.PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled).toBe(backedUp);
    expect(Properties.GlobalSecondaryIndexes?.[0].IndexName).toBe(index?.name);
    expect(Properties.TimeToLiveSpecification.AttributeName).toBe('ttl');
  }
});
