import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RegoEngine, TemplateFile } from '@aws/cloudformation-validate';
import { afterAll, describe, expect, test, vi } from 'vitest';
import type { Deployment } from '../../infra/broker-stack.ts';
import { synthesize } from './synthesized.ts';

/** Templates as CloudFormation will read them: by AWS's own reader, which knows every resource type and asks nobody. */

const folder = mkdtempSync(join(tmpdir(), 'stepladder-templates-'));
const engine = new RegoEngine();
afterAll(() => {
  engine.free();
  rmSync(folder, { recursive: true });
});

const variants: readonly [string, Partial<Deployment>][] = [
  ['as small as can be', {}],
  [
    'with a domain, far away',
    {
      region: 'ap-southeast-3',
      domain: {
        name: 'stepladder.example.com',
        certificate: 'arn:aws:acm:us-east-1:999988887777:certificate/00000000-0000-0000-0000-000000000000',
      },
    },
  ],
  ['beside another', { name: 'stepladder-staging', region: 'us-east-1' }],
];

describe.each(variants)('%s', (name, changed) => {
  const { template } = synthesize(changed);
  const text = JSON.stringify(template);

  test('has nothing wrong, says the reader', () => {
    const file = join(folder, `${name.replaceAll(/\W+/g, '-')}.json`);
    writeFileSync(file, text);
    const report = engine.validateStandard(new TemplateFile(file), {
      severityLevel: 'WARN',
      pseudoParameterOverrides: { region: changed.region ?? 'eu-central-1', accountId: '999988887777' },
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
