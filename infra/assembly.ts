import { copyFileSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { BrokerStack, type BrokerStackProps } from './broker-stack.ts';
import { bundleLambdas, bundleSamlTrigger, lambdaFunctions } from './bundles.ts';
import type { DeploymentConfig } from './config.ts';
import { jsonText } from './json-text.ts';
import { controlPolicy } from './operations/control-policy.ts';
import { logoPath } from './page-config.ts';
import { tablePolicy } from './table-policy.ts';

/** What is deployed, in a folder: `bundles`, and `assembly`, which `cdk --app` takes. Beside them, policies for people to set. */
export interface Assembly {
  readonly directory: string;
  readonly stackName: string;
  /** path of the CloudFormation template */
  readonly template: string;
  /** paths of what no template sets */
  readonly policies: readonly string[];
}

/**
 * Bundles the Lambdas and writes the template and the files that go with it. NB. It asks nobody anything and knows no
 * context: from the same sources, lockfile and deployment file come the same bytes.
 * @param pages the folder with the built app
 */
export async function assemble(
  config: DeploymentConfig,
  directory: string,
  pages: string,
): Promise<Assembly> {
  mkdirSync(directory, { recursive: true });
  const { document } = config.policy;
  const built = await bundleLambdas({ directory: join(directory, 'bundles'), policy: document });
  const bundles = Object.fromEntries(lambdaFunctions.map((name) => [name, built[name].directory]));
  const own = pagesOf(config, directory, pages);
  const samlBundle =
    config.identity.kind === 'saml'
      ? await bundleSamlTrigger(join(directory, 'bundles'), config.identity.attributes)
      : undefined;
  return synthesize({ deployment: config, bundles: bundles as Bundles, pages: own, samlBundle }, directory);
}

/** The built app, with the operator's logo where there is one. */
function pagesOf({ branding: { logo } }: DeploymentConfig, directory: string, built: string): string {
  if (logo === undefined) return built;
  const own = join(directory, 'pages');
  cpSync(built, own, { recursive: true });
  copyFileSync(logo, join(own, logoPath(logo)));
  return own;
}

type Bundles = BrokerStackProps['bundles'];

/** The same of bundles that are there. */
export function synthesize(props: SynthesisProps, directory: string): Assembly {
  const app = new App({ outdir: join(directory, 'assembly'), analyticsReporting: false });
  const { stackName, templateFile } = new BrokerStack(app, 'Broker', props);
  app.synth();
  const template = join(directory, 'assembly', templateFile);
  return { directory, stackName, template, policies: writePolicies(props.deployment, directory) };
}

/** What no template sets: the policy of a table that was restored, and what the organization denies in the broker's account. */
function writePolicies(deployment: DeploymentConfig, directory: string): string[] {
  const policies = { 'table-policy': tablePolicy(deployment), 'control-policy': controlPolicy(deployment) };
  return Object.entries(policies).map(([name, policy]) => {
    const file = join(directory, `${name}.json`);
    writeFileSync(file, `${jsonText(policy)}\n`);
    return file;
  });
}

export interface SynthesisProps extends BrokerStackProps {
  readonly deployment: DeploymentConfig;
}
