import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { BrokerStack, type Deployment } from '../../infra/broker-stack.ts';
import { lambdaFunctions, moduleName } from '../../infra/bundles.ts';

/** A stack as `npm run deploy` makes it, but of small files in place of the bundles and the app. */

export const deployment: Deployment = {
  name: 'stepladder',
  account: '999988887777',
  region: 'eu-central-1',
  partition: 'aws',
  identity: {
    profile: 'keycloak',
    issuer: 'https://id.example.com/realms/staff',
    clientId: 'stepladder',
    audience: 'stepladder-api',
    scope: 'openid profile email',
    resource: null,
    origins: ['https://id.example.com'],
  },
  alarms: { address: ['on-call@example.com'] },
  notifications: {
    reviewers: ['reviewers@example.com'],
    sender: 'stepladder@example.com',
    chat: {
      slack: [{ workspace: 'T0123ABCD', channel: 'C0123ABCD' }],
      teams: [
        {
          tenant: '00000000-0000-0000-0000-000000000001',
          team: '00000000-0000-0000-0000-000000000002',
          channel: '19%3Aabc%40thread.tacv2',
        },
      ],
    },
  },
  targets: {
    path: '/stepladder/',
    externalIds: ['an-external-id'],
    boundary: '/stepladder-control/StepladderBoundary',
    revoker: '/stepladder-control/StepladderRevoker',
  },
  retention: { logs: 365, backups: 35 },
  branding: { title: 'Stepladder' },
  traffic: { perAddress: 5000, rate: 100, burst: 200 },
};

export interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
  readonly DeletionPolicy?: string;
}

export interface Template {
  readonly Resources: Record<string, Resource>;
  readonly Outputs: Record<string, { readonly Value: unknown }>;
}

/** Folders like those that are shipped. */
export function shipped() {
  const directory = mkdtempSync(join(tmpdir(), 'stepladder-shipped-'));
  const folder = (name: string, files: Record<string, string>) => {
    const path = join(directory, name);
    mkdirSync(path);
    for (const [file, text] of Object.entries(files)) writeFileSync(join(path, file), text);
    return path;
  };
  const bundles = Object.fromEntries(
    lambdaFunctions.map((name) => [
      name,
      folder(name, { [moduleName]: `export const handler = '${name}';` }),
    ]),
  ) as Record<(typeof lambdaFunctions)[number], string>;
  const pages = folder('pages', { 'index.html': '<!doctype html>' });
  return { bundles, pages, remove: () => rmSync(directory, { recursive: true }) };
}

/** @param changed what is otherwise than in `deployment` */
export function synthesize(changed: Partial<Deployment> = {}, prepare: (app: App) => void = () => {}) {
  const { bundles, pages, remove } = shipped();
  const outdir = mkdtempSync(join(tmpdir(), 'stepladder-assembly-'));
  try {
    const app = new App({ outdir });
    const stack = new BrokerStack(app, 'Broker', {
      deployment: { ...deployment, ...changed },
      bundles,
      pages,
    });
    prepare(app);
    const artifact = app.synth().getStackArtifact(stack.artifactId);
    return { template: artifact.template as Template, stack };
  } finally {
    rmSync(outdir, { recursive: true });
    remove();
  }
}

/** What a value of a template will be, with names made up for what is not there before it is deployed. */
export function resolved(value: unknown): string {
  if (typeof value === 'string') return value;
  const [[name, of] = []] = Object.entries(value as object) as [string, unknown][];
  const pseudo: Record<string, string> = {
    'AWS::Partition': 'aws',
    'AWS::URLSuffix': 'amazonaws.com',
    'AWS::AccountId': deployment.account,
    'AWS::Region': deployment.region,
  };
  if (name === 'Fn::Join') {
    const [by, parts] = of as [string, unknown[]];
    return parts.map(resolved).join(by);
  }
  if (name === 'Ref') {
    const id = String(of);
    // SNS API Reference: what a topic is referred to by is its ARN.
    if (/Topic[0-9A-F]{8}$/.test(id)) return `arn:aws:sns:${deployment.region}:${deployment.account}:${id}`;
    return pseudo[id] ?? id;
  }
  if (name === 'Fn::GetAtt') {
    const [id, attribute] = of as [string, string];
    return attribute === 'DomainName' ? 'd111111abcdef8.cloudfront.net' : `${id}.${attribute}`;
  }
  throw new Error(`The template says what these tests do not know: ${JSON.stringify(value)}`);
}
