import { Stack } from 'aws-cdk-lib';
import type { CfnElement } from 'aws-cdk-lib';
import { expect, it, vi } from 'vitest';
import { parseStage } from '../../lib/config.ts';
import type { Synthesized } from './synth.ts';
import { synthConfig } from './synth.ts';

const everything = {
  target: 'aws',
  keepState: true,
  api: { http: true, rest: true },
  alarmTopicArn: 'arn:aws:sns:eu-west-1:123456789012:alarms',
};
const config = (more: object) => parseStage('ids', JSON.stringify({ ...everything, ...more }));

const idsOf = ({ state, service }: Synthesized): string[] =>
  [...Object.entries(state), ...Object.entries(service)].map(([id, { Type }]) => `${Type} ${id}`).sort();

interface Allocating {
  allocateLogicalId: (element: CfnElement) => string;
}

/** Runs as if every construct had another path: logical ids that CDK derives from the path change. */
const moved = <T>(run: () => T): T => {
  const prototype = Stack.prototype as unknown as Allocating;
  const { allocateLogicalId } = prototype;
  const spy = vi.spyOn(prototype, 'allocateLogicalId').mockImplementation(function (this: Stack, element) {
    return `Moved${allocateLogicalId.call(this, element)}`;
  });
  try {
    return run();
  } finally {
    spy.mockRestore();
  }
};

/** Every change of a route creates a new deployment anyway; the URL belongs to the API and its stage. */
const MAY_CHANGE = /^AWS::ApiGateway::Deployment /;

it.each([{ target: 'aws' }, { target: 'emulator', keepState: false }])(
  'logical ids do not depend on the path of a construct, with %j',
  (more) => {
    const before = idsOf(synthConfig(config(more)));
    const after = moved(() => idsOf(synthConfig(config(more))));
    expect(after.filter((id) => !MAY_CHANGE.test(id))).toEqual(before.filter((id) => !MAY_CHANGE.test(id)));
    // Proves that the paths did change: the logical id of the deployment is derived from its path.
    expect(after.find((id) => MAY_CHANGE.test(id))).not.toBe(before.find((id) => MAY_CHANGE.test(id)));
  },
);

it('APIs, rules and event source mappings have their recorded logical ids', () => {
  const held = /^AWS::(ApiGateway(V2)?::(Api|RestApi|Stage)|Lambda::EventSourceMapping|Events::Rule) /;
  expect(idsOf(synthConfig(config({}))).filter((id) => held.test(id))).toEqual([
    'AWS::ApiGateway::RestApi RestApi',
    'AWS::ApiGateway::Stage RestApiProdStage',
    'AWS::ApiGatewayV2::Api HttpApi',
    'AWS::ApiGatewayV2::Stage HttpApiDefaultStage',
    'AWS::Events::Rule CheckEventSourcesEachFiveMinutes',
    'AWS::Events::Rule IngestRule',
    'AWS::Events::Rule SweepEachMinute',
    'AWS::Events::Rule UpdateHourlyStatisticsEachTenMinutes',
    'AWS::Lambda::EventSourceMapping AnnounceStreamCatalogMapping',
    'AWS::Lambda::EventSourceMapping AnnounceStreamDeliveriesMapping',
    'AWS::Lambda::EventSourceMapping BulkDeliveryQueueMapping',
    'AWS::Lambda::EventSourceMapping DeliveryQueueMapping',
    'AWS::Lambda::EventSourceMapping FanOutQueueMapping',
    'AWS::Lambda::EventSourceMapping FanOutStreamMessagesMapping',
    'AWS::Lambda::EventSourceMapping IngestQueueMapping',
    'AWS::Lambda::EventSourceMapping ProjectStreamDeliveriesMapping',
    'AWS::Lambda::EventSourceMapping SlowDeliveryQueueMapping',
    'AWS::Lambda::EventSourceMapping TaskQueueMapping',
  ]);
});
