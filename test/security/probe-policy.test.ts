import { runSimulation } from '@cloud-copilot/iam-simulate';
import { describe, expect, test } from 'vitest';
import { probePolicy } from '../../api/domain/preflight.ts';
import { production } from '../api/people.ts';

/** What a holder of a probe's credentials may try, by an evaluation of IAM that is not ours. The role may do all. */

const iam = (what: string) => `arn:aws:iam::${production}:${what}`;
const probed = iam('role/stepladder/Admin');

async function answerOf(policy: string, action: string, resource: string): Promise<string> {
  const admin = [{ Effect: 'Allow', Action: '*', Resource: '*' }];
  const answer = await runSimulation(
    {
      request: {
        action,
        principal: `arn:aws:sts::${production}:assumed-role/Admin/preflight.0123456789abcdefghjkmnpqrs`,
        resource: { resource, accountId: production },
        contextVariables: {},
      },
      sessionPolicy: JSON.parse(policy),
      identityPolicies: [{ name: 'role', policy: { Version: '2012-10-17', Statement: admin } }],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  );
  if (answer.resultType === 'error') throw new Error(JSON.stringify(answer.errors));
  return answer.overallResult ?? 'no answer';
}

test('one probe reads the role that it is about, and no other does', async () => {
  expect(await answerOf(probePolicy(probed, true), 'iam:GetRole', probed)).toBe('Allowed');
  expect(await answerOf(probePolicy(probed, false), 'iam:GetRole', probed)).toBe('ExplicitlyDenied');
});

// NB. An implicit denial would not do: a policy of the resource that names the session lets it in past that (IAM User
// Guide, "Policy evaluation logic"), be it a bucket's, a key's, or a role's trust policy.
describe.each([true, false])('whether it reads the role (%s) or not, a probe is denied', (readsRole) => {
  test.each([
    ['s3:GetObject', 'arn:aws:s3:::ledger/page'],
    ['kms:Decrypt', `arn:aws:kms:eu-west-1:${production}:key/0b1c2d3e-0000-4000-8000-000000000001`],
    ['sts:AssumeRole', iam('role/other')],
    ['sts:AssumeRole', probed],
    ['iam:UpdateAssumeRolePolicy', probed],
    ['iam:GetRole', iam('role/stepladder/Admin2')],
    ['iam:GetRole', iam('role/other')],
  ])('%s on %s, whoever lets it in', async (action, resource) => {
    expect(await answerOf(probePolicy(probed, readsRole), action, resource)).toBe('ExplicitlyDenied');
  });
});
