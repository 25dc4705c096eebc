import { describe, expect, it } from 'vitest';
import { deployedFrom } from '../support/permissions/deployed.ts';
import type { DeployedResource, Template } from '../support/permissions/deployed.ts';
import { deniedCalls, rightsOf } from '../support/permissions/function-rights.ts';
import { permissionsPage, staleExplanations, unusedRights, wildRights } from '../support/permissions/page.ts';
import { committedCalls } from '../support/permissions/recordings.ts';
import type { Recording } from '../support/permissions/recordings.ts';
import { SHAPES, surroundedTemplates } from './shapes.ts';
import { synth } from './synth.ts';

/** Compares the roles with the recorded AWS calls of deployed functions (docs/decisions/0021). */
const recorded = committedCalls();
const resourcesOf = (shape: string): readonly DeployedResource[] => deployedFrom(surroundedTemplates(shape));

describe.each(Object.keys(SHAPES))('function roles of the stage shape "%s"', (shape) => {
  it('allow every recorded call', async () => {
    expect(await deniedCalls(resourcesOf(shape), recorded)).toEqual([]);
  });

  it('grant nothing that is neither used nor explained, and no wildcard without a reason', () => {
    const rights = rightsOf(resourcesOf(shape), recorded);
    expect(unusedRights(rights)).toEqual([]);
    expect(wildRights(rights)).toEqual([]);
    expect(staleExplanations(rights)).toEqual([]);
  });
});

it('docs/permissions.md lists what the templates grant (vitest -u writes it)', async () => {
  const rights = rightsOf(resourcesOf('HTTP API, state kept'), recorded);
  await expect(await permissionsPage(rights)).toMatchFileSnapshot('../../docs/permissions.md');
});

type Resources = Record<string, { Type: string; Properties: Record<string, any> }>;

interface Statement {
  Effect: 'Allow';
  Action: string | string[];
  Resource: unknown;
}

const changed = (change: (service: Resources, state: Resources) => void): readonly DeployedResource[] => {
  const copy = structuredClone(synth('prod').templates) as Record<string, Template>;
  change(
    copy['posthorn-prod-service']!.Resources as Resources,
    copy['posthorn-prod-state']!.Resources as Resources,
  );
  return deployedFrom(copy);
};

/** The statements of a function's role. */
const statementsOf = (resources: Resources, worker: string): Statement[] => {
  const role = String(resources[worker]!.Properties['Role']['Fn::GetAtt'][0]);
  const policy = Object.values(resources).find(
    ({ Type, Properties }) =>
      Type === 'AWS::IAM::Policy' && JSON.stringify(Properties['Roles']).includes(`"${role}"`),
  );
  return policy!.Properties['PolicyDocument'].Statement as Statement[];
};

const CALL: Recording = {
  function: 'sweep',
  action: 'dynamodb:Query',
  resource: 'CONTROL_TABLE',
  tiers: ['e2e'],
};

describe('the evaluation of function roles reports', () => {
  it('a recorded call whose grant was removed', async () => {
    const resources = changed((service) => {
      for (const statement of statementsOf(service, 'SweepFunction'))
        statement.Action = [statement.Action].flat().filter((action) => action !== 'dynamodb:Query');
    });
    expect(await deniedCalls(resources, recorded)).toEqual([
      expect.stringMatching(/SweepRole.* dynamodb:Query on .*ControlTable.*: ImplicitlyDenied. Grant it/),
    ]);
  });

  it('a new call that is not granted', async () => {
    const call = { ...CALL, action: 'dynamodb:Scan' };
    expect(
      await deniedCalls(
        changed(() => undefined),
        [call],
      ),
    ).toEqual([expect.stringContaining('dynamodb:Scan on')]);
  });

  it('an operation that is not mapped to an IAM action', async () => {
    const call = { ...CALL, action: 'unmapped:DynamoDB.UpdateTable', resource: 'CONTROL_TABLE' };
    await expect(
      deniedCalls(
        changed(() => undefined),
        [call],
      ),
    ).rejects.toThrow('unmapped:DynamoDB.UpdateTable');
  });

  it('a resource that is not bound to the function', async () => {
    const call = { ...CALL, resource: 'unbound: another-table' };
    await expect(
      deniedCalls(
        changed(() => undefined),
        [call],
      ),
    ).rejects.toThrow('bind it in lib/constructs');
  });

  it('a grant that no recorded call uses', () => {
    const resources = changed((service) => {
      const statements = statementsOf(service, 'SweepFunction');
      const { Resource } = statements.find(({ Action }) => String(Action).includes('dynamodb'))!;
      statements.push({ Effect: 'Allow', Action: 'dynamodb:DeleteItem', Resource });
    });
    expect(unusedRights(rightsOf(resources, recorded))).toEqual([
      'sweep may dynamodb:DeleteItem on ControlTable, but no recorded call uses it',
    ]);
  });

  it('wildcards in actions and resources', () => {
    const resources = changed((service) => {
      statementsOf(service, 'SweepFunction').push({
        Effect: 'Allow',
        Action: ['dynamodb:*', 'sqs:SendMessage'],
        Resource: '*',
      });
    });
    expect(wildRights(rightsOf(resources, recorded))).toEqual([
      'sweep may dynamodb:* on *',
      'sweep may sqs:SendMessage on *',
    ]);
  });

  it('a customer-managed key of a table or queue that the function may not use', async () => {
    const resources = changed((service, state) => {
      const KeyPolicy = {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { AWS: 'arn:aws:iam::111122223333:root' },
            Action: 'kms:*',
            Resource: '*',
          },
        ],
      };
      state['Key'] = { Type: 'AWS::KMS::Key', Properties: { KeyPolicy } };
      service['Key'] = { Type: 'AWS::KMS::Key', Properties: { KeyPolicy } };
      state['ControlTable']!.Properties['SSESpecification'] = { KMSMasterKeyId: { Ref: 'Key' } };
      service['DeliveryQueue']!.Properties['KmsMasterKeyId'] = { Ref: 'Key' };
    });
    const calls = [CALL, { ...CALL, action: 'sqs:SendMessage', resource: 'DELIVERY_QUEUE_URL' }];
    const denied = await deniedCalls(resources, calls);
    expect(denied.map((text) => text.replace(/^\S+ (\S+) .*/, '$1'))).toEqual([
      ...['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey'],
      ...['kms:ReEncryptFrom', 'kms:ReEncryptTo', 'kms:GenerateDataKey', 'kms:Decrypt'],
    ]);
  });
});
