import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RegoEngine, TemplateFile } from '@aws/cloudformation-validate';
import { AwsSolutionsChecks, NIST80053R5Checks } from 'cdk-nag';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { readConfig } from '../../infra/config.ts';
import { problemLine } from '../../infra/policy/source-text.ts';
import { deployment, type Given, synthesize } from './synthesized.ts';

/** Templates as CloudFormation will read them: by AWS's own reader, which knows every resource type and asks nobody. */

const folder = mkdtempSync(join(tmpdir(), 'stepladder-templates-'));
const engine = new RegoEngine();
afterAll(() => {
  engine.free();
  rmSync(folder, { recursive: true });
});

const examples = fileURLToPath(new URL('../../infra/examples/', import.meta.url));
/** By its name, the deployment of every example; and what no example has. */
const variants = new Map<string, Given>(
  readdirSync(examples)
    .filter((name) => name.startsWith('deployment.'))
    .map((name) => [name, deploymentOf(name)]),
);
const inNetwork = deploymentOf('deployment.private.yaml');
variants
  .set('as small as can be', deployment)
  .set('where the edge cannot leave its log', { ...deployment, region: 'ap-southeast-3' })
  .set('in GovCloud', { ...inNetwork, region: 'us-gov-west-1', partition: 'aws-us-gov' })
  .set('in China', { ...inNetwork, region: 'cn-north-1', partition: 'aws-cn' });

function deploymentOf(name: string): Given {
  const reading = readConfig(join(examples, name));
  if (!reading.ok) throw new Error(reading.problems.map(problemLine).join());
  return reading.config;
}

describe.each([...variants])('%s', (name, changed) => {
  const { template, stack } = synthesize(changed);
  const text = JSON.stringify(template);

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
  // NB. To load its rules takes seconds, and many of them where others have the processor.
  test('has nothing wrong, says the reader', { timeout: 240_000 }, () => {
    const file = join(folder, `${name.replaceAll(/\W+/g, '-')}.json`);
    writeFileSync(file, text);
    const { account: accountId, region, partition } = changed;
    const report = engine.validateStandard(new TemplateFile(file), {
      severityLevel: 'WARN',
      pseudoParameterOverrides: { region, accountId, partition },
      exclude: {
        // CDK says both that a function is made after its role's policy and after the role: once would do.
        ids: ['W3005'],
      },
    });
    expect(report.status).toBe('OK');
    expect(
      report.diagnostics.map(({ severity, ruleId, entity, message }) =>
        [severity, ruleId, entity?.logicalId, message].join(' '),
      ),
    ).toEqual([]);
  });
  test('is as far from the limits of CloudFormation as a stack that grows should be', () => {
    const resources = Object.keys(template.Resources).length;
    console.log(`${name}: ${resources} resources, ${Math.ceil(text.length / 1024)} KiB`);
    // AWS CloudFormation User Guide, "CloudFormation quotas": 500 resources, 1 MB.
    expect(resources).toBeLessThan(400);
    expect(text.length).toBeLessThan(600 * 1024);
  });
  test('names no secret, and takes nothing from whoever makes it', () => {
    expect(text).not.toMatch(/"(AKIA|ASIA)[A-Z0-9]{16}"/);
    expect(text).not.toContain(tmpdir());
    expect(text).not.toContain(process.cwd());
  });
});

test('from the same file comes the same template, whenever and wherever', () => {
  const once = synthesize().template;
  vi.setSystemTime('2031-01-01T00:00:00.000Z');
  const elsewhere = vi.spyOn(process, 'cwd').mockReturnValue(folder);
  try {
    expect(synthesize().template).toEqual(once);
  } finally {
    elsewhere.mockRestore();
    vi.useRealTimers();
  }
});
