import { CfnBudget } from 'aws-cdk-lib/aws-budgets';
import { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';

/** Percent of the budget at which a mail is sent: spent already, and expected by the end of the month. */
const SPENT = 80;
const EXPECTED = 100;

/**
 * A monthly budget for the cost of the stage, by its tag `posthorn-stage`, which has to be activated once as a cost
 * allocation tag in the account's billing console. AWS knows costs with a delay of up to a day.
 */
export class CostBudget extends Construct {
  constructor(scope: Construct, id: string, { monthlyBudget, alarmEmail, name }: StageConfig) {
    super(scope, id);
    if (monthlyBudget === undefined || alarmEmail === undefined) return;
    const subscribers = [{ subscriptionType: 'EMAIL', address: alarmEmail }];
    const notify = (notificationType: string, threshold: number) => ({
      notification: {
        ...{ notificationType, threshold, thresholdType: 'PERCENTAGE' },
        comparisonOperator: 'GREATER_THAN',
      },
      subscribers,
    });
    new CfnBudget(this, 'Budget', {
      budget: {
        ...{ budgetType: 'COST', timeUnit: 'MONTHLY' },
        budgetLimit: { amount: monthlyBudget, unit: 'USD' },
        costFilters: { TagKeyValue: [`user:posthorn-stage$${name}`] },
      },
      notificationsWithSubscribers: [notify('ACTUAL', SPENT), notify('FORECASTED', EXPECTED)],
    }).overrideLogicalId('CostBudget');
  }
}
