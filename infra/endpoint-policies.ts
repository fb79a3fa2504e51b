import { roleNameOf } from './constructs/lambda-role.ts';
import { tableAccess } from './table-access.ts';

/** What may be done by the endpoints of a VPC, whoever asks: documents, by service. */

export interface Reach {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
  /** of the deployment: begins the names of its roles */
  readonly name: string;
  readonly tableArn: string;
  /** of messages */
  readonly topicArns: readonly string[];
  /** NB. CloudWatch and EventBridge publish to it, which do not come by here. */
  readonly alarmTopicArn: string;
  readonly targets: {
    /** IAM path of the target roles, with its slashes */
    readonly path: string;
    /** IAM path and name of the revoker role */
    readonly revoker: string;
  };
}

export type EndpointPolicies = Readonly<
  Record<'api' | 'dynamodb' | 'sts' | 'iam' | 'sns' | 'email' | 'events', object>
>;

interface Allowed {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

const allowing = (...all: readonly Allowed[]) => ({
  Version: '2012-10-17',
  Statement: all.map(({ actions, resources, condition }) => ({
    Effect: 'Allow',
    Principal: '*',
    Action: actions,
    Resource: resources,
    ...(condition && { Condition: condition }),
  })),
});

/**
 * VPC PrivateLink Guide, "Control access to VPC endpoints using endpoint policies": they give nobody anything. NB. The
 * sessions of target roles come from here too: they narrow their own credentials, and a preflight reads its role. Which
 * function asks is nothing for them: only policies of the roles may ask that.
 */
export function endpointPolicies({ partition, region, account, name, ...reach }: Reach): EndpointPolicies {
  const role = (whose: string, path: string) => `arn:${partition}:iam::${whose}:role${path}`;
  const own = { StringEquals: { 'aws:PrincipalAccount': account, 'aws:ResourceAccount': account } };
  const roles: Roles = {
    targetRoles: role('*', `${reach.targets.path}*`),
    revoker: role('*', reach.targets.revoker),
    sessions: role(account, `/${roleNameOf(name, 'sessions')}`),
    enforce: role(account, `/${roleNameOf(name, 'enforce')}`),
  };
  return {
    // Whoever calls it is the authorizer's business: nobody signs.
    api: allowing({
      actions: ['execute-api:Invoke'],
      resources: [`arn:${partition}:execute-api:${region}:${account}:*`],
    }),
    dynamodb: allowing({
      actions: tableActions(),
      resources: [reach.tableArn, `${reach.tableArn}/index/*`],
      condition: own,
    }),
    sts: stsPolicy(roles),
    iam: iamPolicy(roles, `arn:${partition}:iam::*:policy/*`),
    sns: snsPolicy(reach, own),
    email: allowing({
      actions: ['ses:SendEmail'],
      resources: [`arn:${partition}:ses:${region}:${account}:*`],
      condition: own,
    }),
    events: allowing({
      actions: ['events:PutEvents'],
      resources: [`arn:${partition}:events:${region}:${account}:event-bus/*`],
      condition: own,
    }),
  };
}

/** Whatever any Lambda does with it, which its own role says more exactly. */
function tableActions(): string[] {
  // Of indexes, and before anything else: which table this is.
  const always = ['Query', 'DescribeTable'];
  const used = Object.values(tableAccess).flatMap((access) => Object.keys(access?.actions ?? {}));
  return [...new Set([...used, ...always])].sort().map((action) => `dynamodb:${action}`);
}

function snsPolicy(
  { topicArns, alarmTopicArn }: Pick<Reach, 'topicArns' | 'alarmTopicArn'>,
  condition: NonNullable<Allowed['condition']>,
): object {
  const all = [...topicArns, alarmTopicArn];
  return allowing(
    { actions: ['sns:Publish'], resources: topicArns, condition },
    { actions: ['sns:ListSubscriptionsByTopic'], resources: all, condition },
  );
}

/** ARNs */
type Roles = Readonly<Record<'targetRoles' | 'revoker' | 'sessions' | 'enforce', string>>;

const by = (principal: string) => ({ ArnLike: { 'aws:PrincipalArn': principal } });

function stsPolicy({ targetRoles, revoker, sessions, enforce }: Roles): object {
  return allowing(
    {
      actions: ['sts:AssumeRole', 'sts:SetSourceIdentity', 'sts:TagSession'],
      resources: [targetRoles],
      condition: by(sessions),
    },
    { actions: ['sts:AssumeRole'], resources: [revoker], condition: by(enforce) },
    { actions: ['sts:GetScopedCredentials'], resources: ['*'], condition: by(targetRoles) },
  );
}

function iamPolicy({ targetRoles, revoker }: Roles, policies: string): object {
  return allowing(
    { actions: ['iam:GetRole'], resources: [targetRoles], condition: by(targetRoles) },
    {
      actions: [
        'iam:CreatePolicyVersion',
        'iam:DeletePolicyVersion',
        'iam:GetPolicyVersion',
        'iam:ListEntitiesForPolicy',
        'iam:ListPolicyVersions',
      ],
      resources: [policies],
      condition: by(revoker),
    },
  );
}
