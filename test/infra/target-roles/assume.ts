import { runSimulation } from '@cloud-copilot/iam-simulate';
import { sessionTags } from '../../../api/domain/session.ts';
import { broker, externalId, member } from './in-account.ts';

/** Somebody's AssumeRole, decided by an evaluation of IAM that is not ours. */
export interface Attempt {
  readonly principal: string;
  readonly externalId: string | null;
  readonly sourceIdentity: string | null;
  readonly tags: Readonly<Record<string, string>>;
}

/** What the sessions Lambda sends. */
export const asSession: Attempt = {
  principal: `arn:aws:sts::${broker}:assumed-role/stepladder-sessions/stepladder-sessions`,
  externalId,
  sourceIdentity: 'ada@example.com-0123456789',
  tags: {
    [sessionTags.request]: '01jd8q3k5v7x9z1b3d5f7h9j1m',
    [sessionTags.reviewer]: 'ravi@example.com-0123456789',
    [sessionTags.until]: '2026-11-23T10:30:00Z',
  },
};

export interface Around {
  readonly trust: unknown;
  readonly roleArn: string;
  readonly account?: string;
  readonly serviceControlPolicy?: object;
  readonly resourceControlPolicy?: object;
}

const serviceControl = (policy: object | undefined) =>
  policy === undefined
    ? []
    : [
        {
          orgIdentifier: 'r-root',
          policies: [
            { name: 'FullAWSAccess', policy: everything },
            { name: 'scp', policy },
          ],
        },
      ];
/** `aws:PrincipalArn` of a role's session is the role. NB. Only of roles without a path, which a session does not name. */
const principalArn = (principal: string) =>
  principal.replace(/^arn:(.*):sts::(\d+):assumed-role\/([^/]+)\/.*$/, 'arn:$1:iam::$2:role/$3');
export const everything = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
};

/** Whether IAM lets it be, for a caller who may do everything in its own account. */
export async function isAllowed(
  action: string,
  { principal, externalId, sourceIdentity, tags }: Attempt,
  around: Around,
): Promise<boolean> {
  const { trust, roleArn, account = member, serviceControlPolicy, resourceControlPolicy } = around;
  const answer = await runSimulation(
    {
      request: {
        action,
        principal,
        resource: { resource: roleArn, accountId: account },
        contextVariables: {
          'aws:PrincipalArn': principalArn(principal),
          ...(externalId !== null && { 'sts:ExternalId': externalId }),
          ...(sourceIdentity !== null && { 'sts:SourceIdentity': sourceIdentity }),
          ...Object.fromEntries(Object.entries(tags).map(([tag, value]) => [`aws:RequestTag/${tag}`, value])),
          ...(Object.keys(tags).length > 0 && { 'aws:TagKeys': Object.keys(tags) }),
        },
      },
      identityPolicies: [{ name: 'everything', policy: everything }],
      serviceControlPolicies: serviceControl(serviceControlPolicy),
      resourceControlPolicies:
        resourceControlPolicy === undefined
          ? []
          : [{ orgIdentifier: 'r-root', policies: [{ name: 'rcp', policy: resourceControlPolicy }] }],
      resourcePolicy: trust,
    },
    {},
  );
  if (answer.resultType === 'error') throw new Error(JSON.stringify(answer.errors));
  return answer.overallResult === 'Allowed';
}

/** AssumeRole, with the permissions that its parameters take besides (STS API Reference, AssumeRole). */
export async function letIn(attempt: Attempt, around: Around): Promise<boolean> {
  const actions = [
    'sts:AssumeRole',
    ...(attempt.sourceIdentity === null ? [] : ['sts:SetSourceIdentity']),
    ...(Object.keys(attempt.tags).length === 0 ? [] : ['sts:TagSession']),
  ];
  const answers = await Promise.all(actions.map((action) => isAllowed(action, attempt, around)));
  return answers.every(Boolean);
}
