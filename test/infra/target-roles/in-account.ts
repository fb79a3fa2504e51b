import type { TargetAccount } from '../../../infra/target-roles/documents.ts';

/** What CloudFormation makes of a template in one account, as far as templates of target roles go. */

export const broker = '999988887777';
export const member = '111122223333';
export const externalId = 'the-external-id-of-the-broker';

export const account: TargetAccount = {
  brokerAccount: broker,
  name: 'stepladder',
  path: '/stepladder/',
  externalIds: [externalId],
  ending: {
    boundary: '/stepladder-control/StepladderBoundary',
    revoker: '/stepladder-control/StepladderRevoker',
  },
};

interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
}
export interface Deployed {
  readonly Resources: Readonly<Record<string, Resource>>;
}
export interface Place {
  readonly partition: string;
  readonly account: string;
}

/** The same with `Fn::Sub` and `Ref` replaced; both only of what stands in the template. */
export function inAccount(template: object, { partition, account }: Place): Deployed {
  const pseudo: Record<string, string> = { 'AWS::Partition': partition, 'AWS::AccountId': account };
  const { Resources } = template as Deployed;
  const deployed = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(deployed);
    if (typeof value !== 'object' || value === null) return value;
    const [[key, part] = ['', ''], ...others] = Object.entries(value);
    if (others.length === 0 && key === 'Fn::Sub') return substitute(String(part), pseudo);
    if (others.length === 0 && key === 'Ref') return policyArn(Resources[String(part)]);
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, deployed(one)]));
  };
  const policyArn = (resource: Resource | undefined) => {
    if (resource?.Type !== 'AWS::IAM::ManagedPolicy') throw new Error('Ref of something unknown');
    const { Path, ManagedPolicyName } = resource.Properties;
    return `arn:${partition}:iam::${account}:policy${Path}${ManagedPolicyName}`;
  };
  return deployed(template) as Deployed;
}

function substitute(text: string, pseudo: Readonly<Record<string, string>>): string {
  return text.replace(/\$\{(!?)([^}]*)\}/g, (_whole, escaped: string, name: string) => {
    if (escaped !== '') return `\${${name}}`;
    const value = pseudo[name];
    if (value === undefined) throw new Error(`Fn::Sub of ${name}`);
    return value;
  });
}
