import { describe, expect, test } from 'vitest';
import type { Messages } from '../../../infra/constructs/messages.ts';
import { here, targetTrust } from '../../../infra/target-roles/documents.ts';
import { variablesOf } from '../../../infra/variables.ts';
import { deployment } from '../synthesized.ts';
import { asSession, letIn } from '../target-roles/assume.ts';
import { account, member } from '../target-roles/in-account.ts';

/** The external id is changed in the order of the runbook, and at no moment is a role cut off, or open to somebody else. */

const [before, after] = ['the-old-external-id', 'the-new-external-id'];
/** What CloudFormation makes of it. */
const deployed = (trust: object): unknown =>
  JSON.parse(JSON.stringify(trust).replaceAll(here.partition, 'aws'));
const lets = (externalId: string | null, externalIds: readonly string[]) =>
  letIn(
    { ...asSession, externalId },
    {
      trust: deployed(targetTrust({ ...account, externalIds })),
      roleArn: `arn:aws:iam::${member}:role/stepladder/Admin`,
    },
  );
const messages = { topic: { topicArn: '' }, bus: { eventBusName: '' } } as unknown as Messages;
const places = { tableName: 'stepladder', messages, alarmTopicArn: '', appUrl: '' };
/** What the broker sends, deployed with these. */
const sent = (...externalIds: [string, string?]) =>
  variablesOf({ ...deployment, targets: { ...deployment.targets, externalIds } }, places).sessions
    .EXTERNAL_ID;

/** What the runbook's steps leave behind: what the roles accept, and what the broker is deployed with. */
const steps: [string, string[], [string, string?]][] = [
  ['before', [before], [before]],
  ['1, the roles accept both', [before, after], [before]],
  ['3, the broker sends the new one', [before, after], [after, before]],
  ['4, the roles drop the old one', [after], [after, before]],
  ['after', [after], [after]],
];

describe.each(steps)('step %s', (_step, accepted, configured) => {
  test('lets in what the broker sends', async () => {
    expect(await lets(sent(...configured) ?? null, accepted)).toBe(true);
  });
  test('lets in nobody without an external id, with another one, or with both in one', async () => {
    const others = [null, 'another-external-id', `${before},${after}`, accepted.join(' ')];
    const wrong = others.filter((one) => one === null || !accepted.includes(one));
    for (const one of wrong) expect(await lets(one, accepted)).toBe(false);
  });
});

test('the two steps in the other order would cut roles off', async () => {
  expect(await lets(sent(after) ?? null, [before])).toBe(false);
  expect(await lets(sent(before) ?? null, [after])).toBe(false);
});
