import type { StackProps } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { GivenDeployment } from './broker-stack.ts';

/** Which stack it is, and where. */
export function settingsOf({ name, account, region }: GivenDeployment): StackProps {
  return {
    stackName: name,
    env: { account, region },
    description: 'Stepladder, a broker of temporary elevated access',
    terminationProtection: true,
    analyticsReporting: false,
  };
}

/** CloudWatch Logs API Reference, PutRetentionPolicy: only some numbers of days there are. */
export function retentionOf(days: number): RetentionDays {
  if (!(days in RetentionDays)) throw new Error(`CloudWatch keeps no log for ${days} days.`);
  return days;
}

export function withoutDomain(): Error {
  return new Error('In a network of your own the pages need a domain: add it to deployment.yaml.');
}
