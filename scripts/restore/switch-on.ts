import {
  DescribeContinuousBackupsCommand,
  DescribeTimeToLiveCommand,
  ListTagsOfResourceCommand,
  TagResourceCommand,
  TimeToLiveStatus,
  UpdateContinuousBackupsCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import type { DynamoDBClient, Tag } from '@aws-sdk/client-dynamodb';
import { describeTable } from './make-table.ts';
import type { StateTable } from './state-tables.ts';

export interface SwitchOnDeps {
  readonly client: DynamoDBClient;
  /** Until a table is active again after a change; throws after a bound of its own. */
  readonly untilActive: (table: string) => Promise<void>;
}

const isExpiring = async (client: DynamoDBClient, TableName: string): Promise<boolean> => {
  const { TimeToLiveDescription } = await client.send(new DescribeTimeToLiveCommand({ TableName }));
  const status = TimeToLiveDescription?.TimeToLiveStatus;
  return status === TimeToLiveStatus.ENABLED || status === TimeToLiveStatus.ENABLING;
};

const isBackedUp = async (client: DynamoDBClient, TableName: string): Promise<boolean> => {
  const { ContinuousBackupsDescription } = await client.send(
    new DescribeContinuousBackupsCommand({ TableName }),
  );
  return (
    ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus === 'ENABLED'
  );
};

/** Tags that may be copied: those of CloudFormation and other services are reserved. */
const tagsOf = async (client: DynamoDBClient, arn: string | undefined): Promise<readonly Tag[]> => {
  if (arn === undefined) return [];
  const tags: Tag[] = [];
  let NextToken: string | undefined;
  do {
    const page = await client.send(
      new ListTagsOfResourceCommand({ ResourceArn: arn, ...(NextToken === undefined ? {} : { NextToken }) }),
    );
    tags.push(...(page.Tags ?? []).filter(({ Key = '' }) => !Key.startsWith('aws:')));
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return tags;
};

/**
 * Switches on what a restored table lacks: stream, TTL, point-in-time recovery, tags and deletion protection. Each only
 * where it is off, so that a repeat goes on where a run was stopped. Returns the ARN of the stream.
 */
export const switchOn = async (
  { client, untilActive }: SwitchOnDeps,
  { stream, backedUp }: StateTable,
  {
    target,
    source,
    protect,
  }: { readonly target: string; readonly source: string; readonly protect: boolean },
): Promise<string | undefined> => {
  const before = await describeTable(client, target);
  const own = before?.StreamSpecification?.StreamEnabled === true;
  if (stream !== undefined && !own) {
    await client.send(
      new UpdateTableCommand({
        TableName: target,
        StreamSpecification: { StreamEnabled: true, StreamViewType: stream },
      }),
    );
    await untilActive(target);
  }
  if (!(await isExpiring(client, target)))
    await client.send(
      new UpdateTimeToLiveCommand({
        TableName: target,
        TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
      }),
    );
  if (backedUp && !(await isBackedUp(client, target)))
    await client.send(
      new UpdateContinuousBackupsCommand({
        TableName: target,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      }),
    );
  const tags = await tagsOf(client, (await describeTable(client, source))?.TableArn);
  if (tags.length > 0 && before?.TableArn !== undefined)
    await client.send(new TagResourceCommand({ ResourceArn: before.TableArn, Tags: [...tags] }));
  if (protect && before?.DeletionProtectionEnabled !== true) {
    await client.send(new UpdateTableCommand({ TableName: target, DeletionProtectionEnabled: true }));
    await untilActive(target);
  }
  return (await describeTable(client, target))?.LatestStreamArn;
};
