import { AwsSolutionsChecks, NIST80053R5Checks } from 'cdk-nag';
import { expect, test } from 'vitest';
import { synthesize } from './synthesized.ts';

const { stack } = synthesize();

test.each([
  ['AWS Solutions', new AwsSolutionsChecks()],
  ['NIST 800-53 revision 5', new NIST80053R5Checks()],
])('%s finds nothing that is not answered where it is', (_name, pack) => {
  const { violations } = pack.validateScope(stack);
  const found = violations.flatMap(({ ruleName, violatingResources }) =>
    violatingResources.map(({ constructPath }) => `${ruleName} at ${constructPath}`),
  );
  expect(found).toEqual([]);
});
