import { expect, test } from 'vitest';
import { nextSteps } from '../../../infra/deploy/next-steps.ts';
import { exampleOf } from '../deployment-text.ts';

const outputs = {
  Url: 'https://stepladder.example.com',
  DistributionDomain: 'd111111abcdef8.cloudfront.net',
  SessionsRoleArn: 'arn:aws:iam::999988887777:role/stepladder-sessions',
  SessionsFunction: 'stepladder-sessions',
  EnforceRoleArn: 'arn:aws:iam::999988887777:role/stepladder-enforce',
};

test('after a deployment with a domain: alias, redirect URIs, who has to confirm, target roles', () => {
  const config = exampleOf('generic');
  expect(config.policy.file).toMatch(/\/infra\/examples\/policy\.yaml$/);
  const text = nextSteps(config, outputs);
  for (const part of [
    'Let stepladder.example.com be an alias of d111111abcdef8.cloudfront.net.',
    'https://stepladder.example.com/callback and https://stepladder.example.com/popup-callback',
    'https://stepladder.example.com/signed-out',
    'reviewers@example.com, stepladder-operators@example.com',
    outputs.SessionsRoleArn,
    `npm run doctor -- --function=stepladder-sessions --policy=${config.policy.file}`,
  ]) {
    expect(text).toContain(part);
  }
  expect(text).not.toContain(outputs.EnforceRoleArn);
});

test('where revocations end live sessions, the revokers too', () => {
  expect(nextSteps(exampleOf('okta'), outputs)).toContain(outputs.EnforceRoleArn);
});
